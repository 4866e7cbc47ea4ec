"""A rehearsal as a newcomer walks it: one address, three frames, from beginning to end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser import axe
from tests.journeys.pages import LAPTOP, PHONE, PROJECTOR
from tests.rehearsals import Rehearsal
from tests.servers import until
from tests.states import looks

Start = Callable[..., Rehearsal]
SLOW = 60_000  # ms: people take their time, and machines are shared


@pytest.fixture
def opens(browser: Browser) -> Iterator[Callable[..., Page]]:
    """The page of a rehearsal, in a browser of one's own that complains of nothing."""
    contexts, faults = [], list[str]()

    def opened(rehearsal: Rehearsal, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": LAPTOP, "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(rehearsal.address())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "status of 410" not in fault] == []


def frame(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f'iframe[title="{name}"]')


def have_responded(console: FrameLocator, at_least: int) -> None:
    def responded() -> bool:
        said = console.locator("#counts-line").inner_text()
        return "responded" in said and said[:1].isdigit() and int(said.split()[0]) >= at_least

    until(responded, SLOW / 1_000, f"{at_least} to respond")


def test_a_whole_session_side_by_side(rehearsal: Start, opens: Callable[..., Page]) -> None:
    """What is put is answered, and what is shown is on the screen and the phone.

    With thirty: of so many, chance alone lets more than enough answer.
    """
    going = rehearsal("--people", "30")
    page = opens(going)
    console, screen, phone = (frame(page, name) for name in ("Console", "Screen", "Phone"))
    expect(console.locator("#people")).to_contain_text("30 seats are taken", timeout=SLOW)
    phone.get_by_role("button", name="Join", exact=True).click()
    expect(console.locator("#people")).to_contain_text("31 seats are taken")
    console.get_by_role("button", name="Begin:").first.click()
    expect(phone.get_by_role("heading", name="Good to see you")).to_be_visible()
    console.locator("#go").get_by_role("button", name="Next:").click()
    expect(screen.get_by_role("heading", name="Weather report")).to_be_visible()
    phone.locator(".weather-tile").first.click()
    phone.locator("#stage .dock").get_by_role("button", name="Send").click()
    expect(phone.locator("#room")).to_have_attribute("data-mine", "given")
    have_responded(console, 20)
    close(console)
    console.locator("#now").get_by_role("button", name="Show", exact=True).click()
    expect(console.locator("#now")).to_contain_text("Results are with the room.")
    expect(screen.locator("#results")).to_contain_text("answered")
    expect(phone.locator("#results")).to_contain_text("answered")
    console.locator("#now").get_by_role("link", name="Ask something now").click()
    console.get_by_label("What you ask").fill("What would help us?")
    console.get_by_role("button", name="Put it to the room").click()
    expect(phone.get_by_role("heading", name="What would help us?")).to_be_visible()
    have_responded(console, 10)
    console.get_by_role("link", name="End", exact=True).click()
    console.get_by_role("button", name="End the session").click()
    expect(console.get_by_role("heading", name="Weather report")).to_be_visible()
    until(lambda: "the people have left" in going.said, 30)
    assert "refused" not in going.said
    assert "had to leave" not in going.said
    assert going.process.poll() is None, "it stays while the summary is read"
    page.context.close()  # or its frames would look for the server that is gone
    assert going.ends() == 0


def close(console: FrameLocator) -> None:
    now = console.locator("#now")
    now.get_by_role("button", name="Close and preview").click()
    now.get_by_role("button", name="Close now").click()
    expect(now).to_contain_text("Answers are closed.")
    now.get_by_role("button", name="Preview").click()
    expect(now.get_by_text("Preview", exact=True)).to_be_visible()


def test_in_a_group_of_three_every_result_is_held(
    rehearsal: Start, opens: Callable[..., Page]
) -> None:
    page = opens(rehearsal("--people", "3"))
    expect(page.get_by_text("every one is held")).to_be_visible()
    console, screen = frame(page, "Console"), frame(page, "Screen")
    console.get_by_role("button", name="Begin:").first.click()
    console.locator("#go").get_by_role("button", name="Next:").click()
    have_responded(console, 1)
    now = console.locator("#now")
    now.get_by_role("button", name="Close now").click()
    expect(now).to_contain_text("Answers are closed.")
    now.get_by_role("button", name="Preview").click()
    expect(now).to_contain_text("Not enough answers to show safely.")
    expect(screen.locator("#results")).to_contain_text("Not enough answers to show safely.")


def test_the_page_is_well_at_every_size_and_by_keys(
    rehearsal: Start, opens: Callable[..., Page]
) -> None:
    page = opens(rehearsal("--people", "3"))
    for size in (PHONE, LAPTOP, PROJECTOR):
        for scheme in ("light", "dark"):
            looks(page, size, scheme)
            assert axe(page) == [], (size, scheme)
            overflow = "document.documentElement.scrollWidth > innerWidth"
            assert not page.evaluate(overflow), size
    looks(page, PHONE, "light")
    for name in ("Console", "Screen", "Phone"):
        page.get_by_role("navigation").get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_in_viewport()
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_the_frames_live_without_script(rehearsal: Start, opens: Callable[..., Page]) -> None:
    page = opens(rehearsal("--people", "3"), java_script_enabled=False)
    expect(frame(page, "Console").get_by_role("button", name="Begin:").first).to_be_visible()
    expect(frame(page, "Screen").locator("#stage")).to_contain_text("go to")
    frame(page, "Phone").get_by_role("button", name="Join", exact=True).click()
    expect(frame(page, "Phone").get_by_text("Leave the room")).to_be_visible()
