"""What a group sees of its answers, and what it must never see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune.display import Card, Form, Picture, draw, held, text_key
from attune.display.quantiles import HALF, QUARTER, quantile
from attune.display.small import folded
from attune.display.strip import blocks_of
from attune.kinds import Axes, Category, Section

NEED = 4
FORMS: tuple[Form, ...] = ("full", "soft", "words")


def categories(*labels: str) -> tuple[Category, ...]:
    return tuple(Category(str(i), label) for i, label in enumerate(labels, 1))


def section(draw_as: Any, **more: Any) -> Section[Any]:
    return Section("it", draw_as, lambda answer: answer, **more)


STRIP = section("strip", categories=categories("Not settled", *[""] * 5, "Very settled"))
WORDED = section(
    "strip", categories=categories("not at all", "a little", "partly", "mostly", "fully")
)
BARS = section("bars", categories=categories("A walk", "Company", "Quiet", "A plan"), multiple=True)
ONE_OF = replace(BARS, multiple=False)
ICONS = section("icons", categories=categories("clear", "fog", "storm"))
WORDS = section("words", is_text=True)
CARDS = section("cards", is_text=True)
GRID = section("grid", axes=Axes(7, ("unpleasant", "pleasant"), ("low energy", "high energy")))
COUNT = section("count")


def seen(of: Section[Any], values: Sequence[Any], form: Form = "full", **more: Any) -> Picture:
    if of is CARDS:
        values = [Card(str(place), value) for place, value in enumerate(values)]
    return draw(of, values, **{"form": form, "need": NEED, "tender": False, **more})


def said(picture: Picture) -> str:
    return " ".join(str(sentence) for sentence in picture.sentences)


def counted(picture: Picture) -> dict[str, int | None]:
    return {str(count.category): count.count for count in picture.counts}


def marked(picture: Picture) -> dict[str, str]:
    return {mark.name: str(mark.text) for mark in picture.marks}


def many(value: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(value, min_size=NEED, max_size=70)


def a_few(value: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(value, min_size=1, max_size=most)


steps = many(st.integers(1, 7))
picks = many(a_few(st.sampled_from("1234"), 4))
places = many(st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(list))
some_words = st.sampled_from(["calm", "Calm!", "tired", "a bit tired", "rain", "好", "हिंदी"])
word_lists = many(a_few(some_words, 3))
texts = many(st.text("abc ", min_size=1).filter(str.strip))
one_of_all: st.SearchStrategy[tuple[Section[Any], list[Any]]] = st.one_of(
    st.tuples(st.sampled_from([STRIP]), steps),
    st.tuples(st.sampled_from([BARS]), picks),
    st.tuples(st.sampled_from([WORDS]), word_lists),
    st.tuples(st.sampled_from([GRID]), places),
    st.tuples(st.sampled_from([COUNT]), many(st.just(True))),
)


# Held


@pytest.mark.parametrize("form", FORMS)
def test_too_few_answers_are_held_and_nothing_of_them_is_told(form: Form) -> None:
    for of, value in ((STRIP, 3), (BARS, ["1"]), (WORDS, ["calm"]), (CARDS, "I was alone")):
        picture = seen(of, [value] * (NEED - 1), form)
        assert picture == held(of, NEED)
        assert (picture.held, picture.n, picture.shape) == (True, 0, None)
        assert said(picture) == "Not enough answers to show safely. Let's talk instead."


def test_what_was_left_out_does_not_count_towards_the_need() -> None:
    assert seen(STRIP, [3, 3, 3, None]).held
    assert seen(WORDS, [["calm"], ["calm"], ["calm"], []]).held


def test_a_tender_section_is_never_drawn_fuller_than_soft() -> None:
    values = [1, 1, 2, 4, 4, 7]
    assert seen(STRIP, values, "full", tender=True) == seen(STRIP, values, "soft")
    assert seen(STRIP, values, "words", tender=True) == seen(STRIP, values, "words")


# Order and repetition


@given(one_of_all, st.sampled_from(FORMS), st.randoms())
def test_the_order_of_answers_changes_nothing(
    drawn: tuple[Section[Any], list[Any]], form: Form, random: Any
) -> None:
    of, values = drawn
    other = list(values)
    random.shuffle(other)
    assert seen(of, values, form) == seen(of, other, form)


@given(texts)
def test_cards_keep_the_order_in_which_they_were_shuffled(values: list[str]) -> None:
    picture = seen(CARDS, values)
    assert [line.text for line in picture.texts] == values
    assert all(line.also is None for line in picture.texts)


# Ordered values


def test_a_strip_says_its_range_its_half_and_its_middle() -> None:
    picture = seen(STRIP, [2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 7])
    assert said(picture) == (
        "Answers run from 2 to 7. Half lie between 3 and 5. The middle one is 4."
    )
    assert picture.shape.band == (3, 5)
    assert picture.shape.middle == (4,)
    assert (picture.shape.ends.low, picture.shape.ends.high) == ("Not settled", "Very settled")
    assert marked(picture) == {"lone": "One answer stands alone, at 7."}
    assert picture.scale
    assert (picture.scale.q1, picture.scale.median, picture.scale.q3) == (3, 4, 5)
    assert (picture.scale.min, picture.scale.max) == (2, 7)


def test_worded_steps_are_named_by_their_words() -> None:
    picture = seen(WORDED, [2, 2, 3, 4, 4])
    assert said(picture) == ("Answers run from “a little” to “mostly”. The middle one is “partly”.")
    assert picture.shape.columns[0].label == "not at all"


def test_there_is_no_band_below_eight_answers() -> None:
    assert seen(STRIP, [2, 3, 4, 4, 5, 6, 6]).shape.band is None
    assert seen(STRIP, [2, 3, 4, 4, 5, 6, 6, 6]).shape.band == (4, 6)


def test_two_middle_answers_are_both_named() -> None:
    picture = seen(STRIP, [3, 3, 3, 3, 5, 5, 5, 5])
    assert "The middle two are 3 and 5." in said(picture)
    assert picture.shape.middle == (3, 5)


def test_a_room_in_two_places_gets_no_band_where_nobody_is() -> None:
    picture = seen(STRIP, [1] * 2 + [2] * 3 + [3] + [6] * 3 + [7] * 2)
    assert said(picture) == "Answers run from 1 to 7. The room is in two places."
    assert (picture.shape.band, picture.shape.middle) == (None, ())
    assert "two_places" in marked(picture)
    assert "two_places" not in marked(seen(STRIP, [1, 1, 1, 7, 7, 7, 7]))  # fewer than 8


def test_columns_take_over_from_dots_above_sixty() -> None:
    assert not seen(STRIP, [4] * 60).shape.tall
    assert seen(STRIP, [4] * 61).shape.tall


def test_everyone_giving_the_same_answer_is_marked() -> None:
    same = "Everyone gave the same answer. Showing it shows what each person said."
    for of, value in ((STRIP, 5), (ONE_OF, ["1"]), (GRID, [1, 2]), (WORDS, ["calm"])):
        for form in FORMS:
            assert marked(seen(of, [value] * 5, form)) == {"same": same}


@given(steps)
def test_the_columns_of_a_strip_add_up_to_its_answers(values: list[int]) -> None:
    picture = seen(STRIP, values)
    assert sum(count.count or 0 for count in picture.counts) == picture.n == len(values)


@given(st.lists(st.integers(1, 11), min_size=1), st.sampled_from([QUARTER, HALF, 3 * QUARTER]))
def test_a_quantile_has_its_share_of_the_answers_on_either_side(
    values: list[int], share: Any
) -> None:
    at = quantile(sorted(values), share)
    assert sum(value <= at for value in values) >= share * (len(values) - 1)
    assert sum(value >= at for value in values) >= (1 - share) * (len(values) - 1)


def test_quartiles_are_those_of_a_spreadsheet() -> None:
    assert [quantile([1, 2, 4, 7], share) for share in (QUARTER, HALF, 3 * QUARTER)] == [
        1.75,
        3,
        4.75,
    ]


# Softened, ordered


def test_softening_joins_a_single_answer_with_its_nearest_neighbour() -> None:
    picture = seen(STRIP, [2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 7], "soft")
    assert [(b.first, b.last, b.count) for b in picture.shape.blocks] == [
        (1, 2, 2),
        (3, 3, 3),
        (4, 4, 2),
        (5, 7, 4),
    ]
    assert said(picture).startswith("2 people are between 1 and 2. 3 people are at 3.")
    assert picture.counts == ()
    assert picture.scale
    assert (picture.scale.min, picture.scale.max) == (None, None)
    assert "lone" not in marked(picture)


@given(steps)
def test_no_block_stands_for_fewer_than_two_people(values: list[int]) -> None:
    blocks = seen(STRIP, values, "soft").shape.blocks
    assert all(block.count >= 2 for block in blocks)
    assert sum(block.count for block in blocks) == len(values)
    assert (blocks[0].first, blocks[-1].last) == (1, 7)
    assert all(before.last < after.first for before, after in pairwise(blocks))


@given(steps)
def test_the_smallest_and_the_largest_answer_are_not_printed(values: list[int]) -> None:
    blocks = seen(STRIP, values, "soft").shape.blocks
    assert blocks[0].last > 1
    assert blocks[-1].first < 7


@given(steps, steps)
def test_a_softened_strip_tells_no_more_than_its_blocks(
    values: list[int], others: list[int]
) -> None:
    first, second = seen(STRIP, values, "soft"), seen(STRIP, others, "soft")
    if first.shape.blocks == second.shape.blocks:
        assert replace(first, marks=()) == replace(second, marks=())


@given(steps)
def test_moving_answers_within_their_block_is_not_seen(values: list[int]) -> None:
    """What a difference of two pictures could tell, when a person changed their answer."""
    blocks = blocks_of(Counter(values), 7)
    for first, last, _ in blocks:
        inside = [value for value in values if first <= value <= last]
        turned = [value for value in values if not first <= value <= last]
        turned += [min(inside) + max(inside) - value for value in inside]
        if blocks_of(Counter(turned), 7) == blocks:
            before, after = seen(STRIP, values, "soft"), seen(STRIP, turned, "soft")
            assert (before.sentences, before.scales) == (after.sentences, after.scales)


def test_a_middle_answer_of_one_person_is_not_said_once_softened() -> None:
    picture = seen(STRIP, [1] * 4 + [4] + [7] * 4, "soft")
    assert picture.scale
    assert picture.scale.median is None


# Categories


def test_bars_stand_in_the_order_offered_and_count_people() -> None:
    picture = seen(BARS, [["2", "1"], ["2"], ["2", "2"], ["1", "2"]])
    assert [bar.label for bar in picture.shape.bars] == ["A walk", "Company", "Quiet", "A plan"]
    assert counted(picture) == {"A walk": 2, "Company": 4, "Quiet": 0, "A plan": 0}
    assert "Company: 4 of 4." in said(picture)
    assert said(picture).endswith("People could pick more than one.")
    assert "more than one" not in said(seen(ONE_OF, [["1"]] * 4))


def test_percentages_begin_at_ten_people() -> None:
    nine, ten = seen(ONE_OF, [["1"]] * 9), seen(ONE_OF, [["1"]] * 4 + [["2"]] * 6)
    assert str(nine.shape.bars[0].share) == "9 of 9"
    assert str(ten.shape.bars[0].share) == "40%"


def test_what_one_person_picked_is_named_together_without_counts() -> None:
    picture = seen(ONE_OF, [["1"]] * 4 + [["3"], ["4"]], "soft")
    assert counted(picture) == {"A walk": 4, "Quiet": None, "A plan": None}
    assert "Also picked: Quiet, A plan." in said(picture)
    assert "Company" not in said(picture)  # nobody's pick is not shown once softened


def test_a_category_is_never_folded_alone() -> None:
    picture = seen(ONE_OF, [["1"]] * 4 + [["2"]] * 2 + [["3"]], "soft")
    assert counted(picture) == {"A walk": 4, "Company": None, "Quiet": None}


@given(picks, st.sampled_from([BARS, ICONS]))
def test_softened_categories_never_show_one_person(
    values: list[list[str]], of: Section[Any]
) -> None:
    picture = seen(of, values, "soft")
    assert all(count is None or count >= 2 for count in counted(picture).values())
    folds = [count for count in counted(picture).values() if count is None]
    assert len(folds) != 1 or len(counted(picture)) == 1


@given(st.lists(st.integers(0, 5), max_size=9))
def test_a_fold_hides_which_of_its_categories_had_one(counts: list[int]) -> None:
    kept, together = folded(list(enumerate(counts)))
    shown = {name for name, _ in kept} | set(together)
    assert shown == {name for name, count in enumerate(counts) if count}
    assert len(together) != 1 or not kept


def test_a_lone_pick_is_marked_for_the_facilitator_only_while_it_can_be_seen() -> None:
    values = [["1"]] * 4 + [["2"]]
    assert marked(seen(ONE_OF, values)) == {"lone": "One answer stands alone: Company."}
    assert marked(seen(ONE_OF, values, "soft")) == {}


# Words


def test_a_word_counts_people_and_is_shown_as_most_spelled_it() -> None:
    values = [["happy", "Happy", "happy!"], ["Happy"], ["happy "], ["HAPPY"], ["rain"]]
    picture = seen(WORDS, values)
    assert list(counted(picture).values()) == [4, 1]
    assert next(iter(counted(picture))) == "Happy"


def test_words_that_only_look_alike_in_other_scripts_stay_themselves() -> None:
    assert text_key("हिंदी") == "हिंदी"
    assert text_key("\uff23\uff21\uff2c\uff2d\uff01") == text_key("calm") == "calm"
    assert text_key("Straße") == text_key("STRASSE")
    assert text_key("…") == text_key("...")
    assert text_key("🙂") != text_key("calm")


def test_words_are_said_as_the_export_says_them() -> None:
    values = [["hopeful", "tired"]] * 3 + [["hopeful", "calm"], ["busy"]]
    assert said(seen(WORDS, values)) == "hopeful (4), tired (3); also: busy, calm"


def test_softened_a_single_word_has_no_size_and_no_count() -> None:
    values = [["hopeful", "tired"]] * 3 + [["hopeful", "calm"], ["busy"]]
    picture = seen(WORDS, values, "soft")
    assert counted(picture) == {"hopeful": 4, "tired": 3, "busy": None, "calm": None}
    drawn = {word.text for row in picture.shape.rows for word in row}
    assert drawn == {"hopeful", "tired"}


@given(word_lists)
def test_softened_words_never_show_one_person(values: list[list[str]]) -> None:
    counts = counted(seen(WORDS, values, "soft"))
    assert all(count is None or count >= 2 for count in counts.values())
    assert sum(count is None for count in counts.values()) != 1 or len(counts) == 1


def test_words_may_be_named_only_from_two_people_on() -> None:
    listed = replace(WORDS, named_from=2)
    for form in FORMS:
        picture = seen(listed, [["calm"]] * 3 + [["ashamed"]], form)
        assert "ashamed" not in repr(picture)


def test_the_cloud_is_a_lens_that_every_device_draws_alike() -> None:
    values = [["tired", "hopeful", "curious"]] * 3 + [["tired", "rain"], ["tired", "coffee"]]
    rows = seen(WORDS, values).shape.rows
    assert rows == seen(WORDS, values[::-1]).shape.rows
    sizes = {word.text: word.size for row in rows for word in row}
    assert (sizes["tired"], sizes["rain"]) == (5, 1)


def test_a_screen_shows_cards_in_pages_and_stays_within_them() -> None:
    deck = seen(CARDS, [f"card {i}" for i in range(8)]).shape
    assert [line.text for line in deck.page(1, 6).texts] == ["card 6", "card 7"]
    assert str(deck.page(0, 6).place) == "Page 1 of 2"
    assert deck.page(9, 6) == deck.page(1, 6)
    assert deck.page(-1, 6) == deck.page(0, 6)
    assert deck.page(0, 12).place is None


# A grid


def test_a_small_grid_shows_quarters_and_the_middle() -> None:
    values = [[2, 1], [3, 2], [-1, 1], [0, 2], [-2, -3]]
    picture = seen(GRID, values)
    assert picture.shape.quarters
    assert counted(picture) == {
        "unpleasant and high energy": 1,
        "pleasant and high energy": 2,
        "in between": 1,
        "unpleasant and low energy": 1,
        "pleasant and low energy": 0,
    }
    assert picture.scales == ()
    assert "2 of us: pleasant and high energy." in said(picture)


def test_cells_are_drawn_from_twice_the_need_on() -> None:
    assert seen(GRID, [[1, 1]] * 7).shape.quarters
    picture = seen(GRID, [[1, 1]] * 8)
    assert not picture.shape.quarters
    assert picture.shape.rows[2][4] == 3  # a disc does not tell three from more
    assert [scale.median for scale in picture.scales] == [1, 1]


def test_a_grid_marks_who_stands_far_away() -> None:
    values = [[1, 1]] * 4 + [[2, 1]] * 4 + [[-3, -3]]
    assert marked(seen(GRID, values)) == {"lone": "One answer stands alone."}


@given(places)
def test_a_softened_grid_never_shows_one_person(values: list[list[int]]) -> None:
    picture = seen(GRID, values, "soft")
    assert picture.shape.quarters
    assert picture.scales == ()
    assert all(count is None or count >= 2 for count in counted(picture).values())
    assert sum(count is None for count in counted(picture).values()) != 1


# Said in words


@given(one_of_all)
def test_said_in_words_nothing_can_be_counted(
    drawn: tuple[Section[Any], list[Any]],
) -> None:
    of, values = drawn
    picture = seen(of, values, "words")
    assert picture.sentences
    assert not any(letter.isdecimal() for letter in said(picture))
    assert (picture.counts, picture.scales, picture.texts) == ((), (), ())
    assert picture.shape is None


def test_said_in_words_a_category_of_one_person_is_not_spoken_of() -> None:
    picture = seen(ONE_OF, [["1"]] * 6 + [["2"]] * 5 + [["3"]], "words")
    assert said(picture) == "About half of us: A walk, Company."
    assert said(seen(ONE_OF, [["1"]] * 7, "words")) == "Most of us: A walk."


def test_said_in_words_a_strip_names_its_ends() -> None:
    values = [1, 2, 4, 4, 4, 5, 3, 4, 7]
    assert said(seen(STRIP, values, "words")) == (
        "Some of us are nearer to “Not settled”. Most of us are somewhere in the middle."
    )


def test_a_count_is_a_number_and_what_it_counts() -> None:
    assert said(seen(COUNT, [True] * 9)) == "9 ready"
    assert said(seen(replace(COUNT, title="Ready"), [True] * 9)) == "Ready: 9"
    assert "9" not in said(seen(COUNT, [True] * 9, "words"))
