"""What people say privately: nameless, seen, answered, gone at the end. On both databases.

Each promise is tried on variants that are broken on purpose, which the same attack has to catch.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from attune import access, changes, fleeting, leading, presence, seats, signals
from attune.db import db, transaction
from attune.errors import Invalid, NotYours, TooFast
from attune.keys import keyring
from attune.models import RoomFacilitator, Signal
from attune.sealing import Key, about_signal, fingerprint
from attune.signals import Answered, Told
from attune.stage import stage
from tests.house import CHOICE, House, LiveRoom

WORDS = "by the tall window, a clavichord"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(fleeting, "clock", clock)
    monkeypatch.setattr(presence, "clock", clock)
    return clock


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    """What is in memory knows rooms by their numbers, and the next database begins anew."""
    yield
    for room_id in presence.live_rooms():
        presence.forget(room_id)
        fleeting.forget(room_id)


def watched(house: House, **settings: Any) -> LiveRoom:
    """A room with a console."""
    room = house.room(CHOICE, **settings)
    presence.console_came(room.id)
    return room


def tells(room: LiveRoom, token: bytes, level: int = 2, meet: str = "here", note: str = "") -> str:
    """Somebody says it; its id."""
    with transaction():
        row, _ = access.seat_for(room.ref, token)
        return signals.tell(row, token, Told(level=level, meet=meet, note=note)).id


def sees(room: LiveRoom, id: str, name: str = "Sam") -> None:
    with transaction():
        signals.see(access.room_for(room.lead_id, room.ref), id, name)


def answers(room: LiveRoom, id: str, answered: Answered, name: str = "Sam") -> None:
    with transaction():
        signals.answer(access.room_for(room.lead_id, room.ref), id, name, answered)


def told(room: LiveRoom, token: bytes) -> str:
    """What this phone is told of what it said."""
    said = signals.mine(room.row, token)
    return said.told or said.state if said else ""


def waiting(room: LiveRoom) -> list[tuple[int, str]]:
    seen = stage(room.row, "console").console
    assert seen
    return [(one.level, one.note) for one in seen.signals]


def test_it_goes_to_the_console_without_a_name_and_seen_comes_back(house: House) -> None:
    room = watched(house)
    [somebody, other] = room.joins(2)
    id = tells(room, somebody, 2, "come_to_me", WORDS)
    assert waiting(room) == [(2, WORDS)]
    assert (told(room, somebody), told(room, other)) == ("sent", "")
    sees(room, id)
    assert told(room, somebody) == "seen"
    said = signals.mine(room.row, somebody)
    assert said
    assert said.seen_by == "Sam"


def test_it_stays_on_the_console_until_somebody_marks_it_cared_for(house: House) -> None:
    room = watched(house)
    [somebody] = room.joins()
    id = tells(room, somebody, 1, "")
    sees(room, id)
    assert waiting(room) == [(1, "")]
    with transaction():
        signals.care_for(access.room_for(room.lead_id, room.ref), id, "Sam")
    assert (waiting(room), told(room, somebody)) == ([], "cared")


def test_the_most_urgent_that_nobody_has_seen_stands_first(house: House) -> None:
    room = watched(house)
    one, two, three = room.joins(3)
    sees(room, tells(room, three, 3))
    tells(room, one, 1, "")
    tells(room, two, 2)
    assert [level for level, _ in waiting(room)] == [2, 1, 3]


def test_saying_it_again_takes_the_place_of_what_was_said_before(house: House) -> None:
    room = watched(house)
    [somebody] = room.joins()
    tells(room, somebody, 1, "")
    tells(room, somebody, 3, "here")
    assert waiting(room) == [(3, "")]


def test_what_is_taken_back_is_empty_and_its_number_never_comes_again(house: House) -> None:
    room = watched(house)
    [somebody] = room.joins()
    for _ in range(3):
        id = tells(room, somebody, 2, "come_to_me", WORDS)
        with transaction():
            signals.withdraw(access.seat_for(room.ref, somebody)[0], somebody, id)
    assert (waiting(room), told(room, somebody)) == ([], "")
    assert len(db.session.query(Signal).all()) == 3
    assert not any(said.note for said in signals.everything(room.row))


def test_nobody_takes_back_what_somebody_else_said(house: House) -> None:
    room = watched(house)
    somebody, other = room.joins(2)
    id = tells(room, somebody)
    with pytest.raises(NotYours), transaction():
        signals.withdraw(access.seat_for(room.ref, other)[0], other, id)
    assert len(waiting(room)) == 1


def test_answers_go_to_whoever_said_it(house: House) -> None:
    room = watched(house)
    somebody, other = room.joins(2)
    id = tells(room, somebody)
    lead = room.row
    for answered in (Answered(ready="come"), Answered(ready="out"), Answered(text="  Soon. ")):
        answers(room, id, answered)
    said = signals.mine(lead, somebody)
    assert said
    assert [str(text) for _, text in signals.replies(lead, said)] == [
        "I'll come over at the next pause.",
        "Would you like to step out with Sam?",
        "Soon.",
    ]
    assert (said.state, said.seen_by) == ("seen", "Sam")
    assert signals.mine(lead, other) is None


@pytest.mark.parametrize("sent", [{}, {"text": " "}, {"text": "a" * 141}, {"ready": "hm"}])
def test_an_answer_is_short_and_not_empty(house: House, sent: dict[str, str]) -> None:
    room = watched(house)
    [somebody] = room.joins()
    id = tells(room, somebody)
    with pytest.raises(Invalid):
        answers(room, id, signals.read(signals.Answered, sent))


def test_one_phone_says_only_so_much(house: House) -> None:
    room = watched(house)
    [somebody] = room.joins()
    for _ in range(signals.MOST_OF_A_SEAT):
        tells(room, somebody)
    with pytest.raises(TooFast):
        tells(room, somebody)


# --- not pretending that somebody watches -------------------------------------------------------


def test_nothing_is_offered_or_taken_while_no_console_is_there(
    sqlite_house: House, clock: Clock
) -> None:
    room = sqlite_house.room(CHOICE)
    [somebody] = room.joins()
    assert stage(room.row, "participant").room.tells == ""
    with pytest.raises(signals.Unwatched):
        tells(room, somebody)
    presence.console_came(room.id)
    assert stage(room.row, "participant").room.tells == "Jo"
    presence.console_went(room.id)
    clock.now += 59
    assert signals.is_offered(room.row)
    clock.now += 2
    assert not signals.is_offered(room.row)
    with pytest.raises(signals.Unwatched):
        tells(room, somebody)


def test_a_room_can_do_without(sqlite_house: House) -> None:
    room = watched(sqlite_house, signals=False)
    [somebody] = room.joins()
    assert stage(room.row, "participant").room.tells == ""
    with pytest.raises(signals.Unwatched):
        tells(room, somebody)


def test_whoever_watches_over_the_room_looks_after_what_is_said(sqlite_house: House) -> None:
    room = watched(sqlite_house)
    assert signals.owner(room.row) == "Jo"
    sam = sqlite_house.facilitator("Sam")
    with transaction():
        leading.ask_in(access.room_for(room.lead_id, room.ref), sam.id)
    assert signals.owner(room.row) == "Sam"
    assert stage(room.row, "participant").room.tells == "Sam"
    with transaction():
        member = db.session.get(RoomFacilitator, (room.id, sam.id))
        db.session.delete(member)
    assert signals.owner(room.row) == "Jo"


@pytest.mark.parametrize(("level", "seconds"), [(1, 60), (2, 60), (3, 30)])
def test_not_seen_yet_is_said_in_time(
    sqlite_house: House, clock: Clock, level: int, seconds: int
) -> None:
    room = watched(sqlite_house)
    [somebody] = room.joins()
    id = tells(room, somebody, level)
    clock.now += seconds - 1
    assert told(room, somebody) == "sent"
    clock.now += 1
    assert told(room, somebody) == "late"
    sees(room, id)
    assert told(room, somebody) == "seen"


def test_after_a_restart_nobody_is_told_to_wait_for_longer(sqlite_house: House) -> None:
    room = watched(sqlite_house)
    [somebody] = room.joins()
    tells(room, somebody)
    fleeting.forget(room.id)  # what was in memory is gone
    assert told(room, somebody) == "late"


# --- the pace -----------------------------------------------------------------------------------


def asks(room: LiveRoom, token: bytes, kind: fleeting.Pace) -> None:
    with transaction():
        signals.ask_pace(access.seat_for(room.ref, token)[0], token, kind)


def test_one_alone_is_told_of_for_a_pause_only(sqlite_house: House) -> None:
    room = watched(sqlite_house)
    one, two = room.joins(2)
    for kind in fleeting.PACES:
        asks(room, one, kind)
        asks(room, one, kind)
    assert signals.pace(room.row) == ("pause",)
    asks(room, two, "lost")
    assert signals.pace(room.row) == ("pause", "lost")
    assert signals.own_pace(room.row, two) == ("lost",)
    with transaction():
        signals.withdraw(access.seat_for(room.ref, two)[0], two, "lost")
    assert signals.pace(room.row) == ("pause",)


def test_a_pace_fades_after_two_minutes_or_with_the_next_prompt(
    sqlite_house: House, clock: Clock
) -> None:
    room = watched(sqlite_house)
    [one] = room.joins()
    asks(room, one, "pause")
    clock.now += 119
    asks(room, one, "pause")  # again while it stands does not make it last
    assert signals.pace(room.row) == ("pause",)
    clock.now += 2
    assert signals.pace(room.row) == ()
    assert fleeting.faded() == [room.id]
    asks(room, one, "pause")
    room.puts()
    assert signals.pace(room.row) == ()


def test_a_pace_is_written_down_nowhere(sqlite_house: House) -> None:
    room = watched(sqlite_house)
    one, two = room.joins(2)
    room.puts()
    before = sqlite_house.rows("SELECT audience, region, v FROM version")
    asks(room, one, "lost")
    assert sqlite_house.rows("SELECT audience, region, v FROM version") == before
    asks(room, two, "lost")
    after = sqlite_house.rows("SELECT audience, region, v FROM version")
    assert {row[0] for row in {*after} - {*before}} == {"console"}
    assert sqlite_house.rows("SELECT count(*) FROM signal") == [(0,)]


# --- who is it ----------------------------------------------------------------------------------


def joined(house: House, room: LiveRoom, said: int) -> int:
    """How many pairs somebody with the database and K, and no phone, can tell to be of one person.

    By equal numbers, by what is inside the seals, and by numbers that can be worked out from seats.
    """
    key = keyring.live(room.ref)
    rows = house.rows("SELECT key, body FROM signal")
    seats = house.rows("SELECT key, token_hash FROM seat")
    answers = {bytes(pid) for (pid,) in house.rows("SELECT pid FROM answer")}
    numbers = [bytes(number) for number, _ in rows]
    assert len(numbers) == said
    marks = []
    for number, body in rows:
        opened = json.loads(key.open(bytes(body), about_signal(room.ref, bytes(number))))
        inside = {value for value in opened.values() if isinstance(value, str) and len(value) > 15}
        marks.append({number, *inside} - {""})
    known = [bytes(value) for seat in seats for value in seat]
    made = {
        one
        for secret, number in itertools.product(known, range(40))
        for one in (key.signal(secret, number), key.pid(secret, number, 0), secret)
    }
    pairs = sum(bool(a & b) for a, b in itertools.combinations(marks, 2))
    return pairs + sum(number in made | answers for number in numbers)


def linkable(house: House) -> int:
    """Three people say two things each and answer a question."""
    room = watched(house)
    people = room.joins(3)
    number = room.puts()
    for token in people:
        room.gives(token, number, {"picks": ["a"]})
        tells(room, token, 1, "")
        tells(room, token, 2)
    return joined(house, room, 6)


def test_nothing_of_it_is_tied_to_a_seat_an_answer_or_another_signal(sqlite_house: House) -> None:
    assert linkable(sqlite_house) == 0


def of_the_seat(key: Key, token: bytes, number: int) -> bytes:
    """A number that can be worked out from what is stored of a seat."""
    return Key.signal(key, fingerprint(token), number)


def of_the_first_round(key: Key, token: bytes, number: int) -> bytes:
    """The number under which the same person's answer lies."""
    return key.pid(token, 1, 0) if number == 0 else Key.signal(key, token, number)


BROKEN = {"of the seat": of_the_seat, "of an answer": of_the_first_round}


@pytest.mark.parametrize("name", BROKEN)
def test_a_number_that_could_be_joined_is_caught(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(signals, "keys_of", with_numbers(BROKEN[name]))
    assert linkable(sqlite_house) > 0


def with_numbers(number_of: object) -> object:
    def keys_of(room: object, token: bytes) -> list[bytes]:
        key = keyring.live(room.ref)  # type: ignore[attr-defined]
        return [number_of(key, token, number) for number in range(signals.MOST_OF_A_SEAT)]  # type: ignore[operator]

    return keys_of


def moved(house: House) -> set[str]:
    """Whose pages change while somebody says something, is answered, and takes it back."""
    room = watched(house)
    one, two = room.joins(2)
    room.puts()
    before = {*house.rows("SELECT audience, region, v FROM version")}
    for level in (1, 2, 3):
        id = tells(room, one, level, "")
        sees(room, id)
        answers(room, id, Answered(text="Soon."))
        with transaction():
            signals.withdraw(access.seat_for(room.ref, one)[0], one, id)
        asks(room, one, "lost")
        asks(room, two, "lost")
        with transaction():
            row, seat = access.seat_for(room.ref, one)
            seats.step_away(row, seat, on=level != 2)
    after = {*house.rows("SELECT audience, region, v FROM version")}
    return {str(audience) for audience, _, _ in after - before}


def test_no_page_but_a_console_moves_when_something_is_said(sqlite_house: House) -> None:
    assert moved(sqlite_house) == {"console"}


def test_a_phone_that_moves_with_it_is_caught(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    spots = (*changes.PARTS["signals"], changes.Spot("participant", "side"))
    monkeypatch.setitem(changes.PARTS, "signals", spots)
    assert "participant" in moved(sqlite_house)


def test_all_are_of_one_size_whatever_is_said(house: House) -> None:
    room = watched(house)
    one, two = room.joins(2)
    tells(room, one, 1, "")
    id = tells(room, two, 3, "come_to_me", "\U0001d11e" * 80)
    for _ in range(4):
        answers(room, id, Answered(text='"\U0001d11e' * 70), "\U0001d11e" * 80)
    assert {len(body) for (body,) in house.rows("SELECT body FROM signal")} == {signals.SIZE}


def test_at_the_end_nothing_is_left_not_even_how_often(house: House) -> None:
    quiet, loud = watched(house), watched(house)
    for room in (quiet, loud):
        [somebody] = room.joins()
        room.puts()
        for _ in range(5 if room is loud else 0):
            tells(room, somebody, 2, "come_to_me", WORDS)
        room.ends()
    assert house.rows("SELECT count(*) FROM signal") == [(0,)]
    counted = {
        room.id: house.rows(f"SELECT v FROM version WHERE region='signals' AND room_id={room.id}")
        for room in (quiet, loud)
    }
    assert counted[quiet.id] == counted[loud.id]


def test_what_is_said_is_in_no_file_that_is_not_sealed(sqlite_house: House) -> None:
    room = watched(sqlite_house)
    [somebody] = room.joins()
    tells(room, somebody, 2, "come_to_me", WORDS)
    assert WORDS.encode() not in sqlite_house.bytes_on_disk()
