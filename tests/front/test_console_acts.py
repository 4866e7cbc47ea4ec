"""The facilitator's hand: keys press visible buttons, and nothing pressed offline is sent later."""

from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.front.stand import Stand
from tests.servers import until


def test_a_key_presses_the_button_that_shows_it(stand: Stand, phone: Page) -> None:
    phone.goto(stand.console_url)
    phone.keyboard.press("c")
    until(lambda: stand.received)
    [(path, fields)] = stand.received
    assert path == "rounds/1/closure"
    assert (fields["grace"], fields["seen"]) == (["20"], ["1"])


def test_keys_do_nothing_while_somebody_writes(stand: Stand, phone: Page) -> None:
    phone.goto(stand.console_url)
    phone.locator("main textarea").press_sequentially("cc?")
    assert phone.input_value("main textarea") == "cc?"
    expect(phone.locator("#keys")).to_be_hidden()
    assert stand.received == []


def test_keys_can_be_switched_off_and_stay_off(stand: Stand, phone: Page) -> None:
    phone.goto(stand.console_url)
    phone.keyboard.press("?")
    phone.get_by_label("Single keys are on").uncheck()
    phone.keyboard.press("Escape")
    phone.reload()
    phone.keyboard.press("c")
    phone.keyboard.press("?")
    expect(phone.locator("#keys")).to_be_hidden()
    assert stand.received == []


def test_a_refusal_stands_beside_the_button(stand: Stand, phone: Page) -> None:
    stand.refusal = (409, {"code": "closed", "message": "The room has moved on.", "field": ""})
    phone.goto(stand.console_url)
    phone.get_by_role("button", name="Close and preview").click()
    expect(phone.locator("[data-act-message]")).to_have_text("The room has moved on.")


def test_nothing_pressed_offline_is_sent_later(stand: Stand, phone: Page) -> None:
    phone.goto(stand.console_url)
    stand.away = True
    button = phone.get_by_role("button", name="Close and preview")
    expect(button).to_have_attribute("aria-disabled", "true", timeout=15_000)
    expect(phone.locator("#connection")).to_be_visible()
    button.click(force=True)
    expect(phone.locator("[data-act-message]")).to_contain_text("nothing pressed now is sent")
    stand.away = False
    expect(button).not_to_have_attribute("aria-disabled", "true", timeout=15_000)
    assert stand.received == []


def test_the_list_of_keys_is_accessible(stand: Stand, phone: Page) -> None:
    phone.goto(stand.console_url)
    phone.keyboard.press("?")
    expect(phone.locator("#keys")).to_be_visible()
    assert axe(phone) == []
