// The server's clock, as near as the network allows: exercises that move together run on it.
// Never the phone's own clock, which may be minutes off; and never a visible jump once it is set.

const SETTLING = 3000 // ms; until then a better look may move it at once
const DRIFT = 0.0002 // how far two clocks go apart, as a share of the time

let aim // server milliseconds minus performance.now()
let off // how far the aim may be from the truth, when it was set
let at // when that was
let first
let offset
let seen = 0 // when now() was last asked, so that it can lean towards the aim

/** What the server's clock shows, in milliseconds since 1970. */
export const now = () => {
  const here = performance.now()
  if (offset === undefined) return Date.now()
  const gap = aim - offset
  // More than a second off is a phone that slept, and leaning would take it minutes.
  const most = here - first < SETTLING || Math.abs(gap) > 1000 ? Infinity : 0.05 * (here - seen)
  offset += Math.max(-most, Math.min(most, gap))
  seen = here
  return here + offset
}

/** The server's word, which may be `doubt` ms old. A surer one stands, unless this proves it wrong. */
export const set = (server, doubt = 1000) => {
  const here = performance.now()
  const found = server - here
  const known = off + DRIFT * (here - at)
  if (doubt > known && Math.abs(found - aim) <= doubt + known) return
  first ??= here
  aim = found
  off = doubt
  at = here
  offset ??= aim
}

/** Ask a few times: the shortest trip has the least room for a lopsided delay. */
export const measure = async (ask, times = 6) => {
  for (let i = 0; i < times; i++) {
    const sent = performance.now()
    const { t1, t2 } = await ask("clock", { t0: Date.now() })
    const doubt = (performance.now() - sent) / 2
    set((t1 + t2) / 2 + doubt, doubt)
  }
}
