"""While somebody writes, the page asks about what may show who someone is; it holds nothing up."""

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.journeys.pages import Place, Prompt

WORDS = Prompt("words", {}, {"title": "What helped?"})
ASKED = "This may show who someone is. Keep it or change it?"


@pytest.mark.parametrize(
    "text",
    [
        "ask ana@example.org",
        "call 0171 234 56 78",
        "+49 (30) 901820-0 at night",
        "٠٥٥١٢٣٤٥٦٧",
        "thanks to @ana_b",
        "(@Müller) knows",
    ],
)
def test_an_address_a_number_or_a_name_is_asked_about(place: Place, text: str) -> None:
    page = place.joins(room := place.room(WORDS))
    room.puts_step()
    box = page.locator("#stage [name=words]").first
    asked = page.locator(".doubt")
    box.press_sequentially(text)
    expect(asked).to_have_count(1)
    expect(asked).to_have_text(ASKED)
    expect(box).to_be_focused()
    expect(box).to_have_value(text)
    described = (box.get_attribute("aria-describedby") or "").split()
    assert asked.get_attribute("id") in described
    expect(page.locator("#live")).to_contain_text(ASKED, timeout=10_000)
    box.fill("a walk")
    expect(asked).to_have_count(0)


@pytest.mark.parametrize(
    "text",
    ["I was there @ 8", "12.03.2024", "from 2019-2024", "3 of 10, or 1 000", "we/they: 50%"],
)
def test_what_names_nobody_is_left_alone(place: Place, text: str) -> None:
    page = place.joins(room := place.room(WORDS))
    room.puts_step()
    boxes = page.locator("#stage [name=words]")
    boxes.first.press_sequentially(text)
    boxes.nth(1).fill("ana@example.org")  # so that there was time to ask
    expect(page.locator(".doubt")).to_have_count(1)
    assert boxes.first.evaluate("each => each.nextElementSibling?.matches('.doubt')") is False


def test_it_never_holds_an_answer_up_and_a_push_leaves_it_standing(place: Place) -> None:
    page = place.joins(room := place.room(WORDS))
    number = room.puts_step()
    page.locator("#stage [name=words]").first.fill("ask ana@example.org")
    expect(page.locator(".doubt")).to_be_visible()
    assert axe(page) == []
    room.closes(number, grace=60)  # a push in the midst of it
    expect(page.locator("#stage .small.b")).to_contain_text("This closes in a moment.")
    expect(page.locator(".doubt")).to_have_count(1)
    page.locator("#stage .dock").get_by_role("button", name="Send").click()
    expect(page.locator("#room")).to_have_attribute("data-mine", "given")
    assert room.given(number) == 1


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("de", "Das könnte zeigen, wer jemand ist. Stehen lassen oder ändern?"),
        ("ar", "قد يدلّ هذا على هوية شخص ما. إبقاؤه أم تغييره؟"),
    ],
    ids=["German", "Arabic"],
)
def test_it_asks_in_the_language_of_the_room(place: Place, language: str, asked: str) -> None:
    room = place.room(WORDS, language=language)
    page = place.opens()
    page.goto(f"{place.url}/join/{room.room()['code']}")
    page.locator("[name=consent]").click()
    page.wait_for_url("**/r/*")
    room.puts_step()
    page.locator("#stage [name=words]").first.fill("ana@example.org")
    expect(page.locator(".doubt")).to_have_text(asked)
