"""The console's one line says what the room sees: for every state, held against the screen.

The table is written by hand. A state that a room can be in and that has no row would be one in
which the line is nobody's business.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from attune.db import transaction
from attune.stage import stage
from tests.actors import DESK, WALL, context
from tests.house import CHOICE as A_CHOICE
from tests.house import House, Prompt
from tests.realtime.cast import Lead, Socket, everybody_leaves, tea
from tests.servers import AttuneServer

TITLE, SLIDE_TITLE = "What would you like?", "A moment to land"
CHOICE = Prompt(A_CHOICE.kind, A_CHOICE.settings, {"title": TITLE})
SLIDE = Prompt("slide", {"body": "Look out of the window."}, {"title": SLIDE_TITLE})

State = tuple[str, str | None, str | None]  # of the room, its round, and the round's result
Act = Callable[["Table"], object]


class Row(NamedTuple):
    act: Act
    state: State
    line: str
    screen: str  # what stands on the screen then
    absent: str  # and what does not


RESULT = "Juice"  # on the screen only as part of a result
ROWS = [
    Row(
        lambda room: None,
        ("lobby", None, None),
        "The room sees the welcome page with the code.",
        "On your phone, go to",
        TITLE,
    ),
    Row(
        lambda room: room.lead.does("/opening"),
        ("live", None, None),
        "The room sees a quiet page.",
        "We begin in a moment",
        TITLE,
    ),
    Row(
        lambda room: room.puts(1),
        ("live", "open", None),
        f"The room sees “{SLIDE_TITLE}”.",
        "Look out of the window.",
        TITLE,
    ),
    Row(
        lambda room: room.puts(0),
        ("live", "open", None),
        "The room sees the question and can answer.",
        "The question is open. No rush.",
        RESULT,
    ),
    Row(
        lambda room: room.does("closure", grace=60),
        ("live", "open", None),
        "The room sees the question and that it closes in a moment.",
        "This question closes in a moment.",
        RESULT,
    ),
    Row(
        lambda room: room.does("closure"),
        ("live", "closed", None),
        "The room sees the closed question. Nobody sees a result.",
        "will show this when the time is right.",
        RESULT,
    ),
    Row(
        lambda room: room.does("preview"),
        ("live", "closed", "held"),
        "The room sees that there were not enough answers to show.",
        "Not enough answers to show safely. Let's talk instead.",
        RESULT,
    ),
    Row(
        lambda room: room.does("closure/delete"),
        ("live", "open", None),
        "The room sees the question and can answer.",
        "The question is open. No rush.",
        RESULT,
    ),
    Row(
        lambda room: room.all_give().does("closure").does("preview"),
        ("live", "closed", "review"),
        "The room sees the closed question. Nobody sees a result.",
        "will show this when the time is right.",
        RESULT,
    ),
    Row(
        lambda room: room.does("release", form="full"),
        ("live", "closed", "shown full"),
        "The room sees the result.",
        RESULT,
        "will show this",
    ),
    Row(
        lambda room: room.does("release", form="soft"),
        ("live", "closed", "shown soft"),
        "The room sees the softened result.",
        "Tea",
        "will show this",
    ),
    Row(
        lambda room: room.does("release", form="words"),
        ("live", "closed", "shown words"),
        "The room sees the result in words.",
        "Most of us: Tea.",
        "answered",
    ),
    Row(
        lambda room: room.does("release/delete"),
        ("live", "closed", "review"),
        "The room sees the closed question. Nobody sees a result.",
        "will show this when the time is right.",
        "Most of us",
    ),
    Row(
        lambda room: room.puts(0),
        ("live", "open", None),
        "The room sees the question and can answer.",
        "The question is open. No rush.",
        RESULT,
    ),
    Row(
        lambda room: room.lead.ends(),
        ("ended", None, None),
        "The room sees the goodbye page.",
        "The last tie between answers and phones is gone.",
        TITLE,
    ),
]


class Table:
    """A room that is taken from state to state, and the two pages on which it is looked at."""

    def __init__(self, lead: Lead, console: Page, screen: Page) -> None:
        self.lead: Lead = lead
        self.console, self.screen = console, screen
        self.number = 0
        self.sockets: list[Socket] = [lead.phone().connects() for _ in range(6)]

    def puts(self, step: int) -> None:
        self.number = self.lead.puts(step)

    def does(self, what: str, **fields: object) -> "Table":
        assert self.lead.does(f"/rounds/{self.number}/{what}", **fields) == 303
        return self

    def all_give(self) -> "Table":
        """Five alike and one alone."""
        for socket, pick in zip(self.sockets, "aaaaac", strict=True):
            assert socket.asks("answer", tea(self.number, pick))["ok"]
        return self

    @property
    def state(self) -> State:
        seen = self.lead.sees()
        if not seen["rounds"] or seen["state"] not in ("live", "ended"):
            return seen["state"], None, None
        last = seen["rounds"][-1]
        release = last["release"]
        if release is None:
            return seen["state"], last["state"], None
        form = f" {release['form']}" if release["state"] == "shown" else ""
        return seen["state"], last["state"], release["state"] + form

    def is_as(self, row: Row) -> None:
        assert self.state == row.state
        if row.state[0] == "ended":  # the line stands for a moment, then the summary is opened
            expect(self.console).to_have_url(re.compile(r"/summary$"))
        else:
            expect(self.console.locator("[data-sees]")).to_have_text(row.line)
        main = self.screen.locator("#main")
        expect(main).to_contain_text(row.screen, use_inner_text=True)
        expect(main).not_to_contain_text(row.absent, use_inner_text=True)


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    server = AttuneServer(tmp_path).start()
    try:
        yield Lead(server).opens(CHOICE, SLIDE)
    finally:
        everybody_leaves()
        server.stop()


def test_the_line_says_what_the_screen_shows(lead: Lead, browser: Browser) -> None:
    with context(browser, DESK) as desk, context(browser, WALL) as wall:
        for each in (desk, wall):
            each.add_cookies(
                [{"name": n, "value": str(v), "url": lead.url} for n, v in lead.cookies.items()]
            )
        console, screen = desk.new_page(), wall.new_page()
        console.goto(f"{lead.url}/rooms/{lead.ref}")
        screen.goto(f"{lead.url}/rooms/{lead.ref}/screen")
        table = Table(lead, console, screen)
        for row in ROWS:
            row.act(table)
            table.is_as(row)
            if row.state[0] == "live":  # a reload shows the same as the push did
                for page in (console, screen):
                    page.reload()
                table.is_as(row)
    print(f"{len(ROWS)} states, pushed and reloaded: the line is true in each")


def test_the_line_of_a_room_that_is_ending(sqlite_house: House) -> None:
    """It lasts for a moment only, so it is not looked at in a browser."""
    room = sqlite_house.room(A_CHOICE)
    with transaction():
        room.row.state = "ending"
    seen = stage(room.row, "console")
    assert seen.console
    assert seen.console.sees.text == "The room sees the goodbye page. It is being cleared."
    assert stage(room.row, "screen").round is None
