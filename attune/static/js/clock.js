// The server's clock, as near as the network allows: exercises that move together run on it.
// Never the phone's own clock, which may be minutes off; and never a visible jump once it is set.

let aim // server milliseconds minus performance.now()
let offset
let seen = 0 // when now() was last asked, so that it can lean towards the aim

/** What the server's clock shows, in milliseconds since 1970. */
export const now = () => {
  const here = performance.now()
  if (offset === undefined) return Date.now()
  const gap = aim - offset
  // More than a second off is a phone that slept, and leaning would take it minutes.
  const most = Math.abs(gap) > 1000 ? Infinity : 0.05 * (here - seen)
  offset += Math.max(-most, Math.min(most, gap))
  seen = here
  return here + offset
}

export const set = server => {
  aim = server - performance.now()
  offset ??= aim
}

/** Ask a few times and believe the shortest trip: it has the least room for a lopsided delay. */
export const measure = async (ask, times = 6) => {
  let best = Infinity
  for (let i = 0; i < times; i++) {
    const sent = performance.now()
    const { t1, t2 } = await ask("clock", { t0: Date.now() })
    const trip = performance.now() - sent
    if (trip >= best) continue
    best = trip
    set((t1 + t2) / 2 + trip / 2)
  }
}
