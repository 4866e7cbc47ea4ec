"""A1: somebody with a copy of the database, and no keys, tries to join answers of one person.

People keep their pace (who answered early answers early again) and their length. The attacker
sees what a copy shows of rounds whose results were never made: numbers, sizes, and where on the
page of the file a row lies. The measure is the mean rank of the true partner among all candidates,
from 0 (found at once) to 1; guessing gives one half. The same attack must succeed on four schemas
that are bad on purpose.
"""

from collections.abc import Mapping
from random import Random

import pytest

from attune import rounds
from attune.auditing.linking import Row, Session, bound, by_place, laid, mean_rank, strongest
from attune.db import db, sweep
from attune.keys import keyring
from attune.models import Round
from attune.rounds import ACT
from attune.sealing import Key
from tests.house import House, LiveRoom, Prompt

PEOPLE, ROUNDS = 12, 8
HABIT = 0.7  # how often somebody keeps their place in the order of answering
TOGETHER = 4  # answers that share a COMMIT
# Small bodies lie beside each other on a page; large ones fill pages of their own.
SMALL = Prompt("choice", {"options": [{"label": "Tea"}, {"label": "Water"}]})
LARGE = Prompt("closing", {"ratings": ["safe"], "change_ask": True})


def held_session(house: House, random: Random, ask: Prompt) -> Session:
    """A room whose rounds are all closed and never looked at: the most there ever is to copy."""
    room = house.room(ask)
    people = room.joins(PEOPLE)
    length = {person: random.choice([0, 40, 90, 190]) for person in people}
    usual = random.sample(people, PEOPLE)
    for _ in range(ROUNDS):
        number = room.puts()
        give_in_order(room, number, in_habit(usual, random), length, ask)
        room.closes(number)
    return Session(*copied(house, room, people))


def in_habit(usual: list[bytes], random: Random) -> list[bytes]:
    """The usual order, with everybody else at random places."""
    places = list(range(len(usual)))
    movers = [place for place in places if random.random() > HABIT]
    moved = random.sample(movers, len(movers))
    order = list(usual)
    for at, to in zip(movers, moved, strict=True):
        order[to] = usual[at]
    return order


def give_in_order(
    room: LiveRoom, number: int, order: list[bytes], length: dict[bytes, int], ask: Prompt
) -> None:
    """A few at a time, as when people answer within the same moment."""
    for at in range(0, len(order), TOGETHER):
        few = order[at : at + TOGETHER]
        room.all_give(number, [(person, answer_of(ask, length[person])) for person in few])


def answer_of(ask: Prompt, length: int) -> Mapping[str, object]:
    if ask is SMALL:
        return {"picks": ["a"]}
    return {"word": "w"} | ({"change": "x" * length} if length else {})


def copied(
    house: House, room: LiveRoom, people: list[bytes]
) -> tuple[list[list[Row]], list[dict[bytes, int]]]:
    db.session.close()
    assert sweep()
    whole = house.bytes_on_disk()
    key = keyring.live(room.ref)
    rows, owner = [], []
    for number in range(1, ROUNDS + 1):
        round_id = room.round(number).id
        owner.append({key.pid(person, round_id, ACT): at for at, person in enumerate(people)})
        found = house.rows(f"SELECT pid, body FROM answer WHERE round_id = {round_id}")
        rows.append(laid(whole, found))
    return rows, owner


# --- the attack (attune/auditing/linking.py) -----------------------------------------------------


def limit(sessions: list[Session]) -> float:
    return bound(len(sessions) * PEOPLE * (ROUNDS - 1))


@pytest.mark.parametrize("ask", [SMALL, LARGE], ids=["small bodies", "large bodies"])
def test_a_copy_of_the_database_joins_no_two_answers_of_a_person(
    sqlite_house: House, ask: Prompt
) -> None:
    random = Random(1)
    sessions = [held_session(sqlite_house, random, ask) for _ in range(6)]
    name, rank = strongest(sessions)
    print(f"A1, {ask.kind}: strongest attack by {name}: mean rank {rank:.3f}, chance 0.5")
    assert rank > limit(sessions)


def _keep_the_order(_round: Round) -> None:
    """The broken variant of closing: the rows stay where they were put."""


def _one_number(self: Key, token: bytes, _round_id: int, _act: int) -> bytes:
    return HONEST_PID(self, token, 0, 0)


HONEST_PID = Key.pid
HONEST_SEAL = Key.seal


def _snug(self: Key, content: bytes, about: bytes, size: int | None = None) -> bytes:
    return HONEST_SEAL(self, content, about, len(content) + 32 if size else None)


@pytest.mark.parametrize("broken", ["the order is kept", "one number", "a size each"])
def test_the_same_attack_succeeds_where_it_should(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "the order is kept":
        monkeypatch.setattr(rounds, "_write_in_order", _keep_the_order)
    elif broken == "one number":
        monkeypatch.setattr(Key, "pid", _one_number)
    else:
        monkeypatch.setattr(Key, "seal", _snug)
    random = Random(2)
    sessions = [held_session(sqlite_house, random, LARGE) for _ in range(2)]
    name, rank = strongest(sessions)
    print(f"A1, {broken}: by {name}: mean rank {rank:.3f}")
    assert rank < limit(sessions)


def test_an_arrival_column_would_give_people_away() -> None:
    random = Random(3)
    sessions = [arrival_session(random) for _ in range(4)]
    rank = mean_rank(sessions, by_place)
    print(f"A1, an arrival column: mean rank {rank:.3f}")
    assert rank < limit(sessions)


def arrival_session(random: Random) -> Session:
    """The same people in a table that numbers its rows as they come."""
    usual = list(range(PEOPLE))
    rows, owner = [], []
    for _ in range(ROUNDS):
        order = in_habit([bytes([person]) for person in usual], random)
        pids = [random.randbytes(16) for _ in order]
        rows.append([Row(pid, 256, at, at) for at, pid in enumerate(pids)])
        owner.append({pid: person[0] for pid, person in zip(pids, order, strict=True)})
    return Session(rows, owner)
