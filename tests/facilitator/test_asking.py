"""Asking something now, over HTTP and by keys in a real browser."""

import json
import time
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import words_of


def asks(lead: Lead, **fields: object) -> requests.Response:
    seen = len(lead.room()["rounds"])
    return lead.does("rounds", **{"seen": seen, "kind": "words", "title": "And now?", **fields})


def console_of(lead: Lead, browser: Browser, path: str = "", **options: Any) -> Page:
    """The console, or another page of the room, in a browser of whoever leads."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce", **options
    )
    context.add_cookies(
        [
            {"name": name, "value": value or "", "url": lead.url}
            for name, value in lead.cookies.items()
        ]
    )
    page = context.new_page()
    page.goto(lead.url + lead.path + path)
    return page


def test_what_was_asked_is_put_and_the_plan_stays(lead: Lead) -> None:
    lead.puts("weather")
    reply = asks(lead, title="What would help?", invitation="One word.")
    assert reply.status_code == 200, reply.text
    assert (lead.last()["kind"], lead.last()["state"]) == ("words", "open")
    now = words_of(lead.regions()["now"])
    assert "Asked in between." in now
    assert "What would help?" in words_of(lead.regions("screen")["stage"])
    agenda = lead.regions()["agenda"]
    assert words_of(agenda).index("What would help?") > words_of(agenda).index("Weather report")
    assert "Back: Weather report" in words_of(agenda)


def test_it_can_be_put_again(lead: Lead) -> None:
    asks(lead)
    number = lead.puts("weather")
    assert 'name="round" value="1"' in lead.regions()["agenda"]
    assert lead.does("rounds", round=1, seen=number).status_code == 200
    assert (lead.last()["kind"], lead.last()["title"]) == ("words", "And now?")
    assert code_of(lead.does("rounds", round=9, seen=3)) == (404, "not_yours")
    assert code_of(lead.does("rounds", round=1, seen=1)) == (409, "closed")


def test_settings_may_be_sent_as_json(lead: Lead) -> None:
    options = [{"label": "Tea"}, {"label": "Water"}]
    asks(lead, kind="choice", settings=json.dumps({"options": options}))
    assert lead.last()["kind"] == "choice"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"kind": ""}, "kind"),
        ({"kind": "choice"}, "choice.options"),
        ({"kind": "choice", "settings": "{"}, "settings"),
        ({"kind": "choice", "settings": '{"options": []}'}, "settings.options"),
        ({"seen": "x"}, "seen"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    lead: Lead, fields: dict[str, object], field: str
) -> None:
    reply = asks(lead, **fields)
    assert code_of(reply) == (422, "invalid")
    assert reply.json()["error"]["field"] == field
    assert lead.room()["state"] == "lobby"


def test_without_script_nothing_that_was_typed_is_lost(lead: Lead) -> None:
    page = lead.follows(f"{lead.path}/rounds/new")
    assert "Put it to the room" in words_of(page.text)
    hostile = '"><script>alert(1)</script>'
    typed = {"kind": "choice", "title": hostile, "choice.options": "Only one", "seen": 0}
    reply = lead.presses("rounds", **typed)
    assert reply.status_code == 422
    assert "Give 2 at least." in words_of(reply.text)
    assert "Only one" in reply.text
    assert "&#34;&gt;&lt;script&gt;alert(1)" in reply.text
    lead.puts("weather")
    reply = lead.presses("rounds", **{**typed, "choice.options": "One\nTwo"})
    assert reply.status_code == 409
    assert "What you typed is still here" in words_of(reply.text)
    assert 'name="seen" value="1"' in reply.text
    assert len(lead.room()["rounds"]) == 1
    assert lead.presses("rounds", **{**typed, "choice.options": "One\nTwo", "seen": 1}).ok
    assert lead.last()["title"] == hostile


def test_by_keys_it_is_put_with_three_presses_and_the_words(lead: Lead, browser: Browser) -> None:
    lead.puts("weather")
    page = console_of(lead, browser)
    expect(page.get_by_text("Connected")).to_be_visible()
    begun = time.monotonic()
    page.keyboard.press("q")
    expect(page.get_by_label("What you ask")).to_be_focused()
    page.keyboard.type("What would help?")
    page.keyboard.press("Enter")
    expect(page.locator("#now h2")).to_have_text("What would help?")
    seconds = time.monotonic() - begun
    print(f"asked on the spot in {seconds:.2f} s; the promise is 5")
    expect(page.locator("#ask-now")).to_be_hidden()
    # The next one begins empty, and another kind is chosen by the arrows.
    page.keyboard.press("q")
    expect(page.get_by_label("What you ask")).to_have_value("")
    page.keyboard.type("Which one?")
    page.keyboard.press("Tab")
    tile = page.get_by_role("radio", name="Pick one or several")
    for _ in range(12):
        if tile.is_checked():
            break
        page.keyboard.press("ArrowDown")
    assert axe(page) == []
    page.keyboard.press("Enter")  # without its options
    expect(page.locator("#ask [data-act-message]")).to_have_text("Give 2 at least.")
    expect(page.get_by_label("Options")).to_be_focused()
    page.keyboard.type("Tea\nWater")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#now h2")).to_have_text("Which one?")
    expect(page.locator("#agenda")).to_contain_text("Back: Weather report")
    page.context.close()
