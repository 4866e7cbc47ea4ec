// Joins the grid, the two questions and the words: each sets the others. What is sent are the
// questions' radios and the word's; the grid's stand outside the form.

export function play(root) {
  const off = new AbortController()
  const on = (event, act) => root.addEventListener(event, act, { signal: off.signal })
  const parts = () => [...root.querySelectorAll("[data-point]")]

  const inputs = (part, axis) =>
    [...part.querySelectorAll(".affect-questions input")].filter(input => input.name === part.dataset.point + axis)
  const picked = (part, axis) => inputs(part, axis).find(input => input.checked)
  const set = (radio, checked) => {
    if (!radio || radio.checked === checked) return
    radio.checked = checked
    radio.dispatchEvent(new Event("input", { bubbles: true })) // drafts are kept by it
  }
  const put = (part, x, y) => {
    for (const input of inputs(part, "x")) if (input.value === String(x)) set(input, true)
    for (const input of inputs(part, "y")) if (input.value === String(y)) set(input, true)
  }
  const settle = () => {
    for (const part of parts()) {
      const [x, y] = [picked(part, "x"), picked(part, "y")]
      for (const cell of part.querySelectorAll("[data-grid] input")) cell.checked = Boolean(x && y) && cell.value === `${x.value},${y.value}`
      const said = [x, y].filter(Boolean).map(input => input.closest("label").textContent.trim())
      const line = part.querySelector("[data-set]")
      line.textContent = said.join(" · ") || line.dataset.empty
    }
  }
  on("input", settle)
  on("change", ({ target }) => {
    const part = target.closest("[data-point]")
    if (target.closest("[data-grid]")) put(part, ...target.value.split(","))
    if (target.name === "word") put(parts()[0], target.dataset.x, target.dataset.y)
    settle()
  })
  on("click", ({ target }) => {
    const button = target.closest("[data-do]")
    if (!button) return
    const wish = button.dataset.do
    if (wish === "clear") {
      const part = button.closest("[data-point]")
      for (const axis of ["x", "y"]) for (const input of inputs(part, axis)) set(input, false)
      if (part === parts()[0]) for (const word of root.querySelectorAll("[name=word]")) set(word, false)
    } else {
      // On the root element, which no push touches.
      document.documentElement.dataset.affect = wish
      root.querySelector(wish === "grid" ? "[data-do=questions]" : "[data-do=grid]").focus()
    }
  })
  // Native arrow keys would run through the cells one row after the other.
  on("keydown", event => {
    const grid = event.target.closest("[data-grid]")
    const turn = getComputedStyle(root).direction === "rtl" ? -1 : 1
    const step = { ArrowLeft: [-turn, 0], ArrowRight: [turn, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (!grid || !step) return
    event.preventDefault()
    const [x, y] = event.target.value.split(",").map(Number)
    const next = grid.querySelector(`[value="${x + step[0]},${y + step[1]}"]`)
    next?.focus()
    next?.click()
  })
  settle()
  return () => off.abort()
}
