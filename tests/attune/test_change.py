"""What changed between two times: counted right, and never softened so that one stands alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune.display import Form, Picture, change, draw
from attune.display.change import Earlier, beside, gives_one_away, grouped, tally
from attune.kinds import Axes, Category, Section

NEED = 4
FORMS: tuple[Form, ...] = ("full", "soft", "words")
STRIP: Section[Any] = Section(
    "it",
    "strip",
    lambda answer: answer,
    categories=tuple(
        Category(str(i), label)
        for i, label in enumerate(["stirred up", "2", "3", "4", "5", "6", "settled"], 1)
    ),
)
GRID: Section[Any] = Section(
    "it", "grid", lambda answer: answer, axes=Axes(7, ("bad", "good"), ("low", "high"))
)
SKY: Section[Any] = Section(
    "it",
    "icons",
    lambda answer: answer,
    categories=tuple(Category(name, name) for name in ("clear", "fog", "storm")),
)

step = st.integers(1, 7)
place = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(list)
pick = st.sampled_from(["clear", "fog", "storm"]).map(lambda name: [name])


def pairs_of(value: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[Any, Any]]]:
    return st.lists(st.tuples(value, value), min_size=NEED, max_size=40)


of_all: st.SearchStrategy[tuple[Section[Any], list[tuple[Any, Any]]]] = st.one_of(
    st.tuples(st.just(STRIP), pairs_of(step)),
    st.tuples(st.just(GRID), pairs_of(place)),
    st.tuples(st.just(SKY), pairs_of(pick)),
)
up_same_down = st.tuples(*[st.integers(0, 9)] * 3).filter(lambda counts: sum(counts) >= NEED)


def compared(
    of: Section[Any],
    pairs: Sequence[tuple[Any, Any]],
    form: Form = "full",
    counts: Mapping[str, int] | None = None,
) -> Picture:
    then, now = [[pair[at] for pair in pairs] for at in (0, 1)]
    earlier = draw(of, then, form=form, need=NEED, tender=False)
    picture = draw(of, now, form=form, need=NEED, tender=False)
    return beside(picture, of, Earlier(earlier, counts or tally(of.draw, pairs)))


def ways(up: int, same: int, down: int) -> dict[str, int]:
    return {"up": up, "same": same, "down": down}


def said(picture: Picture) -> str:
    assert picture.change
    return " ".join(str(sentence) for sentence in picture.change.sentences)


def drawn(form: Form, **counts: int) -> str:
    found = change.draw(STRIP if "up" in counts else SKY, counts, form)
    return " ".join(str(sentence) for sentence in found.sentences)


@given(of_all)
def test_everybody_who_answered_both_times_is_counted_once(
    case: tuple[Section[Any], list[tuple[Any, Any]]],
) -> None:
    of, pairs = case
    counts = tally(of.draw, pairs)
    assert sum(counts.values()) == len(pairs)
    if of is STRIP:
        assert counts == ways(
            sum(now > then for then, now in pairs),
            sum(now == then for then, now in pairs),
            sum(now < then for then, now in pairs),
        )
    else:
        assert counts == {
            "moved": sum(now != then for then, now in pairs),
            "stayed": sum(now == then for then, now in pairs),
        }


@given(of_all, st.randoms())
def test_it_is_the_same_in_whatever_order_people_come(
    case: tuple[Section[Any], list[tuple[Any, Any]]], random: Any
) -> None:
    of, pairs = case
    mixed = random.sample(pairs, len(pairs))
    assert tally(of.draw, pairs) == tally(of.draw, mixed)


@given(up_same_down)
def test_softened_no_class_stands_for_one_person(counts: tuple[int, int, int]) -> None:
    groups = grouped(ways(*counts))
    assert sum(count for _, count in groups) == sum(counts)
    assert [way for names, _ in groups for way in names] == ["up", "same", "down"]
    assert all(count != 1 for _, count in groups)
    shown = change.draw(STRIP, ways(*counts), "soft")
    assert all(way.count != 1 for way in shown.ways)


@given(up_same_down)
def test_softened_only_what_has_to_be_is_joined(counts: tuple[int, int, int]) -> None:
    if 1 not in counts:
        assert len(grouped(ways(*counts))) == 3


@given(up_same_down)
def test_the_group_cannot_be_undone_by_the_total(counts: tuple[int, int, int]) -> None:
    """A joined group stands for at least 2, so what is left of the total is nobody's alone."""
    for names, count in grouped(ways(*counts)):
        if len(names) > 1:
            assert count >= 2


def test_in_full_each_class_is_told() -> None:
    assert drawn("full", up=5, same=3, down=2) == (
        "Of the 10 who answered both times: 5 up, 3 the same, 2 down."
    )
    assert drawn("full", up=5, same=0, down=1) == (
        "Of the 6 who answered both times: 5 up, 0 the same, 1 down."
    )
    assert drawn("full", moved=6, stayed=4) == (
        "Of the 10 who answered both times: 6 moved, 4 stayed."
    )


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((5, 3, 2), "5 up, 3 the same, 2 down."),
        ((5, 2, 1), "5 up, 3 the same or down."),
        ((1, 4, 5), "5 up or the same, 5 down."),
        ((5, 1, 2), "5 up, 3 the same or down."),
        ((2, 1, 5), "3 up or the same, 5 down."),
        ((0, 4, 2), "0 up, 4 the same, 2 down."),
    ],
)
def test_softened_a_class_with_one_person_is_joined(
    counts: tuple[int, int, int], text: str
) -> None:
    assert drawn("soft", **ways(*counts)).endswith(text)


@pytest.mark.parametrize("counts", [(1, 0, 5), (5, 0, 1), (1, 5, 1)])
def test_softened_until_nothing_is_told_apart_it_says_so(counts: tuple[int, int, int]) -> None:
    found = change.draw(STRIP, ways(*counts), "soft")
    assert str(found.sentences[0]).startswith("Too few of us went the same way")
    assert found.ways == ()
    assert found.n == 0
    assert drawn("soft", moved=1, stayed=6) == drawn("soft", moved=6, stayed=1)


@given(of_all)
def test_in_words_there_is_no_number(case: tuple[Section[Any], list[tuple[Any, Any]]]) -> None:
    picture = compared(*case, form="words")
    assert picture.change
    assert picture.before
    assert not any(letter.isdigit() for letter in said(picture))
    assert picture.change.ways == ()
    assert picture.change.n == 0


def test_in_words_it_tells_where_most_went() -> None:
    assert drawn("words", up=7, same=3, down=1) == (
        "Most of us: higher than before. Some of us: as before."
    )
    assert drawn("words", moved=8, stayed=2) == (
        "Most of us: somewhere else than before. Some of us: where we were before."
    )


@given(of_all, st.sampled_from(FORMS))
def test_both_times_are_drawn_as_they_would_be_alone(
    case: tuple[Section[Any], list[tuple[Any, Any]]], form: Form
) -> None:
    of, pairs = case
    picture = compared(of, pairs, form)
    then, now = [[pair[at] for pair in pairs] for at in (0, 1)]
    assert picture.before == draw(of, then, form=form, need=NEED, tender=False)
    alone = draw(of, now, form=form, need=NEED, tender=False)
    assert (picture.shape, picture.sentences, picture.counts) == (
        alone.shape,
        alone.sentences,
        alone.counts,
    )
    assert picture.n == len(pairs)


def test_below_the_need_nothing_is_said_of_what_changed() -> None:
    earlier = draw(STRIP, [1, 2, 3, 4], form="full", need=NEED, tender=False)
    now = draw(STRIP, [4, 5, 6, 7], form="full", need=NEED, tender=False)
    picture = beside(now, STRIP, Earlier(earlier, None))
    assert picture.change
    assert picture.change.held
    assert picture.change.ways == ()
    assert said(picture) == "Too few of us answered both times to say what changed."


def test_where_now_is_held_there_is_no_before_either() -> None:
    earlier = draw(STRIP, [1, 2, 3, 4], form="full", need=NEED, tender=False)
    held = draw(STRIP, [4, 5], form="full", need=NEED, tender=False)
    assert beside(held, STRIP, Earlier(earlier, ways(2, 1, 1))) == held


def test_the_facilitator_is_told_of_one_alone_and_of_all_alike() -> None:
    def marks(form: Form, *counts: int) -> dict[str, str]:
        pairs = [(3, 3)] * 6
        picture = compared(STRIP, pairs, form, ways(*counts))
        return {mark.name: str(mark.text) for mark in picture.marks[-1:]}

    assert "alone" in marks("full", 4, 1, 2)["lone"]
    assert "lone" not in marks("soft", 4, 1, 2)
    assert "same way" in marks("full", 6, 0, 0)["same"]
    assert "same way" in marks("words", 0, 0, 6)["same"]


def test_the_table_says_which_end_up_is() -> None:
    found = change.draw(STRIP, ways(5, 3, 2), "full")
    rows = {str(way.name): way.count for way in found.ways}
    assert rows == {
        "Up, towards “settled”": 5,
        "The same": 3,
        "Down, towards “stirred up”": 2,
    }


@given(pairs_of(step), st.lists(step, max_size=4), st.lists(step, max_size=4))
def test_a_difference_that_is_somebodys_answer_is_noticed(
    pairs: list[tuple[int, int]], left: list[int], late: list[int]
) -> None:
    """Where the two pictures differ by nothing but those who answered once, they are in it."""
    then = Counter([*(first for first, _ in pairs), *left])
    now = Counter([*(second for _, second in pairs), *late])
    counts = tally("strip", pairs)
    stands_out = (left or late) and now - then == Counter(late) and then - now == Counter(left)
    if stands_out and counts["same"] == len(pairs):
        assert gives_one_away(counts, then.total(), now.total(), NEED)
    if not left and not late:
        assert not gives_one_away(counts, then.total(), now.total(), NEED)


@pytest.mark.parametrize(("before", "after"), [(4, 4), (4, 8), (12, 9)])
def test_where_too_few_answered_both_times_the_two_are_one_question_put_twice(
    before: int, after: int
) -> None:
    assert gives_one_away(None, before, after, NEED)
    assert not gives_one_away(None, before, after + 20, NEED)


def test_of_two_grids_neither_is_finer_than_the_other() -> None:
    few, many = [[1, 1]] * 5, [[-1, 2]] * 20
    then, now = [draw(GRID, each, form="full", need=NEED, tender=False) for each in (many, few)]
    picture = beside(now, GRID, Earlier(then, {"moved": 4, "stayed": 0}))
    assert picture.before
    assert [type(each.shape).__name__ for each in (picture.before, picture)] == ["Quarters"] * 2
    assert [part.count for part in picture.before.shape.parts] == [20, 0, 0, 0, 0]
    assert picture.before.scales == ()
