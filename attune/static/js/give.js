// Giving an answer: at once over the connection, later from the outbox, and never twice. Each send
// has an `idem` of its own, kept with it in the outbox before it leaves, so that a retry, even after
// a reload, is the same send. The server decides everything; this only carries and shows.

import { as, base, hear, post, room, tell, word } from "./page.js"
import { announce } from "./announce.js"
import { article, forget, mine, pairs } from "./keep.js"
import { ask } from "./live.js"
import * as store from "./store.js"

const outbox = () => store.read("outbox") ?? []
const put = list => (list.length ? store.write("outbox", list) : store.drop("outbox"))
const PASSING = ["busy", "too_fast"]

const random = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("")

const show = (state, text = "") => {
  const page = document.getElementById("room")
  if (page) page.dataset.sending = state
  const line = document.querySelector("[data-round] [data-message]")
  if (line) {
    line.textContent = text
    line.hidden = !text
    // It tells what happened here, and a morph is to leave it alone.
    line.toggleAttribute("data-keep", !!text)
  }
  announce(text)
}

/** A refusal stands at its field if that can be found, and at the dock in any case. */
const refused = ({ code, message, field }) => {
  show("refused", message || word(code) || word("invalid"))
  const control = field && article()?.querySelector(`[name="${CSS.escape(field)}"]`)
  if (!control) return
  control.setAttribute("aria-invalid", "true")
  control.focus()
}

const overSocket = ({ round, act, idem, values }) => {
  const about = { round: Number(round), idem }
  if (act === "answer/delete") return ask("take_back", about)
  return ask("answer", act === "pass" ? { ...about, pass: true } : { ...about, form: values })
}
const byPost = ({ round, act, idem, values }) =>
  post(`${base}/rounds/${round}/${act}`, [...values, ["idem", idem]], { signal: AbortSignal.timeout(8000) })

const carry = async send => {
  const reply = await overSocket(send).catch(() => null)
  // Over the socket an answer may be read more strictly than a form is; the form has the last word.
  if (reply && reply.error?.code !== "invalid") return reply
  return byPost(send)
}

const settle = (send, reply) => {
  const { round, act } = send
  if (reply.ok) {
    mine(round, { answer: "given", pass: "passed" }[act] ?? "none")
    store.remember(round, act === "answer" && send.values)
    show("kept")
    if (act === "answer/delete") tell("taken")
    else announce(word("kept"))
    return tell("given", round)
  }
  mine(round, send.before)
  if (act !== "answer") forget(round)
  // What was sent at the side is refused there.
  if (document.querySelector(`[data-aside="${round}"]`)) show("")
  else refused(reply.error)
  tell("refused", { round, error: reply.error })
}

let flushing = false
let tries = 0
const flush = async () => {
  if (flushing) return
  flushing = true
  for (let send; (send = outbox()[0]); ) {
    const reply = await carry(send).catch(() => ({ error: { code: "" } }))
    const again = !reply.ok && (!reply.error?.code || PASSING.includes(reply.error.code))
    if (again) {
      show("waiting", word(reply.error?.code ? "busy" : "waiting"))
      tries += 1
      // 1, 2, 4, then about every 8 s, apart from everybody else's.
      setTimeout(flush, 1000 * 2 ** Math.min(tries - 1, 3) * (0.75 + Math.random() / 2))
      break
    }
    tries = 0
    // Changed again while it was on its way: the newer send stays.
    put(outbox().filter(({ idem }) => idem !== send.idem))
    settle(send, reply)
  }
  flushing = false
}

const give = ({ round, act, values }) => {
  const before = document.getElementById("room").dataset.mine
  const send = { round, act, values, idem: random(), before }
  put([...outbox().filter(other => other.round !== round), send])
  show("sending")
  setTimeout(() => {
    if (document.getElementById("room").dataset.sending === "sending") show("sending", word("sending"))
  }, 400)
  flush()
}

// "This was true for me too" on a card: no words to lose, so no outbox.
const resonate = async (button, url) => {
  const on = !url.endsWith("/delete")
  const reply = await post(url, [[button.name, button.value], ["idem", random()]]).catch(() => null)
  if (!reply?.ok) return announce(word("failed"))
  button.setAttribute("aria-pressed", on)
  button.setAttribute("formaction", on ? `${url}/delete` : url.slice(0, -"/delete".length))
  button.dataset.keep = ""
}

export const start = () => {
  if (as !== "participant" || !document.getElementById("give")) return
  document.addEventListener("submit", event => {
    const { target, submitter } = event
    const url = submitter?.getAttribute("formaction") ?? ""
    const found = target.id === "give" && url.match(/\/rounds\/(\d+)\/([a-z/]+)$/)
    if (!found) return
    event.preventDefault()
    const [, round, act] = found
    if (act.startsWith("resonances")) return resonate(submitter, url)
    const values = act === "answer" ? pairs() : []
    if (submitter.name) values.push([submitter.name, submitter.value])
    for (const wrong of document.querySelectorAll("[aria-invalid]")) wrong.removeAttribute("aria-invalid")
    give({ round, act, values })
  })
  hear("give", give)
  hear("on", flush)
  hear("written", () => document.querySelector("[data-message][data-keep]") && show("writing"))
  addEventListener("online", flush)
  if (outbox().length) show("waiting", word("waiting"))
  flush()
}
