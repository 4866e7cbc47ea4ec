"""The whole programme "Classroom check-in": six people, a console and a screen, from the setup
link to the exports.

Three people have phones with a browser, three are played over the socket; each writes down what
they give. Nothing here calls the application: every act is one that a person could do.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from attune.rehearsal.people import Asked, Person
from tests.actors import DESK, PHONE, WALL, Facilitator, Participant, Screen, Witness, context
from tests.cast import HELP, Book, Timed, as_sheet, differences, sheet_of
from tests.realtime.cast import everybody_leaves
from tests.servers import AttuneServer, until

ROOM = "Year 9, Tuesday"
STEPS = [
    "Good to see you",
    "Weather report",
    "Energy and mood",
    "One quiet minute",
    "What would help today?",
    "Shoulder partner",
    "Ready",
]


@dataclass
class Everybody:
    """The people of this journey."""

    jo: Facilitator
    screen: Screen
    phones: list[Participant]
    others: list[Person]
    book: Book
    witness: Witness

    def is_put(self, title: str, number: int) -> None:
        """Everybody has it, wherever they look."""
        self.jo.is_at(title)
        self.screen.says(title)
        for phone in self.phones:
            phone.is_in(number)
        for other in self.others:
            until(partial(other.sees, number), what=title)

    def looks(self, state: str) -> None:
        self.witness.looks_at(self.jo.page, f"console, {state}")
        self.witness.looks_at(self.screen.page, f"screen, {state}")
        self.witness.looks_at(self.phones[0].page, f"phone, {state}")

    def has_responded(self, number: int) -> None:
        self.jo.counts(self.book.responded(number), 6)


def asked(number: int) -> Asked:
    """These people are told what to give; of themselves they would not know."""
    raise AssertionError(number)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AttuneServer]:
    started = AttuneServer(tmp_path).start()
    yield started
    everybody_leaves()
    started.stop()


@pytest.mark.timeout(300)  # half of it is axe, on eighty states of pages
def test_the_whole_programme(server: AttuneServer, browser: Browser) -> None:
    witness, book = Witness(), Book()
    with context(browser, DESK) as desk:
        jo = Facilitator(desk.new_page(), server.url)
        witness.watches(jo.page, "console")
        prepare(jo, server, witness)
        with (
            context(browser, WALL) as wall,
            context(browser, PHONE) as one,
            context(browser, PHONE) as two,
            context(browser, PHONE) as three,
        ):
            screen = jo.opens_the_screen(wall)
            witness.watches(screen.page, "screen")
            phones = [Participant(each.new_page(), server.url, book) for each in (one, two, three)]
            for number, phone in enumerate(phones, 1):
                witness.watches(phone.page, f"phone {number}")
            others = [_person(server, book, number) for number in range(3)]
            everybody = Everybody(jo, screen, phones, others, book, witness)
            arrive(everybody)
            slide(everybody)
            weather(everybody)
            energy(everybody)
            quiet(everybody)
            help_held(everybody)
            help_again(everybody)
            talk(everybody)
            ready(everybody)
            weather_again(everybody)
            back_to_the_start(everybody)
            exports = end(everybody)
    compare(exports, book)
    assert witness.complaints == []
    assert witness.findings == []
    print(f"{len(witness.looked_at)} states of pages read by axe, light and dark: 0 findings")


def _person(server: AttuneServer, book: Book, seed: int) -> Person:
    return Person(server.url, asked, Random(seed), diary=book, line=Timed)


def prepare(jo: Facilitator, server: AttuneServer, witness: Witness) -> None:
    """From the setup link to an open room."""
    jo.page.goto(server.setup_link())
    witness.looks_at(jo.page, "setup")
    jo.sets_up(server.setup_link())
    witness.looks_at(jo.page, "home, first time")
    jo.page.goto(f"{server.url}/programmes")
    witness.looks_at(jo.page, "programmes")
    jo.page.goto(f"{server.url}/home")
    jo.page.get_by_role("link", name="Read it: How are we today?").click()
    jo.page.wait_for_url("**/programmes/classroom-check-in")
    witness.looks_at(jo.page, "programme")
    for title in STEPS:
        expect(jo.page.locator("#main")).to_contain_text(title)
    jo.page.get_by_role("link", name="See each step").click()
    for position, title in enumerate(STEPS, 1):
        jo.page.wait_for_url(f"**/steps/{position}")
        expect(jo.page.get_by_role("heading", level=1)).to_have_text(title)
        witness.looks_at(jo.page, f"step {position} of the programme", ("light",))
        if position < len(STEPS):
            jo.page.get_by_role("link", name="Next:").click()
    jo.page.get_by_role("button", name="Copy to my plans").click()
    jo.page.wait_for_url("**/plans/*")
    witness.looks_at(jo.page, "plan")
    jo.opens_a_room(ROOM)
    witness.looks_at(jo.page, "console, nobody here")


def arrive(all: Everybody) -> None:
    """Two by typing the code, one by the QR code's address, three by what they were sent."""
    jo, witness = all.jo, all.witness
    code = all.screen.code
    address = f"{jo.url}/join/{code}"
    assert all.screen.has_the_code_of(address)
    first, second, third = all.phones
    first.page.goto(jo.url)
    witness.looks_at(first.page, "code")
    first.types_the_code(code.lower())
    witness.looks_at(first.page, "consent")
    first.joins()
    second.types_the_code(code.replace("-", ""))
    second.joins()
    third.page.goto(address)
    third.joins()
    for other in all.others:
        other.comes(code)
    all.screen.says("6 phones are here")
    expect(jo.page.locator("#counts-line")).to_have_text("6 phones are here")
    assert jo.line == "The room sees the welcome page with the code."
    all.looks("lobby")
    first.page.goto(f"{jo.url}/what-we-store")
    witness.looks_at(first.page, "what we store")
    first.page.go_back()
    first.is_back()


def slide(all: Everybody) -> None:
    all.jo.begins()
    all.is_put(STEPS[0], 1)
    all.screen.says("You can pass on anything.")
    assert all.jo.line == f"The room sees “{STEPS[0]}”."
    all.looks("slide")


def weather(all: Everybody) -> None:
    """Given, changed, passed and taken back; one answer stands alone; shown, and taken off."""
    jo, screen = all.jo, all.screen
    first, second, third = all.phones
    jo.nexts()
    all.is_put(STEPS[1], 2)
    assert jo.line == "The room sees the question and can answer."
    all.looks("weather, open")
    first.picks_weather("clear")
    first.sends({"pick": "clear"})
    all.witness.looks_at(first.page, "phone, given")
    first.changes()
    first.picks_weather("fog")
    first.sends({"pick": "fog"})
    second.picks_weather("grey")
    second.sends({"pick": "grey"})
    third.picks_weather("storm")
    third.sends({"pick": "storm"})
    third.takes_back()
    third.passes()
    for other in all.others:
        other.gives(2, {"pick": "fog"})
    all.others[2].takes_back(2)
    all.has_responded(2)
    all.others[2].gives(2, {"pick": "fog"})
    all.has_responded(2)
    jo.closes()
    assert jo.line == "The room sees the closed question. Nobody sees a result."
    all.looks("weather, closed")
    jo.previews()
    assert jo.marks() == {"lone": "One answer stands alone: grey."}
    expect(screen.main).not_to_contain_text("fog")
    all.looks("weather, preview")
    jo.shows()
    assert jo.line == "The room sees the result."
    told(all, {"fog": 4, "grey": 1})
    all.looks("weather, shown")
    jo.takes_off()
    expect(screen.main).not_to_contain_text("fog")
    expect(first.page.locator("#results")).not_to_contain_text("fog")
    jo.shows()
    told(all, {"fog": 4, "grey": 1})


def energy(all: Everybody) -> None:
    """Shown softened: who stands alone is not told with a number."""
    jo = all.jo
    jo.nexts()
    all.is_put(STEPS[2], 3)
    all.looks("energy, open")
    for phone, x in zip(all.phones, (1, 1, -1), strict=True):
        phone.picks_place(x, x)
        phone.sends({"x": x, "y": x})
    for other in all.others:
        other.gives(3, {"x": 1, "y": 1, "word": "calm"})
    all.has_responded(3)
    jo.closes()
    jo.previews()
    all.looks("energy, preview")
    jo.shows("Soften")
    assert jo.line == "The room sees the softened result."
    for page in (all.screen.page, all.phones[1].page):
        expect(page.locator("#results")).not_to_contain_text("1 of us")
    all.looks("energy, softened")


def quiet(all: Everybody) -> None:
    all.jo.nexts()
    all.is_put(STEPS[3], 4)
    for page in (all.screen.page, *(phone.page for phone in all.phones)):
        page.wait_for_function("document.querySelector('[data-play=breath]').breath.phase() >= 0")
    all.looks("breath")


def help_held(all: Everybody) -> None:
    """Three answers and three passes: nobody may look, and it can be put again."""
    jo = all.jo
    jo.nexts()
    all.is_put(STEPS[4], 5)
    first, second, third = all.phones
    first.ticks(HELP["a"], HELP["b"])
    all.looks("help, open")
    first.sends({"picks": ["a", "b"]})
    second.ticks(HELP["g"])
    second.sends({"picks": ["g"]})
    third.passes()
    for other, answer in zip(all.others, ({"picks": ["a"]}, None, None), strict=True):
        other.gives(5, answer)
    all.has_responded(5)
    jo.closes()
    jo.presses("Preview")
    expect(jo.now).to_contain_text("You can't look either")
    assert jo.line == "The room sees that there were not enough answers to show."
    all.screen.says("Not enough answers to show safely. Let's talk instead.")
    expect(first.page.locator("#main, #room")).to_contain_text("Not enough answers")
    all.looks("help, held")


def help_again(all: Everybody) -> None:
    """The same step anew; everybody gives the same, and it says so."""
    jo = all.jo
    jo.presses("Put again")
    all.is_put(STEPS[4], 6)
    for phone in all.phones:
        phone.ticks(HELP["a"])
        phone.sends({"picks": ["a"]})
    for other in all.others:
        other.gives(6, {"picks": ["a"]})
    all.has_responded(6)
    jo.closes()
    jo.previews()
    assert list(jo.marks()) == ["same"]
    jo.shows()
    told(all, {HELP["a"]: 6})
    all.looks("help, shown")


def talk(all: Everybody) -> None:
    """In parts; the number of those who are ready is for the facilitator alone."""
    jo = all.jo
    jo.nexts()
    all.is_put(STEPS[5], 7)
    all.looks("talk, finding one another")
    jo.presses("Next part:")
    all.screen.says("What is one thing that went okay this week?")
    all.looks("talk, first part")
    jo.presses("Next part:")
    all.screen.says("What is one kind thing someone could do in this class today?")
    first, *rest = all.phones
    first.talks("On my own")
    first.sends({"mode": "solo", "ready": True})
    for phone in rest:
        phone.talks("With a partner")
        phone.sends({"mode": "pair", "ready": True})
    for other in all.others:
        other.gives(7, {"mode": "three", "ready": True})
    all.has_responded(7)
    jo.closes()
    jo.previews()
    expect(jo.now.get_by_role("button", name="Show")).to_have_count(0)
    all.looks("talk, preview")


def ready(all: Everybody) -> None:
    """Said in words; two places and a low one are for the facilitator's eyes."""
    jo = all.jo
    jo.nexts()
    all.is_put(STEPS[6], 8)
    all.looks("ready, open")
    for phone, (word, safe, number) in zip(
        all.phones,
        [("calm", "not at all", 1), ("calm", "fully", 5), ("Clear", "not at all", 1)],
        strict=True,
    ):
        phone.closes_with(word, safe)
        phone.sends({"word": word, "safe": number})
    for other, rating in zip(all.others, (1, 5, 5), strict=True):
        other.gives(8, {"word": "calm", "safe": rating})
    all.has_responded(8)
    jo.closes()
    jo.previews()
    expect(jo.now).to_contain_text("At least one person did not feel safe enough.")
    all.looks("ready, preview")
    jo.shows("Say it in words")
    assert jo.line == "The room sees the result in words."
    for page in (all.screen.page, all.phones[1].page):
        expect(page.locator("#results")).to_contain_text("Most of us: calm.")
        expect(page.locator("#results")).not_to_contain_text("safe")
        expect(page.locator("#results")).not_to_contain_text("Clear")
    all.looks("ready, in words")


def weather_again(all: Everybody) -> None:
    """A jump by the agenda. Asked twice of nearly as many, it is drawn soft, and stays off."""
    jo = all.jo
    jo.goes_to(STEPS[1])
    all.is_put(STEPS[1], 9)
    for phone in all.phones:
        phone.picks_weather("wind")
        phone.sends({"pick": "wind"})
    for other, pick in zip(all.others, ("wind", "still", "fog"), strict=True):
        other.gives(9, {"pick": pick})
    all.has_responded(9)
    jo.closes()
    jo.previews()
    expect(jo.now).to_contain_text("This step was put before, and nearly as many answered then.")
    jo.page.get_by_role("link", name="Not now").click()
    assert jo.line == "The room sees the closed question. Nobody sees a result."
    expect(all.screen.main).not_to_contain_text("wind")


def back_to_the_start(all: Everybody) -> None:
    all.jo.goes_back()
    all.is_put(STEPS[0], 10)


def end(all: Everybody) -> dict[str, bytes]:
    """With the page that asks once; then the goodbye, the summary and its files."""
    jo, witness = all.jo, all.witness
    jo.page.get_by_role("link", name="End", exact=True).click()
    witness.looks_at(jo.page, "end")
    jo.page.get_by_role("link", name="Not yet").click()
    jo.ends()
    for phone in all.phones:
        expect(phone.page.get_by_role("heading", name="Thank you for being here.")).to_be_visible()
    all.screen.says("Thank you for being here.")
    witness.looks_at(jo.page, "summary, for the facilitator")
    witness.looks_at(all.screen.page, "screen, ended")
    goodbye = all.phones[0].page
    goodbye.goto(f"{jo.url}/r/{jo.room.rpartition('/')[2]}")
    witness.looks_at(goodbye, "goodbye")
    expect(goodbye.get_by_text("This phone has no seat any more")).to_be_visible()
    assert all_gone(goodbye.context.cookies())
    jo.page.get_by_role("link", name="For the group").click()
    expect(jo.page.get_by_text("Safe to hand out")).to_be_visible()
    witness.looks_at(jo.page, "summary, for the group")
    expect(jo.page.locator("#main")).not_to_contain_text("safe enough today")
    exports = files(jo)
    assert files(jo) == exports  # a second time, byte for byte
    jo.page.goto(f"{jo.url}/home")
    witness.looks_at(jo.page, "home, with a summary")
    return exports


def all_gone(cookies: list[Any]) -> bool:
    return not [cookie for cookie in cookies if cookie["name"].startswith("seat-")]


def files(jo: Facilitator) -> dict[str, bytes]:
    return {
        f"{part}.{ending}": jo.downloads(ending, part)
        for part in ("facilitator", "group")
        for ending in ("md", "csv", "json")
    }


def compare(exports: dict[str, bytes], book: Book) -> None:
    """Each file with what people wrote down, and with each other."""
    for part in ("facilitator", "group"):
        document = json.loads(exports[f"{part}.json"])
        assert document["final"]
        assert differences(document, book) == []
        assert sheet_of(exports[f"{part}.csv"].decode()) == as_sheet(document)
        text = exports[f"{part}.md"].decode()
        for counts in as_sheet(document).values():
            for category, count in counts.items():
                if count and category.isalnum():
                    assert f"| {category} | {count} |" in text
    mine = json.loads(exports["facilitator.json"])["steps"]
    assert [step["outcome"] for step in mine] == [
        *("none", "shown", "softened", "none", "held"),
        *("shown", "not_shown", "words", "not_shown", "none"),
    ]
    group = json.loads(exports["group.json"])["steps"]
    assert [[section["name"] for section in step["sections"]] for step in group] == [
        *([], ["pick"], ["point"], [], []),
        *(["picks"], [], ["word"], [], []),
    ]


def told(all: Everybody, counts: dict[str, int]) -> None:
    """The result on the screen and on phones has these counts and no others."""
    for page in (all.screen.page, *(phone.page for phone in all.phones)):
        until(partial(has_table, page, counts), what=f"{counts}")


def has_table(page: Page, counts: dict[str, int]) -> bool:
    """The table beside a picture, without what nobody gave."""
    rows: list[list[str]] = page.locator("#results tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return {name: int(count) for name, count, *_ in rows if count != "0"} == counts
