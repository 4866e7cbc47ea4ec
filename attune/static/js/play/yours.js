// Marks in a result what this phone gave itself. It knows from its own memory, which lasts as long as
// that of half-written words does; the server's page is the same for everybody, and nothing of this
// leaves the device, nor is it on the screen. It is said where it stands and never announced: people
// beside somebody may hear their phone.

import { hear } from "../page.js"
import { read } from "../store.js"

const place = (x, y) => (x && y ? `${y > 0 ? "high" : "low"}-${x > 0 ? "end" : "start"}` : "middle")

/** Own words are said in a line, [items] are marked where they stand; `name` says one aloud. */
const find = (figure, field, pairs) => {
  const values = pairs.filter(([name]) => name === field).map(([, value]) => value)
  // Of two times that are compared, what was given now stands in the second.
  const drawn = figure.querySelector("[data-time=now]") ?? figure
  const all = selector => [...drawn.querySelectorAll(selector)]
  if (figure.querySelector("[data-own]")) return { words: values }
  const path = field && `${field}.`
  const [x, y] = ["x", "y"].map(line => pairs.find(([name]) => name === path + line)?.[1])
  if (figure.dataset.draw === "grid" && x !== undefined && y !== undefined) {
    const heat = drawn.querySelector(".heat")
    if (!heat) return { items: all(`[data-place="${place(+x, +y)}"]`) }
    const cells = +heat.dataset.cells
    const middle = (cells - 1) / 2
    return { items: [heat.children[(middle - y) * cells + middle + +x]], name: heat.getAttribute(`data-${place(+x, +y)}`) }
  }
  // An option that stands for words of one's own has the name of their field.
  const has = id => values.includes(id) || pairs.some(([name]) => name === id && name !== field)
  const items = all("[data-step], [data-id], [data-from], [data-word]").filter(({ dataset }) =>
    dataset.from ? values.some(value => +value >= dataset.from && +value <= dataset.to) : has(dataset.step ?? dataset.id ?? dataset.word),
  )
  return { items }
}

const called = item =>
  item.dataset.name ?? (item.querySelector(".bar-label, [data-name], b, .said") ?? item).textContent.trim()

const list = new Intl.ListFormat(document.documentElement.lang || "en")

/** "You wrote {words}. …", with each word as its author's voice. */
const wrote = (sentence, words) => {
  const parts = list.formatToParts(words).map(({ type, value }) => {
    const said = document.createElement("span")
    said.className = type === "element" ? "said" : ""
    said.textContent = value
    return said
  })
  const [before, after] = sentence.split("{words}")
  return [before, ...parts, after]
}

const show = (figure, { words = [], items = [], name }) => {
  for (const old of figure.querySelectorAll(".mine")) if (!items.includes(old)) old.classList.remove("mine")
  for (const item of items) item.classList.add("mine")
  const line = figure.querySelector("[data-yours]")
  const found = words.length || items.length
  figure.classList.toggle("has-yours", !!found)
  if (!found || !line) return
  if (words.length) return line.lastElementChild.replaceChildren(...wrote(line.dataset.wrote, words))
  const aloud = document.createElement("span")
  aloud.className = "vh"
  const names = [...new Set(name ? [name] : items.map(called))]
  aloud.textContent = ` ${line.dataset.it.replace("{answer}", list.format(names))}`
  line.lastElementChild.querySelector(".vh")?.remove()
  line.lastElementChild.append(aloud)
}

/** Fetched where a result is: most pages of a phone have none. */
export const play = results => {
  const mark = () => {
    const pairs = read(`gave:${results.dataset.results}`)
    for (const figure of results.querySelectorAll("[data-field]"))
      show(figure, pairs ? find(figure, figure.dataset.field, pairs) : {})
  }
  mark()
  return hear("drawn", mark)
}
