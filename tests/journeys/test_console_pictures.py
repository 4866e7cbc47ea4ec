"""The console's small pictures hold what the screen shows, or say that there is more."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.journeys.pages import LAPTOP, PROJECTOR, Place, Prompt
from tests.journeys.test_own_marks import AFFECT, CLOSING, WORDS

OPTIONS = (
    "A quiet start",
    "Moving around a bit outside",
    "Working with someone near me",
    "Reading by the window",
    "Music, quietly",
    "More time for each question",
    "A longer break at noon",
    "Talking with Jo alone",
    "Something to drink",
    "Fresh air",
)
MANY = Prompt(
    "choice",
    {"options": [{"label": label} for label in OPTIONS], "mode": "multiple", "max_picks": 4},
    {"title": "What would help us right now?"},
)
LINES = Prompt(
    "scale",
    {
        "items": [{"label": f"Line {n}", "low": "low end", "high": "high end"} for n in "123"],
        "points": 10,
    },
    {"title": "How are we here?"},
)
STEPS = {"choice": MANY, "scale": LINES, "affect": AFFECT, "words": WORDS, "closing": CLOSING}
# Of each frame: whether it overflows, and whether it says so.
FRAMES = """() => [...document.querySelectorAll(".frame")].map(frame => [
  frame.scrollHeight > frame.clientHeight + 1 || frame.scrollWidth > frame.clientWidth + 1,
  "more" in frame.dataset,
])"""


def frames(page: Page) -> list[list[bool]]:
    found: list[list[bool]] = page.evaluate(FRAMES)
    assert found
    return found


@pytest.mark.parametrize("kind", STEPS)
def test_nothing_of_a_result_is_cut_off_unsaid(place: Place, kind: str) -> None:
    room = place.room(STEPS[kind])
    phones = room.people(12)
    page = place.leads(room)
    number = room.puts_step()
    room.some_give(phones, number)
    room.closes(number)
    room.previews(number)
    for form, says in (
        ("full", "The room sees the result."),
        ("soft", "The room sees the softened result."),
        ("words", "The room sees the result in words."),
    ):
        room.shows(number, form)
        expect(page.locator("[data-sees]")).to_have_text(says)
        for size in (LAPTOP, PROJECTOR):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            for overflows, tells in frames(page):
                assert overflows == tells, (kind, form, size)
                # A long list and several lines fit, and so does the wall of a projector.
                assert not overflows or (kind == "affect" and size is LAPTOP), (kind, form)
    assert axe(page) == []


def test_without_its_script_the_same_list_would_be_cut_off(place: Place) -> None:
    """The broken variant."""
    room = place.room(MANY)
    number = room.puts_step()
    room.some_give(room.people(12), number)
    room.closes(number)
    room.previews(number)
    room.shows(number)
    page = place.leads(room, script=False)
    assert page.locator(".live-frame").evaluate("each => each.scrollHeight > each.clientHeight + 1")
