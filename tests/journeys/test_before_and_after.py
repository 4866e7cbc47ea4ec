"""A line before, a pause, the same line after: people come late, pass one, change their mind.

Everybody writes down what they gave; what is shown is compared with that, to the number. The
phone says first that it is compared.
"""

import csv
import io
import json
import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.facilitator.session import Phone
from tests.journeys.pages import PROJECTOR, Place, Prompt, Room, is_on

LINE = {"label": "Right now I feel", "low": "stirred up", "high": "settled"}
BEFORE = Prompt("scale", {"items": [LINE]}, {"title": "Right now"})
AFTER = Prompt("scale", {"items": [LINE]}, {"title": "And now"}, pair_with=0)
CLOSING = Prompt("closing", {}, {"title": "Ready to go", "phase": "close"})

# What each wrote down, before and after; None is a pass, 0 was not there.
BOOK: Mapping[str, tuple[int | None, int | None]] = {
    "up": (2, 5),
    "up too": (1, 3),
    "down": (6, 4),
    "down too": (5, 2),
    "stays": (4, 4),
    "stays too": (3, 3),
    "passes first": (None, 7),
    "passes second": (7, None),
    "comes late": (0, 6),
}
BOTH = [(then, now) for then, now in BOOK.values() if then and now]
UP = sum(now > then for then, now in BOTH)
SAME = sum(now == then for then, now in BOTH)
DOWN = sum(now < then for then, now in BOTH)
CHANGE = (
    f"Of the {len(BOTH) + 1} who answered both times: {UP} up, {SAME} the same, {DOWN + 1} down."
)


def gives(phone: Phone, number: int, at: int | None) -> None:
    if at is None:
        phone.passes(number)
    elif at:
        phone.gives(number, {"items": {"i1": at}})


def chooses(page: Page, at: int) -> None:
    page.locator(f"input[name='items.i1'][value='{at}']").check(force=True)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()


def dots(picture: Locator) -> list[int]:
    """How many dots stand over each step."""
    return [column.locator("i.one").count() for column in picture.locator(".col").all()]


def of_book(which: int, *more: int) -> list[int]:
    given = [*(each[which] for each in BOOK.values()), *more]
    return [given.count(step) for step in range(1, 8)]


def all_pages_hold_the_book(screen: Page, eve: Page, console: Page) -> None:
    for page in (screen, eve, console):
        expect(page.get_by_text(CHANGE).first).to_be_visible()
        then, now = (
            page.locator(f"[data-compared] [data-time={time}]").first for time in ("before", "now")
        )
        assert dots(then) == of_book(0, 3)
        assert dots(now) == of_book(1, 1)
        expect(then.get_by_text("8 answered")).to_be_visible()
        expect(now.get_by_text("9 answered")).to_be_visible()
    expect(screen.get_by_text("8 answered before, 9 now")).to_be_visible()
    # Only the second of the two is marked as one's own, on this phone alone.
    expect(eve.locator("[data-time=now] .col.mine")).to_have_attribute("data-step", "1")
    expect(eve.locator("[data-time=before] .mine")).to_have_count(0)
    eve.get_by_text("Show as a table").click()
    rows = eve.locator("table").nth(1).locator("tbody tr")
    expect(rows).to_have_text(
        [
            re.compile(f"Up, towards “settled”\\s*{UP}"),
            re.compile(f"The same\\s*{SAME}"),
            re.compile(f"Down, towards “stirred up”\\s*{DOWN + 1}"),
        ]
    )


def files_hold_the_book(jo: Room) -> None:
    data = json.loads(jo.opens(f"{jo.path}/summary.json?part=group").text)
    (step,) = [each for each in data["steps"] if each["sections"]]
    (section,) = step["sections"]
    assert data["schema"] == 2
    assert section["form"] == "soft"
    assert section["before"]["n"] == 8
    assert section["change"]["n"] == len(BOTH) + 1
    text = jo.opens(f"{jo.path}/summary.csv?part=facilitator").text.lstrip("\ufeff")
    changed = [row for row in csv.DictReader(io.StringIO(text)) if row["table"] == "change"]
    assert [(row["category"], row["count"]) for row in changed] == [
        ("Up, towards “settled”", str(UP)),
        ("The same", str(SAME)),
        ("Down, towards “stirred up”", str(DOWN + 1)),
    ]
    assert "What changed" in jo.opens(f"{jo.path}/summary.md?part=group").text


def test_a_line_before_and_after_with_people(place: Place) -> None:
    jo = place.room(BEFORE, AFTER, CLOSING)
    people = dict(zip(list(BOOK)[:-1], jo.phones(len(BOOK) - 1), strict=True))
    eve = place.joins(jo)  # at a browser: gives 6, thinks again, and gives 3 in the end, then 1
    screen = place.leads(jo, f"{jo.path}/screen", viewport=PROJECTOR)
    console = place.leads(jo)

    first = jo.puts_step(0)
    expect(
        eve.get_by_text("This is asked once more later. Then we look at how many")
    ).to_be_visible()
    eve.get_by_text("How that stays private").click()
    expect(eve.get_by_text("Your two answers carry the same sealed mark")).to_be_visible()
    chooses(eve, 6)
    eve.get_by_role("link", name="Change it").click()
    chooses(eve, 3)
    for name, phone in people.items():
        gives(phone, first, BOOK[name][0])

    # Nobody looks at the first: it comes back beside the second.
    second = jo.puts_step(1)
    (late,) = jo.phones(1)
    people["comes late"] = late
    expect(
        eve.get_by_text("This was asked before. We look at how many of us moved")
    ).to_be_visible()
    chooses(eve, 1)
    for name, phone in people.items():
        gives(phone, second, BOOK[name][1])
    jo.closes(second)
    jo.previews(second)
    preview = console.get_by_role("group", name="Preview, only you")
    expect(preview.get_by_text(CHANGE)).to_be_visible()
    expect(screen.locator(".picture")).to_have_count(0)

    jo.shows(second)
    all_pages_hold_the_book(screen, eve, console)
    eve.reload()
    is_on(eve)
    expect(eve.get_by_text(CHANGE).first).to_be_visible()

    jo.shows(second, "words")
    expect(screen.get_by_text("About half of us: lower than before.")).to_be_visible()
    assert not re.search(r"\d", screen.locator("[data-compared]").inner_text())
    jo.shows(second, "soft")
    expect(screen.locator("[data-compared][data-form=soft]")).to_be_visible()

    # Put again, it stands for itself: what tied the two is gone.
    third = jo.puts_step(1)
    expect(eve.locator("#prompt-3, h1", has_text="And now").first).to_be_visible()
    expect(eve.get_by_text("This was asked before.")).to_have_count(0)
    assert third == second + 1
    jo.ends()

    files_hold_the_book(jo)
    assert place.faults == []


def test_without_script_it_says_the_same(place: Place) -> None:
    jo = place.room(BEFORE, AFTER, CLOSING)
    page = place.joins(jo, script=False)
    jo.puts_step(0)
    page.reload()
    expect(page.get_by_text("This is asked once more later.")).to_be_visible()
    page.get_by_text("How that stays private").click()
    expect(page.get_by_text("whoever runs this server could see")).to_be_visible()
