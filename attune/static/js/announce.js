// Says what changed to whoever listens instead of looking: into one fixed line, politely, and at
// most every 5 s. The line stands outside the regions, because a morphed live region may be mute.

import { rarely } from "./page.js"

let waiting = []
const say = rarely(() => {
  const line = document.getElementById("live")
  if (line && waiting.length) line.textContent = waiting.join(" ")
  waiting = []
}, 5000)

export const announce = text => {
  if (!text || waiting.includes(text)) return
  waiting.push(text)
  say()
}
