"""The one writer: it outlives whatever goes wrong, and one bad row harms no other."""

import secrets
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa
from eventlet.event import Event

from attune import access, answers
from attune import writer as module
from attune.answers import Given
from attune.db import db
from attune.errors import Busy, RoundClosed
from attune.models import Answer
from attune.writer import Kept, writer
from tests.house import CHOICE, House, LiveRoom


def given(room: LiveRoom, token: bytes, number: int, pick: str = "a") -> Given:
    row, _ = access.seat_for(room.ref, token)
    return answers.answer(row, number, token, secrets.token_hex(16), {"picks": [pick]})


def outcomes_of(batch: list[Given]) -> list[Any]:
    """What became of each, in order."""
    done: Event = Event()
    heard: dict[int, Any] = {}

    def hear(at: int, outcome: Any) -> None:
        heard[at] = outcome
        if len(heard) == len(batch):
            done.send()

    for at, one in enumerate(batch):
        writer.add(one, lambda outcome, at=at: hear(at, outcome))  # type: ignore[misc]
    db.session.close()
    done.wait()
    return [heard[at] for at in range(len(batch))]


def test_a_batch_is_on_disk_before_anybody_is_told(house: House) -> None:
    room = house.room(CHOICE)
    people = room.joins(20)
    number = room.puts()
    seen: list[int] = []

    def look(_outcome: Any) -> None:
        with house.app.app_context():
            rows = sa.select(sa.func.count()).select_from(Answer)
            seen.append(db.session.scalar(rows) or 0)

    for person in people:
        writer.add(given(room, person, number), look)
    db.session.close()
    while len(seen) < len(people):
        eventlet.sleep(0.001)
    assert seen == [20] * 20


def test_a_reply_that_raises_stops_nobody_else(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    ana, ben = room.joins(2)
    number = room.puts()

    def gone(_outcome: Any) -> None:
        raise ConnectionResetError

    writer.add(given(room, ana, number), gone)
    assert outcomes_of([given(room, ben, number)]) == [Kept(1)]
    assert room.given(number) == 2
    assert writer.is_alive


def test_one_bad_row_does_not_harm_its_batch(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    people = room.joins(5)
    number = room.puts()
    batch = [given(room, person, number) for person in people]
    too_small = Given(**(batch[2].__dict__ | {"body_size": 40}))
    outcomes = outcomes_of([*batch[:2], too_small, *batch[3:]])
    assert [type(outcome) for outcome in outcomes] == [Kept, Kept, Busy, Kept, Kept]
    assert room.given(number) == 4


def test_the_last_of_a_seat_in_a_batch_is_what_is_kept_and_all_are_told(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    outcomes = outcomes_of([given(room, ana, number, pick) for pick in "abc"])
    assert outcomes == [Kept(1), Kept(2), Kept(3)]
    assert room.has(ana)["1"]["answer"] == {"picks": ["c"]}


def test_answers_to_an_open_and_a_closed_round_can_share_a_batch(house: House) -> None:
    room, other = house.room(CHOICE), house.room(CHOICE)
    (ana,), (ben,) = room.joins(), other.joins()
    number = room.puts()
    other.puts()
    late = given(other, ben, 1)
    other.closes(1)
    outcomes = outcomes_of([given(room, ana, number), late])
    assert outcomes[0] == Kept(1)
    assert isinstance(outcomes[1], RoundClosed)


def test_more_than_a_statement_holds_is_written_in_several(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    many = module.MOST_IN_A_BATCH + 30
    people = room.joins(many)
    number = room.puts()
    outcomes = outcomes_of([given(room, person, number) for person in people])
    assert outcomes == [Kept(1)] * many
    assert room.given(number) == many


def test_one_rooms_flood_leaves_every_other_room_free(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OF_A_ROOM", 3)
    room, other = sqlite_house.room(CHOICE), sqlite_house.room(CHOICE)
    (ana,), (ben,) = room.joins(), other.joins()
    number = room.puts()
    other.puts()
    for _ in range(3):
        writer.add(given(room, ana, number), lambda _outcome: None)
    with pytest.raises(Busy):
        writer.add(given(room, ana, number), lambda _outcome: None)
    assert outcomes_of([given(other, ben, 1)]) == [Kept(1)]


def test_a_database_that_fails_is_a_busy_and_never_an_acknowledgement(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = sqlite_house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    one = given(room, ana, number)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_store", _full_disk)
        assert isinstance(outcomes_of([one])[0], Busy)
    assert outcomes_of([one]) == [Kept(1)]


def _full_disk(*_: object) -> None:
    raise sa.exc.OperationalError("INSERT", {}, OSError("disk full"))


def test_stopping_writes_what_waits_and_takes_nothing_more(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    people = room.joins(3)
    number = room.puts()
    batch = [given(room, person, number) for person in people]
    heard: list[Any] = []
    for one in batch:
        writer.add(one, heard.append)
    writer.stop()
    assert heard == [Kept(1)] * 3
    with pytest.raises(Busy):
        writer.add(batch[0], heard.append)
    writer.start(sqlite_house.app)
