"""Rooms in which nobody writes anything: children's, and those that say so."""

import pytest

from attune import rooms
from attune.errors import Conflict, NotAnAnswer
from attune.kinds import AnyKind, kind_of
from attune.rounds import parts_of
from tests.house import House, Prompt
from tests.kinds.cases import CASES

WRITTEN = "Our own words"


@pytest.mark.parametrize(("kind", "settings"), CASES)
def test_no_kind_takes_words_where_only_prepared_answers_are(
    kind: AnyKind, settings: object
) -> None:
    less = kind.without_words(settings)
    if less is None:
        assert any(section.is_text for section in kind.sections(settings))
        return
    assert kind.settings.model_validate(less.model_dump(mode="json")) == less
    assert not any(section.is_text for section in kind.sections(less))
    for name, field in kind.answer.model_fields.items():
        if field.annotation is not None and "Text" in repr(field):
            with pytest.raises(NotAnAnswer):
                kind.read_answer(less, {name: WRITTEN})


def test_in_a_room_of_prepared_answers_a_step_is_asked_without_words(house: House) -> None:
    choice = {"options": [{"label": "Tea"}, {"label": "Water"}], "allow_other": True}
    room = house.room(Prompt("choice", choice), Prompt("words", {}), own_words="no")
    (ana,) = room.joins()
    number = room.puts()
    with pytest.raises(NotAnAnswer):
        room.gives(ana, number, {"other": WRITTEN})
    assert room.gives(ana, number, {"picks": ["a"]}).ver == 1
    with pytest.raises(Conflict, match="choose from what is there"):
        room.puts(1)


@pytest.mark.parametrize(
    ("age_band", "own_words", "takes"),
    [
        ("adult", "usual", True),
        ("teen", "usual", True),
        ("child", "usual", False),
        ("child", "yes", True),
        ("adult", "no", False),
    ],
)
def test_children_write_only_where_it_is_switched_on(
    house: House, age_band: str, own_words: str, *, takes: bool
) -> None:
    room = house.room(Prompt("affect", {}), age_band=age_band, own_words=own_words)
    known = rooms.settings_of(room.row)
    assert known.takes_own_words == takes
    assert known.keep_days == (30 if age_band == "adult" else 7)
    room.puts()
    round = rooms.current_round(room.row)
    assert round
    assert parts_of(round)[1].cells == (3 if age_band == "child" else 7)  # type: ignore[attr-defined]
    assert kind_of("affect").easier == {"cells": 3}
