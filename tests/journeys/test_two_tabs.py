"""Two tabs of one seat are one person: they show the same, and count once."""

import json
import secrets
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.pages import WEATHER, Place, Room, is_on, state_of

WORD = "In a word, if you like"
SOON = 1000  # milliseconds


def second_tab(page: Page) -> Page:
    other = page.context.new_page()
    other.goto(page.url)
    is_on(other)
    return other


def gives(page: Page, word: str) -> None:
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill(word)
    page.get_by_role("button", name="Send", exact=True).click()


def mine(page: Page) -> Any:
    """The answer that the server has of this seat."""
    return page.evaluate(
        "fetch(`${location.pathname}/mine`).then(reply => reply.json())"
        ".then(({ rounds }) => rounds)"
    )


def posts(page: Page, room: Room, number: int, idem: str, answer: dict[str, Any]) -> Any:
    return page.evaluate(
        """([url, body]) => fetch(url, {
          method: "POST",
          headers: {
            Accept: "application/json",
            "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content,
          },
          body: new URLSearchParams(body),
        }).then(reply => reply.json())""",
        [
            f"/r/{room.ref}/rounds/{number}/answer",
            {"idem": idem, "answer": json.dumps(answer)},
        ],
    )


def test_what_one_tab_gives_the_other_shows(place: Place) -> None:
    room = place.room(WEATHER)
    a = place.joins(room)
    number = room.puts_step()
    b = second_tab(a)
    gives(a, "from A")
    expect(a.locator("#room")).to_have_attribute("data-mine", "given")
    expect(b.locator("#room")).to_have_attribute("data-mine", "given", timeout=SOON)
    b.get_by_role("link", name="Change it").click()
    expect(b.get_by_label(WORD)).to_have_value("from A")
    gives(b, "from B")
    expect(a.get_by_label(WORD)).to_have_value("from B", timeout=SOON)
    assert state_of(a) == "given"
    b.get_by_role("button", name="Take it back").click()
    expect(a.locator("#room")).to_have_attribute("data-mine", "none", timeout=SOON)
    b.get_by_role("button", name="Pass", exact=True).click()
    expect(a.locator("#room")).to_have_attribute("data-mine", "passed", timeout=SOON)
    assert room.given(number) == 1


def test_a_late_retry_of_one_tab_changes_nothing(place: Place) -> None:
    room = place.room(WEATHER)
    a = place.joins(room)
    number = room.puts_step()
    b = second_tab(a)
    idem, first = secrets.token_hex(16), {"pick": "fog", "word": "from A"}
    told = posts(a, room, number, idem, first)
    assert told["ok"]
    second = {"pick": "storm", "word": "from B"}
    assert posts(b, room, number, secrets.token_hex(16), second)["ok"]
    assert posts(a, room, number, idem, first) == told
    assert mine(a)[str(number)]["answer"] == second
    assert room.given(number) == 1
