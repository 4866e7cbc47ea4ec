// What this tab remembers of the room: gone with the tab, with leaving, and with the room's end.

import { key } from "./page.js"

export const read = name => JSON.parse(sessionStorage.getItem(key(name)))
export const write = (name, value) => sessionStorage.setItem(key(name), JSON.stringify(value))
export const drop = name => sessionStorage.removeItem(key(name))

/** What was given in a round, as [name, value] pairs of its form; none: passed, or taken back. */
export const remember = (round, pairs) => (pairs ? write(`gave:${round}`, pairs) : drop(`gave:${round}`))
