"""Bad networks: a minute without one, a server that is killed, a tab that dies.

A minute is not waited for: the browser's own clock is set forward. What holds in every case is
that nothing is lost, nothing goes out twice, and the page says which state it is in.
"""

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.pages import CHOICE, WEATHER, Place, account_at, focus_of, is_on, state_of
from tests.journeys.test_blocked_websocket import blocks
from tests.servers import AttuneServer, until

WORD = "In a word, if you like"
NO_CONNECTION = (
    "No connection right now. Your answer is safe on this phone and will be sent when the "
    "connection is back."
)
OFFLINE = (
    "You are offline. The room still sees the question. People can keep answering, and nothing is "
    "lost. Close, Next and Back wait here until you are back."
)
MINUTE = 60_000


def writes(page: Page, words: str = "slow") -> None:
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill(words)


def sends(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def has(page: Page, words: str) -> None:
    expect(page.get_by_label("fog")).to_be_checked()
    expect(page.get_by_label(WORD)).to_have_value(words)


def says(page: Page, words: str) -> None:
    expect(page.locator("#connection")).to_have_text(words, use_inner_text=True)
    expect(page.locator("#connection")).to_be_visible()


def says_nothing(page: Page) -> None:
    is_on(page)
    expect(page.locator("#connection")).to_be_hidden()


def given_frames(page: Page) -> list[str]:
    """Every answer that leaves over the socket from here on."""
    sent: list[str] = []

    def listen(socket: Any) -> None:
        socket.on("framesent", lambda frame: sent.append(frame) if '"answer"' in frame else None)

    page.on("websocket", listen)
    return sent


# --- a minute without a network -------------------------------------------------------------------


def test_a_minute_offline_while_somebody_writes_and_sends(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.opens()
    page.clock.install()
    code = room.room()["code"]
    page.goto(f"{place.url}/join/{code}")
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url("**/r/*")
    is_on(page)
    number = room.puts_step()
    writes(page)
    page.context.set_offline(True)
    says(page, NO_CONNECTION)
    page.get_by_label(WORD).press("End")
    for letter in "er":
        page.clock.fast_forward(MINUTE // 2)
        page.get_by_label(WORD).press_sequentially(letter)
    says(page, NO_CONNECTION)
    has(page, "slower")
    sends(page)
    expect(page.locator("[data-message]")).to_contain_text("waiting on this phone")
    for _ in range(6):
        page.clock.fast_forward(MINUTE // 6)
    says(page, NO_CONNECTION)
    expect(page.locator("[data-message]")).to_contain_text("waiting on this phone")
    assert room.given(number) == 0
    # The phone reloads what it has; the network is there again a moment later.
    page.context.set_offline(False)
    sent = given_frames(page)
    page.reload()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    says_nothing(page)
    for _ in range(6):
        page.clock.fast_forward(MINUTE // 6)
    until(lambda: room.given(number) == 1)
    page.reload()
    is_on(page)
    assert state_of(page) == "given"
    assert len(sent) <= 1, "it went out over the socket once, or once as a form"
    assert room.given(number) == 1
    page.get_by_role("link", name="Change it").click()
    has(page, "slower")


def test_somebody_who_was_away_for_the_whole_round_may_copy_what_they_wrote(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    page.context.set_offline(True)
    says(page, NO_CONNECTION)
    sends(page)
    expect(page.locator("[data-message]")).to_contain_text("waiting on this phone")
    room.closes(number)
    room.puts_step(1)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="What would help right now?")).to_be_visible()
    says_nothing(page)
    late = page.locator(".late")
    expect(late).to_contain_text("slow")
    expect(late).to_contain_text("you can copy them")
    assert room.given(number) == 0


def waits_a_little(page: Page) -> bool:
    """Let the browser's own events come in; there is nothing of them in the page."""
    page.wait_for_timeout(20)
    return False


def test_a_network_that_swallows_everything_is_said_to_be_gone(place: Place) -> None:
    """Neither refused nor answered: the page cannot wait for ever before it says so."""
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    blocks(page)
    page.clock.install()
    page.reload()
    says_nothing(page)
    swallowed: list[Route] = []
    page.route("**/regions?*", lambda route: swallowed.append(route))  # noqa: PLW0108  # as above
    room.puts_step()
    expect(page.get_by_role("heading", name="What is the weather in you?")).to_be_visible()
    until(lambda: swallowed or waits_a_little(page))
    writes(page)
    page.clock.run_for(40_000)
    says(page, NO_CONNECTION)
    has(page, "slow")
    page.unroute("**/regions?*")
    page.clock.run_for(10_000)
    says_nothing(page)
    has(page, "slow")


# --- a server that goes away ----------------------------------------------------------------------


@pytest.fixture
def own(place: Place, server: Any) -> Iterator[tuple[Place, AttuneServer]]:
    """A server that this test may kill."""
    started = server()
    there = Place(started, place.browser, account_at(started))
    yield there, started
    there.leave()
    assert there.faults == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_a_server_may_be_stopped_or_killed_while_people_write(
    own: tuple[Place, AttuneServer], how: signal.Signals
) -> None:
    there, server = own
    room = there.room(WEATHER, CHOICE)
    page, console = there.joins(room), there.leads(room)
    (other,) = room.people(1)
    number = room.puts_step()
    room.some_give([other], number)
    writes(page)
    page.get_by_label(WORD).press("End")
    note = console.get_by_role("textbox", name="On this step")
    expect(note).to_be_visible()
    note.fill("A long pause")
    before = focus_of(page)
    server.stop(how)
    says(page, NO_CONNECTION)
    says(console, OFFLINE)
    page.keyboard.type("er")
    note.press("End")
    console.keyboard.type(", then it eased.")
    server.start()
    for each in (page, console):
        says_nothing(each)
    has(page, "slower")
    assert focus_of(page).split("|")[:3] == before.split("|")[:3]
    # What was acknowledged before is there, the round goes on, and the note is kept by itself.
    assert room.given(number) == 1
    sends(page)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    until(lambda: room.given(number) == 2)

    def kept() -> bool:
        notes = room.asks_for(f"{room.path}/notes")["notes"]
        return any(one["text"] == "A long pause, then it eased." for one in notes)

    until(kept)


# --- a tab that dies ------------------------------------------------------------------------------


class Beneath:
    """A tab by the browser's own protocol: Playwright knows nothing of a page that has crashed."""

    def __init__(self, page: Page) -> None:
        assert page.context.browser
        self._session = page.context.browser.new_browser_cdp_session()
        self._replies: dict[int, Any] = {}
        self._session.on("Target.receivedMessageFromTarget", self._hears)
        targets = self._session.send("Target.getTargets")["targetInfos"]
        (target,) = [each["targetId"] for each in targets if each["url"] == page.url]
        wanted = {"targetId": target, "flatten": False}
        self._id = self._session.send("Target.attachToTarget", wanted)["sessionId"]

    def sends(self, method: str, **params: Any) -> int:
        number = len(self._replies) + 1
        self._replies[number] = None
        message = json.dumps({"id": number, "method": method, "params": params})
        wanted = {"sessionId": self._id, "message": message}
        self._session.send("Target.sendMessageToTarget", wanted)
        return number

    def finds(self, script: str) -> Any:
        """What a script says in the page."""
        number = self.sends("Runtime.evaluate", expression=script, returnByValue=True)
        reply = until(lambda: self._session.send("Browser.getVersion") and self._replies[number])
        return reply.get("result", {}).get("result", {}).get("value")

    def _hears(self, event: Any) -> None:
        reply = json.loads(event["message"])
        if "id" in reply:
            self._replies[reply["id"]] = reply


def test_a_tab_that_crashed_has_unsent_words_again_once_it_is_loaded(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page)
    beneath = Beneath(page)
    with page.expect_event("crash"):
        beneath.sends("Page.crash")
    beneath.sends("Page.reload")
    field = "document.querySelector('#stage input[type=text]')"
    until(lambda: beneath.finds(f"{field}?.value") == "slow")
    assert beneath.finds("document.querySelector('#stage input:checked').labels[0].innerText")
    until(lambda: beneath.finds("document.documentElement.dataset.connection") == "on")
    buttons = "[...document.querySelectorAll('#stage .dock button')]"
    beneath.finds(f"{buttons}.find(each => /Send/.test(each.textContent)).click()")
    until(lambda: room.given(number) == 1)


def test_a_closed_tab_leaves_the_seat_and_takes_the_unsent_words_with_it(place: Place) -> None:
    """On a phone that is passed on, nobody finds what somebody did not send."""
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    number = room.puts_step()
    writes(page, "given")
    sends(page)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.get_by_role("link", name="Change it").click()
    writes(page, "not sent")
    context, code = page.context, room.room()["code"]
    page.close()
    page = context.new_page()
    page.goto(f"{place.url}/join/{code}")
    page.wait_for_url("**/r/*")
    is_on(page)
    assert room.room()["people"]["in"] == 1, "the same seat"
    assert state_of(page) == "given"
    page.get_by_role("link", name="Change it").click()
    has(page, "given")
    assert room.given(number) == 1
