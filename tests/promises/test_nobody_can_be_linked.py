"""A1: somebody with a copy of the database, and no keys, tries to join what is of one person.

Forty rooms of twelve people with habits, eight rounds (`tests.crowd`). The attacker
(`attune.auditing.linking`) has one copy, the log beside it included, and tries everything that it
shows. The measure is the mean rank of the true partner among all candidates, from 0 (found at
once) to 1; guessing gives one half. The same attack must succeed on schemas that are bad on
purpose.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from attune import backup, cards, releases, rounds, seats
from attune.auditing.linking import Copy, Outcome, Pair, copy_of, strongest
from attune.db import WRITING, db, sweep
from attune.sealing import Key
from tests.crowd import PEOPLE, Crowd, Truth, copied
from tests.figures import Tell
from tests.house import House, Prompt

ROOMS, ROUNDS = 40, 8
FEW = 8  # rooms are enough to catch what is bad


def seen(house: House, to: Path) -> Copy:
    """What a copy shows that is made at this moment."""
    db.session.close()
    to.mkdir()
    return copy_of(copied(house, to, shutil.copyfile))


def keep_the_log() -> None:
    """SQLite empties it now and then by itself; nothing that we promise may rest on that."""
    with db.engines[WRITING].connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")


def attacked(pairs: Sequence[Pair], copy: Copy) -> Outcome:
    return strongest(pairs, copy.features())


@contextmanager
def logged() -> Iterator[list[logging.LogRecord]]:
    """Everything that any part of the program logs meanwhile."""
    records: list[logging.LogRecord] = []

    class Hears(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler, root = Hears(logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_a_copy_joins_no_two_answers_of_a_person_and_no_answer_to_a_seat(
    sqlite_house: House, tmp_path: Path, tell: Tell
) -> None:
    keep_the_log()
    crowd = Crowd(sqlite_house, ROOMS, Random(1))
    copies = {}
    with logged() as records:
        first = crowd.put()
        crowd.give(first)
        copies["the first round is open"] = seen(sqlite_house, tmp_path / "first")
        crowd.close(first)
        crowd.whole_session(ROUNDS - 2)
        last = crowd.put()
        crowd.give(last)
        copies["the last round is open"] = seen(sqlite_house, tmp_path / "last")
        truth = Truth(crowd, ROUNDS)
        crowd.close(last)
        copies["all rounds are closed"] = seen(sqlite_house, tmp_path / "closed")
        for number in range(1, ROUNDS, 3):
            crowd.preview(number)
        copies["some results are made"] = seen(sqlite_house, tmp_path / "made")
    assert records == [], "an answer or a command leaves a line in the log"
    for when, copy in copies.items():
        for what, pairs in (
            ("answers to answers", truth.across_rounds(copy)),
            ("answers to seats", truth.to_seats(copy)),
        ):
            if pairs:
                outcome = attacked(pairs, copy)
                tell("A1", f"{what}, while {when}", said(outcome))
                assert not outcome.succeeds, (what, when, outcome)


def test_a_backup_of_live_rooms_has_no_row_of_anybody(
    sqlite_house: House, tmp_path: Path, tell: Tell
) -> None:
    """Several of them, made while rounds are open, would else be a film of who answers when."""
    crowd = Crowd(sqlite_house, FEW, Random(4))
    crowd.whole_session(1)
    crowd.give(crowd.put())
    truth = Truth(crowd, 2)
    db.session.close()
    backup.write(tmp_path / "backup.sqlite")
    whole = (tmp_path / "backup.sqlite").read_bytes()
    there = copy_of(tmp_path / "backup.sqlite")
    rows = sum(map(len, [*there.answers.values(), *there.seats.values()]))
    hits = sum(name in whole for name in truth.owner)
    tell("A1", "a backup of live rooms", f"{rows} rows, {hits} of {len(truth.owner)} numbers")
    assert (rows, hits) == (0, 0)
    raw = seen(sqlite_house, tmp_path / "raw")
    assert sum(map(len, [*raw.answers.values(), *raw.seats.values()])) == len(truth.owner)


def said(outcome: Outcome) -> str:
    return (
        f"mean rank {outcome.mean_rank:.3f} at best (by {outcome.by}), chance 0.500, found below "
        f"{outcome.bound:.3f}; {outcome.pairs} pairs"
    )


# --- what the attack must catch ---------------------------------------------------------------

Broken = Callable[[pytest.MonkeyPatch], None]


def an_arrival_column(_: pytest.MonkeyPatch) -> None:
    """A table that numbers answers as they come, as a log or an audit would."""
    with db.engines[WRITING].begin() as connection:
        connection.exec_driver_sql("CREATE TABLE came (n INTEGER PRIMARY KEY, what BLOB UNIQUE)")
        connection.exec_driver_sql(
            "CREATE TRIGGER coming AFTER INSERT ON answer BEGIN "
            "INSERT OR IGNORE INTO came (what) VALUES (NEW.pid); END"
        )


def the_order_kept_at_close(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "_write_in_order", lambda *_: None)


def one_number_for_all_rounds(patch: pytest.MonkeyPatch) -> None:
    honest = Key.pid
    patch.setattr(Key, "pid", lambda key, token, _round, _act: honest(key, token, 0, 0))


def a_size_for_each_answer(patch: pytest.MonkeyPatch) -> None:
    honest = Key.seal

    def snug(key: Key, content: bytes, about: bytes, size: int | None = None) -> bytes:
        return honest(key, content, about, len(content) + 32 if size else None)

    patch.setattr(Key, "seal", snug)


def a_log_that_is_not_emptied(patch: pytest.MonkeyPatch) -> None:
    """Every page as it was after each COMMIT: a film of the session."""
    patch.setattr(rounds, "sweep_soon", lambda: None)
    keep_the_log()


BAD: list[Broken] = [
    an_arrival_column,
    the_order_kept_at_close,
    one_number_for_all_rounds,
    a_size_for_each_answer,
    a_log_that_is_not_emptied,
]


@pytest.mark.parametrize("broken", BAD)
def test_the_same_attack_joins_answers_where_it_should(
    sqlite_house: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Tell,
    broken: Broken,
) -> None:
    broken(monkeypatch)
    crowd = Crowd(sqlite_house, FEW, Random(2))
    crowd.whole_session(ROUNDS)
    truth = Truth(crowd, ROUNDS)
    if broken is not a_log_that_is_not_emptied:
        db.session.close()
        assert sweep()
    copy = seen(sqlite_house, tmp_path / "copy")
    outcome = attacked(truth.across_rounds(copy), copy)
    tell("A1", f"caught: {broken.__name__.replace('_', ' ')}", said(outcome))
    assert outcome.succeeds


def test_the_same_attack_joins_answers_to_seats_that_lie_as_they_came(
    sqlite_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Tell
) -> None:
    """Unless seats are written anew before the first question, as well as after each."""
    monkeypatch.setattr(seats, "write_in_order", lambda _room: None)
    monkeypatch.setattr(rounds, "sweep_soon", lambda: None)
    keep_the_log()
    crowd = Crowd(sqlite_house, 3 * FEW, Random(3))
    crowd.give(crowd.put())
    truth = Truth(crowd, 1)
    copy = seen(sqlite_house, tmp_path / "copy")
    outcome = attacked(truth.to_seats(copy), copy)
    tell("A1", "caught: seats as they came", said(outcome))
    assert outcome.succeeds


# --- two parts of one answer, by somebody who has the keys as well ----------------------------

PARTS = Prompt("closing", {"change_ask": True})


def by_their_place(house: House, many: int) -> Outcome:
    """Of results of two parts each: the answer in the one, by where it lies in the other."""
    found = []
    for _ in range(many):
        room = house.room(PARTS)
        people = room.joins(PEOPLE)
        number = room.puts()
        told = [{"word": f"w{at}", "change": f"c{at}"} for at in range(PEOPLE)]
        room.all_give(number, list(zip(people, told, strict=True)))
        room.closes(number)
        room.previews(number)
        body = room.result(number)
        assert body
        words = [str(value).strip("w[']") for value in body.values["word"]]
        wishes = [card["text"].strip("c") for card in body.values["change"]]
        for place, whose in enumerate(words):
            distance = {other: abs(place - at) for at, other in enumerate(wishes)}
            nearer = sum(each < distance[whose] for each in distance.values())
            level = sum(each == distance[whose] for each in distance.values()) - 1
            found.append((nearer + level / 2) / (PEOPLE - 1))
    return Outcome("place", sum(found) / len(found), len(found))


def test_two_parts_of_an_answer_cannot_be_joined_even_with_the_keys(
    sqlite_house: House, tell: Tell
) -> None:
    outcome = by_their_place(sqlite_house, 12)
    tell("A1", "parts of an answer, with the keys", said(outcome))
    assert not outcome.succeeds


@pytest.mark.parametrize("broken", ["no order of its own", "one order for all parts"])
def test_parts_that_lie_alike_are_joined(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, tell: Tell, broken: str
) -> None:
    def shuffle(values: list[Any]) -> None:
        if broken == "one order for all parts":
            Random(len(values)).shuffle(values)

    for random in (releases._random, cards._random):
        monkeypatch.setattr(random, "shuffle", shuffle)
    outcome = by_their_place(sqlite_house, 4)
    tell("A1", f"caught: {broken}", said(outcome))
    assert outcome.succeeds
