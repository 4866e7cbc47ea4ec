"""An answer goes out once, whatever the network does meanwhile, and the page says how it stands."""

from playwright.sync_api import Page, expect

from tests.front.stand import Stand
from tests.servers import until


def test_an_answer_and_a_pass_lead_to_the_same_page(stand: Stand, phone: Page) -> None:
    seen = []
    for button in ("Send", "Pass"):
        stand.puts("How was the week?", stand.number + 1)
        phone.goto(stand.url)
        phone.fill(f"#words-{stand.number}", "fine")
        phone.get_by_role("button", name=button).click()
        expect(phone.locator(".thanks .prompt")).to_be_visible()
        seen.append(phone.inner_text("main"))
    assert seen[0] == seen[1]
    assert [path for path, _ in stand.received] == ["rounds/1/answer", "rounds/2/pass"]
    assert "words" not in stand.received[1][1]


def test_an_answer_given_offline_goes_out_once_on_return(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    phone.fill("#words-1", "fine")
    stand.away = True
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("[data-message]")).to_contain_text("waiting on this phone")
    expect(phone.locator("#connection")).to_be_visible()
    assert phone.input_value("#words-1") == "fine"
    stand.away = False
    expect(phone.locator(".thanks .prompt")).to_be_visible(timeout=15_000)
    expect(phone.locator("#connection")).to_be_hidden()
    assert [fields["words"] for _, fields in stand.received] == [["fine"]]


def test_an_answer_waiting_outlives_a_reload_and_keeps_its_idem(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    stand.refusal = (503, {"code": "busy", "message": "", "field": ""})
    phone.fill("#words-1", "fine")
    phone.get_by_role("button", name="Send").click()
    until(lambda: stand.received)
    phone.reload()
    stand.refusal = None
    expect(phone.locator(".thanks .prompt")).to_be_visible(timeout=15_000)
    assert len({fields["idem"][0] for _, fields in stand.received}) == 1


def test_each_send_has_an_idem_of_its_own(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    for words in ("fine", "not so fine"):
        phone.fill("#words-1", words)
        phone.get_by_role("button", name="Send").click()
        phone.get_by_role("button", name="Change it").click()
    until(lambda: len(stand.received) == 2)
    assert len({fields["idem"][0] for _, fields in stand.received}) == 2


def test_a_refused_answer_stays_on_the_page(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    stand.refusal = (422, {"code": "invalid", "message": "Shorten this.", "field": "words"})
    phone.goto(stand.url)
    phone.fill("#words-1", "a very long week")
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("[data-message]")).to_have_text("Shorten this.")
    expect(phone.locator("#words-1")).to_be_focused()
    assert phone.input_value("#words-1") == "a very long week"
    phone.reload()
    assert phone.input_value("#words-1") == "a very long week"


def test_two_tabs_of_one_seat_do_not_fight(stand: Stand, phone: Page) -> None:
    stand.puts("How was the week?", 1)
    phone.goto(stand.url)
    other = phone.context.new_page()
    other.goto(stand.url)
    stand.mine = {"1": {"pass": False, "answer": {"words": "fine", "pick": "a"}}}
    phone.fill("#words-1", "fine")
    phone.get_by_role("button", name="Send").click()
    expect(other.locator(".thanks .prompt")).to_be_visible()
    other.get_by_role("button", name="Change it").click()
    assert other.input_value("#words-1") == "fine"
    assert other.is_checked("[value=a]")
