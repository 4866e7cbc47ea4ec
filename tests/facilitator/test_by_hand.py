"""A facilitator adds raised hands: on a page without script, by programs, and in a real browser."""

import csv
import io
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import axe
from tests.facilitator.session import Lead, code_of
from tests.facilitator.test_asking import console_of
from tests.facilitator.test_releases import tally
from tests.facilitator.visitor import words_of

SKY = [*[{"pick": "fog"}] * 3, *[{"pick": "storm"}] * 2, None]


def with_result(lead: Lead) -> str:
    """A weather whose result was looked at; where its hands are counted."""
    number = lead.collects("weather", SKY)
    lead.does(f"rounds/{number}/preview")
    return f"rounds/{number}/by-hand"


def test_hands_are_added_on_a_page_and_the_console_has_them(lead: Lead) -> None:
    path = with_result(lead)
    assert f"/{path}" in lead.regions()["now"]
    page = words_of(lead.follows(f"{lead.path}/{path}").text)
    assert "Counts only, and no names." in page
    reply = lead.presses(path, **{"pick.fog": "2", "pick.clear": "", "pick.wind": "1"})
    assert (reply.status_code, reply.headers["Location"]) == (303, lead.path)
    shown = lead.regions()["now"]
    assert {"fog": 5, "storm": 2, "wind": 1}.items() <= tally(shown).items()
    assert "Counted by hand, and in this: fog (2), wind (1)." in words_of(shown)
    assert 'value="2"' in lead.follows(f"{lead.path}/{path}").text


def test_the_room_reads_that_they_were_counted_by_hand(lead: Lead) -> None:
    lead.does(with_result(lead), **{"pick.fog": "2"})
    lead.does("rounds/1/release", form="full")
    for audience in ("screen",):
        results = words_of(lead.regions(audience)["results"])
        assert "7 people answered" in results
        assert "Counted by hand, and in this: fog (2)." in results
    lead.does("rounds/1/release", form="soft")
    results = lead.regions("screen")["results"]
    assert tally(results)["fog"] == 3
    assert "Counted by hand, beside this: fog (2)." in words_of(results)


def test_exports_say_what_came_by_hand(lead: Lead) -> None:
    lead.does(with_result(lead), **{"pick.fog": "2"})
    lead.does("rounds/1/release", form="full")
    lead.does("ending", seen=1)
    for part in ("facilitator", "group"):
        sheet = lead.opens(f"{lead.path}/summary.csv?part={part}").text.removeprefix("\ufeff")
        rows = [
            (row["category"], row["count"], row["n"])
            for row in csv.DictReader(io.StringIO(sheet))
            if row["table"] == "by hand"
        ]
        assert rows == [("fog", "2", "2")]
        assert "Counted by hand" in lead.opens(f"{lead.path}/summary.md?part={part}").text
        page = lead.follows(f"{lead.path}/summary?part={part}").text
        assert "Counted by hand, and in this: fog (2)." in words_of(page)


@pytest.mark.parametrize(
    "typed", ["-1", "1000", "1.5", "many", "<b>1</b>", "'; --", "٣", "1e3", "99999999999999999999"]
)
def test_what_is_no_count_is_said_at_its_field_and_kept_as_typed(lead: Lead, typed: str) -> None:
    path = with_result(lead)
    lead.does(path, **{"pick.fog": "1"})
    reply = lead.presses(path, **{"pick.fog": "4", "pick.storm": typed})
    assert reply.status_code == 422
    page = reply.text
    assert "A whole number from 0 to 999." in words_of(page)
    assert 'id="f-pick-storm-error"' in page
    assert 'value="4"' in page
    assert "<b>1</b>" not in page
    assert lead.does(path, **{"pick.storm": typed}).json()["error"]["field"] == "pick.storm"
    (section, *_) = lead.asks_for(f"{lead.path}/{path}")["sections"]
    assert section["counts"] == {"fog": 1}


def test_the_bounds_are_in(lead: Lead) -> None:
    path = with_result(lead)
    assert lead.does(path, **{"pick.fog": "999", "pick.storm": "0"}).status_code == 200
    assert tally(lead.regions()["now"])["fog"] == 1002


def test_without_a_result_the_console_says_so(lead: Lead) -> None:
    number = lead.collects("weather", SKY[:2])
    path = f"rounds/{number}/by-hand"
    assert code_of(lead.does(path, **{"pick.fog": "1"})) == (409, "closed")
    reply = lead.opens(f"{lead.path}/{path}")
    assert reply.status_code == 409
    assert "Look at the result first" in words_of(reply.text)
    lead.does(f"rounds/{number}/preview")
    assert "by-hand" not in lead.regions()["now"]
    reply = lead.presses(path, **{"pick.fog": "30"})
    assert reply.status_code == 409
    assert "Let's talk instead" in words_of(reply.text)


def test_of_two_who_count_at_once_the_second_is_told(lead: Lead) -> None:
    path = with_result(lead)
    assert lead.does(path, seen="weather-old", **{"pick.fog": "1"}).status_code == 409
    assert lead.does(path, **{"pick.fog": "1"}).status_code == 200
    page = lead.presses(path, seen="weather-old", **{"pick.storm": "5"})
    assert page.status_code == 409
    assert "What stands now: fog 1." in words_of(page.text)
    kept = re.search(r'name="pick.storm"[^>]*value="5"', page.text)
    assert kept, "what they typed is still there"
    assert lead.does(path, seen="weather-old", **{"pick.fog": "1"}).status_code == 200, "no change"


def test_a_held_result_says_why_it_takes_no_hands(lead: Lead) -> None:
    number = lead.collects("weather", [{"pick": "fog"}, {"pick": "fog"}])
    lead.does(f"rounds/{number}/preview")
    assert "nothing can be added by hand" in words_of(lead.regions()["now"])


def test_paper_says_where_its_totals_go(lead: Lead) -> None:
    for place, step in enumerate(lead.plan["steps"], 1):
        page = words_of(lead.follows(f"/plans/{lead.plan['id']}/steps/{place}/print").text)
        assert ("enter the totals there" in page) == (
            step["kind"] in ("weather", "choice", "closing")
        )


def test_a_facilitator_adds_hands_by_keyboard(lead: Lead, browser: Browser) -> None:
    with_result(lead)
    page = console_of(lead, browser)
    page.get_by_role("link", name="Add by hand").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add by hand", level=1)).to_be_visible()
    assert axe(page) == []
    page.get_by_label("storm", exact=True).focus()
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.get_by_label("storm", exact=True)).to_have_attribute("aria-invalid", "true")
    assert axe(page) == []
    page.get_by_label("storm", exact=True).fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Counted by hand, and in this: storm (4).")).to_be_visible()
