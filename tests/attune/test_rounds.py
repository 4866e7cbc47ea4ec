"""Putting, closing, opening again, and what may be seen of a round, on both databases."""

import json

import pytest

from attune import rooms, rounds, summary
from attune.db import db, sweep, transaction
from attune.errors import Conflict, Invalid, ReleaseMade, RoomEnded, RoundClosed, RoundOpen
from attune.models import Round
from attune.stage import stage
from tests.house import CHOICE, CLOSING, House, LiveRoom, Prompt


def filled(room: LiveRoom, answers: int, passes: int = 0, step: int = 0) -> int:
    """A closed round with so many answers and passes."""
    people = room.joins(answers + passes)
    number = room.puts(step)
    for index, person in enumerate(people):
        answer = {"picks": ["abc"[index % 3]]} if index < answers else None
        room.gives(person, number, answer)
    room.closes(number)
    return number


def test_putting_a_step_in_the_lobby_starts_the_room_and_closes_the_one_before(
    house: House,
) -> None:
    room = house.room(CHOICE, CLOSING)
    assert room.row.state == "lobby"
    first = room.puts(0)
    assert room.row.state == "live"
    second = room.puts(1)
    assert room.round(first).state == "closed"
    assert room.round(second).state == "open"


def test_a_stale_console_puts_nothing(house: House) -> None:
    room = house.room(CHOICE, CLOSING)
    room.puts(0)
    with pytest.raises(Conflict):
        room.puts(1, seen=0)
    assert [round.number for round in _rounds(room)] == [1]


def test_a_foreign_step_is_not_put(house: House) -> None:
    room, other = house.room(CHOICE), house.room(CHOICE)
    room.steps = other.steps
    with pytest.raises(Invalid):
        room.puts(0)


def test_closing_twice_changes_nothing_and_grace_still_takes_answers(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.closes(number, grace=60)
    at = room.round(number).closes_at
    room.closes(number, grace=60)
    assert room.round(number).closes_at == at
    assert room.gives(ana, number, {"picks": ["a"]})
    room.closes(number)
    room.closes(number)
    assert room.round(number).given == 1


def test_a_round_whose_grace_is_over_takes_nothing_and_is_closed(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.closes(number, grace=1)
    with transaction():
        db.session.merge(room.round(number)).closes_at = rounds.now_ms() - 1
    with pytest.raises(RoundClosed):
        room.gives(ana, number, {"picks": ["a"]})
    assert rounds.any_due()
    with transaction():
        rounds.close_due()
    assert room.round(number).state == "closed"
    assert not rounds.any_due()


def test_nothing_is_looked_at_while_it_is_open(house: House) -> None:
    room = house.room(CHOICE)
    number = room.puts()
    with pytest.raises(RoundOpen):
        room.previews(number)


def test_too_few_answers_are_held_however_many_passed(house: House) -> None:
    room = house.room(CHOICE)
    number = filled(room, answers=3, passes=5)
    assert room.previews(number) == "held"
    assert room.result(number) is None
    with pytest.raises(Conflict):
        room.shows(number)


def test_a_held_round_can_be_opened_again_and_its_answers_count(house: House) -> None:
    room = house.room(CHOICE)
    number = filled(room, answers=3)
    assert room.previews(number) == "held"
    room.reopens(number)
    (late,) = room.joins()
    room.gives(late, number, {"picks": ["a"]})
    room.closes(number)
    assert room.previews(number) == "review"


def test_making_a_result_deletes_the_answers_and_shuts_the_round_for_good(
    house: House,
) -> None:
    room = house.room(CHOICE)
    number = filled(room, answers=5, passes=1)
    assert room.previews(number) == "review"
    assert house.rows("SELECT pid FROM answer") == []
    body = room.result(number)
    assert body
    assert (body.answers, body.passes) == (5, 1)
    assert sorted(map(tuple, body.values["picks"])) == [("a",), ("a",), ("b",), ("b",), ("c",)]
    with pytest.raises(ReleaseMade):
        room.reopens(number)


def test_showing_hiding_and_showing_softer_move_nothing_but_the_form(house: House) -> None:
    room = house.room(CHOICE)
    number = filled(room, answers=5)
    room.shows(number)
    before = room.result(number)
    room.hides(number)
    release = room.release(number)
    assert release
    assert release.state == "review"
    room.shows(number, "soft")
    room.shows(number, "soft")
    assert room.result(number) == before
    with pytest.raises(Invalid):
        room.shows(number, "everything")


def test_each_section_has_its_own_need_and_a_held_one_is_destroyed(house: House) -> None:
    room = house.room(CLOSING)
    people = room.joins(5)
    number = room.puts()
    for person in people[:4]:
        room.gives(person, number, {"word": "calm", "safe": 2})
    room.gives(people[4], number, {"word": "calm"})
    room.closes(number)
    room.previews(number)
    body = room.result(number)
    assert body
    assert set(body.values) == {"word"}
    assert body.noticed == ["At least one person did not feel safe enough."]


def test_what_only_the_facilitator_may_see_is_never_for_the_group(house: House) -> None:
    never = Prompt(CHOICE.kind, CHOICE.settings, {"reveal": "never"})
    room = house.room(never)
    number = filled(room, answers=5)
    assert room.previews(number) == "review"
    with pytest.raises(Conflict):
        room.shows(number)


def test_a_tender_step_needs_five(house: House) -> None:
    room = house.room(Prompt(CHOICE.kind, CHOICE.settings, {"tender": True}))
    assert room.previews(filled(room, answers=4)) == "held"


def test_a_step_put_again_with_one_person_more_is_drawn_soft(house: House) -> None:
    room = house.room(CHOICE)
    people = room.joins(6)
    for many in (5, 6):
        number = room.puts()
        for person in people[:many]:
            room.gives(person, number, {"picks": ["a"]})
        room.closes(number)
        room.previews(number)
    first, second = room.result(1), room.result(2)
    assert first
    assert second
    assert (first.again, second.again) == (False, True)


def test_an_ended_room_cannot_be_moved(house: House) -> None:
    room = house.room(CHOICE)
    number = room.puts()
    room.ends()
    for move in (room.puts, lambda: room.closes(number), lambda: room.previews(number)):
        with pytest.raises(RoomEnded):
            move()


def test_closing_writes_the_rows_anew_in_the_order_of_their_numbers(
    sqlite_house: House,
) -> None:
    """Without rowid the table is a tree by its key; what may tell is where a page puts a row."""
    room = sqlite_house.room(CHOICE)
    number = filled(room, answers=12)
    pids = [pid for (pid,) in sqlite_house.rows("SELECT pid FROM answer")]
    whole = sqlite_house.bytes_on_disk()
    places = [whole.rindex(pid) for pid in pids]
    assert places in (sorted(places), sorted(places, reverse=True))
    assert room.round(number).given == 12


def test_after_closing_nobody_can_read_who_joined_when(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    filled(room, answers=12)
    db.session.close()
    assert sweep()
    whole = sqlite_house.bytes_on_disk()
    keys = [key for (key,) in sqlite_house.rows("SELECT key FROM seat ORDER BY key")]
    places = [whole.rindex(key) for key in keys]
    assert places in (sorted(places), sorted(places, reverse=True))


def _rounds(room: LiveRoom) -> list[Round]:
    return rooms.rounds_of(room.row)


def test_a_text_that_is_kept_back_is_in_no_picture_and_no_summary(house: House) -> None:
    room = house.room(CLOSING)
    people = room.joins(5)
    number = room.puts()
    words = ["calm", "Calm!", "rotten", "tired", "calm"]
    room.all_give(number, [(p, {"word": w}) for p, w in zip(people, words, strict=True)])
    room.closes(number)
    room.previews(number)
    room.keeps_back(number, "word", "rotten")
    room.shows(number)
    for audience in ("participant", "screen", "console"):
        seen = stage(room.row, audience)
        assert "rotten" not in repr(seen.results)
    console = stage(room.row, "console").console
    assert console
    assert console.preview
    (reviewed,) = console.preview.texts
    kept_back = {text.item.text: text.item.hidden for text in reviewed.texts}
    assert kept_back.pop("rotten")
    assert not any(kept_back.values())
    assert "rotten" not in json.dumps(summary.collect(room.row, str, final=False))
    room.keeps_back(number, "word", "rotten", hidden=False)
    assert "rotten" in repr(stage(room.row, "screen").results)


def test_a_text_that_is_not_there_cannot_be_kept_back(house: House) -> None:
    room = house.room(CLOSING)
    people = room.joins(4)
    number = room.puts()
    room.all_give(number, [(person, {"word": "calm"}) for person in people])
    room.closes(number)
    with pytest.raises(Invalid):
        room.keeps_back(number, "word", "calm")
    room.previews(number)
    for section, text in [("word", "other"), ("safe", "calm"), ("nothing", "calm")]:
        with pytest.raises(Invalid):
            room.keeps_back(number, section, text)
