"""What the simulated people of a rehearsal wrote down, and whole sessions of them.

The people themselves are `attune.rehearsal.people`: here as there they join by the real join page
and answer over the real socket. Everybody writes down what they gave, in a book that the server
never sees; tallies, pages and exports are compared with the books. What counts as one answer is
written here a second time, by hand, and not taken from the kinds: a tally compared with itself
proves nothing.
"""

import csv
import io
import itertools
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, NamedTuple, cast

from attune.rehearsal.line import SECONDS, Line
from attune.rehearsal.people import Answer, Asked, Person, all_do, everybody_comes
from tests.facilitator.session import Lead
from tests.realtime.cast import opened
from tests.servers import until


class Gave(NamedTuple):
    """Who, in which round, and what: None is a pass."""

    who: object
    round: int
    answer: Answer | None


class Book:
    """What people gave, as they wrote it down themselves. What was taken back is crossed out."""

    def __init__(self) -> None:
        self._gave: dict[tuple[object, int], Answer | None] = {}

    def gave(self, who: object, round: int, answer: Answer | None) -> None:
        self._gave[who, round] = answer

    def took_back(self, who: object, round: int) -> None:
        del self._gave[who, round]

    def responded(self, round: int) -> int:
        return sum(number == round for _, number in self._gave)

    def answers(self, round: int) -> list[Answer]:
        return [
            answer for (_, at), answer in self._gave.items() if at == round and answer is not None
        ]

    def passes(self, round: int) -> int:
        return self.responded(round) - len(self.answers(round))


# --- what one answer counts as, by hand ---------------------------------------------------------

NEED = {"safe": 5}  # tender; everything else needs the room's 4
SKY = {
    "clear": "clear",
    "clouds": "bits of cloud",
    "grey": "grey",
    "drizzle": "drizzle",
    "storm": "storm",
    "fog": "fog",
    "wind": "wind",
    "still": "still",
    "after_rain": "sun after rain",
}
HELP = {
    "a": "A quiet start",
    "b": "Moving around a bit",
    "c": "Working with someone",
    "d": "Clear steps on the board",
    "e": "Some choice in what I do",
    "f": "A bit more time",
    "g": "I'm good",
}


def counts_as(kind: str, answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """Each section that this answer has a value in, and the categories it counts in."""
    if kind == "weather":
        yield "pick", [SKY[answer["pick"]]]
    elif kind == "affect":
        yield "point", [quarter(answer["x"], answer["y"])]
        if "word" in answer:
            yield "word", [answer["word"]]
    elif kind == "choice":
        yield "picks", [HELP[pick] for pick in answer["picks"]]
    elif kind == "pairs":
        yield "ready", ["Ready"]
    elif kind == "closing":
        if "word" in answer:
            yield "word", [answer["word"]]
        if "safe" in answer:
            yield "safe", [str(answer["safe"])]


def quarter(x: int, y: int) -> str:
    if not x or not y:
        return "in between"
    pleasant = "pleasant" if x > 0 else "unpleasant"
    return f"{pleasant} and {'high energy' if y > 0 else 'low energy'}"


@dataclass
class Tally:
    """One section of a round: how many had a value in it, and in which category."""

    people: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def tallies(kind: str, answers: Sequence[Answer]) -> Mapping[str, Tally]:
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for answer in answers:
        for section, categories in counts_as(kind, answer):
            found[section].people += 1
            found[section].counts.update(categories)
    if kind == "affect":  # a word that one person alone chose is not named
        word = found["word"].counts
        found["word"].counts = Counter({name: n for name, n in word.items() if n > 1})
    return found


# --- comparing what is told with the book -------------------------------------------------------


def differences(document: Any, book: Book) -> list[str]:
    """Where the summary, as JSON, says something else than people wrote down; one line each."""
    mine = document["part"] == "facilitator"
    return [
        f"round {step['round']}, {step['kind']}: {what}"
        for step in document["steps"]
        for what in _step_differs(step, book, mine=mine)
    ]


def _step_differs(step: Any, book: Book, *, mine: bool) -> Iterator[str]:
    answers, passes = book.answers(step["round"]), book.passes(step["round"])
    if mine and step["given"] != len(answers) + passes:
        yield f"{step['given']} responded, and not {len(answers) + passes}"
    apart = (step["answers"], step["passes"]) if mine else (None, None)
    if apart not in ((None, None), (len(answers), passes)):
        yield f"{apart[0]} and {apart[1]}, and not {len(answers)} and {passes}"
    known = tallies(step["kind"], answers)
    for section in step["sections"]:
        tally = known.get(section["name"], Tally())
        for what in _section_differs(section, tally):
            yield f"{section['name']}, {section['form']}: {what}"


def _section_differs(section: Any, tally: Tally) -> Iterator[str]:
    held = tally.people < NEED.get(section["name"], 4)
    if section["held"] != held:
        yield f"held is {section['held']} with {tally.people} answers"
    elif held and (section["counts"] or section["scales"] or section["n"] is not None):
        yield "held, and yet it tells something"
    elif not held:
        if section["n"] != tally.people:
            yield f"{section['n']} people, and not {tally.people}"
        told = {line["category"]: line["count"] for line in section["counts"]}
        yield from _counts_differ(told, tally.counts)
        if section["form"] != "words" and section["draw"] != "strip":
            yield from (f"not told: {name}" for name in sorted(set(tally.counts) - set(told)))
        if section["draw"] == "strip" and section["form"] == "soft":
            yield from _blocks_differ(str(section["sentences"]), tally.people)


def _counts_differ(told: Mapping[str, int | None], counts: Counter[str]) -> Iterator[str]:
    for category, count in told.items():
        if count is None and not counts[category]:
            yield f"{category}: named, and nobody gave it"
        elif count is not None and count != counts[category]:
            yield f"{category}: {count}, and not {counts[category]}"


def _blocks_differ(sentences: str, people: int) -> Iterator[str]:
    """Softened, a scale tells blocks of at least two people, who are all of them."""
    blocks = [int(found) for found in re.findall(r"(\d+) (?:person|people)", sentences)]
    if sum(blocks) != people or min(blocks) < 2:
        yield f"blocks of {blocks} for {people} people"


def sheet_of(text: str) -> dict[tuple[int, str], dict[str, str]]:
    """The counts of a CSV export by round and item: what each category says in it."""
    found: defaultdict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        if row["table"] == "counts":
            found[int(row["round"]), row["item"]][row["category"]] = row["count"]
    return found


def as_sheet(document: Any) -> dict[tuple[int, str], dict[str, str]]:
    """The same of the JSON export: two formats of one document say the same."""
    found: defaultdict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for step in document["steps"]:
        for section in step["sections"]:
            item = section["title"] or section["name"]
            if section["held"]:
                found[step["round"], item]["held"] = ""
            for line in section["counts"]:
                count = "" if line["count"] is None else str(line["count"])
                found[step["round"], line["item"] or item][line["category"]] = count
    return found


# --- the people ---------------------------------------------------------------------------------


class Timed(Line):
    """A connection that notes when each region came."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.came: list[tuple[float, str, str]] = []  # when, region, what it says
        super().__init__(*arguments, **more)
        opened(self)

    def takes(self, regions: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        super().takes(regions)
        self.came += [(now, one["id"], one["html"]) for one in regions]

    def first(self, region: str, text: str, after: float) -> float:
        """When it first showed this, after that moment."""
        seen = until(
            lambda: [
                at
                for at, name, says in list(self.came)
                if name == region and at >= after and text in says
            ],
            SECONDS,
            f"{text!r} in {region}",
        )
        return seen[0]


def asks_of(lead: Lead) -> Callable[[int], Asked]:
    """What the rounds of this room ask, as its plan has it."""
    steps = {(step["kind"], step["title"]): step["settings"] for step in lead.plan["steps"]}

    @cache
    def asks(number: int) -> Asked:
        round = lead.room()["rounds"][number - 1]
        kind, title = round["kind"], round["title"]
        # What was asked on the spot is in no plan; the kinds that are need no settings.
        return Asked(kind, steps.get((kind, title), {}))

    return asks


# --- a whole session ----------------------------------------------------------------------------


@dataclass
class Session:
    """One room of people who go through the programme, and what was seen of it."""

    lead: Lead
    people: list[Person]
    book: Book
    screen: Timed
    put_to_seen: list[float] = field(default_factory=list)
    act_to_screen: list[float] = field(default_factory=list)
    lost: int = 0  # of what people gave or passed
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)  # where a tally says something else
    between: float = 0  # seconds that whoever leads leaves between two acts, at least

    @property
    def phones(self) -> list[Timed]:
        return [cast("Timed", person.line) for person in self.people]

    @property
    def acks(self) -> list[float]:
        return [seconds for person in self.people for seconds in person.seconds]


def gather(lead: Lead, many: int, seed: int = 7) -> Session:
    """Let so many people come in, at the same time, and open the screen."""
    book, code = Book(), lead.room()["code"]
    auth = {"as": "screen", "room": lead.ref, "have": {}}
    screen = Timed(lead.url, auth=auth, cookies=lead.cookies)
    asks = asks_of(lead)
    people = [
        Person(lead.url, asks, Random(seed * 1_000 + number), diary=book, line=Timed)
        for number in range(many)
    ]
    everybody_comes(people, code)
    return Session(lead, people, book, screen)


def whole_programme(session: Session) -> None:
    """Every step put, answered, closed, looked at and shown, each time in another form."""
    forms = itertools.cycle(["full", "soft", "words"])
    for step in session.lead.plan["steps"]:
        _step(session, step, forms)


def _step(session: Session, step: Mapping[str, Any], forms: Iterator[str]) -> None:
    lead, seen = session.lead, len(session.lead.room()["rounds"])
    begun = _begins(session)
    reply = lead.does("rounds", step=step["id"], seen=seen)
    assert reply.status_code == 200, reply.text
    number = seen + 1
    shows = f'data-round="{number}"'
    session.put_to_seen += [phone.first("stage", shows, begun) - begun for phone in session.phones]
    session.act_to_screen.append(session.screen.first("stage", shows, begun) - begun)
    if not is_asked(step["kind"]):
        return
    all_do(session.people, lambda person: person.answers(number))
    _close_and_look(session, number)
    release = lead.last()["release"]
    if release["state"] == "review" and step["kind"] != "pairs":
        form = next(forms)
        begun = _begins(session)
        lead.does(f"rounds/{number}/release", form=form)
        session.act_to_screen.append(session.screen.first("results", "s-results", begun) - begun)


def _begins(session: Session) -> float:
    """When the next act begins."""
    time.sleep(session.between)
    return time.monotonic()


def _close_and_look(session: Session, number: int) -> None:
    """Close and preview; the full result is compared before it may be softened for good."""
    lead, book = session.lead, session.book
    begun = _begins(session)
    assert lead.does(f"rounds/{number}/closure").status_code == 200
    session.act_to_screen.append(
        session.screen.first("stage", 'data-state="closed"', begun) - begun
    )
    more = lead.last()["given"] - book.responded(number)
    session.lost += max(0, -more)
    session.doubled += max(0, more)
    assert lead.does(f"rounds/{number}/preview").status_code == 200
    session.wrong += differences(lead.asks_for(f"{lead.path}/summary.json"), book)


def is_asked(kind: str) -> bool:
    """Whether this programme's step of the kind takes answers."""
    return kind not in ("slide", "breath")
