// The door at the side: a round that stays open while the room is at another, such as questions.
// What is sent is the person's whole list, so what they asked before is fetched and filled in first:
// else a second question would take the place of the first. It never opens by itself, and says what
// became of a send where it was sent.

import { base, hear, tell } from "../page.js"
import { drop, read, write } from "../store.js"

const flat = answer =>
  Object.entries(answer ?? {}).flatMap(([name, value]) => [value].flat().map(one => [name, String(one)]))

export const play = door => {
  const round = door.dataset.aside
  const form = document.getElementById("aside")
  const draft = `aside:${round}`
  const boxes = () => [...door.querySelectorAll('[form="aside"][name]:not(button)')]
  const values = () => boxes().map(({ name, value }) => [name, value]).filter(([, value]) => value.trim())
  let known = false // what they asked before

  const say = (text = "") => {
    const line = door.querySelector("[data-said]")
    line.textContent = text
    line.hidden = !text
    line.toggleAttribute("data-keep", !!text)
  }
  const fill = pairs => {
    const left = [...pairs]
    for (const box of boxes()) {
      const at = left.findIndex(([name]) => name === box.name)
      box.value = at < 0 ? "" : left.splice(at, 1)[0][1]
      box.dataset.keep = ""
    }
  }
  const look = async () => {
    if (known) return
    const reply = await fetch(`${base}/mine`, { headers: { Accept: "application/json" } })
    if (!reply.ok) throw reply
    const before = flat((await reply.json()).rounds[round]?.answer)
    known = true
    const written = values().filter(([, text]) => !before.some(([, value]) => value === text))
    fill(read(draft) ?? [...before, ...written])
  }

  const open = () => door.open && look().catch(() => {})
  const typed = () => {
    for (const box of boxes()) box.dataset.keep = ""
    write(draft, values())
    say()
  }
  const send = async event => {
    event.preventDefault()
    const gone = event.submitter?.getAttribute("formaction").endsWith("/delete")
    try {
      await look()
    } catch {
      return say(door.querySelector("[data-said]").dataset.waiting)
    }
    // With every box empty nothing is asked any more.
    const act = gone || !values().length ? "answer/delete" : "answer"
    tell("give", { round, act, values: act === "answer" ? values() : [] })
    if (act !== "answer") fill([])
  }
  const settled = done => {
    if (done !== round) return
    drop(draft)
    say(door.querySelector("[data-said]").dataset.kept)
  }
  const refused = ({ round: which, error } = {}) => which === round && say(error?.message)

  door.addEventListener("toggle", open)
  door.addEventListener("input", typed)
  form.addEventListener("submit", send)
  const stops = [hear("given", settled), hear("refused", refused)]
  open()
  return () => {
    form.removeEventListener("submit", send)
    for (const stop of stops) stop()
  }
}
