// The console's small pictures hold all that the screen shows: what is too much for the frame is drawn
// smaller, as far as it can still be read. What does not fit even then fades out, and says that it can
// be scrolled.

import { hear } from "./page.js"

const SMALLEST = 0.5
const STEP = 0.05

const isFull = frame => frame.scrollHeight > frame.clientHeight + 1

const fit = frame => {
  let size = 1
  const draw = () => frame.style.setProperty("--fit", size.toFixed(2))
  for (draw(); isFull(frame) && size - STEP >= SMALLEST; draw()) size -= STEP
  frame.toggleAttribute("data-more", isFull(frame))
}

const seen = new WeakMap() // the width for which a frame was last fitted
const watch = new ResizeObserver(entries => {
  for (const { target: frame } of entries) {
    if (seen.get(frame) === frame.clientWidth) continue
    seen.set(frame, frame.clientWidth)
    fit(frame)
  }
})

const look = () => {
  for (const frame of document.querySelectorAll(".frame:not(:has(> .copy))")) {
    seen.set(frame, frame.clientWidth)
    fit(frame)
    watch.observe(frame)
  }
}

export const start = () => {
  look()
  hear("drawn", look)
  document.fonts.ready.then(look)
}
