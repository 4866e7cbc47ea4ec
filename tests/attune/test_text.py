"""What people type is cleaned and counted as people count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from attune.text import Text, clean, largest_bytes, length


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("line\nbreak", "line break"),
        ("tab\there", "tab here"),
        ("e\u0301", "é"),
        ("safe\u202eevil", "safeevil"),
        ("zero\u200bwidth", "zerowidth"),
        ("bell\x07", "bell"),
        ("nul\x00", "nul"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("می‌خواهم", "می‌خواهم"),
        ("\ufeff", ""),
    ],
)
def test_what_cannot_be_seen_goes_and_what_scripts_need_stays(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_line_breaks_are_kept_where_they_mean_something() -> None:
    assert clean(" one \r\n\n\n\n two", lines=True) == "one\n\ntwo"


def test_a_family_is_one_character() -> None:
    assert length("👨‍👩‍👧‍👦é") == 2


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    lines = clean(typed, lines=True)
    assert clean(lines, lines=True) == lines


@given(st.text(max_size=60))
def test_a_text_field_keeps_what_fits_and_says_what_does_not(typed: str) -> None:
    field = Text(20)
    fits = length(clean(typed)) <= 20 and len(clean(typed).encode()) <= largest_bytes(20)
    if fits:
        assert field.read(typed) == clean(typed)
    else:
        with pytest.raises(PydanticCustomError):
            field.read(typed)


def test_a_pile_of_marks_on_one_letter_is_too_large() -> None:
    with pytest.raises(PydanticCustomError, match="too much room"):
        Text(20).read("a" + "\u0323" * 500)
