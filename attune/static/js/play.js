// Kinds that move bring a small module of their own, loaded only where it is used; so do the marks in
// a result (play/yours.js), whether somebody gave or not. It is started once for an element and
// stopped when that is gone; a morph that keeps the element changes nothing. A link that `wants` a
// module gets it when it is pressed, and leads to a page without it.

import { announce } from "./announce.js"
import { now } from "./clock.js"
import { ask } from "./live.js"
import { parse } from "./morph.js"
import { hear, on } from "./page.js"

const urls = JSON.parse(document.querySelector("meta[name=attune-kinds]")?.content ?? "{}")
const running = new Map()

const begin = (element, pressed) => {
  const url = urls[element.dataset.play]
  if (!url || running.has(element)) return
  const tools = { now, announce, ask, parse, pressed }
  const begun = import(url).then(({ play }) => play(element, tools))
  // A kind's fault is its own: the room goes on without its movement.
  running.set(element, begun.catch(error => (pressed ? location.assign(element.href) : console.error(error))))
}

const look = () => {
  for (const [element, stop] of running) {
    if (element.isConnected) continue
    running.delete(element)
    stop.then(end => end?.())
  }
  for (const element of document.querySelectorAll("[data-play]")) begin(element)
}

export const start = () => {
  look()
  hear("drawn", look)
  on("click", "wants", (link, event) => {
    if (link.dataset.play) return // it listens by itself
    event.preventDefault()
    link.dataset.play = link.dataset.wants
    begin(link, true)
  })
}
