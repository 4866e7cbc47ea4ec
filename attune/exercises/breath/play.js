// Moves the shape. Where the breath is comes anew from the server's clock at every frame, never
// from a timer of this page: a locked phone or a lost network cannot make it drift or start over.

const FADE = 350 // ms; a word is gone before the next one comes

export function play(root, { now }) {
  const data = root.dataset
  const pattern = data.pattern.split(",").map(Number)
  const cycle = pattern.reduce((sum, part) => sum + part)
  const origin = Number(data.startsAt) + Number(data.leadIn)
  const end = Number(data.cycles) * cycle - pattern[3] // always at the end of an out-breath
  const state = new Set()
  const off = new AbortController()
  const on = (target, event, act) => target.addEventListener(event, act, { signal: off.signal })
  const $ = name => root.querySelector(name)
  const sound = "sound" in data ? tones(on) : null
  const still = matchMedia("(prefers-reduced-motion: reduce)") // then a word is there or is not
  let frame = 0
  let before = null
  let lock = null

  const phase = () => (((now() - origin) % cycle) + cycle) % cycle
  const where = () => {
    if (!data.startsAt || state.has("own")) return { cue: "own", air: 0.5 }
    const at = now() - origin
    if (at < 0) return { cue: "lead", air: 0 }
    if (at >= end) return { cue: "end", air: 0 }
    let rest = phase()
    let part = 0
    while (rest >= pattern[part]) rest -= pattern[part++]
    const share = (1 - Math.cos((Math.PI * rest) / pattern[part])) / 2
    const fade = still.matches ? 1 : Math.min(1, rest / FADE, (pattern[part] - rest) / FADE)
    return { cue: String(part), air: [share, 1, 1 - share, 0][part], fade, length: pattern[part] }
  }
  const draw = () => {
    frame = requestAnimationFrame(draw)
    const { cue, air, fade = 1, length } = where()
    $("[data-air]").style.transform = `scale(${0.6 + 0.4 * air})`
    $("[data-halo]").style.transform = `scale(${0.62 + 0.38 * air ** 1.4})`
    $("[data-fill]").style.inlineSize = `${air * 100}%`
    for (const word of root.querySelectorAll("[data-cue]")) {
      word.style.opacity = word.dataset.cue === cue ? fade : 0
    }
    if (cue !== before) turn(cue, length)
    before = cue
    // A push draws the buttons as not pressed.
    for (const button of root.querySelectorAll("[data-do]")) {
      const pressed = String(state.has(button.dataset.do))
      if (button.ariaPressed !== pressed) button.ariaPressed = pressed
    }
  }
  const turn = (cue, length) => {
    const word = { 0: data.in, 2: data.out }[cue]
    if (word && state.has("speak")) $("[data-spoken]").textContent = word
    if (word) sound?.(cue === "0", length / 1000)
  }
  const toggle = name => {
    if (!state.delete(name)) state.add(name)
    // On the root element, which no push touches: the style sheet reads it.
    document.documentElement.dataset.breath = [...state].join(" ")
    if (!state.has("speak")) $("[data-spoken]").textContent = ""
  }
  const stayAwake = async () => {
    lock = await navigator.wakeLock?.request("screen").catch(() => null)
    if (off.signal.aborted) lock?.release()
  }

  on(root, "click", event => {
    const button = event.target.closest("[data-do]")
    if (button) toggle(button.dataset.do)
    if (!lock) stayAwake()
  })
  on(document, "visibilitychange", () => {
    if (lock && document.visibilityState === "visible") stayAwake()
  })
  on(document, "keydown", event => {
    if (!$("[data-do=own]") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.target.closest?.("a, button, input, textarea, select, summary")) return
    if (event.key === " ") event.preventDefault()
    if (event.key === " ") toggle("own")
    if (event.key === "Escape") toggle("watch")
  })

  root.breath = { phase, where } // how the tests and the benchmark measure it
  draw()
  return () => {
    cancelAnimationFrame(frame)
    off.abort()
    lock?.release()
    sound?.end()
    delete document.documentElement.dataset.breath
  }
}

// Two soft tones, from the screen alone. A browser lets no sound out before a key or a tap.
function tones(on) {
  const audio = new AudioContext()
  on(document, "pointerdown", () => audio.resume())
  on(document, "keydown", () => audio.resume())
  const sing = (isIn, seconds) => {
    if (audio.state !== "running") return
    const [tone, gain, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime]
    tone.frequency.value = isIn ? 196 : 147
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(0.06, start + seconds * 0.4)
    gain.gain.linearRampToValueAtTime(0, start + seconds * 0.9)
    tone.connect(gain).connect(audio.destination)
    tone.start()
    tone.stop(start + seconds)
  }
  sing.end = () => audio.close()
  return sing
}
