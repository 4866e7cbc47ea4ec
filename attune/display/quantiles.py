"""Where in an ordered row of answers a share of them lies (type 7, as spreadsheets do it).

A quantile may lie between two answers; `places` says which, so that nobody is drawn there.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)


def places(n: int, share: Fraction) -> tuple[int, int, Fraction]:
    """The two neighbours of n ordered answers, and how far from the first to the second."""
    at = (n - 1) * share
    before = floor(at)
    rest = at - before
    return before, before + 1 if rest else before, rest


def quantile(ordered: Sequence[int], share: Fraction) -> float:
    before, after, rest = places(len(ordered), share)
    return float(ordered[before] + rest * (ordered[after] - ordered[before]))


def middle(ordered: Sequence[int]) -> tuple[int, ...]:
    """The middle answer, or the middle two where they differ."""
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (low,) if low == high else (low, high)


def nearest(value: float) -> int:
    """The nearest step; halfway goes up, always, where Python's `round` goes to the even one."""
    return floor(value + 0.5)
