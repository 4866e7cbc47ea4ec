"""The pages of a phone in a real browser: with script off, and every state by axe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from attune.kinds import kind_of
from tests.browser import axe
from tests.house import Prompt
from tests.kinds.cases import SETTINGS
from tests.participant.conftest import CHOICE, NOTED, WEATHER, Site

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone on which our script does not run, though axe can."""
    # Without motion: axe would measure the colours of something that is half faded in.
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    context.route("**/main-*.js", lambda route: route.abort())
    yield context.new_page()
    context.close()


def is_well(page: Page) -> None:
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


def test_a_whole_round_without_script(site: Site, page: Page) -> None:
    room = site.room(WEATHER, NOTED, CHOICE, k=3)
    page.goto(site.url)
    is_well(page)
    page.get_by_label("Room code").fill(site.code(room))
    page.get_by_role("button", name="Go in").click()
    is_well(page)
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in.")
    is_well(page)

    number = room.puts(0)
    page.get_by_role("link", name="Look again").click()
    page.get_by_label("fog").check()
    word = page.get_by_label("In a word, if you like")
    word.fill("Slow")
    word.press("Enter")  # which must give it, and not press Pass
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert page.get_attribute("#room", "data-mine") == "given"
    is_well(page)
    page.get_by_role("link", name="Change it").click()
    expect(word).to_have_value("Slow")
    is_well(page)
    word.fill("w" * 60)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Shorten this")
    expect(word).to_have_value("w" * 60)
    is_well(page)
    page.goto(f"{site.url}/r/{room.ref}")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Pass", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pass", exact=True).click()
    assert page.get_attribute("#room", "data-mine") == "passed"

    for phone in site.phones(room, 3):
        phone.gives(number, pick="fog", word="Calm")
    room.closes(number)
    page.reload()
    is_well(page)
    room.previews(number)
    room.shows(number)
    page.reload()
    expect(page.get_by_role("heading", name="What the room said")).to_be_visible()
    is_well(page)


def test_a_content_note_opens_and_shuts_without_script(site: Site, page: Page) -> None:
    room = site.room(NOTED)
    page.goto(f"{site.url}/join/{site.code(room)}")
    page.get_by_role("button", name="Join", exact=True).click()
    room.puts()
    page.reload()
    question = page.get_by_role("heading", name="Did it happen to you?")
    expect(question).to_be_hidden()
    sit_out = page.get_by_role("button", name="Sit this one out")
    join_in = page.locator("summary", has_text="Join in")
    sizes = [control.bounding_box() for control in (sit_out, join_in)]
    assert sizes[0]
    assert sizes[1]
    assert sizes[0]["width"] == pytest.approx(sizes[1]["width"], abs=1)
    assert sizes[0]["height"] == pytest.approx(sizes[1]["height"], abs=1)
    assert sizes[0]["y"] == pytest.approx(sizes[1]["y"], abs=1)
    is_well(page)
    join_in.click()
    expect(question).to_be_visible()
    expect(sit_out).to_be_hidden()
    is_well(page)
    page.get_by_text("Back to the note").click()
    sit_out.click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert page.get_attribute("#room", "data-mine") == "passed"


def test_pass_weighs_as_much_as_send_in_every_kind(site: Site, page: Page) -> None:
    prompts = [
        Prompt(name, settings[-1], {"title": name})
        for name, settings in SETTINGS.items()
        if kind_of(name).asks(kind_of(name).read_settings(settings[-1]))
    ]
    room = site.room(*prompts)
    page.goto(f"{site.url}/join/{site.code(room)}")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in.")
    for place, prompt in enumerate(prompts):
        room.puts(place)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text(prompt.kind)
        pass_by, send = (
            page.locator(".dock button").nth(place).bounding_box() for place in range(2)
        )
        expect(page.locator(".dock button").first).to_have_text("Pass")
        assert pass_by, prompt.kind
        assert send, prompt.kind
        assert (pass_by["y"], pass_by["height"]) == (send["y"], send["height"]), prompt.kind
        assert pass_by["width"] == pytest.approx(send["width"], abs=1), prompt.kind
        assert pass_by["x"] < send["x"], prompt.kind


def test_the_quiet_pages_are_well(site: Site, page: Page) -> None:
    room, ended = site.room(), site.room()
    site.sets_entry(room, "admit")
    page.goto(f"{site.url}/join/BCDF-GHJK")
    is_well(page)
    page.goto(f"{site.url}/what-we-store")
    for fold in page.locator("summary").all():
        fold.click()
    is_well(page)
    page.goto(f"{site.url}/join/{site.code(room)}")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("at the door.")
    is_well(page)
    site.phone(ended)
    ended.ends()
    page.goto(f"{site.url}/r/{ended.ref}")
    is_well(page)


def test_what_somebody_unfolded_stays_so_when_the_page_moves_on(
    site: Site, browser: Browser
) -> None:
    room = site.room()
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/join/{site.code(room)}")
    page.get_by_role("button", name="Join", exact=True).click()
    page.locator("summary", has_text="Help right now").click()
    before = page.get_attribute("#side", "data-v")
    assert site.phone(room).opens().status_code == 200
    expect(page.locator("#side")).not_to_have_attribute("data-v", before or "", timeout=15_000)
    expect(page.get_by_text("Somebody near you.")).to_be_visible()
    context.close()
