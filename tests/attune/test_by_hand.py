"""Raised hands join a result that phones made, and never tell what a phone would not.

The attack is on the pictures: who knows the hands (everybody did see them) takes them away again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune import by_hand
from attune.display import ByHand, Form, Picture, added
from attune.errors import Conflict, Invalid
from attune.kinds import Section
from attune.summary import collect
from tests.attune.test_display import (
    BARS,
    CARDS,
    COUNT,
    FORMS,
    GRID,
    ICONS,
    NEED,
    ONE_OF,
    STRIP,
    WORDS,
    counted,
    marked,
    seen,
)
from tests.house import CHOICE, CLOSING, House, LiveRoom, Prompt

Case = tuple[Section[Any], list[Any], ByHand]
DRAWN: dict[Section[Any], st.SearchStrategy[Any]] = {
    STRIP: st.integers(1, 7),
    ONE_OF: st.sampled_from("1234").map(lambda id: [id]),
    BARS: st.lists(st.sampled_from("1234"), min_size=1, unique=True),
    ICONS: st.sampled_from("123").map(lambda id: [id]),
    WORDS: st.lists(st.sampled_from(["calm", "tired", "here"]), min_size=1, unique=True),
}


def hands(of: Section[Any]) -> st.SearchStrategy[ByHand]:
    keys = [key for key, _ in added.categories(of)] or ["calm", "warm"]
    counts = st.dictionaries(st.sampled_from(keys), st.integers(1, 9), min_size=1)

    def as_many(counts: Mapping[str, int]) -> st.SearchStrategy[ByHand]:
        total = sum(counts.values())
        least = max(counts.values()) if added.several(of) else total
        return st.integers(least, total).map(lambda people: ByHand(counts, people))

    return counts.flatmap(as_many)


def cases() -> st.SearchStrategy[Case]:
    return st.sampled_from([*DRAWN]).flatmap(
        lambda of: st.tuples(st.just(of), st.lists(DRAWN[of], max_size=12), hands(of))
    )


def named(of: Section[Any], by_hand: ByHand) -> Counter[str]:
    names = {key: str(name) for key, name in added.categories(of)}
    return Counter({names.get(key, key): count for key, count in by_hand.counts.items()})


def without(picture: Picture) -> Picture:
    return replace(picture, added=None)


@given(cases())
def test_hands_never_count_toward_the_need(case: Case) -> None:
    of, values, by_hand = case
    for form in FORMS:
        picture = seen(of, values, form, by_hand=by_hand)
        assert picture.held == (len(values) < NEED)
        if picture.held:
            assert picture == seen(of, values, form), "held says nothing of hands either"


@given(cases())
def test_in_full_the_tally_is_phones_and_hands(
    case: Case,
) -> None:
    of, values, by_hand = case
    picture, phones = seen(of, values, by_hand=by_hand), seen(of, values)
    if picture.held:
        return
    told = Counter({name: count or 0 for name, count in counted(picture).items()})
    alone = Counter({name: count or 0 for name, count in counted(phones).items()})
    assert +told == +(alone + named(of, by_hand))
    assert picture.n == phones.n + by_hand.people
    assert picture.marks == phones.marks, "what stands alone among phones is still said"
    assert picture.added
    assert picture.added.people == by_hand.people
    assert {str(one.category): one.count for one in picture.added.counts} == named(of, by_hand)


def tells_more(draws: Any, case: Case, form: Form) -> bool:
    """Whether the picture with hands tells more of the phones than the one without."""
    of, values, by_hand = case
    return bool(without(draws(of, values, form, by_hand)) != seen(of, values, form))


@given(cases())
def test_softened_and_in_words_hands_stand_beside_the_phones(
    case: Case,
) -> None:
    of, values, by_hand = case

    def draws(*arguments: Any) -> Picture:
        return seen(*arguments[:3], by_hand=arguments[3])

    for form in ("soft", "words"):
        assert not tells_more(draws, case, form)
        assert seen(of, values, "full", tender=True, by_hand=by_hand) == seen(
            of, values, "soft", tender=True, by_hand=by_hand
        )


def test_hands_mixed_into_a_softened_picture_would_show_one_phone() -> None:
    """The broken variant: softened together, one hand on “storm” hides nobody who sits there."""
    values = [["1"], ["1"], ["1"], ["3"]]
    hand = ByHand({"3": 1}, 1)

    def mixed(of: Section[Any], given: Sequence[Any], form: Form, by_hand: ByHand) -> Picture:
        return seen(of, [*given, *([["3"]] * by_hand.people)], form)

    assert tells_more(mixed, (ICONS, values, hand), "soft")
    assert counted(mixed(ICONS, values, "soft", hand))["storm"] == 2, "less one hand: one phone"
    kept = seen(ICONS, values, "soft", by_hand=hand)
    assert counted(kept)["storm"] is None


def test_a_place_a_number_and_a_text_of_ones_own_take_no_hands() -> None:
    assert not any(added.can_have(of) for of in (GRID, COUNT, CARDS))
    assert not added.can_have(replace(WORDS, named_from=2)), "a hand would name a phone's word"
    assert all(added.can_have(of) for of in DRAWN)


def test_one_alone_is_still_marked_when_a_hand_joins_them() -> None:
    assert "lone" in marked(seen(STRIP, [4, 4, 4, 7], by_hand=ByHand({"7": 3}, 3)))


# --- in a room ------------------------------------------------------------------------------------


def with_result(house: House, prompt: Prompt, answers: Sequence[Any], k: int = 3) -> LiveRoom:
    room = house.room(prompt, k=k)
    people = room.joins(len(answers))
    number = room.puts()
    room.all_give(number, list(zip(people, answers, strict=True)))
    room.closes(number)
    room.previews(number)
    return room


TEA = [{"picks": ["a"]}, {"picks": ["a"]}, {"picks": ["b"]}, None]


def test_what_was_counted_is_in_the_result_and_can_be_changed_and_taken_away(house: House) -> None:
    room = with_result(house, CHOICE, TEA)
    room.counts(1, {"picks": ByHand({"a": 2, "c": 1}, 3)})
    assert room.tells(1) == {"Tea": 4, "Water": 1, "Juice": 1}
    room.counts(1, {"picks": ByHand({"b": 1}, 1)})
    assert room.tells(1) == {"Tea": 2, "Water": 2, "Juice": 0}
    room.counts(1, {})
    assert room.tells(1) == {"Tea": 2, "Water": 1, "Juice": 0}


def test_a_held_result_stays_held_however_many_hands_there_are(house: House) -> None:
    room = with_result(house, CHOICE, TEA[:2])
    with pytest.raises(Conflict, match="Let's talk instead"):
        room.counts(1, {"picks": ByHand({"a": 30}, 30)})
    assert room.round(1).number == 1


def test_before_there_is_a_result_nothing_is_added(house: House) -> None:
    room = house.room(CHOICE, k=3)
    room.joins(3)
    room.puts()
    with pytest.raises(Conflict, match="Look at the result first"):
        room.counts(1, {"picks": ByHand({"a": 1}, 1)})


@pytest.mark.parametrize(
    ("counts", "field"),
    [
        (ByHand({"a": 1000}, 1000), "picks.a"),
        (ByHand({"a": -1}, 0), "picks.a"),
        (ByHand({"z": 1}, 1), "picks"),
    ],
)
def test_a_count_that_cannot_be_is_refused_at_its_field(
    house: House, counts: ByHand, field: str
) -> None:
    room = with_result(house, CHOICE, TEA)
    with pytest.raises(Invalid) as refusal:
        room.counts(1, {"picks": counts})
    assert refusal.value.field == field
    assert room.tells(1) == {"Tea": 2, "Water": 1, "Juice": 0}
    room.counts(1, {"picks": ByHand({"a": 999}, 999)})
    assert room.tells(1)["Tea"] == 1001


def test_where_one_person_may_count_twice_their_number_is_asked_for(house: House) -> None:
    options = [{"label": name} for name in ("Tea", "Water")]
    several = Prompt("choice", {"options": options, "mode": "multiple", "max_picks": 2})
    room = with_result(house, several, TEA)
    with pytest.raises(Invalid, match="From 3 to 5") as refusal:
        room.counts(1, {"picks": ByHand({"a": 3, "b": 2}, 0)})
    assert refusal.value.field == "picks.people"
    room.counts(1, {"picks": ByHand({"a": 3, "b": 2}, 4)})
    assert room.tells(1) == {"Tea": 5, "Water": 3}


def test_the_summary_keeps_them_as_counted_by_hand(house: House) -> None:
    room = with_result(house, CHOICE, TEA)
    room.counts(1, {"picks": ByHand({"c": 2}, 2)})
    room.shows(1, "soft")
    with house.app.test_request_context():
        document = collect(room.row, str, final=False)
    for part in ("group", "facilitator"):
        (section,) = document[part]["steps"][0]["sections"]
        assert section["by_hand"]["counts"] == [{"category": "Juice", "count": 2}]
        assert section["by_hand"]["people"] == 2
        assert section["n"] == 3


def test_two_who_count_at_once_do_not_overwrite_each_other(house: House) -> None:
    room = with_result(house, CHOICE, TEA)
    before = room.saw(1)
    room.counts(1, {"picks": ByHand({"a": 1}, 1)}, seen=before)
    with pytest.raises(Conflict, match="Somebody else"):
        room.counts(1, {"picks": ByHand({"b": 1}, 1)}, seen=before)
    assert room.tells(1)["Tea"] == 3
    room.counts(1, {"picks": ByHand({"b": 1}, 1)}, seen=room.saw(1))
    assert room.tells(1) == {"Tea": 2, "Water": 2, "Juice": 0}


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ("calm 3\ntired\n\ncalm", {"calm": 4, "tired": 1}),
        ("two words 2", {"two words": 2}),
        ("Calm 2\ncalm! 2", {"Calm": 4}),
        ("2024", {"2024": 1}),
        ("", {}),
    ],
)
def test_words_are_read_off_cards_a_line_each(typed: str, counts: dict[str, int]) -> None:
    assert by_hand.words_of(typed, "words.words") == counts


def test_a_line_that_is_no_word_is_named() -> None:
    with pytest.raises(Invalid, match="too long") as refusal:
        by_hand.words_of("calm\n" + "w" * 41 + " 2", "words.words")
    assert refusal.value.field == "words.words"


def test_private_parts_take_hands_and_stay_private(house: House) -> None:
    answers = [{"word": "calm", "safe": 4}] * 5
    room = with_result(house, CLOSING, answers)
    room.counts(1, {"word": ByHand({"calm": 1}, 1), "safe": ByHand({"2": 1}, 1)})
    room.shows(1)
    with house.app.test_request_context():
        group = collect(room.row, str, final=False)["group"]["steps"][0]["sections"]
    assert [section["name"] for section in group] == ["word"]
