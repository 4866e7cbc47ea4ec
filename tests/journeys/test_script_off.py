"""With script off everything works by forms and a link that looks again."""

from playwright.sync_api import Page, expect

from tests.journeys.pages import Place, Room, state_of
from tests.servers import until

# Positions in the programme.
HELLO, WEATHER, ENERGY, QUIET, HELP, TALK, END = range(7)


def looks_again(page: Page) -> None:
    page.get_by_role("link", name="Look again").click()


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def is_thanked(page: Page, state: str = "given") -> None:
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert state_of(page) == state


def joins(place: Place, room: Room) -> Page:
    page = place.opens(script=False)
    page.goto(place.url)
    code = room.room()["code"].lower().replace("-", " ")
    page.get_by_label("Room code").fill(code)
    presses(page, "Go in")
    expect(page.get_by_text("Your answers are mixed with")).to_be_visible()
    presses(page, "Join")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in.")
    return page


def test_somebody_gives_changes_takes_back_and_passes(place: Place) -> None:
    room = place.programme()
    page = joins(place, room)
    room.puts_step(HELLO)
    looks_again(page)
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()
    assert not page.get_by_role("button", name="Send", exact=True).count()
    weather = room.puts_step(WEATHER)
    looks_again(page)
    page.get_by_label("fog").check()
    presses(page, "Send")
    is_thanked(page)
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("fog")).to_be_checked()
    page.get_by_label("storm").check()
    presses(page, "Send")
    is_thanked(page)
    presses(page, "Take it back")
    assert state_of(page) == "none"
    assert room.given(weather) == 0
    presses(page, "Pass")
    is_thanked(page, "passed")
    page.reload()
    is_thanked(page, "passed")
    assert room.given(weather) == 1


def test_what_is_refused_stays_on_the_page_and_results_come_with_a_look(place: Place) -> None:
    room = place.programme()
    page = joins(place, room)
    others = room.people(4)
    energy = room.puts_step(ENERGY)
    looks_again(page)
    group = page.get_by_role("group", name="How pleasant is it?")
    group.get_by_role("radio").first.check()
    presses(page, "Send")  # one of the two questions is open
    expect(page.get_by_role("alert")).to_be_visible()
    expect(group.get_by_role("radio").first).to_be_checked()
    page.get_by_role("group", name="How much energy").get_by_role("radio").last.check()
    presses(page, "Send")
    is_thanked(page)
    assert room.given(energy) == 1

    picks = ("A quiet start", "Moving around a bit", "A bit more time")
    number = room.puts_step(HELP)
    looks_again(page)
    for label in picks:
        page.get_by_label(label).check()
    presses(page, "Send")
    expect(page.get_by_role("alert")).to_be_visible()
    for label in picks:
        expect(page.get_by_label(label)).to_be_checked()
    page.get_by_label("Moving around a bit").uncheck()
    presses(page, "Send")
    is_thanked(page)
    room.some_give(others, number)
    room.closes(number)
    looks_again(page)
    expect(page.get_by_text("Thank you. Jo Marsh will show this")).to_be_visible()
    room.previews(number)
    room.shows(number)
    looks_again(page)
    expect(page.get_by_role("heading", name="What the room said")).to_be_visible()
    expect(page.locator("#results")).to_contain_text("A bit more time")


def test_somebody_breathes_talks_comes_too_late_and_leaves(place: Place) -> None:
    room = place.programme()
    page = joins(place, room)
    room.puts_step(QUIET)
    looks_again(page)
    expect(page.get_by_role("heading", name="One quiet minute")).to_be_visible()
    room.puts_step(TALK)
    looks_again(page)
    expect(page.get_by_text("use paper")).to_be_visible()
    page.get_by_label("In a three").check()
    presses(page, "We're ready")
    is_thanked(page)

    end = room.puts_step(END)
    looks_again(page)
    page.get_by_label("One word for the next lesson").fill("gently")
    room.closes(end)
    presses(page, "Send")
    expect(page.get_by_role("alert")).to_contain_text("gently")  # to be copied
    assert room.given(end) == 0

    page.locator("summary", has_text="Leave the room").click()
    presses(page, "Leave and clear this phone")
    assert not [each for each in page.context.cookies() if room.ref in each["name"]]
    page.goto(f"{place.url}/r/{room.ref}")
    expect(page.locator("#stage")).to_have_count(0)


def test_somebody_leads_a_round_from_the_start_to_the_summary(place: Place) -> None:
    room = place.programme()
    phones = room.people(5)
    page = place.leads(room, script=False)
    screen = place.leads(room, f"{room.path}/screen", script=False)
    expect(screen.locator("h1")).to_contain_text(room.room()["code"][:4])
    presses(page, "Begin: Good to see you")
    presses(page, "Next: Weather report")
    expect(page.locator("#counts")).to_contain_text("0 of")
    number = room.last()["n"]
    room.some_give(phones[:4], number)
    phones[4].passes(number)
    page.reload()
    expect(page.locator("#counts")).to_contain_text("5 of")
    presses(page, "Close now")
    presses(page, "Preview")
    expect(page.locator("dl.counts")).to_contain_text("4")
    for name, form in (
        ("Soften", "soft"),
        ("Show in full", "full"),
        ("Say it in words", "words"),
        ("Show in full", "full"),
    ):
        presses(page, name)
        expect(page.get_by_text("Results are with the room.")).to_be_visible()
        until(lambda: room.last()["state"] == "closed")
        screen.reload()
        expect(screen.locator("#results")).not_to_be_empty()
        assert form
    presses(page, "Take off the screen")
    screen.reload()
    expect(screen.locator("#results")).to_be_empty()
    presses(page, "Show")
    presses(page, "Next: Energy and mood")
    page.get_by_role("button", name="Go to step 5: What would help today?").click()
    expect(page.get_by_role("heading", name="What would help today?", level=2)).to_be_visible()
    page.get_by_role("link", name="End", exact=True).click()
    expect(page.get_by_text("is still open. It closes with the session.")).to_be_visible()
    presses(page, "End the session")
    expect(page.get_by_role("heading", level=1)).to_have_text("Year 9, Tuesday")
    expect(page.get_by_role("heading", name="Weather report")).to_be_visible()
    page.get_by_role("link", name="For the group").click()
    expect(page.get_by_text("Safe to hand out")).to_be_visible()
    screen.reload()
    expect(screen.locator("h1")).to_have_text("Thank you for being here.")


def test_a_console_without_script_that_is_behind_is_told_and_shows_what_is_true(
    place: Place,
) -> None:
    room = place.programme()
    page = place.leads(room, script=False)
    room.puts_step(WEATHER)
    presses(page, "Begin: Good to see you")
    expect(page.locator("main [data-act-message]")).to_be_visible()
    expect(page.get_by_role("heading", name="Weather report", level=2)).to_be_visible()
    assert [each["title"] for each in room.room()["rounds"]] == ["Weather report"]
