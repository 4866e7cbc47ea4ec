// A facilitator's private notes: kept while they are written, one after the other, so that an older
// word never lands on a newer one. They are this person's own, so no region brings them: when the
// room has gone on, the box for "this step" asks for the note on the new one.

import { base, hear, on, post } from "./page.js"
import * as store from "./store.js"

const PAUSE = 800 // milliseconds without a key
const forms = () => [...document.querySelectorAll('[data-behaviour~="note"]')]
const number = form => form.elements.round.value
const name = number => `note:${number}`
const said = ({ elements }) => [elements.text.value, elements.in_summary.checked]
const fill = ({ elements }, [text, added]) => {
  elements.text.value = text
  elements.in_summary.checked = added
}
const tell = (round, text) => {
  const form = forms().find(each => number(each) === round)
  if (form) form.querySelector("[data-note-state]").textContent = text ?? form.dataset.waiting
}

// What was written waits on this device until the server has it.
const send = async round => {
  const words = store.read(name(round))
  if (!words) return
  const pairs = { round: round, text: words[0], ...(words[1] && { in_summary: "yes" }) }
  const reply = await post(`${base}/notes`, pairs, { keepalive: true }).catch(() => null)
  if (`${words}` !== `${store.read(name(round))}`) return
  if (reply?.ok) store.drop(name(round))
  tell(round, reply?.ok ? forms()[0].dataset.kept : reply?.error.message)
}

let last = Promise.resolve()
const save = round => (last = last.then(() => send(round)))

let timer
const write = form => {
  store.write(name(number(form)), said(form))
  tell(number(form), "")
  clearTimeout(timer)
  timer = setTimeout(saveAll, PAUSE)
}

const left = new Set() // notes on steps that the room has left
const saveAll = () => {
  clearTimeout(timer)
  return Promise.all([...new Set([...left, ...forms().map(number)])].map(save))
}

const follow = async form => {
  const now = document.querySelector('#now [name="seen"]')?.value
  if (!now || now === number(form)) return
  left.add(number(form))
  form.elements.round.value = now
  form.hidden = now === "0"
  fill(form, store.read(name(now)) ?? ["", false])
  tell(now, "")
  await saveAll()
  const reply = await fetch(`${base}/notes`, { headers: { Accept: "application/json" } }).catch(() => null)
  const { notes = [] } = reply?.ok ? await reply.json() : {}
  const note = notes.find(({ round }) => `${round}` === number(form))
  if (note && !form.elements.text.value) fill(form, [note.text, note.in_summary])
}

export const start = () => {
  if (!forms().length) return
  on("input", "note", write)
  on("change", "note", saveAll)
  on("submit", "note", (form, event) => {
    event.preventDefault()
    write(form)
    saveAll()
  })
  hear("on", saveAll)
  hear("drawn", list => list.some(({ id }) => id === "now") && follow(forms()[0]))
  addEventListener("pagehide", saveAll)
  for (const form of forms()) {
    const words = store.read(name(number(form)))
    if (words) fill(form, words)
  }
  saveAll()
}
