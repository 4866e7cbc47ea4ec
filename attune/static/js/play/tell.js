// What one can say privately, laid over the question: the server's own page, fetched when it is
// opened. It shows the truth of what became of a signal, also while it is shut, on the link that
// opens it. Nothing of it is kept on the device, and nothing waits to be sent later: a cry for help
// that arrives in ten minutes is worse than one that says at once that it did not.

import { base, hear } from "../page.js"

const url = `${base}/signals`
const path = address => new URL(address, location).pathname

export const play = (link, { announce, ask, parse, pressed }) => {
  // The page of somebody who has stepped away: a server that was started anew does not know it.
  if ("away" in link.dataset) return hear("on", () => ask("away", { on: true }).catch(() => {}))
  const dialog = document.createElement("dialog")
  dialog.className = "private"
  document.body.append(dialog)
  const label = link.querySelector(".when-told")
  let timer

  const show = page => {
    dialog.replaceChildren(page)
    const { state, patience, label: words } = page.querySelector("[data-news]").dataset
    if (state) link.dataset.signal = state
    else delete link.dataset.signal
    label.textContent = words
    clearTimeout(timer)
    if (patience) timer = setTimeout(look, (Number(patience) + 0.5) * 1000)
    const title = page.querySelector("[role=alert], h1")
    title.tabIndex = -1
    if (dialog.open) title.focus()
  }

  // Without a network nobody has seen it either.
  const late = () => {
    const status = dialog.querySelector("[data-late]")
    if (!status) return
    const [title, text] = status.children
    title.textContent = label.textContent = status.dataset.late
    text.textContent = status.dataset.then
    link.dataset.signal = "late"
  }

  const load = async (address, options) => {
    const reply = await fetch(address, { ...options, headers: { Accept: "text/html" } })
    const page = path(reply.url).startsWith(url) && parse(await reply.text()).querySelector(".page.private")
    if (!page) return location.assign(base) // stepped away, left, or the room has ended
    show(page)
  }
  const isWriting = () => dialog.open && dialog.querySelector("#meet")
  const look = () => isWriting() || load(url).catch(late)

  const open = event => {
    event?.preventDefault()
    load(url).then(
      () => dialog.open || dialog.showModal(),
      () => {
        const help = document.getElementById("help-text")
        help.open = true
        help.scrollIntoView()
      },
    )
  }
  link.addEventListener("click", open)
  dialog.addEventListener("click", event => {
    const { href } = event.target.closest("a") ?? {}
    if (!href) return
    if (path(href) === base) dialog.close()
    else if (path(href) === url) load(href).catch(failed)
    else return
    event.preventDefault()
  })
  const failed = () => {
    const line = dialog.querySelector("[data-failed]")
    line.hidden = false
    line.focus()
  }
  dialog.addEventListener("submit", event => {
    const { target: form, submitter } = event
    if ("behaviour" in form.dataset) return
    event.preventDefault()
    const body = new URLSearchParams(new FormData(form))
    if (submitter?.name) body.append(submitter.name, submitter.value)
    load(submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body }).catch(failed)
  })
  hear("note", () => {
    announce(dialog.querySelector("[data-news]")?.dataset.news)
    look()
  })
  if (pressed) open()
  else look()
}
