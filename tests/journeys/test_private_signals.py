"""Something said privately, from the phone to the console and back, by people at their browsers."""

from playwright.sync_api import Page, expect

from tests.journeys.pages import WEATHER, Place


def opens(phone: Page) -> None:
    """What can be said privately, laid over the question."""
    phone.get_by_role("link", name="Tell Jo Marsh privately").click()
    expect(phone.get_by_role("dialog")).to_be_visible()


def test_it_is_seen_and_answered_while_the_question_stays(place: Place) -> None:
    room = place.room(WEATHER)
    room.puts_step()
    console = place.leads(room)
    phone, other = place.joins(room), place.joins(room)
    phone.locator("#stage input[type=text]").first.fill("slow and grey")
    opens(phone)
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("link", name="Please check in with me").click()
    dialog.get_by_label("Come to me").check()
    dialog.get_by_label("Where you are").fill("by the window")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("heading", name="Sent.")).to_be_visible()

    said = console.locator("#signals .said-privately")
    expect(said).to_contain_text("Someone would like a check-in")
    expect(said).to_contain_text("by the window")
    said.get_by_role("button", name="Seen").click()
    expect(dialog.get_by_role("heading", name="Jo Marsh has seen this.")).to_be_visible()

    said.get_by_text("Answer privately").click()
    said.get_by_role("button", name="I'll come over at the next pause.").click()
    expect(dialog.get_by_text("I'll come over at the next pause.")).to_be_visible()

    dialog.get_by_role("link", name="To the question", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(phone.locator("#stage input[type=text]").first).to_have_value("slow and grey")
    expect(phone.get_by_role("link", name="Jo Marsh has seen this.")).to_be_visible()
    said.get_by_role("button", name="Cared for").click()
    expect(said).to_have_count(0)
    expect(phone.get_by_role("link", name="Tell Jo Marsh privately")).to_be_visible()
    expect(other.get_by_role("link", name="Tell Jo Marsh privately")).to_be_visible()
    assert not place.faults
