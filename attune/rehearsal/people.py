"""Simulated people: they join by the real join page and answer over the real socket.

A page shows a question and not its schema, so whoever brings people also says what a round asks
(`Asks`); an answer is then the kind's own plausible one. All else they know from what they are
shown. Nothing they do is told apart from what a phone does, and nothing here reads answers back.
"""

import json
import math
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, Literal, NamedTuple, Protocol

from attune.kinds import kind_of
from attune.rehearsal.browser import Browser, fields_of
from attune.rehearsal.line import Line, NotLetIn

# How many of a hundred pass, change what they gave, and take it back.
PASSES, CHANGES, TAKES_BACK = 0.10, 0.10, 0.05
AT_ONCE = 8  # who come in or answer at the same moment, at most: one machine plays them all
# Seconds. Half have answered after the first; nobody is quicker or slower than the others.
HALF_HAVE_ANSWERED, QUICKEST, SLOWEST = 6.0, 1.5, 20.0
SECOND_THOUGHTS = 3.0, 7.0
HURRY = 0.5, 6.0  # once it closes in a moment
ALONE = 0.5, 3.0  # before somebody whose connection broke comes back
TRIES = 5

Answer = dict[str, Any]  # as JSON; a pass is None
Act = Literal["gives", "passes", "takes back"]


class Asked(NamedTuple):
    """What a round asks: its kind, and the kind's settings as JSON has them."""

    kind: str
    settings: Mapping[str, Any]


Asks = Callable[[int], Asked]  # of a round's number


class Diary(Protocol):
    """Where somebody writes down what the server has acknowledged."""

    def gave(self, who: object, round: int, answer: Answer | None, /) -> None: ...

    def took_back(self, who: object, round: int, /) -> None: ...


class Shown(NamedTuple):
    """What a phone's stage says of the round it shows. Number 0: none."""

    number: int
    is_open: bool
    asks: bool
    closes_at: str

    @property
    def can_be_answered(self) -> bool:
        return self.is_open and self.asks


class TurnedAway(Exception):
    """The join page did not let somebody in; the message is what it said, in short."""


class Person:
    """Somebody with a phone."""

    def __init__(
        self,
        url: str,
        asks: Asks,
        random: Random,
        *,
        diary: Diary | None = None,
        line: type[Line] = Line,
    ) -> None:
        self.url, self.asks, self.random = url, asks, random
        self.ref = ""
        self.seconds: list[float] = []  # until each thing they did was acknowledged
        self.refused: list[Any] = []
        self.line: Line
        self._diary, self._line, self._browser = diary, line, Browser(url)

    # What somebody does.

    def comes(self, code: str) -> "Person":
        """Join, and see the room."""
        self.joins(code)
        self.connects()
        return self

    def joins(self, code: str) -> "Person":
        """By the page that says what is stored. Raises TurnedAway."""
        page = self._browser.opens(f"/join/{code}")
        fields = fields_of(page.text, "/join") | {"consent": "yes"}
        led_to = self._browser.sends("/join", fields).led_to.partition("?")[0]
        if "/r/" not in led_to:
            raise TurnedAway(f"the join page answered {page.status}")
        self.ref = led_to.rpartition("/")[2]
        self._browser.opens(f"/r/{self.ref}")
        return self

    def connects(self) -> None:
        """Raises NotLetIn."""
        auth = {"as": "participant", "room": self.ref, "have": {}}
        self.line = self._line(self.url, auth=auth, cookies=self.cookies)
        self.line.waits_for("stage")

    def answers(self, number: int) -> None:
        """Give, pass, change or take back, as people do; all of it now."""
        for act in whim(self.random):
            self.does(act, number)

    def does(self, act: Act, number: int) -> None:
        if act == "takes back":
            self.takes_back(number)
        else:
            self.gives(number, None if act == "passes" else self.some(number))

    def gives(self, number: int, answer: Answer | None) -> None:
        what = {"pass": True} if answer is None else {"answer": answer}
        if self.sends("answer", number, what) and self._diary:
            self._diary.gave(self, number, answer)

    def passes(self, number: int) -> None:
        self.gives(number, None)

    def takes_back(self, number: int) -> None:
        if self.sends("take_back", number, {}) and self._diary:
            self._diary.took_back(self, number)

    def sends(self, event: str, number: int, what: Mapping[str, Any]) -> bool:
        """Tell the room; whether it was kept."""
        payload = {"round": number, "idem": secrets.token_hex(16), **what}
        reply, seconds = self.line.asks(event, payload)
        self.seconds.append(seconds)
        if not reply or not reply["ok"]:
            self.refused.append(reply)
            return False
        return True

    def some(self, number: int) -> Answer:
        """A plausible answer to what this round asks."""
        kind, settings = self.asks(number)
        made = kind_of(kind)
        answer = made.some(made.read_settings(dict(settings)), self.random)
        found: Answer = json.loads(answer.model_dump_json(exclude_none=True))
        return found

    def stays(self) -> str:
        """Answer whatever is put, at one's own pace, until the room ends; why it was over."""
        visit = _Visit(self)
        while True:
            visit.lasts()
            if self.line.why_gone:
                return self.line.why_gone
            if not self._is_back():
                return "lost"

    def leaves(self) -> None:
        if hasattr(self, "line"):
            self.line.closes()

    # What somebody sees.

    @property
    def stage(self) -> str:
        """As it is drawn; empty for somebody at the door."""
        return str(self.line.regions.get("stage", {}).get("html", ""))

    def sees(self, number: int) -> bool:
        return shown_in(self.stage).number == number

    @property
    def cookies(self) -> dict[str, str | None]:
        return self._browser.cookies

    def _is_back(self) -> bool:
        """Come back after a connection broke, as a page does."""
        for _ in range(TRIES):
            time.sleep(self.random.uniform(*ALONE))
            try:
                self.connects()
            except (OSError, NotLetIn):
                continue
            return True
        return False


class _Visit:
    """Somebody who stays, through connections that break: what they mean to do, and when."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.number = 0
        self.closes_at = ""
        self.done: set[int] = set()  # rounds they have had their say in
        self.means: deque[tuple[float, Act]] = deque()  # when, and what

    def lasts(self) -> None:
        heard, line = 0, self.person.line
        while not line.is_over:
            self._looks(shown_in(self.person.stage))
            while self.means and self.means[0][0] <= time.monotonic():
                self._acts(self.means.popleft()[1])
            wait = self.means[0][0] - time.monotonic() if self.means else None
            heard = line.waits(heard, None if wait is None else max(0.0, wait))

    def _acts(self, act: Act) -> None:
        self.done.add(self.number)
        self.person.does(act, self.number)

    def _looks(self, shown: Shown) -> None:
        """Make up one's mind about a new question; let go of one that has closed."""
        if shown.number != self.number or not shown.can_be_answered:
            self.means.clear()
            self.closes_at = ""
        self.number = shown.number
        if not shown.can_be_answered:
            return
        if not self.means and self.number not in self.done:
            self.means.extend(self._thinks_of())
        if shown.closes_at != self.closes_at:
            self.closes_at = shown.closes_at
            self._hurries()

    def _thinks_of(self) -> list[tuple[float, Act]]:
        random, found = self.person.random, []
        slow = random.lognormvariate(math.log(HALF_HAVE_ANSWERED), 0.55)
        at = time.monotonic() + min(max(slow, QUICKEST), SLOWEST)
        for act in whim(random):
            found.append((at, act))
            at += random.uniform(*SECOND_THOUGHTS)
        return found

    def _hurries(self) -> None:
        """It closes in a moment: say what one meant to say first, and leave it at that."""
        if not self.closes_at or not self.means:
            return
        (at, act), *_ = self.means
        soon = time.monotonic() + self.person.random.uniform(*HURRY)
        self.means = deque([(min(at, soon), act)] if self.number not in self.done else [])


def everybody_comes(people: Sequence[Person], code: str) -> None:
    """All join, several at a time."""
    all_do(people, lambda person: person.comes(code))


def all_do(people: Sequence[Person], act: Callable[[Person], object]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(act, people))


def whim(random: Random) -> tuple[Act, ...]:
    """What somebody does about one question, in order."""
    chance = random.random()
    if chance < PASSES:
        return ("passes",)
    if chance < PASSES + CHANGES:
        return ("gives", "gives")
    if chance < PASSES + CHANGES + TAKES_BACK:
        return ("gives", "takes back")
    return ("gives",)


def shown_in(stage: str) -> Shown:
    """Read the stage as drawn for phones."""
    found = re.search(r'<article data-round="(\d+)"[^>]*>', stage)
    if not found:
        return Shown(0, is_open=False, asks=False, closes_at="")
    closes = re.search(r'data-closes-at="(\d*)"', found[0])
    return Shown(
        int(found[1]),
        is_open='data-state="open"' in found[0],
        asks='<div class="ask">' in stage,
        closes_at=closes[1] if closes else "",
    )
