"""Unsent words stay: through a push, a reload, a lost network and a facilitator who moves on."""

from playwright.sync_api import Page, expect

from tests.journeys.pages import CHOICE, CLOSING, WEATHER, Place, focus_of, is_on, state_of
from tests.servers import until

WORD = "In a word, if you like"
MARK = "slow and grey"


def writes(page: Page) -> None:
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill(MARK)


def still_has_it(page: Page) -> None:
    expect(page.get_by_label(WORD)).to_have_value(MARK)
    expect(page.get_by_label("fog")).to_be_checked()


def test_words_survive_a_push_and_keep_the_focus(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    before, version = focus_of(page), page.get_attribute("#stage", "data-v") or ""
    room.closes(number, grace=60)
    expect(page.locator("#stage")).not_to_have_attribute("data-v", version)
    expect(page.get_by_text("This closes in a moment.")).to_be_visible()
    still_has_it(page)
    assert focus_of(page) == before
    assert not page.locator(".late").count(), "nothing comes between somebody and their words"
    # What is written still counts, though the round is about to close.
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert room.given(number) == 1


def test_words_survive_a_reload_and_an_hour_without_network(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    page.reload()
    still_has_it(page)
    is_on(page)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible()
    page.get_by_label(WORD).press("End")
    page.get_by_label(WORD).press_sequentially("!")
    page.context.set_offline(False)
    is_on(page)
    expect(page.locator("#connection")).to_be_hidden()
    expect(page.get_by_label(WORD)).to_have_value(MARK + "!")
    assert state_of(page) == "none"
    assert room.given(number) == 0, "nobody has sent it"


def test_a_draft_can_be_given_while_the_round_closes(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    page.evaluate("document.activeElement.blur()")
    room.closes(number, grace=60)
    late = page.locator(".late")
    expect(late).to_contain_text("Give it now?")
    expect(late).to_contain_text(MARK)
    late.get_by_role("button", name="Give it now").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(late).to_have_count(0)
    assert room.given(number) == 1


def test_after_the_next_step_the_words_can_be_copied_and_let_go(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room, permissions=["clipboard-read", "clipboard-write"])
    number = room.puts_step()
    writes(page)
    room.closes(number)
    room.puts_step(1)
    expect(page.get_by_role("heading", name="What would help right now?")).to_be_visible()
    late = page.locator(".late")
    expect(late).to_contain_text("you can copy them")
    expect(late.get_by_role("button", name="Give it now")).to_be_hidden()
    page.reload()
    expect(late).to_contain_text(MARK)
    late.get_by_role("button", name="Copy my words").click()
    copied = until(lambda: page.evaluate("navigator.clipboard.readText()"))
    assert copied == f"fog\n{MARK}"
    # The new question is not in the way of the old words, and they do not get into it.
    page.get_by_role("textbox", name="Something else").fill("tea")
    expect(late).to_contain_text(MARK)
    late.get_by_role("button", name="Let it go").click()
    expect(late).to_have_count(0)
    page.reload()
    expect(page.get_by_role("textbox", name="Something else")).to_have_value("tea")
    expect(late).to_have_count(0)
    assert room.given(number) == 0


def test_the_outbox_goes_out_once_after_offline_and_a_reload(place: Place) -> None:
    room = place.room(WEATHER, CLOSING)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-message]")).to_contain_text("waiting on this phone")
    assert room.given(number) == 0
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    until(lambda: room.given(number) == 1)
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.includes('outbox'))") == []
    page.reload()
    is_on(page)
    assert state_of(page) == "given"
    assert room.given(number) == 1
    # And it is what was written.
    page.get_by_role("link", name="Change it").click()
    still_has_it(page)


def test_a_refused_answer_leaves_the_words_where_they_are(place: Place) -> None:
    room = place.room(WEATHER)
    page = place.joins(room)
    number = room.puts_step()
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill("w" * 60)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-message]")).to_contain_text("Shorten this")
    expect(page.get_by_label(WORD)).to_have_value("w" * 60)
    page.reload()
    expect(page.get_by_label(WORD)).to_have_value("w" * 60)
    assert state_of(page) == "none"
    assert room.given(number) == 0
