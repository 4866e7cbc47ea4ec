"""Every state of every page can be read and used by everybody (axe, narrow, large, turned)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe
from tests.facilitator.visitor import Visitor
from tests.journeys.pages import LAPTOP, PHONE, PROJECTOR, Place
from tests.servers import AttuneServer
from tests.states import STATES, State, Tour, View, looks

SIZES: dict[View, dict[str, int]] = {"console": LAPTOP, "desk": LAPTOP, "screen": PROJECTOR}
PARTICIPANT: tuple[View, ...] = ("anyone", "phone", "given", "passed")
# What has been drawn wider than the page, if anything.
WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const { direction } = getComputedStyle(document.documentElement)
  return [...document.querySelectorAll("body *")]
    .filter(each => !each.closest(".vh, svg, dialog:not([open])"))
    .filter(each => {
      const { left, right } = each.getBoundingClientRect()
      return direction === "rtl" ? left < -1 : right > clientWidth + 1
    })
    .map(each => `${scrollWidth} of ${clientWidth}: ${each.outerHTML.slice(0, 120)}`)
    .slice(0, 4)
}"""
# What reaches below the line at the foot of the screen: a projector's page cannot be scrolled.
SUNK = """() => {
  const foot = document.querySelector(".s-foot")?.getBoundingClientRect().top
  return [...document.querySelectorAll(".s-main *")]
    .filter(each => foot && !each.closest(".vh, svg") && each.getClientRects().length)
    .filter(each => each.getBoundingClientRect().bottom > foot + 1)
    .map(each => each.outerHTML.slice(0, 120))
    .slice(0, 4)
}"""
# Controls that only a background tells from the text around them: forced colours take it away.
EDGELESS = """() => {
  const has = each => {
    const { appearance, borderTopStyle, borderTopWidth, textDecorationLine } =
      getComputedStyle(each)
    return textDecorationLine === "underline" ||
      (borderTopStyle !== "none" && parseFloat(borderTopWidth) >= 1) ||
      (each.matches("input") && appearance !== "none")
  }
  return [...document.querySelectorAll("button, input, select, textarea")]
    .filter(each => each.getClientRects().length && each.type !== "hidden" && !each.closest(".vh"))
    .filter(each => {
      const label = each.closest("label")
      return ![each, label, ...(label?.children ?? [])].some(part => part && has(part))
    })
    .map(each => each.outerHTML.slice(0, 160))
}"""


@pytest.fixture(scope="module")
def tour(journeys_server: AttuneServer, browser: Browser, account: Visitor) -> Iterator[Tour]:
    place = Place(journeys_server, browser, account)
    going = Tour(place, browser)
    yield going
    going.ends()


def is_wide(page: Page, width: int, *, text: int = 100, direction: str = "ltr") -> list[str]:
    """What sticks out at this width, with text so large, in this direction."""
    page.set_viewport_size({"width": width, "height": 800})
    found: list[str] = page.evaluate(
        f"""([text, direction]) => {{
          const {{ documentElement: page }} = document
          page.dir = direction
          page.style.fontSize = text === 100 ? "" : `${{text}}%`
          return ({WIDE})()
        }}""",
        [text, direction],
    )
    page.evaluate("document.documentElement.removeAttribute('style')")
    page.evaluate("document.documentElement.dir = 'ltr'")
    return [f"{width} px, {text} %, {direction}: {each}" for each in found]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_state_is_well(tour: Tour, state: State) -> None:
    page = tour.opens(state)
    size = SIZES.get(state.view, PHONE)
    looks(page, size, "light")
    found = axe(page)
    looks(page, size, "dark")
    found += [f"dark: {each}" for each in axe(page, only=("color-contrast",))]
    looks(page, size, "forced")
    found += [f"forced colours: no edge around {each}" for each in page.evaluate(EDGELESS)]
    if state.view in PARTICIPANT:
        found += is_wide(page, 320) + is_wide(page, 320, text=200)
        found += is_wide(page, 390, text=200) + is_wide(page, 390, direction="rtl")
    elif state.view == "screen":
        looks(page, PROJECTOR, "light")
        found += [f"below the foot: {each}" for each in page.evaluate(SUNK)]
    else:
        found += is_wide(page, 320) + is_wide(page, 1280, text=200)
        found += is_wide(page, 1280, direction="rtl")
    assert not found, "\n".join(found)


def test_the_states_are_of_all_sorts() -> None:
    names = [state.name for state in STATES]
    assert len(names) == len(set(names))
    assert {state.room for state in STATES} == {"", "lobby", "live", "ended"}
    assert {state.release.split()[0] for state in STATES if state.release} == {
        "held",
        "review",
        "shown",
    }
