"""Open questions in real browsers: the door at the side of later steps, for whoever types there."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys.pages import Place, Prompt
from tests.states import prompt

LIVE = {"reveal": "live_batches", "review": "before_show", "title": "What would you ask?"}
QUESTIONS = Prompt("questions", {}, LIVE)


def opens_the_door(page: Page) -> None:
    page.locator("#side .aside > summary").click()
    expect(page.locator("#side textarea").first).to_be_visible()


def box(page: Page, place: int = 0) -> Locator:
    return page.locator("#side textarea").nth(place)


def test_a_question_comes_up_during_a_later_step_and_costs_nobody_another(place: Place) -> None:
    room = place.room(QUESTIONS, prompt("words"))
    page = place.joins(room)
    room.puts_step(0)
    first = page.locator("#stage textarea").first
    first.fill("Why?")
    page.locator("#stage .dock").get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    room.puts_step(1)
    expect(page.locator("#stage input[type=text]").first).to_be_visible()
    page.locator("#stage input[type=text]").first.fill("half a word")

    opens_the_door(page)
    expect(box(page)).to_have_value("Why?")
    page.locator("#side details details > summary").click()
    box(page, 1).fill("And at work?")
    expect(page.locator("#stage input[type=text]").first).to_have_value("half a word")
    # Somebody comes in, and the region is drawn anew under the words.
    version = page.get_attribute("#side", "data-v") or ""
    room.people(2)
    room.closes(2, grace=60)
    expect(page.locator("#side")).not_to_have_attribute("data-v", version)
    expect(box(page, 1)).to_have_value("And at work?")
    page.locator("#side").get_by_role("button", name="Ask").click()
    expect(page.locator("#side [data-said]")).to_have_text("Thank you. It is kept.")
    expect(page.locator("#stage input[type=text]").first).to_have_value("half a word")

    page.reload()
    opens_the_door(page)
    expect(box(page)).to_have_value("Why?")
    expect(box(page, 1)).to_have_value("And at work?")
    assert place.faults == []
