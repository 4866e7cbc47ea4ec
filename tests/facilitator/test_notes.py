"""Private notes over HTTP and in a real browser: kept while they are written, and nobody else's."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.facilitator.session import Lead, code_of
from tests.facilitator.test_asking import console_of
from tests.facilitator.visitor import words_of
from tests.servers import until

WORDS = "Long pause, then a clavichord."


def kept(lead: Lead) -> list[tuple[int, str, bool]]:
    notes = lead.asks_for(f"{lead.path}/notes")["notes"]
    return [(note["round"], note["text"], note["in_summary"]) for note in notes]


def test_a_note_is_kept_and_read_by_its_writer(lead: Lead) -> None:
    lead.puts("weather")
    reply = lead.does("notes", round=1, text=f" {WORDS} ")
    assert reply.json() == {"round": 1, "text": WORDS, "in_summary": False}
    lead.does("notes", round=0, text="All in all", in_summary="yes")
    assert kept(lead) == [(0, "All in all", True), (1, WORDS, False)]
    assert WORDS in lead.follows(lead.path).text
    lead.does("notes", round=1, text="")
    assert kept(lead) == [(0, "All in all", True)]


def test_a_note_is_on_no_screen_and_no_phone_and_in_no_region(lead: Lead) -> None:
    (phone,) = lead.phones(1)
    lead.puts("weather")
    lead.does("notes", round=1, text=WORDS, in_summary="yes")
    pages = [*lead.regions().values(), *lead.regions("screen").values()]
    pages += [lead.follows(f"{lead.path}/screen").text, phone.follows(phone.path).text]
    for path in ("md", "csv", "json"):
        pages.append(lead.opens(f"{lead.path}/summary.{path}?part=group").text)
    pages.append(lead.follows(f"{lead.path}/summary?part=group").text)
    assert not [page for page in pages if "clavichord" in page]


def test_what_was_added_is_in_ones_summary_and_the_rest_is_gone(lead: Lead) -> None:
    lead.puts("weather")
    lead.does("notes", round=1, text=WORDS, in_summary="yes")
    lead.does("notes", round=0, text="A harpsichord.")
    assert "Your private notes, but for those" in words_of(lead.follows(f"{lead.path}/ending").text)
    lead.does("ending", seen=1)
    page = lead.follows(f"{lead.path}/summary").text
    assert WORDS in words_of(page)
    for path in ("md", "csv", "json"):
        assert "clavichord" in lead.opens(f"{lead.path}/summary.{path}").text
        assert "harpsichord" not in lead.opens(f"{lead.path}/summary.{path}").text
    assert "harpsichord" not in page
    assert kept(lead) == []
    assert code_of(lead.does("notes", round=0, text="late")) == (410, "ended")


def test_without_script_there_is_a_button_and_a_page(lead: Lead) -> None:
    lead.puts("weather")
    assert "Save" in words_of(lead.follows(f"{lead.path}/notes").text)
    reply = lead.presses("notes", round=1, text=WORDS)
    assert reply.status_code == 303
    assert reply.headers["Location"].endswith("/notes?kept=yes#note-1")
    reply = lead.presses("notes", round=1, text="x" * 4_001)
    assert reply.status_code == 422
    assert "Shorten this by one character." in words_of(reply.text)
    assert "x" * 4_001 in reply.text
    assert kept(lead) == [(1, WORDS, False)]


@pytest.mark.parametrize("round", ["", "x", "-1", "7", str(2**40)])
def test_a_note_on_nothing_is_refused(lead: Lead, round: str) -> None:
    assert lead.does("notes", round=round, text="x").status_code in (404, 422)


def state_of(page: Page) -> str:
    return page.locator("[data-note-state]").first.inner_text()


def test_it_is_kept_while_it_is_written_and_follows_the_room(lead: Lead, browser: Browser) -> None:
    page = console_of(lead, browser)
    expect(page.get_by_text("Connected")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#now h2")).to_have_text("Good to see you")
    box = page.locator("#note-now")
    page.keyboard.press("n")
    expect(box).to_be_focused()
    page.keyboard.type(WORDS + " q?")  # keys of the console are letters here
    until(lambda: state_of(page) == "Kept", what="Kept")
    assert kept(lead) == [(1, WORDS + " q?", False)]
    page.get_by_label("Add to my summary").first.check()
    until(lambda: kept(lead) == [(1, WORDS + " q?", True)], what="the tick to be kept")
    assert axe(page) == []
    # Half a word, and somebody moves on: it is kept where it was written.
    box.press_sequentially(" And")
    lead.puts("weather")
    expect(box).to_have_value("")
    until(lambda: kept(lead) == [(1, WORDS + " q? And", True)], what="the half word")
    box.fill("On the second")
    until(lambda: len(kept(lead)) == 2, what="the second note")
    lead.puts("slide")
    expect(box).to_have_value("")
    # A reload shows what there is; offline, the words wait on this device.
    lead.puts("weather")
    expect(page.locator("#now h2")).to_have_text("Weather report")
    page.context.set_offline(True)
    box.fill("Written in a tunnel")
    expect(page.locator("[data-note-state]").first).to_contain_text("Not kept yet.")
    page.context.set_offline(False)
    until(lambda: (4, "Written in a tunnel", False) in kept(lead), 20, "the tunnel to end")
    page.reload()
    expect(box).to_have_value("Written in a tunnel")
    page.context.close()
