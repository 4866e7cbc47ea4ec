"""The attacker who has a copy of the database and no keys, and tries to join what is of one person.

Two answers, or an answer and a seat. People keep their pace and their length, so whatever tells
the order or the size of rows joins them: numbers, sizes, where a row lies in the file, when it
came into the log, and every number that stands beside it in any table. In
`tests/promises/test_nobody_can_be_linked.py` a judge knows who is who, and measures it; `attune
audit` lets it loose on a real room, where nobody knows. A feature that is added here is tried by
both.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from pathlib import Path

from attune.auditing.pages import Cell, cells

NUMBER = 16  # bytes of an answer's number, and of a seat's key
# Of these an order of its own tells; of everything else, that it differs at all.
OF_LAYOUT = ("number", "place", "offset", "overflow", "log", "index")
NEAR = 0.4  # below that, a group lies in an order of its own
ANSWER, SEAT = 2, 0  # in which column that is

Group = Sequence["Trace"]  # the answers of one round, or the seats of one room
Tells = Callable[[Group], Mapping[bytes, float]]


@dataclass(frozen=True)
class Trace:
    """What a copy shows of an answer, or of a seat."""

    name: bytes  # its number or key
    of: int  # the round, or the room
    size: int  # bytes
    place: tuple[int, int]  # where it lies; what came later is larger
    overflow: int
    seen: int  # the first frame of the log in which it is; -1 where it is in none
    indexed: int  # where it lies in the last page of an index
    beside: Mapping[str, int] = field(default_factory=dict)  # numbers by table and column


@dataclass(frozen=True)
class Copy:
    """A copy of the database, read by somebody without keys."""

    answers: Mapping[int, Group]  # by round
    seats: Mapping[int, Group]  # by room

    def features(self) -> dict[str, Tells]:
        """All that could tell one of a group from another, by what it is called."""
        groups = [*self.answers.values(), *self.seats.values()]
        columns = {name for group in groups for trace in group for name in trace.beside}
        return {
            "number": _by_number,
            "size": _by(lambda trace: trace.size),
            "place": _by_rank(lambda trace: trace.place),
            "offset": _by_rank(lambda trace: trace.place[1]),
            "overflow": _by_rank(lambda trace: trace.overflow),
            "log": _by_rank(lambda trace: trace.seen),
            "index": _by_rank(lambda trace: trace.indexed),
            **{name: _by_rank(_column(name)) for name in sorted(columns)},
        }


def copy_of(file: Path) -> Copy:
    """What the file and the log beside it show. They must not be written to meanwhile."""
    beside = _beside(file)
    now: dict[Key, Cell] = {}
    seen: dict[Key, int] = {}
    indexed: dict[bytes, int] = {}
    for cell in cells(file):
        key = _key(cell)
        if key and key[2] in beside:  # not something that is only left behind
            now[key] = cell
            if cell.frame >= 0:
                seen.setdefault(key, cell.frame)
        elif not key:
            indexed |= dict.fromkeys(_names(cell), -cell.offset)
    found: dict[int, defaultdict[int, list[Trace]]] = {
        ANSWER: defaultdict(list),
        SEAT: defaultdict(list),
    }
    for key, cell in now.items():
        column, of, name = key
        trace = Trace(
            name=name,
            of=of,
            size=sum(cell.sizes),
            place=(cell.page, -cell.offset),
            overflow=cell.overflow,
            seen=seen.get(key, -1),
            indexed=indexed.get(name, 0),
            beside=beside[name],
        )
        found[column][of].append(trace)
    return Copy(found[ANSWER], found[SEAT])


Key = tuple[int, int, bytes]  # in which column its name is, of which round or room, its name


def _key(cell: Cell) -> Key | None:
    """What the row is known by; None where it is neither an answer nor a seat."""
    first, second, third = (*cell.values, None, None, None)[:3]
    if isinstance(first, int) and isinstance(third, bytes) and len(third) == NUMBER:
        return ANSWER, first, third
    if isinstance(first, bytes) and len(first) == NUMBER and isinstance(second, int):
        return SEAT, second, first
    return None


def _names(cell: Cell) -> list[bytes]:
    return [each for each in cell.values if isinstance(each, bytes) and len(each) == NUMBER]


def _beside(file: Path) -> dict[bytes, dict[str, int]]:
    """For each number of 16 bytes in any table: the whole numbers in its row."""
    found: defaultdict[bytes, dict[str, int]] = defaultdict(dict)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute(_TABLES)]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # its own schema
            columns = [column[0] for column in rows.description]
            for row in rows:
                numbers = {
                    f"{table}.{column}": value
                    for column, value in zip(columns, row, strict=True)
                    if isinstance(value, int)
                }
                for value in row:
                    if isinstance(value, bytes) and len(value) == NUMBER:
                        found[value] |= numbers
    return dict(found)


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"


# --- what tells one from another --------------------------------------------------------------


def _by(tells: Callable[[Trace], float]) -> Tells:
    return lambda group: {trace.name: float(tells(trace)) for trace in group}


def _by_number(group: Group) -> Mapping[bytes, float]:
    return {trace.name: float(int.from_bytes(trace.name[:6])) for trace in group}


def _by_rank(tells: Callable[[Trace], float | tuple[int, int]]) -> Tells:
    """The place in the group's order, from 0 to 1; level where nothing tells them apart."""

    def ranks(group: Group) -> Mapping[bytes, float]:
        order = sorted({tells(trace) for trace in group})
        last = max(len(order) - 1, 1)
        at = {value: place / last for place, value in enumerate(order)}
        return {trace.name: at[tells(trace)] for trace in group}

    return ranks


def _column(name: str) -> Callable[[Trace], float]:
    return lambda trace: trace.beside.get(name, -1)


def telling(group: Group, features: Mapping[str, Tells]) -> list[str]:
    """The features that set some of a group apart in another way than their random names do."""
    return [
        name
        for name, tells in features.items()
        if (nearness(group, tells) < NEAR if name in OF_LAYOUT else _differs(group, tells))
    ]


def _differs(group: Group, tells: Tells) -> bool:
    return len(set(tells(group).values())) > 1


def nearness(group: Group, tells: Tells) -> float:
    """Of neighbours by random name, the share that are neighbours by the feature: 1 for all.

    Rows that were written by their names lie so page by page, and fill the holes of pages: half of
    them are neighbours then, and more. In an order of its own two of them all are. 1, too, where
    the feature tells none from another.
    """
    by_name = sorted(trace.name for trace in group)
    value = tells(group)
    if not _differs(group, tells):
        return 1.0
    order = sorted(by_name, key=lambda name: value[name])  # level ones stay by their names
    at = {name: place for place, name in enumerate(order)}
    near = sum(abs(at[a] - at[b]) == 1 for a, b in pairwise(by_name))
    return near / (len(by_name) - 1)


# --- where it is known who is who -------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two groups in which somebody wants to find the same people; `owner` is the judge's."""

    known: Group
    candidates: Group
    owner: Mapping[bytes, object]  # who it is, by number or key


def ranks(pairs: Iterable[Pair], tells: Tells) -> list[float]:
    """For each trace the place of its true partner among the candidates, nearest first.

    From 0 (found at once) to 1; somebody who guesses gets one half on average.
    """
    found = []
    for pair in pairs:
        known, candidates = tells(pair.known), tells(pair.candidates)
        partner = {pair.owner[name]: name for name in candidates}
        for name, value in known.items():
            true = partner.get(pair.owner[name])
            if true is None or len(candidates) < 2:  # noqa: PLR2004  # nobody to choose from
                continue
            distance = {other: abs(there - value) for other, there in candidates.items()}
            nearer = sum(each < distance[true] for each in distance.values())
            level = sum(each == distance[true] for each in distance.values()) - 1
            found.append((nearer + level / 2) / (len(distance) - 1))
    return found


@dataclass(frozen=True)
class Outcome:
    """How far the strongest attack came."""

    by: str
    mean_rank: float
    pairs: int

    @property
    def bound(self) -> float:
        """What counts as found: 3 / sqrt(pairs) below chance, some ten standard deviations."""
        return 0.5 - 3 / sqrt(self.pairs)

    @property
    def succeeds(self) -> bool:
        return self.mean_rank < self.bound


def strongest(pairs: Sequence[Pair], features: Mapping[str, Tells]) -> Outcome:
    """The feature by which partners are found best."""
    outcomes = []
    for name, tells in features.items():
        found = ranks(pairs, tells)
        outcomes.append(Outcome(name, sum(found) / len(found), len(found)))
    return min(outcomes, key=lambda outcome: outcome.mean_rank)
