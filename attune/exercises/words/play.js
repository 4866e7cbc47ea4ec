// Enter moves on, a starter goes into the first empty box, and a word that is too long says so
// before it is sent. What is shown here is kept from a push by `data-keep`, as unsent words are.

const letters = globalThis.Intl?.Segmenter && new Intl.Segmenter()
const clean = text => text.normalize().trim().replace(/\s+/g, " ")
const length = text => [...(letters?.segment(text) ?? text)].length
const same = (one, other) => clean(one).toLowerCase() === clean(other).toLowerCase()

export function play(root, { announce }) {
  const boxes = () => [...root.querySelectorAll("[name=words]")]
  const starters = () => [...root.querySelectorAll("[data-starter]")]
  const full = document.getElementById(`${root.id}-full`)
  const off = new AbortController()
  const on = (event, act) => root.addEventListener(event, act, { signal: off.signal })

  const tell = (line, text) => {
    line.textContent = text
    line.toggleAttribute("data-keep", !!text)
  }
  const settle = () => {
    for (const box of boxes()) {
      const over = length(clean(box.value)) - Number(root.dataset.longest)
      tell(document.getElementById(`${box.id}-over`), over > 0 ? root.dataset.over.replace("{over}", over) : "")
      if (over > 0) box.setAttribute("aria-invalid", "true")
      else box.removeAttribute("aria-invalid")
    }
    for (const starter of starters()) {
      const used = boxes().some(box => same(box.value, starter.textContent))
      starter.setAttribute("aria-pressed", used)
      starter.toggleAttribute("data-keep", used)
    }
    if (full && boxes().some(box => !clean(box.value))) tell(full, "")
  }
  const write = (box, text) => {
    box.value = text
    box.dispatchEvent(new Event("input", { bubbles: true }))
  }
  const use = word => {
    const [first, ...more] = boxes()
    const filled = boxes().find(box => same(box.value, word))
    if (filled) return write(filled, "")
    const empty = boxes().find(box => !clean(box.value))
    // One box only: a starter gives way to another, words of one's own never do.
    const given = !more.length && starters().some(each => same(each.textContent, first.value))
    if (empty || given) return write(empty ?? first, word)
    tell(full, root.dataset.full)
    announce(full.textContent)
  }

  on("input", settle)
  on("click", event => {
    const starter = event.target.closest("[data-starter]")
    if (starter) use(starter.textContent)
  })
  on("keydown", event => {
    const next = boxes()[boxes().indexOf(event.target) + 1]
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("[name=words]") || !next) return
    event.preventDefault()
    next.focus()
  })
  settle()
  return () => off.abort()
}
