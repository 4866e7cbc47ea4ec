// Everything the page does beyond forms and links. Without it all still works, a reload at a time:
// a module that fails takes only its own comfort with it. Each listens on the document, so that no
// morph can lose it.

import { announce } from "./announce.js"
import { connect } from "./live.js"
import { hear, word } from "./page.js"
import * as act from "./act.js"
import * as edit from "./edit.js"
import * as give from "./give.js"
import * as keep from "./keep.js"
import * as leave from "./leave.js"
import * as notes from "./notes.js"
import * as play from "./play.js"

document.documentElement.classList.add("has-script")

// A new prompt takes the focus, unless somebody is writing; then it is only said.
const greet = (stage, typing) => {
  const prompt = stage.querySelector(".prompt")
  const title = prompt?.textContent.trim()
  if (!title) return
  const { activeElement } = document
  if (!typing && (!activeElement || activeElement === document.body)) {
    prompt.tabIndex = -1
    prompt.focus({ preventScroll: true })
    scrollTo(0, 0)
  }
  announce(word("prompt", { title }))
}

hear("drawn", list => {
  for (const { id, region, moved, typing } of list) {
    if (id === "status") announce(region.textContent.trim())
    if (id === "stage" && moved) greet(region, typing)
  }
})

// A private word back: data from the server, drawn as text and never as HTML.
hear("note", ({ state, text }) => {
  for (const place of document.querySelectorAll("[data-reply]")) {
    place.hidden = false
    place.dataset.reply = state
    if (text) place.textContent = text
  }
  announce(text)
})

for (const module of [leave, keep, give, act, play, edit, notes]) module.start()
if ("live" in document.body.dataset) connect()
document.querySelector('[data-behaviour~="focus"]')?.focus()
