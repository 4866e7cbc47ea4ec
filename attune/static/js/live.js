// The connection: the newest version of each region, pushed over a websocket, or fetched in a loop
// where a network lets none through. Nothing older than what is shown is ever drawn: replies may
// cross, and the page would go back in time.

import { io } from "socket.io-client"
import { as, base, room, tell } from "./page.js"
import { measure, set } from "./clock.js"
import { morph } from "./morph.js"

const regions = () => [...document.querySelectorAll("[data-region]")]
const have = () => Object.fromEntries(regions().map(({ id, dataset }) => [id, Number(dataset.v)]))
const pause = seconds => new Promise(done => setTimeout(done, seconds * 1000))

let socket
let failures = 0
let catchingUp = false
let waiting
let reply // the one that is waited for while catching up

/** Ask the server something and wait for its word; rejects after 5 s, or when not connected. */
export const ask = (event, payload, seconds = 5) =>
  socket?.connected
    ? socket.timeout(seconds * 1000).emitWithAck(event, payload)
    : Promise.reject(new Error("not connected"))

export const isOn = () => document.documentElement.dataset.connection !== "off"

const connected = on => {
  const show = () => {
    waiting = clearTimeout(waiting)
    document.documentElement.dataset.connection = on ? "on" : "off"
    const line = document.getElementById("connection")
    if (line) line.hidden = on
    tell(on ? "on" : "off")
  }
  // A connection that is back in a moment is not worth a word; on the screen even less.
  if (on) show()
  else if (isOn()) waiting ??= setTimeout(show, as === "screen" ? 10_000 : 1500)
}

const draw = list => {
  const drawn = []
  for (const { id, v, html } of list) {
    const region = document.getElementById(id)
    if (!region || v <= Number(region.dataset.v)) continue
    const typing = region.contains(document.activeElement)
    drawn.push({ id, region, typing, moved: morph(region, html) })
    region.dataset.v = v
  }
  if (drawn.length) tell("drawn", drawn)
}

const gone = why => {
  tell("gone", why)
  // Not all of a hall at once.
  setTimeout(() => location.reload(), Math.random() * 2000)
}

// A network that swallows what is sent says nothing: give up some seconds after a reply was due.
const within = seconds => {
  const held = (reply = new AbortController())
  setTimeout(() => held.abort(), (seconds + 8) * 1000)
  return { signal: held.signal, headers: { Accept: "application/json" } }
}

const catchUp = async () => {
  if (catchingUp) return
  catchingUp = true
  let wait = 0 // the first only asks whether there is a way at all, and is not to be held up
  while (!socket.connected) {
    try {
      const versions = Object.entries(have()).map(([id, v]) => `${id}:${v}`)
      const query = new URLSearchParams({ have: versions, wait, as })
      const newer = await fetch(`${base}/regions?${query}`, within(wait))
      if ([404, 410].includes(newer.status)) return gone("ended")
      if (!newer.ok) throw newer
      const { regions: list, now } = await newer.json()
      set(now)
      connected(true)
      draw(list)
      wait = 25
    } catch {
      if (!socket.connected) connected(false)
      wait = 0
      await pause(1 + Math.random())
    }
  }
  catchingUp = false
}

// Some networks refuse a websocket at once, others let it hang: do not wait for it to give up.
const meanwhile = () => pause(3 + Math.random() * 2).then(() => socket.connected || catchUp())

const keepTime = () => measure(ask).catch(() => {})

// A phone that slept believes in a connection that is long dead: ask, and do not wait for pings.
const probe = async () => {
  if (document.hidden) return
  // Disconnecting first ends the pause between two tries, which may be 8 s.
  if (!socket.connected) return void socket.disconnect().connect()
  await ask("clock", { t0: Date.now() }, 2).catch(() => socket.disconnect().connect())
  keepTime()
}

export const connect = () => {
  socket = io({
    transports: ["websocket"],
    auth: send => send({ as, room, have: have() }),
    // 0 to 2 s at first, so that a hall does not come back in one instant
    reconnectionDelay: 1000,
    reconnectionDelayMax: 4000,
    randomizationFactor: 1,
    timeout: 8000,
  })
  socket.on("connect", () => {
    failures = 0
    connected(true)
    keepTime()
  })
  socket.on("disconnect", reason => {
    connected(false)
    reply?.abort() // held from before it connected; ask anew, and do not wait for it
    meanwhile()
    // The server let go on purpose; the client library would leave it at that.
    if (reason === "io server disconnect") pause(Math.random() * 2).then(() => socket.connect())
  })
  socket.on("connect_error", () => {
    failures += 1
    if (failures > 1 || !socket.active) catchUp()
    // Once it catches up, that tells whether there is a way: a websocket that hung fails late.
    else if (!catchingUp) connected(false)
    if (!socket.active) pause(5 + Math.random() * 5).then(() => socket.connect())
  })
  socket.on("regions", draw)
  socket.on("note", note => tell("note", note))
  socket.on("gone", ({ why }) => gone(why))
  meanwhile()
  setInterval(() => socket.connected && measure(ask, 1).catch(() => {}), 20_000)
  addEventListener("online", probe)
  document.addEventListener("visibilitychange", probe)
}
