// Ways out that leave nothing behind: leaving, the room's end, and the exit for somebody who has to
// be gone at once. The Back button shows no kept copy of a room.

import { hear, on, room } from "./page.js"

const clear = () => {
  sessionStorage.clear()
  for (const name of Object.keys(localStorage)) if (room && name.includes(room)) localStorage.removeItem(name)
}

const exit = button => {
  const { form } = button // none once the room has ended, and the seat with it
  if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true })
  clear()
  location.replace(button.dataset.exitUrl)
}

export const start = () => {
  on("submit", "leave", clear)
  on("click", "exit", (button, event) => {
    event.preventDefault()
    exit(button)
  })
  let last = -Infinity
  document.addEventListener("keydown", ({ key, repeat, timeStamp }) => {
    if (key !== "Escape" || repeat || !("quickExit" in document.body.dataset)) return
    const button = document.querySelector('[data-behaviour="exit"]')
    if (button && timeStamp - last < 1000) exit(button)
    last = timeStamp
  })
  hear("gone", why => ["moved", "door"].includes(why) || clear())
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload())
}
