// Draws a region anew without touching what somebody is writing. A round that changed is replaced
// as a whole instead: a morph would carry the old round's words into the new one's boxes.

import { Idiomorph } from "idiomorph"

// The one Trusted Types policy. What comes through it is the server's own HTML, drawn by templates
// that escape; nothing a person typed on this page ever does.
const policy = window.trustedTypes?.createPolicy("attune", { createHTML: html => html })

export const parse = html => {
  const template = document.createElement("template")
  template.innerHTML = policy ? policy.createHTML(html) : html
  return template.content
}

const roundOf = node => {
  const { round, state } = node.querySelector("[data-round]")?.dataset ?? {}
  return `${round} ${state}`
}

// What somebody opened stays open: which it is, is theirs and not the server's.
const mayChange = name => name !== "open"
// A box that is being written in is left alone; so is one with unsent words. A button that has the
// focus is not: Idiomorph's own ignoreActiveValue would leave yesterday's word on it.
const BOX = "input:not([type=radio], [type=checkbox]), textarea, select"
const isWrittenIn = node => node === document.activeElement && node.matches(BOX)
const mayMorph = node => !(node.matches?.("[data-keep]") || isWrittenIn(node))
const mayRemove = node => mayMorph(node) && !node.querySelector?.("[data-keep]")

// A button that was pressed and now does something else, or is gone, leaves the focus to the one that
// does the same, or else to what the region is about. Never to the next button: a second press of the
// same key would press that, too.
const deed = button => `${button.getAttribute("formaction")} ${button.value}`
const refocus = (region, done) => {
  let next = [...region.querySelectorAll("button")].find(button => deed(button) === done)
  if (!next && (next = region.querySelector(".prompt"))) next.tabIndex = -1
  next?.focus({ preventScroll: true })
}

/** True when the region now shows another round, or the same one in another state. */
export const morph = (region, html) => {
  const content = parse(html)
  const moved = roundOf(region) !== roundOf(content)
  const { activeElement } = document
  const button = region.contains(activeElement) && activeElement.matches("button") && activeElement
  const done = button && deed(button)
  if (moved) region.replaceChildren(content)
  else
    Idiomorph.morph(region, content.childNodes, {
      morphStyle: "innerHTML",
      callbacks: {
        beforeAttributeUpdated: mayChange,
        beforeNodeMorphed: mayMorph,
        beforeNodeRemoved: mayRemove,
      },
    })
  if (button && !(button.isConnected && deed(button) === done)) refocus(region, done)
  return moved
}
