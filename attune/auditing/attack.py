"""The attacks of `linking`, tried on one room, where nobody knows who is who.

So no success can be measured. What can be seen is whether an attack has anything to go by: whether
answers to a round, or the seats, differ in size, in place or in anything but their random numbers.
An attack joins two groups if it has that in both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

import sqlalchemy as sa

from attune.auditing.linking import (
    NEAR,
    OF_LAYOUT,
    Copy,
    Group,
    Tells,
    Trace,
    copy_of,
    nearness,
    telling,
)
from attune.auditing.source import Source
from attune.models import Answer, Round, Seat

# Pages are dealt out at random when a round closes, and one may hold half of it: both differ from
# the order of names then, and say nothing. tests/promises/ holds them to that, where it is known.
CANNOT_BE_JUDGED = ("offset", "overflow")

FEW = 6  # rows, of which any order can look like one

Found = dict[str, Any]


def attack(source: Source, room_id: int) -> Found:
    """By group what tells its rows apart, and by what two groups could be joined."""
    copy = copy_of(source.file) if source.file else _postgresql(source)
    features = {
        name: tells for name, tells in copy.features().items() if name not in CANNOT_BE_JUDGED
    }
    groups = _groups(source, room_id, copy)
    closed = [group for _, state, group in groups if state == "closed"]
    apart = [
        _of_closed(group, closed, features) if state == "closed" else telling(group, features)
        for _, state, group in groups
    ]
    times = Counter(
        name
        for by, (_, _, group) in zip(apart, groups, strict=True)
        if len(group) > 1
        for name in by
    )
    names = Counter(trace.name for _, _, group in groups for trace in group)
    return {
        "groups": [
            {"of": of, "state": state, "rows": len(group), "told_apart_by": by}
            for by, (of, state, group) in zip(apart, groups, strict=True)
        ],
        "tried": list(features),
        "numbers_that_come_twice": sum(count > 1 for count in names.values()),
        "joined_by": sorted(name for name, count in times.items() if count > 1),
    }


def _of_closed(group: Group, closed: Sequence[Group], features: Mapping[str, Tells]) -> list[str]:
    """What tells the rows of a closed round apart, where the rounds of the room bear it out.

    One of them alone can look like an order by chance.
    """
    large = [one for one in closed if len(one) >= FEW] or closed
    return [
        name
        for name in telling(group, features)
        if name not in OF_LAYOUT or mean(nearness(one, features[name]) for one in large) < NEAR
    ]


def _groups(source: Source, room_id: int, copy: Copy) -> list[tuple[str, str, Group]]:
    """The answers of each round that has any, and the seats: a name, a state, what a copy shows."""
    rounds = source.read.execute(
        sa.select(Round.id, Round.number, Round.state)
        .where(Round.room_id == room_id)
        .order_by(Round.number)
    ).all()
    groups = [(f"round {one.number}", one.state, copy.answers.get(one.id, ())) for one in rounds]
    return [one for one in [*groups, ("seats", "", copy.seats.get(room_id, ()))] if one[2]]


def _postgresql(source: Source) -> Copy:
    """The same of PostgreSQL, where the place of a row is a column that anybody may ask for."""
    answers = sa.select(
        Answer.round_id, Answer.pid, sa.func.length(Answer.body), sa.text("answer.ctid::text")
    )
    seats = sa.select(Seat.room_id, Seat.key, sa.literal(0), sa.text("seat.ctid::text"))
    return Copy(_by_group(source, answers), _by_group(source, seats))


def _by_group(source: Source, rows: sa.Select[*tuple[Any, ...]]) -> dict[int, list[Trace]]:
    groups: dict[int, list[Trace]] = {}
    for of, name, size, ctid in source.read.execute(rows):
        page, line = ctid.strip("()").split(",")
        trace = Trace(bytes(name), of, size, (int(page), int(line)), 0, -1, 0)
        groups.setdefault(of, []).append(trace)
    return groups
