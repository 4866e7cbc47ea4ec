// The facilitator's hand: forms sent without leaving the page, and single keys that press visible
// buttons. What is pressed while offline does nothing, now or later: a room must not be moved by a
// press from ten minutes ago.

import { hear, on, post, word } from "./page.js"
import { announce } from "./announce.js"
import { isOn } from "./live.js"

const message = (from, text) => {
  const line =
    from.closest("form, section, dialog, [data-region]")?.querySelector("[data-act-message]") ??
    document.querySelector("[data-act-message]")
  if (line) {
    line.textContent = text
    line.hidden = !text
  }
  announce(text)
}

const act = async (form, button) => {
  if (!isOn()) return message(button, form.dataset.failed ?? word("offline"))
  if (button.getAttribute("aria-busy")) return
  const data = new FormData(form)
  if (button.name) data.append(button.name, button.value)
  const slow = setTimeout(() => button.setAttribute("aria-busy", "true"), 400)
  const reply = await post(button.getAttribute("formaction") ?? form.action, data).catch(() => null)
  clearTimeout(slow)
  button.removeAttribute("aria-busy")
  message(button, reply?.ok ? "" : reply?.error.message || (form.dataset.failed ?? word("failed")))
  if (!reply?.ok) return void form.elements[reply?.error.field]?.focus?.()
  if (form.closest("dialog")) {
    form.closest("dialog").close()
    form.reset()
  }
  // The console is redrawn by a push; any other page is gone to.
  if (reply.url && (!["act", "review"].includes(form.id) || new URL(reply.url, location).pathname !== location.pathname))
    location.assign(reply.url)
}

const pressable = button =>
  button.getClientRects().length && !button.matches(":disabled, [aria-disabled=true]")

const press = event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return
  if (localStorage.getItem("attune:keys") === "off" || document.querySelector("dialog[open]")) return
  const turn = document.dir === "rtl" ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" } : {}
  const wanted = (turn[event.key] ?? event.key).toLowerCase()
  const keyed = [...document.querySelectorAll("[data-key]")]
  const button = keyed.find(each => each.dataset.key.toLowerCase() === wanted && pressable(each))
  if (button) {
    event.preventDefault()
    button.focus()
    button.click() // after the focus: "Not now" leads on to the foot
  } else if (wanted === "?") document.getElementById("keys")?.showModal()
}

const wait = () => {
  for (const button of document.querySelectorAll('[form="act"]')) {
    if (isOn()) button.removeAttribute("aria-disabled")
    else button.setAttribute("aria-disabled", "true")
  }
}

export const start = () => {
  document.addEventListener("submit", event => {
    const { target: form, submitter } = event
    if (form.id !== "act" && !form.matches('[data-behaviour~="tell"]')) return
    event.preventDefault()
    act(form, submitter ?? form)
  })
  on("change", "keys", ({ checked }) => localStorage.setItem("attune:keys", checked ? "on" : "off"))
  document.addEventListener("click", event => {
    const dialog = document.getElementById(event.target.closest("[data-opens]")?.dataset.opens)
    if (!dialog) return
    event.preventDefault() // without script it is a link to a page
    dialog.showModal()
  })
  if (!document.querySelector("[data-key], #keys")) return
  const toggle = document.querySelector('[data-behaviour="keys"]')
  if (toggle) toggle.checked = localStorage.getItem("attune:keys") !== "off"
  document.addEventListener("keydown", press)
  for (const event of ["on", "off"]) hear(event, wait)
  hear("drawn", () => isOn() || wait())
}
