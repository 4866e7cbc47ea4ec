"""What somebody is writing survives everything that can happen to a page."""

import time

from playwright.sync_api import Page, expect

from tests.front.stand import Stand
from tests.servers import until


def test_unsent_words_survive_a_push(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "half a sent")
    phone.check("[value=b]")
    stand.puts("How was the week?", 1, hint="Take your time.")
    expect(phone.locator("#hint")).to_have_text("Take your time.")
    assert phone.input_value("#words-1") == "half a sent"
    assert phone.is_checked("[value=b]")
    assert phone.evaluate("document.activeElement.value") == "b"


def test_unsent_words_survive_a_reload(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "half a sent")
    phone.check("[value=b]")
    phone.reload()
    assert phone.input_value("#words-1") == "half a sent"
    assert phone.is_checked("[value=b]")


def test_a_new_round_takes_no_words_from_the_one_before(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "half a sent")
    stand.puts("And today?", 2)
    expect(phone.locator("[data-round='2'] .ask .prompt")).to_have_text("And today?")
    assert phone.input_value("#words-2") == ""
    expect(phone.locator(".late blockquote")).to_have_text("half a sent")


def test_words_that_were_late_can_be_given_in_the_grace(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "slow but here")
    until = str(int((time.time() + 60) * 1000))
    stand.puts("How was the week?", 1, state="closed", closes_at=until)
    phone.get_by_role("button", name="Give it now").click()
    expect(phone.locator(".late")).to_have_count(0)
    [(path, fields)] = stand.received
    assert path == "rounds/1/answer"
    assert fields["words"] == ["slow but here"]


def test_while_a_round_closes_the_page_asks_about_words_not_sent(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "slow but here")
    until = str(int((time.time() + 60) * 1000))
    stand.puts("How was the week?", 1, closes_at=until, hint="It closes in a moment.")
    expect(phone.locator("#hint")).to_have_text("It closes in a moment.")
    expect(phone.locator("#words-1")).to_be_focused()
    expect(phone.locator(".late")).to_have_count(0)
    phone.locator("#words-1").blur()
    expect(phone.locator(".late")).to_contain_text("Give it now?")
    expect(phone.locator("#words-1")).to_be_hidden()
    phone.get_by_role("button", name="Let it go").click()
    expect(phone.locator("#words-1")).to_be_visible()
    assert phone.input_value("#words-1") == ""


def test_a_gate_that_was_opened_stays_open(stand: Stand, phone: Page) -> None:
    stand.draws("results", "<details><summary>More</summary><p>First.</p></details>")
    phone.goto(stand.url)
    phone.get_by_text("More").click()
    stand.draws("results", "<details><summary>More</summary><p>Second.</p></details>")
    expect(phone.get_by_text("Second.")).to_be_visible()


def test_after_the_grace_the_words_can_only_be_copied(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "too slow")
    stand.puts("How was the week?", 1, state="closed")
    expect(phone.locator(".late")).to_contain_text("you can copy them")
    expect(phone.get_by_role("button", name="Give it now")).to_be_hidden()
    phone.get_by_role("button", name="Let it go").click()
    phone.reload()
    expect(phone.locator(".late")).to_have_count(0)


def test_private_words_stay_on_the_phone(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    phone.fill("#private-1", "MARKED")
    phone.fill("#words-1", "for the room")
    stand.puts("How was the week?", 1, hint="Still open.")
    expect(phone.locator("#hint")).to_have_text("Still open.")
    assert phone.input_value("#private-1") == "MARKED"
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator(".thanks .prompt")).to_be_visible()
    assert "MARKED" not in "".join(asked)
    assert "for the room" in "".join(asked).replace("+", " ")


def test_leaving_at_once_clears_the_phone(stand: Stand, phone: Page) -> None:
    stand.quick_exit = True
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "half a sent")
    phone.keyboard.press("Escape")
    phone.keyboard.press("Escape")
    phone.wait_for_url("**/blank")
    assert phone.evaluate("sessionStorage.length") == 0
    until(lambda: [path for path, _ in stand.received] == ["seat/delete"])
