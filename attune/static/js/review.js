// Ticks beside texts that are being read: a push must not take them away before they are used.

export const start = () => {
  const ticks = () => document.querySelectorAll('[type=checkbox][form="review"]')
  document.addEventListener("change", ({ target }) => {
    if (target.matches('[type=checkbox][form="review"]')) target.toggleAttribute("data-keep", target.checked)
  })
  document.addEventListener("submit", ({ target }) => {
    if (target.id === "review") for (const tick of ticks()) delete tick.dataset.keep
  })
}
