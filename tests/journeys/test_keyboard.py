"""Everything works by keys alone, focus can be seen, and no push ever takes it away."""

from playwright.sync_api import Page, expect

from tests.journeys.pages import CHOICE, PAIRS, WEATHER, Place, focus_of, is_on
from tests.servers import until

WORD = "In a word, if you like"
SEEN = """() => {
  const { activeElement } = document
  const part = activeElement.closest("label") ?? activeElement
  return [activeElement, part, ...part.children].some(each => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none"
  })
}"""


def tabs_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until the focus is on what has this name; it must be seen at each stop."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"no visible focus on {focus_of(page)}"
        if any(each.startswith(name) for each in page.evaluate(NAME)):
            return
    message = f"{name} cannot be reached with Tab; the last was {focus_of(page)}"
    raise AssertionError(message)


NAME = """() => {
  const { activeElement: e } = document
  return [e.getAttribute("aria-label"), e.labels?.[0]?.textContent, e.textContent, e.id]
    .map(each => (each ?? "").replace(/\\s+/g, " ").trim())
}"""


def test_a_facilitator_leads_by_single_keys(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    phones = room.people(4)
    page = place.leads(room)
    key = page.keyboard.press

    key("ArrowRight")
    expect(page.get_by_role("heading", name="What is the weather in you?", level=2)).to_be_visible()
    room.some_give(phones, 1)
    expect(page.locator("#counts")).to_contain_text("4 of")
    key("c")
    expect(page.get_by_text("Closing in a moment.")).to_be_visible()
    key("c")
    expect(page.get_by_role("button", name="Preview", exact=True)).to_be_visible()
    key("c")
    expect(page.get_by_role("button", name="Soften", exact=True)).to_be_visible()
    key("s")
    expect(page.get_by_text("Results are with the room.")).to_be_visible()
    key("f")
    expect(page.get_by_role("button", name="Show in full")).to_be_visible()
    key("w")
    expect(page.get_by_role("button", name="Soften", exact=True)).to_be_visible()
    key("s")
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_visible()
    key("x")  # not now: on to where Next is
    assert page.evaluate("document.activeElement.closest('#agenda') !== null") or page.evaluate(
        "document.activeElement.dataset.key"
    ) in ("x", None)
    key("ArrowRight")
    expect(page.get_by_role("heading", name="What would help right now?", level=2)).to_be_visible()
    key("ArrowLeft")
    expect(page.get_by_role("heading", name="What is the weather in you?", level=2)).to_be_visible()
    key("ArrowRight")
    expect(page.get_by_role("heading", name="What would help right now?", level=2)).to_be_visible()
    key("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    key("ArrowRight")  # does nothing under it
    key("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    key("ArrowRight")
    expect(page.get_by_role("heading", name="End this session?")).to_be_visible()
    tabs_to(page, "End the session")
    key("Enter")
    expect(page.get_by_role("link", name="For the group")).to_be_visible()


def test_a_facilitator_leads_by_tab_and_enter_and_can_switch_single_keys_off(
    place: Place,
) -> None:
    room = place.room(WEATHER)
    phones = room.people(3)
    page = place.leads(room)
    key = page.keyboard.press
    tabs_to(page, "Keys")
    key("Enter")
    tabs_to(page, "Single keys are on")
    key("Space")
    key("Escape")
    key("ArrowRight")
    assert room.room()["state"] == "lobby", "single keys are off"
    tabs_to(page, "Begin: What is the weather")
    key("Enter")
    expect(page.get_by_role("button", name="Close now")).to_be_visible()
    room.some_give(phones, 1)
    for name in ("Close now", "Preview", "Show"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
        tabs_to(page, name)
        key("Enter")
    expect(page.get_by_text("Results are with the room.")).to_be_visible()


def test_a_participant_joins_and_answers_by_keys(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.opens()
    page.goto(place.url)
    key = page.keyboard.press
    tabs_to(page, "Room code")
    page.keyboard.type(room.room()["code"])
    key("Enter")
    page.wait_for_url("**/join*")
    tabs_to(page, "Join")
    key("Enter")
    page.wait_for_url("**/r/*")
    is_on(page)
    first = room.puts_step()
    expect(page.get_by_role("heading", name="What is the weather in you?")).to_be_focused()
    tabs_to(page, "clear")
    key("ArrowRight")
    expect(page.get_by_label("bits of cloud")).to_be_checked()
    tabs_to(page, WORD)
    page.keyboard.type("slow")
    tabs_to(page, "Pass")
    tabs_to(page, "Send")
    key("Enter")
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert room.given(first) == 1
    second = room.puts_step(1)
    expect(page.get_by_role("heading", name="What would help right now?")).to_be_visible()
    tabs_to(page, "A walk")
    key("Space")
    tabs_to(page, "Send")
    key("Space")
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert room.given(second) == 1


def test_no_push_moves_the_focus(place: Place) -> None:
    room = place.room(WEATHER, CHOICE, PAIRS)
    page, console = place.joins(room), place.leads(room)
    room.puts_step()
    word = page.get_by_label(WORD)
    word.fill("slow")
    end = console.get_by_role("link", name="End", exact=True)
    end.focus()
    before = focus_of(page), focus_of(console)

    def pushed(place_: Page, region: str, act: object) -> None:
        version = place_.get_attribute(f"#{region}", "data-v")
        act()  # type: ignore[operator]
        until(lambda: place_.get_attribute(f"#{region}", "data-v") != version)

    # Somebody comes in, answers, the round closes in a while, and opens again.
    pushed(console, "counts", lambda: room.some_give(room.people(3), 1))
    pushed(page, "stage", lambda: room.closes(1, grace=60))
    pushed(page, "stage", lambda: room.must("rounds/1/closure/delete"))
    assert (focus_of(page), focus_of(console)) == before
    assert page.evaluate("document.activeElement.selectionStart") == len("slow")
    # Inside a region that is drawn anew, too.
    close = console.get_by_role("button", name="Close now")
    close.focus()
    pushed(console, "now", lambda: room.closes(1, grace=60))
    expect(close).to_be_focused()
    # What is pressed and gone leaves the focus to what the region is about.
    console.keyboard.press("Enter")
    expect(console.get_by_role("heading", name="What is the weather", level=2)).to_be_focused()
    # A step put while somebody writes takes the box away, and only says so.
    pushed(page, "stage", lambda: room.puts_step(1))
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    expect(page.locator("#live")).to_contain_text("What would help right now?")
