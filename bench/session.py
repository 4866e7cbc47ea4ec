"""The figures of a session, in one table: starts, thirty people, one breath, sizes.

It is not a test: a figure that misses its goal is marked, and the machine may be to blame. What
can be lost or counted twice is another matter, and makes it exit with 1. Everything runs on this
machine's own loopback, with a bounded number of people and a bounded time.
"""

# ruff: noqa: T201  # it talks to whoever called

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.actors import PHONE, Clocked, Participant, context, percentile, phases_apart
from tests.browser import running_browser
from tests.cast import Book, Session, differences, gather, whole_programme
from tests.facilitator.session import Lead
from tests.realtime.cast import everybody_leaves
from tests.servers import ROOT, AttuneServer, until

MOST_PEOPLE, MOST_SECONDS = 60, 300
BETWEEN = 0.3  # s; nobody presses quicker than that, again and again
CYCLE = 8_000  # ms, of the programme's breath
DIST = ROOT / "attune" / "static" / "dist"


class Figure(NamedTuple):
    name: str
    value: float
    unit: str
    goal: float | None = None  # at most
    strict: bool = False  # a promise, and not a matter of the machine

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.value <= self.goal

    def __str__(self) -> str:
        digits = 0 if self.unit in ("", "ms") else 2
        goal = "" if self.goal is None else f"at most {self.goal:g} {self.unit}".rstrip()
        mark = "" if self.is_met else "MISSED"
        return f"{self.name:<46} {self.value:>9.{digits}f} {self.unit:<3} {goal:<16} {mark}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure a session.")
    parser.add_argument("--people", type=int, default=30, choices=range(5, MOST_PEOPLE + 1))
    people = parser.parse_args().people
    signal.alarm(MOST_SECONDS)  # ends the process: nothing here may hang for ever
    figures = []
    for part in (starts, lambda: a_session(people), a_breath, sizes):
        for figure in part():
            print(figure, flush=True)
            figures.append(figure)
    missed = [figure.name for figure in figures if not figure.is_met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} within their goals")
    return 1 if any(figure.strict and not figure.is_met for figure in figures) else 0


@contextmanager
def a_server() -> Iterator[AttuneServer]:
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        server = AttuneServer(Path(folder))
        try:
            yield server
        finally:
            everybody_leaves()
            server.stop()


@contextmanager
def a_room() -> Iterator[Lead]:
    with a_server() as server:
        lead = Lead(server.start().url)
        lead.sets_up(server.setup_link())
        yield lead.opens_a_room()


def starts() -> Iterator[Figure]:
    """Until it is ready: with no database yet, and again on the same one."""
    with a_server() as server:
        yield Figure("first start, new database", seconds_of(server.start), "s")
        server.stop()
        yield Figure("second start", seconds_of(server.start), "s", goal=3)


def a_session(many: int) -> Iterator[Figure]:
    """The whole programme, by the real join page and the real socket."""
    with a_room() as lead:
        session = gather(lead, many)
        session.between = BETWEEN
        yield Figure("people", many, "")
        seconds = seconds_of(lambda: whole_programme(session))
        ended = seconds_of(lambda: lead.does("ending", seen=len(lead.room()["rounds"])))
        yield from whether_exact(session)
        yield from delays(session)
        yield Figure("ending the room", 1_000 * ended, "ms")
        yield Figure("the whole programme", seconds, "s")


def whether_exact(session: Session) -> Iterator[Figure]:
    """What the server has, beside what people wrote down themselves."""
    lead = session.lead
    wrong = list(session.wrong)
    for part in ("facilitator", "group"):
        document = lead.asks_for(f"{lead.path}/summary.json?part={part}")
        wrong += differences(document, session.book)
    refused = sum(len(person.refused) for person in session.people)
    for line in wrong:
        print(f"  {line}", file=sys.stderr)
    yield Figure("answers, changes, passes, takings back sent", len(session.acks), "")
    yield Figure("refused", refused, "", goal=0, strict=True)
    yield Figure("lost", session.lost, "", goal=0, strict=True)
    yield Figure("counted twice", session.doubled, "", goal=0, strict=True)
    yield Figure("differences of tallies and exports", len(wrong), "", goal=0, strict=True)


def delays(session: Session) -> Iterator[Figure]:
    for name, values, goal in (
        ("a step put, until a phone has it", session.put_to_seen, 250),
        ("an act of the console, until the screen changes", session.act_to_screen, 150),
        ("an answer, until it is acknowledged", session.acks, None),
    ):
        for share in (0.5, 0.95):
            milliseconds = 1_000 * percentile(values, share)
            within = goal if share == 0.95 else None  # noqa: PLR2004
            yield Figure(f"{name}, p{100 * share:.0f}", milliseconds, "ms", within)


def a_breath() -> Iterator[Figure]:
    """Two pages whose devices' clocks are off by +90 s and -7 s."""
    with (
        a_room() as lead,
        running_browser() as browser,
        context(browser, PHONE) as fast,
        context(browser, PHONE) as slow,
    ):
        phones = (Clocked(fast, +90), Clocked(slow, -7))
        for phone in phones:
            person = Participant(phone.page, lead.url, Book())
            person.types_the_code(lead.room()["code"])
            person.joins()
        lead.puts("breath")
        for phone in phones:
            until(phone.is_on_time, what="the breath on the server's time")
        apart = phases_apart((phones[0].page, phones[1].page), CYCLE)
    yield Figure("breath of two pages apart, p95 of 200", percentile(apart, 0.95), "ms", 50)


def sizes() -> Iterator[Figure]:
    """As browsers fetch them."""
    for name, pattern, goal in (
        ("script, brotli", "main-*.js.br", 20),
        ("style sheet, brotli", "main-*.css.br", None),
        ("all kinds' scripts, brotli", "[!m]*-*.js.br", None),
    ):
        size = sum(file.stat().st_size for file in DIST.glob(pattern))
        yield Figure(name, size / 1_000, "kB", goal)


def seconds_of(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
