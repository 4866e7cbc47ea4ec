"""The rules that keep one person from standing out.

A fold of one category hides nothing: the total less the rest says how many it had. So the next
smallest is folded with it.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from attune.display.picture import Name
from attune.i18n import N_, Message, say

T = TypeVar("T")

FEWEST = 2  # people whom a softened block stands for, at least
PERCENT_FROM = 10  # people; of fewer, a percentage pretends to know more than it does


def folded(counts: Sequence[tuple[T, int]]) -> tuple[list[tuple[T, int]], list[T]]:
    """The categories to show with their counts, and those to name together without."""
    there = [pair for pair in counts if pair[1] > 0]
    fold = [i for i, (_, count) in enumerate(there) if count < FEWEST]
    others = [i for i in range(len(there)) if i not in fold]
    if len(fold) == 1 and others:
        fold.append(min(others, key=lambda i: there[i][1]))
    kept = [there[i] for i in range(len(there)) if i not in fold]
    return kept, [there[i][0] for i in sorted(fold)]


def named(label: str) -> Name:
    """What a plan or a kind calls something, in a sentence: a kind's own words are translated."""
    return say(label) if label else label


def joined(names: Sequence[Name]) -> Name:
    """Names one after the other."""
    first, *rest = names
    return say("%(first)s, %(rest)s", first=first, rest=joined(rest)) if rest else first


def share_of(count: int, n: int) -> Message:
    """“4 of 7”; a percentage from 10 people on."""
    if n < PERCENT_FROM:
        return say("%(count)s of %(n)s", count=count, n=n)
    return say("%(percent)s%%", percent=round(100 * count / n))


# The only amounts that a result said in words knows, largest first.
AMOUNTS = ("most", "half", "some", "few")


def amount(count: int, n: int) -> str | None:
    """How many, in words; None for one person, who is not spoken of."""
    if count < FEWEST:
        return None
    if 10 * count >= 6 * n:
        return "most"
    if 10 * count >= 4 * n:
        return "half"
    return "some" if 10 * count >= 2 * n else "few"


_SAID: Mapping[str, str] = {
    "most": N_("Most of us: %(names)s."),
    "half": N_("About half of us: %(names)s."),
    "some": N_("Some of us: %(names)s."),
    "few": N_("A few of us: %(names)s."),
}


def in_words(counts: Sequence[tuple[Name, int]], n: int) -> tuple[Message, ...]:
    """Categories by how many, without a number and without who stands alone."""
    sentences = []
    for how_many in AMOUNTS:
        names = [name for name, count in counts if amount(count, n) == how_many]
        if names:
            sentences.append(Message(_SAID[how_many], {"names": joined(names)}))
    return tuple(sentences) or (say("Our answers go in different directions."),)
