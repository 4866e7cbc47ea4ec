"""What people type to join, and names that cannot be guessed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune import codes

LETTERS = st.text(codes.ALPHABET, min_size=8, max_size=8)


def test_a_code_has_eight_of_28_letters_that_no_eye_confuses() -> None:
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 28
    for alike in ("0O", "1IL", "5S", "2Z"):
        assert len(set(alike) & set(codes.ALPHABET)) == 1
    assert not set("AEIOU") & set(codes.ALPHABET)
    code = codes.new_code()
    assert len(code) == 8
    assert set(code) <= set(codes.ALPHABET)
    assert codes.new_code() != code


@given(LETTERS)
def test_a_code_reads_back_from_what_is_shown(code: str) -> None:
    assert codes.normal(codes.shown(code)) == code


@given(LETTERS)
def test_case_spaces_and_hyphens_are_ignored(code: str) -> None:
    typed = f"  {code[:3].lower()} {code[3:5]}\u2013{code[5:].lower()}\n"
    assert codes.normal(typed) == code


def test_a_lookalike_is_read_as_what_it_looks_like() -> None:
    assert codes.normal("obcd-1isz") == "0BCDLL52"


@pytest.mark.parametrize(
    "typed", ["", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJ!", "BCDF-GHJÉ", "x" * 9_000, "ßßßßßßßß"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert codes.normal(typed) == ""


@given(st.text(max_size=80))
def test_whatever_is_typed_gives_a_code_or_nothing(typed: str) -> None:
    code = codes.normal(typed)
    assert code == "" or (len(code) == 8 and set(code) <= set(codes.ALPHABET))


def test_a_reference_is_128_bits_and_fits_an_address() -> None:
    ref = codes.new_ref()
    assert len(ref) == 22
    assert set(ref) <= set(string.ascii_letters + string.digits + "-_")
    assert codes.new_ref() != ref


def test_the_setup_token_depends_on_the_secret_key_alone() -> None:
    assert codes.setup_token("a" * 32) == codes.setup_token("a" * 32)
    assert codes.setup_token("a" * 32) != codes.setup_token("b" * 32)
    assert "a" * 32 not in codes.setup_token("a" * 32)
