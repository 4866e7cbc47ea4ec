"""Regions: drawn from what the server sends, never backwards, under a strict content policy."""

from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.front.stand import Stand


def test_a_region_older_than_the_one_shown_is_not_drawn(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    stand.draws("results", "<p>newest</p>", version=5)
    expect(phone.locator("#results")).to_have_text("newest")
    stand.draws("results", "<p>older</p>", version=4)
    stand.draws("side", "<p>after it</p>")
    expect(phone.locator("#side")).to_have_text("after it")
    assert phone.inner_text("#results") == "newest"
    assert phone.get_attribute("#results", "data-v") == "5"


def test_the_page_has_one_trusted_types_policy(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    stand.draws("results", "<p id=new>drawn</p>")
    expect(phone.locator("#new")).to_have_text("drawn")
    refused = phone.evaluate(
        """() => {
          try { document.body.innerHTML = "<p>x</p>"; return false } catch { return true }
        }"""
    )
    assert refused


def test_a_new_prompt_is_said_and_takes_the_focus(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    stand.puts("And today?", 2)
    expect(phone.locator("[data-round='2'] .ask .prompt")).to_be_focused()
    expect(phone.locator("#live")).to_have_text("New prompt: And today?")


def test_the_page_of_a_prompt_is_accessible(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1, hint="Take your time.")
    phone.goto(stand.url)
    assert axe(phone) == []


def test_nothing_scrolls_sideways_on_a_narrow_phone(stand: Stand, phone: Page) -> None:
    stand.puts("How settled do you feel in this group right now?", 1)
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(stand.url)
    for direction in ("ltr", "rtl"):
        phone.evaluate("direction => { document.documentElement.dir = direction }", direction)
        wide = "document.documentElement.scrollWidth"
        assert phone.evaluate(wide) <= 320  # CSS pixels
