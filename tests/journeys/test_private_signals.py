"""Something said privately, from the phone to the console and back, by people at their browsers."""

from playwright.sync_api import Page, expect

from tests.journeys.pages import WEATHER, Place


def opens(phone: Page) -> None:
    """What can be said privately, laid over the question."""
    phone.get_by_role("link", name="Tell Jo Marsh privately").click()
    expect(phone.get_by_role("dialog")).to_be_visible()


def test_it_is_seen_and_answered_while_the_question_stays(place: Place) -> None:
    room = place.room(WEATHER)
    room.puts_step()
    console = place.leads(room)
    phone, other = place.joins(room), place.joins(room)
    phone.locator("#stage input[type=text]").first.fill("slow and grey")
    opens(phone)
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("link", name="Please check in with me").click()
    dialog.get_by_label("Come to me").check()
    dialog.get_by_label("Where you are").fill("by the window")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("heading", name="Sent.")).to_be_visible()

    said = console.locator("#signals .said-privately")
    expect(said).to_contain_text("Someone would like a check-in")
    expect(said).to_contain_text("by the window")
    said.get_by_role("button", name="Seen").click()
    expect(dialog.get_by_role("heading", name="Jo Marsh has seen this.")).to_be_visible()

    said.get_by_text("Answer privately").click()
    said.get_by_role("button", name="I'll come over at the next pause.").click()
    expect(dialog.get_by_text("I'll come over at the next pause.")).to_be_visible()

    dialog.get_by_role("link", name="To the question", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(phone.locator("#stage input[type=text]").first).to_have_value("slow and grey")
    expect(phone.get_by_role("link", name="Jo Marsh has seen this.")).to_be_visible()
    said.get_by_role("button", name="Cared for").click()
    expect(said).to_have_count(0)
    expect(phone.get_by_role("link", name="Tell Jo Marsh privately")).to_be_visible()
    expect(other.get_by_role("link", name="Tell Jo Marsh privately")).to_be_visible()
    assert not place.faults


def test_a_pause_covers_everything_and_loses_nothing(place: Place) -> None:
    room = place.room(WEATHER)
    room.puts_step()
    console, screen = place.leads(room), place.leads(room, f"{room.path}/screen")
    phone = place.joins(room)
    word = phone.locator("#stage input[type=text]").first
    word.fill("slow and grey")
    console.get_by_role("button", name="Pause for everyone").click()
    expect(phone.get_by_role("heading", name="We are taking a pause.")).to_be_visible()
    expect(word).to_be_hidden()
    expect(screen.get_by_role("heading", name="We are taking a pause.")).to_be_visible()
    expect(console.locator("[data-sees]")).to_have_text(
        "The room sees the pause page. The question stays open behind it."
    )
    room.some_give(room.people(1), 1)  # what is on its way is taken
    assert room.given(1) == 1
    console.get_by_role("button", name="Go on").last.click()
    expect(word).to_be_visible()
    expect(word).to_have_value("slow and grey")
    expect(screen.get_by_role("heading", name="We are taking a pause.")).to_have_count(0)


def test_stepping_away_is_counted_and_told_to_nobody_else(place: Place) -> None:
    room = place.room(WEATHER)
    room.puts_step()
    console = place.leads(room)
    phone, other = place.joins(room), place.joins(room)
    expect(other.locator("#side")).to_contain_text("2 phones are here.")
    opens(phone)
    phone.get_by_role("button", name="Step away").click()
    expect(phone.get_by_role("heading", name="Take the time you need.")).to_be_visible()
    expect(console.locator("#signals")).to_contain_text("1 stepped away")
    expect(other.locator("#side")).to_contain_text("2 phones are here.")
    phone.get_by_role("button", name="Come back").click()
    expect(phone.get_by_text("Good that you are back. We are at:")).to_be_visible()
    expect(console.locator("#signals")).not_to_contain_text("stepped away")


def test_all_of_it_works_without_script(place: Place) -> None:
    room = place.room(WEATHER)
    room.puts_step()
    console = place.leads(room, script=False)
    phone = place.joins(room, script=False)
    phone.get_by_role("link", name="Tell Jo Marsh privately").click()
    phone.get_by_role("link", name="I need someone now.").click()
    expect(phone.get_by_role("heading", name="Help right now")).to_be_visible()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="Sent.")).to_be_visible()
    console.reload()
    console.get_by_role("button", name="Cover", exact=True).click()
    expect(console.get_by_text("Someone needs somebody now")).to_be_hidden()
    console.get_by_role("button", name="Uncover").click()
    expect(console.get_by_text("Someone needs somebody now")).to_be_visible()
    console.get_by_text("Answer privately").click()
    console.get_by_role("link", name="In my own words").click()
    console.get_by_label("Your words").fill("I am at the door.")
    console.get_by_role("button", name="Send").click()
    expect(console.get_by_text("Answered: I am at the door.")).to_be_attached()
    phone.reload()
    expect(phone.get_by_role("heading", name="Jo Marsh has seen this.")).to_be_visible()
    expect(phone.get_by_text("I am at the door.")).to_be_visible()
    phone.get_by_role("button", name="Take it back").click()
    expect(phone.get_by_role("heading", name="Tell Jo Marsh privately")).to_be_visible()
    phone.get_by_role("button", name="Could we pause?").click()
    expect(phone.get_by_role("button", name="Could we pause?")).to_have_attribute(
        "aria-pressed", "true"
    )
    console.reload()
    expect(console.get_by_text("Someone could use a pause")).to_be_visible()
    expect(console.locator(".said-privately")).to_have_count(0)


def test_where_nobody_watches_help_stands_in_its_place(place: Place) -> None:
    """Offered as long as a console is there, and not while there was none."""
    room = place.room(WEATHER, signals=False)
    phone = place.joins(room)
    phone.get_by_role("link", name="Help right now").click()
    dialog = phone.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Help right now").first).to_be_visible()
    expect(dialog.get_by_role("button", name="Step away")).to_be_visible()
    expect(dialog.get_by_text("About me")).to_have_count(0)
