// Forms of the pages on which a facilitator prepares: what was written and is not saved is not left
// behind unasked, and the preview beside it follows the words.

import { on } from "./page.js"
import { morph } from "./morph.js"

const PAUSE = 700 // milliseconds without a key

const draw = async form => {
  const look = document.getElementById("look")
  const pairs = new URLSearchParams(new FormData(form))
  pairs.set("do", "look")
  const reply = await fetch(form.action, { method: "POST", body: pairs })
  if (reply.ok && look) morph(look, await reply.text())
}

export const start = () => {
  let waiting
  on("input", "guard", form => {
    form.dataset.unsaved = ""
    clearTimeout(waiting)
    if (document.getElementById("look")) waiting = setTimeout(() => draw(form).catch(() => {}), PAUSE)
  })
  on("submit", "guard", form => {
    clearTimeout(waiting)
    delete form.dataset.unsaved
  })
  addEventListener("beforeunload", event => {
    if (document.querySelector("form[data-unsaved]")) event.preventDefault()
  })
}
