"""Networks that let no websocket through, and a server that goes away for a moment."""

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.journeys.pages import CHOICE, WEATHER, Place, account_at, is_on, state_of
from tests.servers import AttuneServer, until

WORD = "In a word, if you like"
QUESTION = "What is the weather in you?"


def blocks(page: Page) -> list[str]:
    """Let none through from here on; what was tried."""
    tried: list[str] = []

    def refuse(route: WebSocketRoute) -> None:
        tried.append(route.url)
        route.close()

    page.context.route_web_socket("**/socket.io/**", refuse)
    return tried


def test_pages_catch_up_and_give_without_a_websocket(place: Place) -> None:
    room = place.room(WEATHER, CHOICE)
    phones = room.people(3)
    page, console = place.joins(room), place.leads(room)
    tried = [blocks(page), blocks(console)]
    for each in (page, console):
        each.reload()
        is_on(each)
    posted: list[str] = []
    page.on("request", lambda each: posted.append(each.url) if each.method == "POST" else None)

    number = room.puts_step()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(console.get_by_role("heading", name=QUESTION)).to_be_visible()
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill("slow")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert posted == [f"{place.url}/r/{room.ref}/rounds/{number}/answer"]
    assert room.given(number) == 1

    room.some_give(phones, number)
    expect(console.locator("#counts")).to_contain_text("4 of")
    for name in ("Close now", "Preview", "Show"):
        console.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="What the room said")).to_be_visible()

    # On to the next, which is passed; and to the end, which everybody hears of.
    room.puts_step(1)
    expect(page.get_by_role("heading", name="What would help right now?")).to_be_visible()
    page.get_by_role("button", name="Pass", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert room.given(2) == 1
    room.ends()
    expect(page.get_by_role("heading", name="Thank you for being here.")).to_be_visible()
    expect(console.get_by_role("link", name="Read the summary")).to_be_visible()
    assert all(tried)


def test_a_websocket_that_fails_late_is_no_lost_connection(place: Place) -> None:
    """Some networks let it hang. By the time it fails the page has long caught up without it."""
    room = place.room(WEATHER, CHOICE)
    page = place.joins(room)
    held: list[WebSocketRoute] = []
    page.context.route_web_socket("**/socket.io/**", lambda route: held.append(route))  # noqa: PLW0108
    states = "document.documentElement.dataset.connection"
    page.clock.install()
    page.reload()
    page.clock.run_for(6_000)  # it hangs: the page begins to ask
    is_on(page)
    until(lambda: held)
    page.evaluate(
        f"""() => {{
          window.seen = []
          new MutationObserver(() => window.seen.push({states}))
            .observe(document.documentElement, {{ attributeFilter: ["data-connection"] }})
        }}"""
    )
    page.clock.run_for(9_000)  # it fails, after 8 s
    until(lambda: len(held) > 1)
    page.clock.run_for(6_000)
    assert "off" not in page.evaluate("window.seen")
    room.puts_step()
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_a_server_that_comes_back_gets_what_was_given_meanwhile_once(
    place: Place, server: object
) -> None:
    own = server()  # type: ignore[operator]
    assert isinstance(own, AttuneServer)
    there = Place(own, place.browser, account_at(own))
    room = there.room(WEATHER, CHOICE)
    page, console = there.joins(room), there.leads(room)
    number = room.puts_step()
    page.get_by_label("fog").check()
    page.get_by_label(WORD).fill("slow")
    expect(console.get_by_role("button", name="Close and preview")).to_be_visible()
    own.stop()
    for each in (page, console):
        expect(each.locator("#connection")).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("No connection right now.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-message]")).to_contain_text("waiting on this phone")
    button = console.get_by_role("button", name="Close and preview")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    own.start()
    for each in (page, console):
        is_on(each)
        expect(each.locator("#connection")).to_be_hidden()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible(timeout=12_000)
    until(lambda: room.given(number) == 1)
    expect(console.locator("#counts")).to_contain_text("1 of")
    assert room.last()["state"] == "open", "a press from before is not sent later"
    page.reload()
    assert state_of(page) == "given"
    assert room.given(number) == 1
    there.leave()
    assert there.faults == []
