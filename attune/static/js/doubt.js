// While somebody writes: what looks like an address, a number or a name that finds a person is asked
// about, once and gently. It holds nothing up, and nothing of it is sent.

import { announce } from "./announce.js"

const FINDS = [
  /[^\s@]+@[^\s@]+\.\p{L}{2,}/u, // an e-mail address
  /(^|[^\p{L}\p{N}])@[\p{L}_][\p{L}\p{N}_.]+/u, // @name
]
const NUMBER = /\+?\p{Nd}(?:[\s().\/-]{0,2}\p{Nd}){6,}/gu
// 12.03.2024 and 2019-2024 have as many digits as a telephone number, and are none.
const DATE = /^(\p{Nd}{1,4}([./-])\p{Nd}{1,2}\2\p{Nd}{1,4}|(19|20)\d\d\D+(19|20)\d\d)$/u

const finds = text =>
  FINDS.some(one => one.test(text)) || (text.match(NUMBER) ?? []).some(number => !DATE.test(number))

const ask = field => {
  const id = `doubt-${field.id || field.name}`
  const asked = document.getElementById(id)
  if (finds(field.value) === !!asked) return
  if (asked) return void asked.remove()
  const line = document.getElementById("doubt").content.firstElementChild.cloneNode(true)
  line.id = id
  field.after(line)
  const said = field.getAttribute("aria-describedby")?.split(" ") ?? []
  field.setAttribute("aria-describedby", [...new Set([...said, id])].join(" "))
  announce(line.textContent.trim())
}

export const start = () =>
  document.addEventListener("input", ({ target }) => {
    if (target.matches('[form="give"]:is(textarea, [type=text])')) ask(target)
  })
