// A private word back: data from the server, drawn as text and never as HTML.

import { announce } from "./announce.js"
import { hear } from "./page.js"

export const start = () =>
  hear("note", ({ state, text }) => {
    for (const place of document.querySelectorAll("[data-reply]")) {
      place.hidden = false
      place.dataset.reply = state
      if (text) place.textContent = text
    }
    announce(text)
  })
