// The script of the facilitators' pages: the console, plans, people, the summary.

import { begin } from "./begin.js"
import * as act from "./act.js"
import * as edit from "./edit.js"
import * as fit from "./fit.js"
import * as notes from "./notes.js"
import * as private_ from "./private.js"
import * as review from "./review.js"

begin([act, edit, notes, private_, review, fit])
