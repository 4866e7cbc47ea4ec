// What each page begins with, whoever it is for. Without script all still works, a reload at a time:
// a module that fails takes only its own comfort with it. Each listens on the document, so that no
// morph can lose it.

import { announce } from "./announce.js"
import { connect } from "./live.js"
import { hear, word } from "./page.js"
import * as leave from "./leave.js"
import * as play from "./play.js"

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

/** Start the page with what its side brings along, in this order. */
export const begin = modules => {
  document.documentElement.classList.add("has-script")
  hear("drawn", list => {
    for (const { id, region, moved, typing } of list) {
      if (id === "status") announce(region.textContent.trim())
      if (id === "stage" && moved) greet(region, typing)
    }
  })
  for (const module of [leave, ...modules, play]) module.start()
  if ("live" in document.body.dataset) connect()
  document.querySelector('[data-behaviour~="focus"]')?.focus()
}
