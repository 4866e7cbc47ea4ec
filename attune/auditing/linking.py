"""The attacker who has a copy of the database and no keys, and tries to join answers of one person.

People keep their pace and their length, so whatever tells the order or the size of answers joins
two rounds. `tests/promises/test_nobody_can_be_linked.py` measures it where it is known whose is
whose, and `attune audit` lets it loose on a real room, where nobody knows. Both use what is here:
an attack that is added to `ATTACKS` is tried by both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt


@dataclass(frozen=True)
class Row:
    """What a copy shows of one answer."""

    pid: bytes
    size: int
    place: int  # where its number lies in the file
    end: int  # where its body ends in the file


@dataclass(frozen=True)
class Session:
    """A room: the rows of each round, and, for the judge alone, whose they are."""

    rows: Sequence[Sequence[Row]]
    owner: Sequence[Mapping[bytes, int]]


Feature = Callable[[Sequence[Row]], Mapping[bytes, float]]


def laid(image: bytes, answers: Iterable[tuple[bytes, bytes]]) -> list[Row]:
    """The rows of a round, given as (number, body), as they lie in this copy of the file."""
    return [
        Row(pid, len(body), image.rindex(pid), image.rindex(body[-16:])) for pid, body in answers
    ]


def by_number(rows: Sequence[Row]) -> Mapping[bytes, float]:
    return {row.pid: float(int.from_bytes(row.pid[:6], "big")) for row in rows}


def by_size(rows: Sequence[Row]) -> Mapping[bytes, float]:
    return {row.pid: float(row.size) for row in rows}


def by_place(rows: Sequence[Row]) -> Mapping[bytes, float]:
    order = sorted(rows, key=lambda row: row.place)
    return {row.pid: float(rank) for rank, row in enumerate(order)}


def by_end(rows: Sequence[Row]) -> Mapping[bytes, float]:
    order = sorted(rows, key=lambda row: row.end)
    return {row.pid: float(rank) for rank, row in enumerate(order)}


ATTACKS: Mapping[str, Feature] = {
    "number": by_number,
    "size": by_size,
    "place": by_place,
    "end": by_end,
}


def mean_rank(sessions: Iterable[Session], tells: Feature) -> float:
    """How well this feature finds the partner in the next round, where whose is whose is known.

    The mean rank of the true partner among all candidates, from 0 (found at once) to 1; guessing
    gives one half.
    """
    ranks = []
    for session in sessions:
        for (before, owner_before), (after, owner_after) in pairwise(
            zip(session.rows, session.owner, strict=True)
        ):
            known, candidates = tells(before), tells(after)
            for row in before:
                person = owner_before[row.pid]
                distance = {
                    pid: abs(feature - known[row.pid]) for pid, feature in candidates.items()
                }
                true = next(pid for pid in candidates if owner_after[pid] == person)
                nearer = sum(d < distance[true] for d in distance.values())
                level = sum(d == distance[true] for d in distance.values()) - 1
                ranks.append((nearer + level / 2) / (len(distance) - 1))
    return sum(ranks) / len(ranks)


def strongest(sessions: Sequence[Session]) -> tuple[str, float]:
    """The attack that finds most, and its mean rank."""
    found = {name: mean_rank(sessions, tells) for name, tells in ATTACKS.items()}
    name = min(found, key=lambda name: found[name])
    return name, found[name]


def bound(pairs: int) -> float:
    """What counts as found: 3 / sqrt(pairs) below chance, some ten standard deviations."""
    return 0.5 - 3 / sqrt(pairs)
