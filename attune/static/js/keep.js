// What somebody is writing stays theirs: on this device, through a push, a reload, a lost network
// and a facilitator who moves on. It is deleted when given, let go, or the room ends. What stands in
// [data-private] has no name and leaves the device on no path at all.

import { as, base, hear, key, on, tell, word } from "./page.js"
import { announce } from "./announce.js"
import { now } from "./clock.js"
import { drop, read, remember, write } from "./store.js"

const own = '[form="give"][name]:not(button)'
const box = () => document.getElementById("room")
export const article = () => document.querySelector('[data-region="stage"] [data-round]')

const controls = (within = article()) => [...(within?.querySelectorAll(own) ?? [])]
const ticks = control => ["radio", "checkbox"].includes(control.type)

/** What would be sent now: [name, value] for all that is chosen or written. */
export const pairs = within =>
  controls(within)
    .filter(control => !control.disabled && control.value && (!ticks(control) || control.checked))
    .map(({ name, value }) => [name, value])

/** Fill in values by name, as if they had been written here: kinds hear it. */
const fill = (values, within = article()) => {
  const left = {}
  for (const [name, value] of values) (left[name] ??= []).push(value)
  for (const control of controls(within)) {
    if (control.type === "hidden") continue
    if (ticks(control)) control.checked = !!left[control.name]?.includes(control.value)
    else control.value = left[control.name]?.shift() ?? ""
    control.dataset.keep = ""
    control.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "filled" }))
  }
}

/** {items: {i1: 5}, picks: ["b"]} as [["items.i1", "5"], ["picks", "b"]]. */
const flat = (value, path = "") => {
  if (value === null || value === undefined) return []
  if (typeof value !== "object") return [[path, String(value)]]
  const deeper = name => (Array.isArray(value) && typeof value[name] !== "object" ? path : path ? `${path}.${name}` : name)
  return Object.keys(value).flatMap(name => flat(value[name], deeper(name)))
}

/** Which of the question and the thank-you shows; remembered, since the room may come back to it. */
export const mine = (round, state) => {
  write("mine", { ...read("mine"), [round]: state })
  if (round !== article()?.dataset.round) return
  Object.assign(box().dataset, { mine: state, mineRound: round })
}

const draftOf = round => read(`draft:${round}`)
const drafts = () =>
  Object.keys(sessionStorage)
    .filter(name => name.startsWith(key("draft:")))
    .map(name => name.slice(key("draft:").length))

// Behind a content note, words that are there already say that the person joined in.
const openGates = () => {
  for (const gate of article().querySelectorAll('[data-behaviour~="gate"]')) gate.open = true
}

const save = () => {
  const round = article()
  if (round?.dataset.state !== "open") return
  const words = controls(round)
    .filter(control => control.type !== "hidden" && (ticks(control) ? control.checked : control.value))
    .map(control => (ticks(control) ? control.labels[0]?.textContent.trim() : control.value))
    .join("\n")
  const title = round.querySelector(".prompt")?.textContent.trim()
  if (words) write(`draft:${round.dataset.round}`, { title, words, values: pairs(round) })
  else drop(`draft:${round.dataset.round}`)
}

/** Given, passed or let go: nothing of it stays to be asked about. */
export const forget = round => {
  drop(`draft:${round}`)
  if (round === article()?.dataset.round) for (const control of controls()) delete control.dataset.keep
  late()
}

const restore = () => {
  const round = article()
  if (!round) return
  const draft = draftOf(round.dataset.round)
  if (!draft || round.dataset.state !== "open") return
  fill(draft.values)
  openGates()
}

const restorePrivate = () => {
  for (const note of document.querySelectorAll("[data-private]")) {
    note.hidden = false
    for (const field of note.querySelectorAll("input, textarea")) {
      const words = field.id && read(`private:${field.id}`)
      if (words && !("keep" in field.dataset)) [field.value, field.dataset.keep] = [words, ""]
    }
  }
}

// A round that closes, has closed, or passed by, over a draft. In its last moments the question
// makes room for this one, but not under the fingers of somebody who is typing.
let timer
const late = () => {
  clearTimeout(timer)
  const here = article()
  const { round: shown, state, closesAt } = here?.dataset ?? {}
  const closing = closesAt && !here.contains(document.activeElement)
  const waiting = read("outbox") ?? []
  const number = drafts().findLast(
    one => (one !== shown || state === "closed" || closing) && !waiting.some(({ round }) => round === one),
  )
  const old = document.querySelector(".late")
  box().toggleAttribute("data-late", !!number && number === shown)
  if (!number) return void old?.remove()
  const draft = draftOf(number)
  if (number === shown && closesAt) write(`draft:${number}`, Object.assign(draft, { until: Number(closesAt) }))
  const open = draft.until > now()
  const panel = document.getElementById("late").content.firstElementChild.cloneNode(true)
  panel.dataset.late = number
  panel.querySelector("[data-fill=title]").textContent = draft.title
  panel.querySelector("[data-fill=words]").textContent = draft.words
  for (const part of panel.querySelectorAll("[data-if]")) part.hidden = (part.dataset.if === "open") !== open
  old?.remove()
  // The room has gone on: what it sees now comes first.
  if (number === shown) box().prepend(panel)
  else box().append(panel)
  if (!old) announce(panel.querySelector("h2").textContent)
  if (open) timer = setTimeout(late, draft.until - now())
}
const refetch = async () => {
  const reply = await fetch(`${base}/mine`, { headers: { Accept: "application/json" } })
  if (!reply.ok) return
  const { rounds = {} } = await reply.json()
  const { round: number, state } = article()?.dataset ?? {}
  if (state !== "open") return // what was given is told of open rounds only
  const answer = rounds[number]
  mine(number, answer ? (answer.pass ? "passed" : "given") : "none")
  const given = answer && !answer.pass && flat(answer.answer)
  remember(number, given)
  if (given && !draftOf(number)) fill(given)
}

const clear = part => {
  for (const control of part.querySelectorAll("input, textarea")) {
    if (ticks(control)) control.checked = false
    else if (control.type !== "hidden") control.value = ""
    control.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

export const start = () => {
  if (as !== "participant" || !box()) return
  const tabs = new BroadcastChannel(key("tabs"))
  hear("given", round => {
    forget(round)
    tabs.postMessage(round)
  })
  tabs.onmessage = ({ data: round }) => {
    forget(round)
    refetch()
  }
  document.addEventListener("input", event => {
    const { target } = event
    if (target.closest("[data-private]")) {
      if (target.id) write(`private:${target.id}`, target.value)
      target.dataset.keep = ""
    } else if (target.matches(own) && event.detail !== "filled") {
      for (const control of controls()) control.dataset.keep = ""
      save()
      tell("written")
    }
  })
  hear("drawn", list => {
    restorePrivate()
    const stage = list.find(({ id }) => id === "stage")
    if (!stage?.moved) return void (stage && late())
    const number = article()?.dataset.round
    const known = read("mine")?.[number] ?? "none"
    mine(number, known)
    if (known === "given") refetch()
    restore()
    late()
  })
  hear("refused", late)
  hear("taken", () => clear(article()))
  on("click", "change", (_, event) => {
    event.preventDefault()
    mine(article().dataset.round, "none")
    openGates()
    article().querySelector(`${own}:not([type=hidden])`)?.focus()
  })
  on("click", "clear", button => clear(button.closest("fieldset, .field, [data-round]")))
  on("click", "let-go", button => {
    const { late: round } = button.closest(".late").dataset
    if (round === article()?.dataset.round) clear(article())
    forget(round)
  })
  document.addEventListener("focusout", () => setTimeout(late))
  on("click", "give-late", button => {
    const round = button.closest(".late").dataset.late
    tell("give", { round, act: "answer", values: draftOf(round).values })
  })
  on("click", "copy", async button => {
    await navigator.clipboard.writeText(draftOf(button.closest(".late").dataset.late).words)
    announce(word("copied"))
  })
  const { mine: state, mineRound } = box().dataset
  if (mineRound) mine(mineRound, state)
  // Given in another tab, or before this one was opened: only while the round is open is it known.
  if (state === "given" && article()?.dataset.state === "open" && !read(`gave:${mineRound}`)) refetch()
  restore()
  restorePrivate()
  late()
}
