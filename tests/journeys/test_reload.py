"""A page that is loaded anew, here or at another device, shows what an untouched one shows."""

from collections.abc import Iterator

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.journeys.pages import (
    CHOICE,
    CLOSING,
    PAIRS,
    PROJECTOR,
    WEATHER,
    Place,
    Prompt,
    Room,
    is_on,
    regions_of,
)
from tests.servers import until

BREATH = Prompt("breath", {"after_check": True}, {"title": "One quiet minute"})
AFFECT = Prompt("affect", {"cells": 5}, {"title": "Energy and mood"})
SLIDE = Prompt("slide", {"body": "# Hello\n\nGood to see you."}, {"title": "Welcome"})


def states(room: Room) -> Iterator[str]:
    """Bring the room through every state, and say which it is in."""
    phones = room.people(4)
    yield "lobby"
    room.must("opening")
    yield "live, nothing asked"
    number = room.puts_step()
    yield "open"
    room.some_give(phones[:2], number)
    phones[2].passes(number)
    yield "open, some have answered"
    room.closes(number, grace=60)
    yield "closing"
    room.closes(number)
    yield "closed"
    room.must(f"rounds/{number}/closure/delete")
    yield "opened again"
    room.some_give(phones, number)
    room.closes(number)
    room.previews(number)
    yield "review"
    for form in ("full", "soft", "words"):
        room.shows(number, form)
        yield f"shown, {form}"
    room.hides(number)
    yield "taken off"
    held = room.puts_step(1)
    phones[0].passes(held)
    room.closes(held)
    room.previews(held)
    yield "held"
    for step in range(2, len(room.prompts)):
        room.puts_step(step)
        yield f"open: {room.prompts[step].kind}"
        if room.prompts[step].kind == "pairs":
            room.must(f"rounds/{len(room.room()['rounds'])}/progress", to=1)
            yield "open: the talk's first part"
    room.must("entry", entry="locked")
    yield "locked"


def differ(one: Page, other: Page) -> list[str]:
    """The regions that are not the same, with where they part."""
    here, there = regions_of(one), regions_of(other)
    found = []
    for name in here.keys() | there.keys():
        left, right = here.get(name, ""), there.get(name, "")
        if left == right:
            continue
        pairs = enumerate(zip(left, right, strict=False))
        at = next((place for place, (a, b) in pairs if a != b), 0)
        found.append(f"{name}: {left[max(0, at - 80) : at + 120]} / {right[at : at + 120]}")
    return found


def are_alike(one: Page, other: Page, what: str) -> None:
    found = [what]

    def alike() -> bool:
        found[1:] = differ(one, other)
        return len(found) == 1

    try:
        until(alike, 5)
    except AssertionError:
        raise AssertionError("\n".join(found)) from None


def test_a_reload_and_another_device_show_what_was_pushed_in_every_state(
    place: Place,
) -> None:
    room = place.room(WEATHER, CHOICE, SLIDE, AFFECT, BREATH, PAIRS, CLOSING)
    pages = {
        "phone": place.joins(room),
        "console": place.leads(room),
        "screen": place.leads(room, f"{room.path}/screen", viewport=PROJECTOR),
    }
    others = {
        "phone": place.joins(room),
        "console": place.leads(room),
        "screen": place.leads(room, f"{room.path}/screen", viewport=PROJECTOR),
    }
    for state in states(room):
        for view, other in others.items():
            other.reload()
            are_alike(pages[view], other, f"{view}, {state}")


def test_what_is_mine_comes_back_with_a_reload(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    room.puts_step()
    page.get_by_label("fog").check()
    page.get_by_role("button", name="Send", exact=True).click()
    for _ in range(2):
        expect(page.locator("#room")).to_have_attribute("data-mine", "given")
        expect(page.get_by_role("button", name="Take it back")).to_be_visible()
        expect(page.locator("#stage").get_by_role("button", name="Send")).to_have_count(0)
        page.reload()
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("fog")).to_be_checked()
    page.get_by_role("button", name="Pass", exact=True).click()
    expect(page.locator("#room")).to_have_attribute("data-mine", "passed")
    page.reload()
    expect(page.locator("#room")).to_have_attribute("data-mine", "passed")
    # And it is not carried over to the next one.
    room.puts_step(1)
    expect(page.locator("#room")).to_have_attribute("data-mine", "none")
    page.reload()
    expect(page.locator("#room")).to_have_attribute("data-mine", "none")


class Late:
    """A network on which what is pushed to a page can be held back, while the rest goes on."""

    def __init__(self, page: Page) -> None:
        self.holding = False
        self._held: list[str | bytes] = []
        self._route: WebSocketRoute | None = None
        page.context.route_web_socket("**/socket.io/**", self._pass_on)

    def lets_go(self) -> None:
        self.holding = False
        for message in self._held:
            assert self._route
            self._route.send(message)
        self._held.clear()

    def _pass_on(self, route: WebSocketRoute) -> None:
        self._route = route
        server = route.connect_to_server()
        server.on_message(self._hear)

    def _hear(self, message: str | bytes) -> None:
        if self.holding and "regions" in str(message):
            self._held.append(message)
        elif self._route:
            self._route.send(message)


def test_two_consoles_do_not_fight(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    one, other = place.leads(room), place.leads(room)
    late = Late(one)
    one.reload()
    is_on(one)
    one.get_by_role("button", name="Begin: What is the weather in you?").click()
    expect(other.get_by_role("button", name="Close now")).to_be_visible()
    are_alike(one, other, "both have it")
    # One presses Next in the moment before it hears that the other has done so.
    late.holding = True
    button = "Next: What would help right now?"
    other.get_by_role("button", name=button).click()
    expect(other.get_by_role("heading", name="What would help right now?", level=2)).to_be_visible()
    one.get_by_role("button", name=button).click()
    expect(one.locator("main [data-act-message]")).to_be_visible()
    assert [each["n"] for each in room.room()["rounds"]] == [1, 2]
    late.lets_go()
    are_alike(one, other, "the one that was behind")
    # The rest names where it wants to be, so both may want it.
    for page in (one, other):
        room.closes(2)
        expect(page.get_by_role("button", name="Preview", exact=True)).to_be_visible()
    are_alike(one, other, "at the end")
