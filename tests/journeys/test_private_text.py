"""What is written for one's own eyes leaves the device on no path, so nobody can ever read it."""

import re

from playwright.sync_api import Page, Request, WebSocket, expect

from tests.journeys.pages import Place, Prompt, is_on, state_of
from tests.kinds.cases import SETTINGS
from tests.servers import until

MARK = "only for my own eyes"
# Every kind with each of the settings that make it show all it has.
PROMPTS = [
    Prompt(kind, settings, {"title": f"{kind} {place}"})
    for kind, all_of_it in SETTINGS.items()
    for place, settings in enumerate(all_of_it[-1:])
]


def listens(page: Page) -> list[str]:
    """All that leaves this page from here on."""
    sent: list[str] = []

    def request(each: Request) -> None:
        sent.append(each.url + (each.post_data or ""))

    def socket(each: WebSocket) -> None:
        each.on("framesent", lambda frame: sent.append(str(frame)))

    page.on("request", request)
    page.on("websocket", socket)
    return sent


def writes_for_itself(page: Page) -> int:
    """Fill every box that is for one's own eyes; how many there are."""
    boxes = page.locator("[data-private]").locator("input, textarea")
    for box in boxes.all():
        assert box.get_attribute("name") is None
        box.fill(MARK)
    return boxes.count()


def answers(page: Page) -> None:
    """Choose or write something, as it comes."""
    for name in page.evaluate(
        "[...new Set([...document.querySelectorAll('#stage [form=give][type=radio][name]')]"
        ".map(each => each.name))]"
    ):
        page.locator(f"#stage [form=give][name='{name}'][value]:not([value=''])").first.evaluate(
            "each => each.checked || each.click()"
        )
    for text in page.locator("#stage [form=give][type=text], #stage textarea[form=give]").all():
        if text.is_visible():
            text.fill("us")  # short: some kinds take three letters
    for tick in page.locator("#stage [form=give][type=checkbox]").all()[:1]:
        tick.check()


def test_nothing_private_is_in_a_request_a_frame_the_log_or_the_database(place: Place) -> None:
    room = place.room(*PROMPTS)
    page = place.joins(room)
    sent = listens(page)
    page.reload()  # so that its socket is one we hear
    is_on(page)
    boxes = 0
    for step, prompt in enumerate(PROMPTS):
        number = room.puts_step(step)
        expect(page.locator("#stage .prompt").first).to_have_text(prompt.frame["title"])
        send = page.get_by_role("button", name=re.compile("^(Send|We.re ready|Put it up|Ask)$"))
        if not page.locator("#stage .dock").count():
            continue  # nothing to answer
        boxes += writes_for_itself(page)
        answers(page)
        send.click()
        expect(page.locator("#room")).to_have_attribute("data-mine", "given")
        page.get_by_role("link", name="Change it").click()
        page.get_by_role("button", name="Pass", exact=True).click()
        expect(page.locator("#room")).to_have_attribute("data-mine", "passed")
        if step % 2:
            page.reload()
            assert state_of(page) == "passed"
        room.closes(number)
    assert boxes, "some kind has such a box, or this shows nothing"
    assert len(sent) > 2 * len(PROMPTS)
    assert [each for each in sent if MARK in each or MARK.replace(" ", "+") in each] == []
    room.ends()
    until(lambda: room.room()["state"] == "ended")
    page.wait_for_url("**/r/*")
    expect(page.get_by_role("heading", name="Thank you for being here.")).to_be_visible()
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    kept = [
        file.name
        for file in place.server.folder.rglob("*")
        if file.is_file() and MARK.encode() in file.read_bytes()
    ]
    assert kept == []


def test_a_private_note_stays_on_the_device_and_without_script_there_is_none(
    place: Place,
) -> None:
    room = place.room(Prompt("pairs", dict(SETTINGS["pairs"][0])))
    page, plain = place.joins(room), place.joins(room, script=False)
    number = room.puts_step()
    box = page.locator("[data-private] textarea")
    box.fill(MARK)
    page.reload()
    expect(box).to_have_value(MARK)
    room.closes(number, grace=60)  # a push in the midst of it
    expect(page.get_by_text("This closes in a moment.")).to_be_visible()
    expect(box).to_have_value(MARK)
    plain.reload()
    expect(plain.locator("[data-private]")).to_be_hidden()
    expect(plain.get_by_text("use paper")).to_be_visible()
