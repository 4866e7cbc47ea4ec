"""Which rounds are compared in a room, and that the change is what people's own record says."""

from random import Random
from typing import Any

import pytest

from attune import access, comparing, releases, stage
from attune.db import db, transaction
from attune.display import Picture
from attune.models import Step
from tests.house import House, LiveRoom, Prompt

LINE = {"label": "Right now I feel", "low": "stirred up", "high": "settled"}
SCALE = Prompt("scale", {"items": [LINE]})
AFTER = SCALE._replace(pair_with=0)
PEOPLE = 9


def answers(room: LiveRoom, number: int, given: dict[bytes, int | None]) -> None:
    """Everybody gives a place on the line, or passes."""
    room.all_give(
        number,
        [(who, {"items": {"i1": at}} if at else None) for who, at in given.items()],
    )
    room.closes(number)


def picture_of(room: LiveRoom, number: int, form: Any = "full") -> Picture:
    body = room.result(number)
    assert body
    (picture,) = releases.pictures(room.round(number), body, form)
    return picture


def changed(picture: Picture) -> dict[str, int]:
    assert picture.change
    return {str(way.name).split(",")[0]: way.count for way in picture.change.ways}


def test_the_change_is_that_of_those_who_answered_both_times(house: House) -> None:
    """One came late, one left, one passed the first and one the second: none of them is in it."""
    random = Random(4)
    room = house.room(SCALE, AFTER)
    people = room.joins(PEOPLE)
    first: dict[bytes, int | None] = {who: random.randint(1, 7) for who in people}
    first[people[0]] = None
    answers(room, room.puts(0), first)
    late = room.joins()
    second: dict[bytes, int | None] = {who: random.randint(1, 7) for who in [*people[:-1], *late]}
    second[people[1]] = None
    answers(room, room.puts(1), second)
    room.shows(2)
    picture = picture_of(room, 2)
    both = [(first[who], second[who]) for who in people[2:-1]]
    assert changed(picture) == {
        "Up": sum(now > then for then, now in both if then and now),
        "The same": sum(now == then for then, now in both),
        "Down": sum(now < then for then, now in both if then and now),
    }
    assert picture.before
    assert (picture.before.n, picture.n) == (PEOPLE - 1, PEOPLE - 1)
    assert picture.change
    assert picture.change.n == PEOPLE - 3


def test_a_changed_answer_counts_as_it_was_last(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(5)
    number = room.puts(0)
    for who in people:
        room.gives(who, number, {"items": {"i1": 7}})
        room.gives(who, number, {"items": {"i1": 2}})
    room.closes(number)
    answers(room, room.puts(1), dict.fromkeys(people, 3))
    room.previews(2)
    assert changed(picture_of(room, 2)) == {"Up": 5, "The same": 0, "Down": 0}


def test_the_first_result_is_made_with_the_second_if_nobody_looked(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(5)
    answers(room, room.puts(0), dict.fromkeys(people, 4))
    answers(room, room.puts(1), dict.fromkeys(people, 5))
    assert room.release(1) is None
    room.previews(2)
    first = room.release(1)
    assert first
    assert first.state == "review"
    assert changed(picture_of(room, 2)) == {"Up": 5, "The same": 0, "Down": 0}


def test_fewer_pairs_than_the_need_say_nothing_of_the_change(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(4)
    answers(room, room.puts(0), dict.fromkeys(people, 4))
    others = room.joins(3)
    answers(room, room.puts(1), dict.fromkeys([*people[:3], *others], 5))
    room.previews(2)
    body = room.result(2)
    assert body
    assert body.before["i1"]["counts"] is None
    picture = picture_of(room, 2)
    assert picture.before
    assert picture.change
    assert picture.change.held


def test_where_the_first_was_held_the_second_stands_for_itself(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(6)
    answers(room, room.puts(0), dict.fromkeys(people[:2], 4))
    assert room.previews(1) == "held"
    second = room.puts(1)
    assert room.round(second).pair_id is None
    answers(room, second, dict.fromkeys(people, 5))
    room.previews(second)
    assert picture_of(room, second).before is None


def test_the_prompt_says_that_it_is_compared_and_only_while_it_is(house: House) -> None:
    def told(number: int) -> str:
        db.session.close()
        seen = stage.stage(room.row, "participant").round
        assert seen
        assert seen.number == number
        return seen.compared

    room = house.room(SCALE, SCALE, SCALE._replace(pair_with=1))
    people = room.joins(5)
    assert told(room.puts(0)) == ""
    assert told(room.puts(1)) == "first"
    answers(room, 2, dict.fromkeys(people, 4))
    assert told(room.puts(2)) == "second"
    answers(room, 3, dict.fromkeys(people, 4))
    room.previews(3)
    assert told(room.puts(2)) == ""  # what ties them is gone


def test_it_has_to_be_planned_before_the_first_is_put(house: House) -> None:
    room = house.room(SCALE, SCALE)
    people = room.joins(5)
    answers(room, room.puts(0), dict.fromkeys(people, 4))
    with transaction():
        later = db.session.get(Step, room.steps[1])
        assert later
        later.pair_with = room.steps[0]
    second = room.puts(1)
    assert room.round(second).pair_id is None


@pytest.mark.parametrize(
    "after",
    [
        Prompt("scale", {"items": [LINE | {"low": "tense"}]}, pair_with=0),
        Prompt("scale", {"items": [LINE], "points": 5}, pair_with=0),
        Prompt("scale", {"items": [LINE]}, {"reach": "facilitator"}, pair_with=0),
        Prompt("weather", {}, pair_with=0),
    ],
)
def test_what_does_not_ask_the_same_is_not_compared(house: House, after: Prompt) -> None:
    room = house.room(SCALE, after)
    first = room.puts(0)
    assert room.round(first).pair_id is None
    assert room.round(room.puts(1)).pair_id is None


def test_a_tender_step_is_compared_softly_and_needs_five(house: House) -> None:
    tender = {"tender": True}
    room = house.room(SCALE._replace(frame=tender), AFTER._replace(frame=tender))
    people = room.joins(6)
    answers(room, room.puts(0), {who: 1 + at for at, who in enumerate(people)})
    answers(room, room.puts(1), dict.fromkeys(people[:4], 5))
    assert room.previews(2) == "held"
    room.reopens(2)
    answers(room, 2, dict.fromkeys(people[4:], 5))
    room.previews(2)
    picture = picture_of(room, 2)
    assert picture.form == "soft"
    assert picture.before is None  # the tags went when it was held


def test_affect_and_weather_count_who_moved(house: House) -> None:
    for kind, then, now in (
        ("affect", {"x": 1, "y": 1}, {"x": 1, "y": 2}),
        ("weather", {"pick": "fog"}, {"pick": "clear"}),
    ):
        room = house.room(Prompt(kind, {}), Prompt(kind, {}, pair_with=0))
        people = room.joins(6)
        number = room.puts(0)
        room.all_give(number, [(who, then) for who in people])
        room.closes(number)
        number = room.puts(1)
        room.all_give(number, [(who, now if at < 4 else then) for at, who in enumerate(people)])
        room.closes(number)
        room.shows(number)
        body = room.result(number)
        assert body
        picture = releases.pictures(room.round(number), body, "full")[0]
        assert changed(picture) == {"Moved": 4, "Stayed": 2}


def test_all_bodies_of_a_compared_round_have_one_size(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(3)
    number = room.puts(0)
    room.gives(people[0], number, {"items": {"i1": 7}})
    for _ in range(4):
        room.gives(people[1], number, {"items": {"i1": 3}})
    room.gives(people[2], number, None)
    rows = house.rows("SELECT length(body) FROM answer")
    assert {size for (size,) in rows} == {room.round(number).body_size}


def test_a_late_retry_still_hears_that_it_was_kept(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(5)
    number, idem = room.puts(0), "0" * 32
    room.gives(people[0], number, {"items": {"i1": 7}}, idem)
    answers(room, number, dict.fromkeys(people[1:], 4))
    answers(room, room.puts(1), dict.fromkeys(people, 4))
    room.previews(2)
    assert room.gives(people[0], number, {"items": {"i1": 7}}, idem).ver == 1


def test_forgetting_leaves_the_answers_as_they_were(house: House) -> None:
    room = house.room(SCALE, AFTER)
    people = room.joins(3)
    number = room.puts(0)
    room.gives(people[0], number, {"items": {"i1": 7}})
    room.gives(people[1], number, None)
    room.closes(number)
    before = [room.has(who) for who in people]
    with transaction():
        row, round = access.round_for(room.lead_id, room.ref, number)
        comparing.forget(row, [round])
    assert [room.has(who) for who in people] == before
    assert before[0] == {"1": {"pass": False, "answer": {"items": {"i1": 7}}}}
