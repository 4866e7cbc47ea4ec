"""What somebody gave is marked in the result, by their own phone from its own memory."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import CHOICE, WEATHER, Place, Prompt, Room
from tests.journeys.test_private_text import listens

SCALE = Prompt(
    "scale",
    {
        "items": [
            {"label": "How settled?", "low": "not settled", "high": "very settled"},
            {"label": "How heard?", "low": "not at all", "high": "fully"},
        ],
        "points": 7,
    },
    {"title": "How are we here?"},
)
AFFECT = Prompt("affect", {"ask_wish": True}, {"title": "Where are we?"})
WORDS = Prompt("words", {"display": "both"}, {"title": "What do we bring?"})
CLOSING = Prompt("closing", {}, {"title": "Ready to go"})
OWN = "zuversichtlich"  # a word that nobody else gives

Given = dict[str, Any]
# What one phone gives, what is marked when it is shown in full, and what when it is softened.
CASES: dict[str, tuple[Prompt, Given, list[str], list[str]]] = {
    "choice": (
        CHOICE,
        {"picks": ["b"], "other": "tea with mint"},
        ["Water", "Something else"],
        ["Water", "Something else"],
    ),
    "weather": (WEATHER, {"pick": "fog", "word": OWN}, ["fog"], ["fog"]),
    "scale": (SCALE, {"items": {"i1": 3, "i2": 7}}, ["3", "7"], ["", ""]),
    "affect": (AFFECT, {"x": 1, "y": -2, "wish": {"x": 0, "y": 2}}, ["", ""], ["also", "also"]),
    "words": (WORDS, {"words": [OWN, "calm"]}, [], []),
    "closing": (CLOSING, {"word": OWN}, [], []),
}
OTHERS: dict[str, list[Given]] = {
    "choice": [{"picks": ["a", "b"]}, {"picks": ["b"]}, {"picks": ["c"]}, {"other": "rest"}],
    "weather": [{"pick": one, "word": "okay"} for one in ("fog", "fog", "clear", "clear")],
    "scale": [{"items": {"i1": n, "i2": 8 - n}} for n in (2, 3, 4, 5)],
    "affect": [{"x": n, "y": n, "wish": {"x": n, "y": 1}} for n in (-2, -1, 1, 2)] * 2,
    "words": [{"words": [word, "calm"]} for word in ("tired", "calm", "tired", "curious")],
    "closing": [{"word": word} for word in ("lighter", "tired", "lighter", "tired")],
}
MARKED = """() => [...document.querySelectorAll(".mine")].map(({ textContent, dataset }) =>
  dataset.step ?? textContent.replace(/\\d+ of \\d+|\\d+\\s*%|\\d+/g, "").trim())"""


def gives(page: Page, given: Given) -> None:
    """Fill the form as somebody would, and send it."""
    for name, value in flat(given):
        fields = page.locator(f"#stage [form=give][name='{name}']")
        if fields.first.get_attribute("type") == "text":
            for box, text in zip(fields.all(), value, strict=False):
                box.fill(text)
        else:
            page.locator(f"#stage [form=give][name='{name}'][value='{value}']").evaluate(
                "each => each.checked || each.click()"
            )
    page.locator("#stage .dock").get_by_role("button", name="Send").click()
    expect(page.locator("#room")).to_have_attribute("data-mine", "given")


def flat(given: Given, path: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in given.items():
        if isinstance(value, dict):
            found += flat(value, f"{path}{name}.")
        elif name == "picks":
            found += [(name, each) for each in value]
        else:
            found.append((path + name, [value] if name in ("word", "other") else value))
    return found


def shown(place: Place, kind: str, form: str = "full") -> tuple[Room, Page, Page]:
    """A room whose result stands on a phone that gave, and on one that passed."""
    prompt, given, _, _ = CASES[kind]
    room = place.room(prompt)
    one, other = place.joins(room), place.joins(room)
    number = room.puts_step()
    gives(one, given)
    other.get_by_role("button", name="Pass", exact=True).click()
    expect(other.locator("#room")).to_have_attribute("data-mine", "passed")
    for phone, answer in zip(room.people(len(OTHERS[kind])), OTHERS[kind], strict=True):
        phone.gives(number, answer)
    room.closes(number)
    room.previews(number)
    room.shows(number, form)
    for page in (one, other):
        expect(page.locator("[data-results]")).to_be_visible()
    return room, one, other


@pytest.mark.parametrize("kind", CASES)
def test_a_phone_marks_what_it_gave(place: Place, kind: str) -> None:
    _, given, full, _ = CASES[kind]
    _, one, other = shown(place, kind)
    expect(one.locator(".yours:visible").first).to_contain_text("Only this phone knows.")
    assert one.evaluate(MARKED) == full
    if OWN in str(given):
        expect(one.locator(".yours:visible .said").first).to_have_text(OWN)
    assert other.locator(".mine, .yours:visible").count() == 0


@pytest.mark.parametrize("kind", CASES)
def test_a_softened_result_is_marked_where_it_holds_the_answer(place: Place, kind: str) -> None:
    _, _, _, soft = CASES[kind]
    room, one, other = shown(place, kind, "soft")
    expect(one.locator(".yours:visible").first).to_contain_text("Only this phone knows.")
    assert one.evaluate(MARKED) == soft
    room.shows(1, "words")
    expect(one.locator(".in-words").first).to_be_visible()
    expect(one.locator(".mine")).to_have_count(0)
    expect(other.locator(".mine, .yours:visible")).to_have_count(0)


def test_the_mark_stays_through_a_push_and_a_reload_and_is_said_to_a_reader(place: Place) -> None:
    room, one, _ = shown(place, "scale")
    line = one.locator(".yours:visible").first
    expect(line).to_have_text(re.compile(r"Your answer\. Only this phone knows\.\s+It is 3\."))
    assert line.evaluate("each => each.closest('[aria-live], [aria-hidden=true]')") is None
    assert "It is 3" not in one.locator("#live").inner_text()
    room.shows(1, "soft")
    expect(one.locator(".blocks .mine").first).to_be_visible()
    room.shows(1, "full")
    expect(one.locator(".col.mine")).to_have_count(2)
    one.reload()
    expect(one.locator(".col.mine")).to_have_count(2)


def test_an_answer_that_was_changed_passed_or_taken_back_marks_as_it_was_last(
    place: Place,
) -> None:
    room = place.room(WEATHER)
    changed, passed, taken = (place.joins(room) for _ in range(3))
    number = room.puts_step()
    for page in (changed, passed, taken):
        gives(page, {"pick": "fog"})
    for page in (changed, passed):
        page.get_by_role("link", name="Change it").click()
    gives(changed, {"pick": "storm"})
    passed.get_by_role("button", name="Pass", exact=True).click()
    expect(passed.locator("#room")).to_have_attribute("data-mine", "passed")
    taken.get_by_role("button", name="Take it back").click()
    expect(taken.locator("#room")).to_have_attribute("data-mine", "none")
    for phone in room.people(3):
        phone.gives(number, {"pick": "clear"})
    room.closes(number)
    room.previews(number)
    room.shows(number)
    expect(changed.locator(".mine")).to_have_count(1)
    assert changed.evaluate(MARKED) == ["storm"]
    for page in (passed, taken):
        expect(page.locator("[data-results]")).to_be_visible()
        assert page.locator(".mine, .yours:visible").count() == 0


def test_another_tab_of_the_same_phone_learns_it_only_while_the_round_is_open(
    place: Place,
) -> None:
    room = place.room(WEATHER)
    one = place.joins(room)
    number = room.puts_step()
    second = one.context.new_page()
    second.goto(one.url)
    gives(one, {"pick": "fog"})
    expect(second.locator("#room")).to_have_attribute("data-mine", "given")
    third = one.context.new_page()  # opened after it was given
    with third.expect_response("**/mine"):
        third.goto(one.url)
    for phone in room.people(3):
        phone.gives(number, {"pick": "clear"})
    room.closes(number)
    room.previews(number)
    room.shows(number)
    late = one.context.new_page()  # opened when it was closed: nobody tells it
    late.goto(one.url)
    for page in (one, second, third):
        expect(page.locator(".flock.mine")).to_have_count(1)
    expect(late.locator("[data-results]")).to_be_visible()
    assert late.locator(".mine").count() == 0


@pytest.mark.parametrize("kind", ["words", "choice"])
def test_the_mark_is_in_no_request_frame_or_push_nor_on_screen_or_console(
    place: Place, kind: str
) -> None:
    room, one, other = shown(place, kind)
    screen = place.leads(room, f"{room.path}/screen")
    console = place.leads(room)
    sent, others = listens(one), listens(other)
    pushed = [regions_of_server(page) for page in (one, other)]
    assert pushed[0] == pushed[1]
    for page in (one, other):
        page.reload()
        expect(page.locator("[data-results]")).to_be_visible()
    expect(one.locator(".yours:visible").first).to_be_visible()
    room.shows(1, "soft")
    room.shows(1, "full")
    expect(one.locator(".yours:visible").first).to_be_visible()
    one.evaluate("dispatchEvent(new Event('online'))")
    one.get_by_text("Leave the room").click()
    one.get_by_role("button", name="Leave and clear this phone").click()
    one.wait_for_url(lambda url: "/r/" not in url)
    kept = re.compile("gave|zuversichtlich|tea.with.mint")
    assert len(sent) > 3
    # Who passed fetches the script that marks as well.
    assert [len([each for each in all_of if "/yours-" in each]) for all_of in (sent, others)] == [
        1,
        1,
    ]
    assert [each for each in sent if kept.search(each)] == []
    assert one.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    for page in (screen, console, other):
        assert page.locator(".mine, .has-yours, [data-yours]:visible").count() == 0
    assert screen.locator("[data-field]").count() == console.locator("[data-field]").count() == 0


def test_a_page_that_told_would_be_caught(place: Place) -> None:
    """The broken variant of the promise above."""
    _, one, _ = shown(place, "words")
    sent = listens(one)
    one.evaluate("fetch('/?' + new URLSearchParams(Object.entries(sessionStorage))).then(() => 0)")
    assert [each for each in sent if OWN in each]


def regions_of_server(page: Page) -> Any:
    """What the server sends to this phone, before its script has seen it."""
    return page.evaluate(
        "fetch(`${location.pathname}/regions?as=participant`, {headers: {Accept:"
        " 'application/json'}}).then(reply => reply.json()).then(found => found.regions)"
    )
