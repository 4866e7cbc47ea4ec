"""Many rooms at once, of people with habits: what an attacker on the database has to work with.

Their verbs share transactions, as when many rooms are led at the same time. People keep their
pace (who answered early answers early again), and what they write keeps its length.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

from eventlet.event import Event

from attune import access, answers, ending, releases, rooms, rounds, seats
from attune.auditing.linking import Copy, Pair
from attune.codes import shown
from attune.db import db, transaction
from attune.keys import keyring
from attune.models import Room, Round
from attune.rounds import ACT
from attune.writer import Kept, writer
from tests.house import House, LiveRoom, Prompt

PEOPLE = 12
HABIT = 0.7  # how often somebody keeps their place in the order of answering
LENGTHS = (0, 40, 90, 190)  # characters
TOGETHER = 4  # answers of a room that share a COMMIT
# Small bodies lie beside each other on a page; large ones fill pages of their own.
SMALL = Prompt("choice", {"options": [{"label": "Tea"}, {"label": "Water"}]})
LARGE = Prompt("closing", {"ratings": ["safe"], "change_ask": True})


T = TypeVar("T")


class Person(NamedTuple):
    """Somebody in a room where this is asked, with the habit of writing so much."""

    token: bytes
    ask: Prompt
    length: int


class Crowd:
    """So many rooms of twelve. Every method is what all of them do at the same moment."""

    def __init__(self, house: House, many: int, random: Random) -> None:
        self._house, self._random = house, random
        asks = [SMALL if at % 2 else LARGE for at in range(many)]
        self.rooms = [house.room(ask) for ask in asks]
        self.people: list[list[Person]] = [[] for _ in self.rooms]
        for _ in range(PEOPLE):
            self._one_more_comes(asks)

    def _one_more_comes(self, asks: Sequence[Prompt]) -> None:
        """Into each room. Who comes early answers early, too."""
        with transaction():
            for (_, room), people, ask in zip(self._all(), self.people, asks, strict=True):
                token = seats.take(shown(room.code or "")).token
                people.append(Person(token, ask, self._random.choice(LENGTHS)))

    def put(self) -> int:
        """The next round, in every room; its number."""
        with transaction():
            made = [rounds.put(room, live.steps[0], _last(room)) for live, room in self._all()]
        return made[0].number

    def give(self, number: int) -> None:
        """Everybody answers, a few of each room at a time and the rooms mixed up."""
        orders = [in_habit(people, self._random) for people in self.people]
        for at in range(0, PEOPLE, TOGETHER):
            moment = [
                (room, live, person)
                for (live, room), order in zip(self._all(), orders, strict=True)
                for person in order[at : at + TOGETHER]
            ]
            given = [
                answers.answer(room, number, person.token, self._idem(), answer_of(person))
                for room, _, person in _mixed(moment, self._random)
            ]
            db.session.close()
            together(given)

    def close(self, number: int) -> None:
        with transaction():
            for _, room in self._all():
                rounds.close(room, access.round_of(room, number))

    def preview(self, number: int) -> None:
        with transaction():
            for _, room in self._all():
                releases.preview(room, access.round_of(room, number))

    def end(self) -> None:
        with transaction():
            for _, room in self._all():
                ending.begin(room, _last(room))
        for live in self.rooms:
            ending.finish(live.id)

    def whole_session(self, many: int) -> None:
        """So many rounds, all of them closed and none looked at: the most there is to copy."""
        for _ in range(many):
            number = self.put()
            self.give(number)
            self.close(number)

    def _all(self) -> list[tuple[LiveRoom, Room]]:
        return [(live, access.room_for(live.lead_id, live.ref)) for live in self.rooms]

    def _idem(self) -> str:
        return self._random.randbytes(16).hex()


def together(given: Sequence[Any]) -> None:
    """All of it is handed in at the same moment, and kept when this returns."""
    done: Event = Event()
    kept: list[Any] = []

    def reply(outcome: Any) -> None:
        kept.append(outcome)
        if len(kept) == len(given):
            done.send()

    for one in given:
        writer.add(one, reply)
    done.wait()
    assert all(isinstance(outcome, Kept) for outcome in kept), kept


def in_habit(usual: Sequence[T], random: Random) -> list[T]:
    """The usual order, with everybody else at random places."""
    movers = [place for place in range(len(usual)) if random.random() > HABIT]
    moved = random.sample(movers, len(movers))
    order = list(usual)
    for at, to in zip(movers, moved, strict=True):
        order[to] = usual[at]
    return order


def answer_of(person: Person) -> Mapping[str, object]:
    if person.ask is SMALL:
        return {"picks": ["a"]}
    return {"word": "w"} | ({"change": "x" * person.length} if person.length else {})


def _mixed(moment: Sequence[Any], random: Random) -> list[Any]:
    """Rooms in any order, each room's people in theirs."""
    turns = [live.id for _, live, _ in moment]
    random.shuffle(turns)
    of_room: dict[int, list[Any]] = {}
    for each in moment:
        of_room.setdefault(each[1].id, []).append(each)
    return [of_room[turn].pop(0) for turn in turns]


def _last(room: Room) -> int:
    last = rooms.current_round(room)
    return last.number if last else 0


# --- the judge, who has the keys and the phones -----------------------------------------------


class Truth:
    """Who is who, in every round and on every seat. Ask before the rooms end."""

    def __init__(self, crowd: Crowd, rounds: int) -> None:
        self.rounds: list[list[int]] = []  # of each room, in order
        self.rooms = [live.id for live in crowd.rooms]
        self.owner: dict[bytes, bytes] = {}
        for live, people in zip(crowd.rooms, crowd.people, strict=True):
            key = keyring.live(live.ref)
            ids = _round_ids(live)[:rounds]
            self.rounds.append(ids)
            for person in people:
                self.owner |= {key.pid(person.token, each, ACT): person.token for each in ids}
                _, seat = access.seat_for(live.ref, person.token)
                self.owner[seat.key] = person.token
        db.session.close()

    def across_rounds(self, copy: Copy) -> list[Pair]:
        """Each round of a room with the next of which the copy has anything."""
        found = []
        for ids in self.rounds:
            there = [each for each in ids if copy.answers.get(each)]
            found += [
                Pair(copy.answers[one], copy.answers[other], self.owner)
                for one, other in pairwise(there)
            ]
        return found

    def to_seats(self, copy: Copy) -> list[Pair]:
        """Each round of a room with its seats."""
        return [
            Pair(copy.answers[each], copy.seats[room], self.owner)
            for room, ids in zip(self.rooms, self.rounds, strict=True)
            for each in ids
            if copy.answers.get(each)
        ]


def _round_ids(live: LiveRoom) -> list[int]:
    rows = db.session.query(Round.id).where(Round.room_id == live.id).order_by(Round.number)
    return [round_id for (round_id,) in rows]


def copied(house: House, to: Path, how: Callable[[Path, Path], object]) -> Path:
    """A copy of the database file and its log, as they lie there at this moment."""
    for end in ("", "-wal"):
        file = house.folder / f"attune.sqlite{end}"
        if file.exists():
            how(file, to / file.name)
    return to / "attune.sqlite"
