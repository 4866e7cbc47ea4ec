"""What each audience sees, decided in one place."""

import pytest

from attune.stage import stage
from tests.house import CHOICE, CLOSING, House, LiveRoom, Prompt


def shown_to(room: LiveRoom, number: int) -> dict[str, list[str]]:
    """The sections of the result that each audience sees, held ones left out."""
    seen = {}
    for audience in ("participant", "screen", "console"):
        results = stage(room.row, audience).results
        seen[audience] = [one.section for one in results.pictures] if results else []
    return seen


def closed(room: LiveRoom, many: int = 5) -> int:
    people = room.joins(many)
    number = room.puts()
    answer = {"picks": ["a"]} if room.round(number).kind == "choice" else {"word": "w", "safe": 5}
    room.all_give(number, [(person, answer) for person in people])
    room.closes(number)
    return number


def test_nobody_sees_a_result_before_it_is_shown_and_the_console_alone_a_preview(
    sqlite_house: House,
) -> None:
    room = sqlite_house.room(CHOICE)
    number = closed(room)
    console = stage(room.row, "console").console
    assert console
    assert console.preview is None
    room.previews(number)
    assert shown_to(room, number) == {"participant": [], "screen": [], "console": []}
    console = stage(room.row, "console").console
    assert console
    assert console.preview
    assert [one.section for one in console.preview.pictures] == ["picks"]


def test_what_is_shown_holds_the_groups_part_alone(sqlite_house: House) -> None:
    room = sqlite_house.room(CLOSING)
    number = closed(room)
    room.shows(number)
    assert shown_to(room, number)["participant"] == ["word"]
    console = stage(room.row, "console").console
    assert console
    assert console.preview
    held = {one.section: one.held for one in console.preview.pictures}
    assert held == {"word": False, "safe": False, "useful": True, "change": True}


@pytest.mark.parametrize(
    ("show_on", "phones", "screen"),
    [("both", True, True), ("screen", False, True), ("phones", True, False)],
)
def test_a_step_may_keep_its_result_to_one_place(
    sqlite_house: House, show_on: str, phones: bool, screen: bool
) -> None:
    room = sqlite_house.room(Prompt(CHOICE.kind, CHOICE.settings, {"show_on": show_on}))
    number = closed(room)
    room.shows(number)
    seen = shown_to(room, number)
    assert bool(seen["participant"]) is phones
    assert bool(seen["screen"]) is screen


def test_a_content_note_is_told_before_the_question(sqlite_house: House) -> None:
    room = sqlite_house.room(
        Prompt(CHOICE.kind, CHOICE.settings, {"title": "Loss", "content_note": "About loss."})
    )
    room.puts()
    assert "Loss" not in str(stage(room.row, "participant").status)


def test_while_a_round_is_open_no_audience_is_given_any_tally(sqlite_house: House) -> None:
    room = sqlite_house.room(CHOICE)
    people = room.joins(5)
    number = room.puts()
    room.all_give(number, [(person, {"picks": ["a"]}) for person in people])
    for audience in ("participant", "screen", "console"):
        seen = stage(room.row, audience)
        assert seen.results is None
        assert seen.console is None or seen.console.preview is None
    console = stage(room.row, "console").console
    assert console
    assert console.responded == 5
