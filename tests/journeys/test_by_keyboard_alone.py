"""One whole session by keyboard alone, for both: from signing in to the file, from code to end.

And the list of keys, which has to name every key there is.
"""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.facilitator.session import Phone
from tests.facilitator.visitor import PASSWORD
from tests.journeys.pages import EMAIL, LAPTOP, Place, is_on
from tests.journeys.test_keyboard import tabs_to
from tests.servers import ROOT, until

QUESTION = "Weather report"


def writes(page: Page, label: str, words: str) -> None:
    tabs_to(page, label)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(words)


def presses(page: Page, name: str, key: str = "Enter") -> None:
    tabs_to(page, name)
    page.keyboard.press(key)


def test_a_whole_session_for_both(place: Place) -> None:
    jo, someone = place.opens(viewport=LAPTOP, accept_downloads=True), place.opens()
    opens_a_room(jo, place)
    code = re.sub(r"\W", "", jo.locator("header .code-here").inner_text().rpartition("code")[2])
    comes_in(someone, place, code)
    others = [Phone(place.url).joins(code) for _ in range(4)]

    jo.keyboard.press("ArrowRight")
    expect(someone.get_by_role("heading", name="Good to see you")).to_be_visible()
    jo.keyboard.press("ArrowRight")
    expect(someone.get_by_role("heading", name=QUESTION)).to_be_visible()
    tabs_to(someone, "clear")
    someone.keyboard.press("ArrowRight")
    presses(someone, "Send")
    expect(someone.get_by_role("heading", name="Thank you.")).to_be_visible()
    for phone in others:
        phone.gives(2, {"pick": "fog"})
    shows(jo)
    expect(someone.get_by_role("heading", name="What the room said")).to_be_visible()
    presses(someone, "Show as a table")
    expect(someone.get_by_role("table").first).to_be_visible()

    jo.keyboard.press("n")
    jo.keyboard.type("A good beginning.")
    expect(jo.locator("[data-note-state]").first).to_have_text("Kept")
    ends(jo)
    expect(someone.get_by_role("heading", name="Thank you for being here.")).to_be_visible()
    until(lambda: someone.evaluate("Object.keys(sessionStorage).length") == 0)


def opens_a_room(jo: Page, place: Place) -> None:
    jo.goto(f"{place.url}/sign-in")
    writes(jo, "Email", EMAIL)
    writes(jo, "Password", PASSWORD)
    jo.keyboard.press("Enter")
    expect(jo.get_by_role("heading", level=1)).to_contain_text("Hello")
    presses(jo, "Programmes")
    expect(jo.get_by_role("heading", name="Programmes", level=1)).to_be_visible()
    presses(jo, "How are we today?")
    expect(jo.get_by_role("button", name="Copy to my plans")).to_be_visible()
    presses(jo, "Copy to my plans")
    expect(jo.get_by_role("heading", name="Open a room")).to_be_visible()
    writes(jo, "What people see it called", "Year 9, by keys")
    presses(jo, "Open the room")
    expect(jo.get_by_role("heading", name="Year 9, by keys", level=1)).to_be_visible()
    is_on(jo)


def comes_in(someone: Page, place: Place, code: str) -> None:
    someone.goto(place.url)
    tabs_to(someone, "Room code")
    someone.keyboard.type(code)
    someone.keyboard.press("Enter")
    expect(someone.get_by_role("button", name="Join", exact=True)).to_be_visible()
    presses(someone, "Join")
    expect(someone).to_have_url(re.compile("/r/"))
    is_on(someone)


def shows(jo: Page) -> None:
    expect(jo.locator("#counts")).to_contain_text("5 of")
    jo.keyboard.press("c")
    expect(jo.get_by_text("Closing in a moment.")).to_be_visible()
    for key, name in [("c", "Preview"), ("c", "Show"), ("s", "Take off the screen")]:
        jo.keyboard.press(key)
        expect(jo.get_by_role("button", name=name, exact=True)).to_be_visible()


def ends(jo: Page) -> None:
    presses(jo, "End")
    expect(jo.get_by_role("heading", name="End this session?")).to_be_visible()
    presses(jo, "End the session")
    expect(jo.get_by_role("link", name="For the group")).to_be_visible()
    tabs_to(jo, "Text")
    with jo.expect_download() as download:
        jo.keyboard.press("Enter")
    assert QUESTION in Path(download.value.path()).read_text()


# --- the list of keys -----------------------------------------------------------------------------

SHOWN_AS = {"ArrowRight": "→", "ArrowLeft": "←"}
TEMPLATES = ROOT / "facilitator" / "templates"


def keys_of_buttons() -> set[str]:
    """Every key that presses something on the console, wherever a template names one."""
    sources = [file.read_text() for file in sorted(TEMPLATES.rglob("*.html"))]
    found = {key for text in sources for key in re.findall(r"""\bkey="([^"{]+)\"""", text)}
    found |= {key for text in sources for key in re.findall(r"""data-key"?[=:] ?"(\w+)\"""", text)}
    return {SHOWN_AS.get(key, key.upper()) for key in found}


def test_the_list_of_keys_names_every_key_there_is_and_no_other(place: Place) -> None:
    room = place.room(*[])
    page = place.leads(room)
    page.keyboard.press("?")
    listed = page.locator("#keys .keymap kbd").all_inner_texts()
    assert len(listed) == len(set(listed))
    assert set(listed) == keys_of_buttons() | {"Esc"}
    assert {"→", "←", "C", "S", "F", "W", "X", "Q", "N", "?"} <= keys_of_buttons()
