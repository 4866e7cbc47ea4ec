// What is private on a console that others may see or hear: the cover, at once and kept by the server,
// and a soft sound, which is off unless somebody switches it on, and silent under the cover.

import { hear, on } from "./page.js"

const SOUND = "attune:sound"
const console_ = () => document.querySelector(".console")

const ring = () => {
  const audio = new AudioContext()
  const tone = new OscillatorNode(audio, { frequency: 392 })
  const loud = new GainNode(audio, { gain: 0.12 })
  loud.gain.setTargetAtTime(0, audio.currentTime + 0.1, 0.15)
  tone.connect(loud).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 1)
  tone.onended = () => audio.close()
}

const said = () => [...document.querySelectorAll(".said-privately:not([data-seen]) details")].map(({ id }) => id)

export const start = () => {
  if (!console_()) return
  on("click", "cover", () => console_().setAttribute("data-covered", ""))
  on("click", "uncover", () => console_().removeAttribute("data-covered"))
  const box = document.querySelector('[data-behaviour="sound"]')
  if (box) box.checked = localStorage.getItem(SOUND) === "on"
  on("change", "sound", ({ checked }) => localStorage.setItem(SOUND, checked ? "on" : "off"))
  let known = new Set(said())
  hear("drawn", list => {
    if (!list.some(({ id }) => id === "signals")) return
    const now = said()
    const isNew = now.some(id => !known.has(id))
    known = new Set(now)
    if (isNew && localStorage.getItem(SOUND) === "on" && !("covered" in console_().dataset)) ring()
  })
}
