// Kinds that move bring a small module of their own, loaded only where it is used; so do the marks in
// a result (play/yours.js), whether somebody gave or not. It is started once for an element and
// stopped when that is gone; a morph that keeps the element changes nothing.

import { announce } from "./announce.js"
import { now } from "./clock.js"
import { hear } from "./page.js"

const urls = JSON.parse(document.querySelector("meta[name=attune-kinds]")?.content ?? "{}")
const running = new Map()

const look = () => {
  for (const [element, stop] of running) {
    if (element.isConnected) continue
    running.delete(element)
    stop.then(end => end?.())
  }
  for (const element of document.querySelectorAll("[data-play]")) {
    const url = urls[element.dataset.play]
    if (!url || running.has(element)) continue
    // A kind's fault is its own: the room goes on without its movement.
    const begun = import(url).then(({ play }) => play(element, { now, announce }))
    running.set(element, begun.catch(error => console.error(error)))
  }
}

export const start = () => {
  look()
  hear("drawn", look)
}
