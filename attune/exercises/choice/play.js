// Counts picks, says why a further box cannot be ticked, shuffles the rows for this device alone,
// and lets the digits pick. Everything works without it, except that the order is as written.

export function play(root, { announce }) {
  const list = root.querySelector("[data-options]")
  const boxes = () => [...list.querySelectorAll("input")]
  const own = root.querySelector("[data-own]")
  const text = root.querySelector("[data-text]")
  const line = root.querySelector("[data-picked]")
  const most = Number(root.dataset.limit)
  const order = "shuffle" in root.dataset ? ordered(root.id, list) : null
  const off = new AbortController()
  const on = (target, event, act) => target.addEventListener(event, act, { signal: off.signal })

  const count = () => boxes().filter(box => box.checked).length + (most > 1 && text?.value.trim() ? 1 : 0)
  const words = pattern => pattern.replaceAll("{count}", count()).replaceAll("{most}", most)
  const settle = () => {
    if (most === 1) return
    const full = count() >= most
    for (const box of boxes()) {
      if (full && !box.checked) box.setAttribute("aria-disabled", "true")
      else box.removeAttribute("aria-disabled")
    }
    line.textContent = count() ? words(root.dataset.count) : ""
  }
  const keepOrder = () => {
    const wanted = order?.map(value => list.querySelector(`input[value="${value}"]`).closest("label"))
    if (wanted?.some((row, place) => list.children[place] !== row)) list.append(...wanted)
  }

  on(root, "click", event => {
    if (event.target.getAttribute("aria-disabled") !== "true") return
    event.preventDefault()
    line.textContent = words(root.dataset.full)
    announce(line.textContent)
  })
  on(root, "input", event => {
    if (event.target === text && own) own.checked = text.value.trim() !== ""
    // One pick only: own words stay in sight, and are sent only while no other row has the mark.
    if (own && boxes().some(box => box.checked)) text.removeAttribute("name")
    else if (own) text.name = "other"
    settle()
  })
  on(root, "change", settle)
  on(document, "keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest?.("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])")) return
    const row = /^[1-9]$/.test(event.key) && list.children[event.key - 1]
    if (row && row.checkVisibility()) row.querySelector("input").click()
  })
  // A push draws the rows as written; they go back to where this device put them.
  const watch = new MutationObserver(keepOrder)
  if (order) watch.observe(list, { childList: true })
  keepOrder()
  settle()
  return () => {
    off.abort()
    watch.disconnect()
  }
}

function ordered(id, list) {
  const values = [...list.querySelectorAll("input")].map(box => box.value)
  const key = `attune-order-${location.pathname}-${id}`
  const kept = sessionStorage.getItem(key)?.split(",")
  if (kept?.length === values.length && values.every(value => kept.includes(value))) return kept
  for (let last = values.length - 1; last >= 0; last -= 1) {
    const [moved] = values.splice(Math.floor(Math.random() * (last + 1)), 1)
    values.push(moved)
  }
  sessionStorage.setItem(key, values.join(","))
  return values
}
