"""Asking something on the spot, and where it leaves the plan, on both databases."""

import pytest

from attune import access, asking, rooms, rounds, summary
from attune.agenda import Agenda, agenda_of
from attune.asking import Asked
from attune.db import transaction
from attune.errors import Conflict
from attune.forms import Unfit
from attune.frame import TENDER_NEED
from attune.kinds import kinds
from attune.stage import stage
from tests.house import CHOICE, CLOSING, House, LiveRoom

TEA = {"choice.options": "Tea\n\n  Water \nJuice"}


def asks(room: LiveRoom, asked: Asked, seen: int | None = None) -> int:
    """Ask it; the number of its round."""
    with transaction():
        row = access.room_for(room.lead_id, room.ref)
        last = rooms.current_round(row)
        at = (last.number if last else 0) if seen is None else seen
        return asking.ask(row, asked, at, str).number


def agenda(room: LiveRoom) -> Agenda:
    row = room.row
    return agenda_of(rounds.steps_of(row), rooms.rounds_of(row))


def lines(room: LiveRoom) -> list[str]:
    return [f"{line.title}: {line.state}" for line in agenda(room).steps]


def foot(room: LiveRoom) -> tuple[str, str]:
    found = agenda(room)
    return (
        found.back.title if found.back else "",
        found.next.title if found.next else "",
    )


def example_of(name: str) -> dict[str, str]:
    """Something to write in every box that a kind wants."""
    offered = next(kind for kind in asking.offered() if kind.name == name)
    return {
        wanted.path: "one\ntwo" if wanted.in_lines else f"word {number}"
        for number, wanted in enumerate(offered.wanted)
    }


@pytest.mark.parametrize("name", sorted(kinds()))
def test_any_kind_can_be_asked_with_a_title_and_the_little_that_it_needs(
    house: House, name: str
) -> None:
    room = house.room(CHOICE)
    number = asks(room, Asked(name, "What would help?", more=example_of(name)))
    round = room.round(number)
    assert (round.kind, round.step_id, round.state) == (name, None, "open")
    assert round.frame["title"] == "What would help?"
    assert room.row.state == "live"
    for audience in ("participant", "screen", "console"):
        assert stage(room.row, audience).round
    assert all(need >= 4 for need in round.needs.values())


def test_an_invitation_that_is_left_empty_is_the_kinds_own(house: House) -> None:
    room = house.room(CHOICE)
    first = asks(room, Asked("words", "One"))
    second = asks(room, Asked("words", "Two", "Just one, if you like."))
    assert room.round(first).frame["invitation"] == kinds()["words"].defaults.invitation
    assert room.round(second).frame["invitation"] == "Just one, if you like."


def test_lines_are_rows_and_a_title_names_the_row_that_has_room_for_it(house: House) -> None:
    room = house.room(CHOICE)
    options = room.round(asks(room, Asked("choice", "What?", more=TEA))).settings["options"]
    assert [option["label"] for option in options] == ["Tea", "Water", "Juice"]
    more = {"scale.items.low": "calm", "scale.items.high": "awake"}
    [item] = room.round(asks(room, Asked("scale", "How are you?", more=more))).settings["items"]
    assert (item["label"], item["low"], item["high"]) == ("How are you?", "calm", "awake")


def test_settings_may_be_sent_as_they_stand_in_a_plan(house: House) -> None:
    room = house.room(CHOICE)
    settings = dict(CHOICE.settings) | {"mode": "multiple", "max_picks": 2}
    number = asks(room, Asked("choice", "What?", settings=settings))
    assert room.round(number).settings["max_picks"] == 2
    with pytest.raises(Unfit) as refused:
        asks(room, Asked("choice", "What?", settings={"options": "Tea"}))
    assert refused.value.field == "settings.options"


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        (Asked("words", "  "), {"title"}),
        (Asked("words", "x" * 81), {"title"}),
        (Asked("words", "Fine", "x" * 601), {"invitation"}),
        (Asked("nothing", "Fine"), {"kind"}),
        (Asked("choice", ""), {"title", "choice.options"}),
        (Asked("choice", "Fine", more={"choice.options": "Tea"}), {"choice.options"}),
        (Asked("choice", "Fine", more={"choice.options": "Tea\ntea"}), {"choice.options"}),
        (Asked("scale", "Fine", more={"scale.items.low": "a"}), {"scale.items.high"}),
        (
            Asked("scale", "Fine", more={"scale.items.low": "1", "scale.items.high": "2"}),
            {"scale.items.low"},
        ),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_puts_nothing(
    house: House, asked: Asked, fields: set[str]
) -> None:
    room = house.room(CHOICE)
    room.puts(0)
    with pytest.raises(Unfit) as refused:
        asks(room, asked)
    assert set(refused.value.problems) == fields
    assert (room.round(1).state, len(rooms.rounds_of(room.row))) == ("open", 1)


def test_a_stale_console_asks_nothing(house: House) -> None:
    room = house.room(CHOICE)
    room.puts(0)
    with pytest.raises(Conflict):
        asks(room, Asked("words", "What?"), seen=0)
    assert len(rooms.rounds_of(room.row)) == 1


def test_the_plan_stays_where_it_was(house: House) -> None:
    room = house.room(CHOICE, CLOSING)
    assert foot(room) == ("", "Step 1")
    asks(room, Asked("words", "Before all"))
    assert foot(room) == ("", "Step 1")
    room.puts(0)
    assert foot(room) == ("", "Step 2")
    asks(room, Asked("words", "In between"))
    assert foot(room) == ("Step 1", "Step 2")
    assert lines(room) == ["Before all: done", "Step 1: done", "In between: now", "Step 2: ahead"]
    room.puts(1)
    assert foot(room) == ("Step 1", "")
    asks(room, Asked("words", "After all"))
    assert foot(room) == ("Step 2", "")
    assert lines(room)[-1] == "After all: now"


def test_the_way_of_the_session_stays_where_it_was(house: House) -> None:
    room = house.room(CLOSING)
    room.puts(0)
    assert room.round(asks(room, Asked("weather", "And now?"))).frame["phase"] == "explore"


def test_what_was_asked_in_between_is_put_again_and_stands_in_the_agenda_once(
    house: House,
) -> None:
    room = house.room(CHOICE)
    room.puts(0)
    first = asks(room, Asked("choice", "What?", more=TEA))
    with transaction():
        row = access.room_for(room.lead_id, room.ref)
        again = rounds.put_again(row, access.round_of(row, first), first)
    assert again.settings == room.round(first).settings
    assert lines(room) == ["Step 1: done", "What?: now"]


def test_the_same_question_again_with_one_person_more_is_drawn_soft(house: House) -> None:
    """The difference of two exact pictures would be that person's answer."""
    room = house.room(CHOICE)
    people = room.joins(TENDER_NEED + 1)

    def again(title: str, answering: int) -> bool:
        number = asks(room, Asked("choice", title, more=TEA))
        for person in people[:answering]:
            room.gives(person, number, {"picks": ["a"]})
        room.closes(number)
        room.previews(number)
        body = room.result(number)
        assert body
        return body.again

    assert not again("What?", TENDER_NEED)
    assert not again("Something else?", TENDER_NEED), "another question"
    assert again("  what? ", TENDER_NEED + 1)


def test_the_summary_has_it(house: House) -> None:
    room = house.room(CHOICE)
    people = room.joins(4)
    number = asks(room, Asked("words", "What would help?"))
    for person in people:
        room.gives(person, number, {"words": ["time"]})
    room.closes(number)
    room.shows(number)
    room.ends()
    document = summary.document_of(room.row, str)
    assert document
    [step] = document["group"]["steps"]
    assert (step["step"], step["kind"]) == ("What would help?", "words")
    assert "time" in str(step["sections"])
