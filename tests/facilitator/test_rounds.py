"""Putting, closing, opening again and moving: every way it may go, and every way it may not."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import axe
from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import words_of
from tests.servers import until

FOUR = [{"pick": "fog"}, {"pick": "fog"}, {"pick": "drizzle"}, {"pick": "drizzle"}]


def sees(lead: Lead) -> str:
    """The console's one line that says what the room sees."""
    now = lead.regions()["now"]
    found = re.search(r"data-sees>([^<]+)<", now)
    assert found, now
    return found[1].replace("&#34;", '"').strip()


def test_putting_a_step_starts_the_room_and_closes_the_round_before(lead: Lead) -> None:
    assert lead.puts("slide") == 1
    assert lead.room()["state"] == "live"
    assert lead.puts("weather") == 2
    assert [round["state"] for round in lead.room()["rounds"]] == ["closed", "open"]


def test_two_consoles_do_not_fight(lead: Lead) -> None:
    other = lead.also()
    step = lead.step("weather")
    assert lead.does("rounds", step=step, seen=0).status_code == 200
    assert code_of(other.does("rounds", step=step, seen=0)) == (409, "closed")
    assert len(lead.room()["rounds"]) == 1
    assert other.does("rounds/1/closure").json() == lead.does("rounds/1/closure").json()


def test_a_press_that_came_too_late_shows_where_the_room_is(lead: Lead) -> None:
    lead.puts("weather")
    reply = lead.presses("rounds", step=lead.step("affect"), seen=0)
    assert reply.status_code == 409
    assert "The room has moved on. This page shows where it is now." in words_of(reply.text)
    assert "Weather report" in words_of(reply.text)
    assert 'name="seen" value="1"' in reply.text
    assert lead.last()["kind"] == "weather"


@pytest.mark.parametrize(
    "fields", [{"step": 999_999, "seen": 0}, {"step": "x", "seen": 0}, {"seen": 0}, {"step": 1}]
)
def test_what_is_no_step_is_refused(lead: Lead, fields: dict[str, object]) -> None:
    assert code_of(lead.does("rounds", **fields)) == (422, "invalid")
    assert lead.room()["state"] == "lobby"


def test_closing_twice_changes_nothing(lead: Lead) -> None:
    lead.puts("weather")
    first = lead.does("rounds/1/closure").json()
    assert first["rounds"][0]["state"] == "closed"
    assert lead.does("rounds/1/closure").json() == first
    assert lead.does("rounds/1/closure", grace=20).json() == first


@pytest.mark.parametrize("grace", ["61", "-1", "soon", str(2**40)])
def test_a_grace_that_is_none_is_refused(lead: Lead, grace: str) -> None:
    lead.puts("weather")
    reply = lead.does("rounds/1/closure", grace=grace)
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "grace")
    assert lead.last()["state"] == "open"


def test_in_the_grace_people_can_still_answer_and_then_it_closes_by_itself(lead: Lead) -> None:
    (phone,) = lead.phones(1)
    lead.puts("weather")
    assert lead.does("rounds/1/closure", grace=2).json()["rounds"][0]["state"] == "open"
    assert "closes in a moment" in sees(lead)
    phone.gives(1, {"pick": "fog"})
    until(lambda: lead.last()["state"] == "closed", what="the grace to be over")
    assert lead.last()["given"] == 1


def test_answers_are_taken_again_until_the_result_is_made(lead: Lead) -> None:
    number = lead.collects("weather", FOUR)
    assert lead.does(f"rounds/{number}/closure/delete").json()["rounds"][0]["state"] == "open"
    assert lead.does(f"rounds/{number}/closure/delete").status_code == 200
    lead.does(f"rounds/{number}/closure")
    lead.does(f"rounds/{number}/preview")
    assert code_of(lead.does(f"rounds/{number}/closure/delete")) == (409, "closed")
    reply = lead.presses(f"rounds/{number}/closure/delete")
    assert "Its result has been made" in words_of(reply.text)
    assert "Take answers again" not in words_of(lead.regions()["now"])


def test_a_round_that_is_over_is_not_opened_again(lead: Lead) -> None:
    lead.puts("weather")
    lead.puts("affect")
    assert code_of(lead.does("rounds/1/closure/delete")) == (409, "closed")
    assert [round["state"] for round in lead.room()["rounds"]] == ["closed", "open"]


def test_moving_inside_a_round(lead: Lead) -> None:
    lead.puts("pairs")
    assert lead.does("rounds/1/progress", to=1).status_code == 200
    assert lead.does("rounds/1/progress", to=1).status_code == 200
    assert "Next part: 2 of 2" in words_of(lead.regions()["now"])
    assert "part 1 of 2" in words_of(lead.regions("screen")["results"])
    for to in ("3", "-1", "", "x"):
        reply = lead.does("rounds/1/progress", to=to)
        assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "to")
    lead.does("rounds/1/closure")
    assert code_of(lead.does("rounds/1/progress", to=0)) == (409, "closed")


@pytest.mark.parametrize(
    "command", ["closure", "closure/delete", "preview", "release", "release/delete", "progress"]
)
def test_a_round_that_never_was(lead: Lead, command: str) -> None:
    lead.puts("slide")
    reply = lead.does(f"rounds/7/{command}", to=0, form="full")
    assert code_of(reply) == (404, "not_yours")
    assert lead.does(f"rounds/{2**31}/{command}", to=0, form="full").status_code == 404


def test_an_open_console_shows_how_many_and_nothing_of_what(lead: Lead) -> None:
    """Whatever people give, and whether they pass, the console is the same to the letter."""
    phones = lead.phones(6)

    def console(answers: list[dict[str, str] | None]) -> str:
        number = lead.puts("weather")
        for phone, answer in zip(phones, answers, strict=True):
            phone.passes(number) if answer is None else phone.gives(number, answer)
        regions = lead.regions()
        assert "of 6 here have responded" in words_of(regions["counts"])
        assert lead.last()["given"] == 6
        drawn = regions["now"] + regions["counts"] + regions["results"] + regions["people"]
        return drawn.replace(f"rounds/{number}/", "rounds/N/").replace(
            f'name="seen" value="{number}"', ""
        )

    alike = console([{"pick": "storm"}] * 6)
    assert console([{"pick": "clear"}, None, None, None, None, None]) == alike
    assert "storm" not in alike


def test_one_line_says_what_the_room_sees(lead: Lead) -> None:
    """In every state the console's line is the table's, and the screen shows just that."""

    def holds(line: str, *on_screen: str, not_on_screen: str = "7 people answered") -> None:
        assert sees(lead) == line
        screen = words_of(" ".join(lead.regions("screen").values()))
        for words in on_screen:
            assert words in screen
        assert not_on_screen not in screen

    holds("The room sees the welcome page with the code.", "or point your camera here")
    lead.does("opening")
    holds("The room sees a quiet page.", "We begin in a moment")
    lead.puts("slide")
    holds("The room sees “Good to see you”.", "Same start every time")
    phones = lead.phones(4)
    lead.puts("weather")
    holds("The room sees the question and can answer.", "The question is open. No rush.")
    lead.does("pause")
    paused = "The room sees the pause page. The question stays open behind it."
    holds(paused, "We are taking a pause.", not_on_screen="The question is open")
    lead.does("pause/delete")
    holds("The room sees the question and can answer.", "The question is open. No rush.")
    lead.does("rounds/2/closure", grace=60)
    holds("The room sees the question and that it closes in a moment.", "closes in a moment")
    lead.does("rounds/2/closure")
    closed = "The room sees the closed question. Nobody sees a result."
    holds(closed, "Jo Marsh will show this when the time is right.")
    lead.does("rounds/2/preview")
    too_few = "Not enough answers to show safely. Let's talk instead."
    holds("The room sees that there were not enough answers to show.", too_few)
    lead.puts("weather")
    for phone in phones:
        phone.gives(3, {"pick": "fog"})
    lead.does("rounds/3/closure")
    lead.does("rounds/3/preview")
    holds(closed, "Jo Marsh will show this", not_on_screen="4 people answered")
    lead.does("rounds/3/release", form="full")
    holds("The room sees the result.", "4 people answered", "4 answered")
    lead.does("rounds/3/release", form="soft")
    holds("The room sees the softened result.", "Weather report")
    lead.does("rounds/3/release", form="words")
    holds("The room sees the result in words.", "of us", not_on_screen="4 people answered")
    lead.does("rounds/3/release/delete")
    holds(closed, "Jo Marsh will show this", not_on_screen="4 people answered")
    lead.does("ending", seen=3)
    holds("The room sees the goodbye page.", "Thank you for being here.")


def test_a_session_led_by_keys(lead: Lead, browser: Browser) -> None:
    """The console in a real browser: pressed by keys, redrawn by what is pushed."""
    phones = lead.phones(4)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.add_cookies(
        [
            {"name": name, "value": value or "", "url": lead.url}
            for name, value in lead.cookies.items()
        ]
    )
    page = context.new_page()
    page.goto(lead.url + lead.path)
    expect(page.get_by_text("Connected")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#now h2")).to_have_text("Good to see you")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#now h2")).to_have_text("Weather report")
    for phone in phones:
        phone.gives(2, {"pick": "fog"})
    expect(page.locator("#counts h2")).to_contain_text("4 of 4 here have responded")
    page.get_by_role("button", name="Close now").click()
    expect(page.get_by_role("button", name="Preview", exact=True)).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text("Everyone gave the same answer.")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("x")
    assert page.evaluate("document.activeElement.id") == "go"
    page.keyboard.press("s")
    expect(page.locator("[data-sees]")).to_have_text("The room sees the result.")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#now h2")).to_have_text("Good to see you")
    context.close()
