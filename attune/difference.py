"""What a picture may show, and what two of them may differ by: the rules alone, on plain numbers.

Verbs read what they need, ask here and store. So the rules can be tried on many thousands of
sequences without a database (`tests/promises/test_no_two_pictures_tell_one_answer.py`).
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from attune.frame import TENDER_NEED

T = TypeVar("T")


def with_enough(
    values: Mapping[str, Sequence[T]], needs: Mapping[str, int]
) -> dict[str, Sequence[T]]:
    """The parts that as many people gave something to as they need; of the others nothing stays."""
    return {name: given for name, given in values.items() if len(given) >= needs[name]}


def is_too_like(
    here: Mapping[str, int], there: Mapping[str, int], needs: Mapping[str, int]
) -> bool:
    """Whether the difference of two results of one question could be one person's answer.

    `here` and `there` say how many people are in each part that can be seen. It is so where any
    part has nearly as many in both: everybody else may have said the same again.
    """
    least = max([*needs.values(), TENDER_NEED])
    return any(abs(many - there[name]) < least for name, many in here.items() if name in there)
