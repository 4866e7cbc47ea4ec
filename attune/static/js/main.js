// The script of phones and the screen. What only facilitators use is in lead.js: a phone on a train
// does not fetch it.

import { begin } from "./begin.js"
import * as doubt from "./doubt.js"
import * as give from "./give.js"
import * as keep from "./keep.js"

begin([keep, give, doubt])
