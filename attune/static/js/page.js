// What this page is, and what it may say: which room, seen as whom, and the words the server gave.
// A page that is not live has no room; everything here still works on it.

export const { as, room } = document.body.dataset
export const base = as === "participant" ? `/r/${room}` : `/rooms/${room}`
export const key = name => `attune:${room}:${name}`

/** Tell the rest of the page, or listen: modules know names of events and not each other. */
export const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`attune:${name}`, { detail }))
export const hear = (name, act) => {
  const listen = event => act(event.detail)
  document.addEventListener(`attune:${name}`, listen)
  return () => document.removeEventListener(`attune:${name}`, listen)
}

/** A sentence from components/words.html, with its places filled in. */
export const word = (name, values = {}) => {
  const words = document.getElementById("words")?.content
  const text = words?.querySelector(`[data-word="${name}"]`)?.textContent ?? ""
  return text.replace(/\{(\w+)\}/g, (_, place) => values[place] ?? "")
}

/** A click or a submit on something that says `data-behaviour="name"`, wherever a morph put it. */
export const on = (type, name, act) =>
  document.addEventListener(type, event => {
    const hook = event.target.closest?.(`[data-behaviour~="${name}"]`)
    if (hook) act(hook, event)
  })

/** POST a form's pairs, asking for JSON. Resolves to {ok, error?, url?}; rejects when nothing came. */
export const post = async (url, pairs, options) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? ""
  const reply = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
    body: new URLSearchParams(pairs),
    ...options,
  })
  const json = reply.headers.get("Content-Type")?.includes("json") ? await reply.json() : {}
  if (reply.ok) return { ok: true, url: reply.redirected ? reply.url : json.location }
  return { ok: false, error: json.error ?? { code: reply.status < 500 ? "invalid" : "busy" } }
}

/** Now, but only so often: the last of what came in between follows. */
export const rarely = (act, milliseconds) => {
  let waiting = false
  let again = false
  return function go() {
    if (waiting) return void (again = true)
    act()
    waiting = true
    setTimeout(() => {
      waiting = false
      if (again) {
        again = false
        go()
      }
    }, milliseconds)
  }
}
