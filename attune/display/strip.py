"""Ordered values: a dot for each answer over its step, or blocks of at least two people.

No mean anywhere. Softened, everything is worked out from the blocks alone, so two rooms with
the same blocks have the same Picture: a middle answer that one person gave cannot slip through.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from attune.display.picture import Count, Mark, Name, Part, Picture, Scale, Task
from attune.display.quantiles import HALF, QUARTER, middle, nearest, places, quantile
from attune.display.small import FEWEST, amount, named
from attune.i18n import N_, Message, say, say_n

BAND_FROM = 8  # answers; the middle half of fewer is nearly everybody or nearly nobody
DOTS_TO = 60  # answers; above that dots are dust
WORDED_TO = 5  # steps whose own words fit under them


@dataclass(frozen=True)
class Column:
    step: int
    label: str
    count: int
    height: int  # of 100, the tallest


@dataclass(frozen=True)
class Ends:
    """The words at the two ends, and in the middle where there is one."""

    low: str
    high: str
    middle: str = ""


@dataclass(frozen=True)
class Strip:
    columns: tuple[Column, ...]
    most: int  # answers on the tallest
    tall: bool  # columns and not dots
    band: tuple[int, int] | None  # the middle half, first and last step
    middle: tuple[int, ...]  # the steps of the middle answer, or of the middle two
    ends: Ends | None
    soft: bool = False


@dataclass(frozen=True)
class Block:
    first: int
    last: int
    count: int
    label: Message


@dataclass(frozen=True)
class Blocks:
    points: int
    blocks: tuple[Block, ...]
    ends: Ends
    soft: bool = True


def draw(task: Task) -> Picture:
    if task.form == "soft":
        return _soft(task)
    if task.form == "words":
        return _in_words(task)
    return _full(task)


def _full(task: Task) -> Picture:
    section, ordered = task.section, sorted(task.values)
    counts = Counter(ordered)
    points = len(section.categories)
    split = in_two_places(ordered, points)
    band = _band(ordered) if len(ordered) >= BAND_FROM and not split else None
    columns = [
        Column(step, label_of(section, step), counts[step], _height(counts, step))
        for step in range(1, points + 1)
    ]
    return replace(
        task.blank(),
        sentences=_sentences(section, ordered, band, split=split),
        counts=tuple(Count(section.title, column.label, column.count) for column in columns),
        scales=(_scale(section.title, ordered),),
        marks=(*_lone(section, counts), *_cautions(counts, split=split)),
        shape=Strip(
            tuple(columns),
            max(counts.values()),
            len(ordered) > DOTS_TO,
            band,
            middle(ordered) if band else (),
            ends_of(section),
        ),
    )


def _height(counts: Mapping[int, int], step: int) -> int:
    return round(100 * counts[step] / max(counts.values()))


def _band(ordered: Sequence[int]) -> tuple[int, int]:
    return nearest(quantile(ordered, QUARTER)), nearest(quantile(ordered, 1 - QUARTER))


def _scale(item: str, ordered: Sequence[int]) -> Scale:
    return Scale(
        item,
        len(ordered),
        quantile(ordered, QUARTER),
        quantile(ordered, HALF),
        quantile(ordered, 1 - QUARTER),
        ordered[0],
        ordered[-1],
    )


def _sentences(
    section: Part, ordered: Sequence[int], band: tuple[int, int] | None, *, split: bool
) -> tuple[Message, ...]:
    def at(step: int) -> Name:
        return point(section, step)

    low, high = ordered[0], ordered[-1]
    if low == high:
        return (say("All answers are at %(point)s.", point=at(low)),)
    sentences = [say("Answers run from %(low)s to %(high)s.", low=at(low), high=at(high))]
    if split:
        return (*sentences, say("The room is in two places."))
    if band and band[0] == band[1]:
        sentences.append(say("The middle half lies at %(point)s.", point=at(band[0])))
    elif band:
        sentences.append(
            say("Half lie between %(low)s and %(high)s.", low=at(band[0]), high=at(band[1]))
        )
    mid = middle(ordered)
    if len(mid) == 1:
        sentences.append(say("The middle one is %(point)s.", point=at(mid[0])))
    else:
        sentences.append(
            say("The middle two are %(low)s and %(high)s.", low=at(mid[0]), high=at(mid[1]))
        )
    return tuple(sentences)


# Softened


def _soft(task: Task) -> Picture:
    section = task.section
    points = len(section.categories)
    counts = Counter(task.values)
    blocks = blocks_of(counts, points)
    shown = tuple(
        Block(first, last, count, _span(section, first, last)) for first, last, count in blocks
    )
    split = in_two_places(sorted(task.values), points)
    return replace(
        task.blank(),
        sentences=tuple(_people_at(section, block) for block in shown),
        scales=(_soft_scale(section.title, blocks),),
        marks=_cautions(counts, split=split),
        shape=Blocks(points, shown, _axis(section)),
    )


def blocks_of(counts: Mapping[int, int], points: int) -> list[tuple[int, int, int]]:
    """First step, last step and people of each block, so that none stands for one person.

    Where the outermost answers lie is not drawn: the first and the last block reach to the ends
    of the scale, and neither is an end of it alone.
    """
    blocks = [(step, step, counts[step]) for step in sorted(counts) if counts[step]]
    while len(blocks) > 1 and min(block[2] for block in blocks) < FEWEST:
        i = next(i for i, block in enumerate(blocks) if block[2] < FEWEST)
        _join(blocks, min(i, _nearest_neighbour(blocks, i)))
    if len(blocks) > 1 and blocks[0][1] == 1:
        _join(blocks, 0)
    if len(blocks) > 1 and blocks[-1][0] == points:
        _join(blocks, len(blocks) - 2)
    blocks[0] = (1, *blocks[0][1:])
    blocks[-1] = (blocks[-1][0], points, blocks[-1][2])
    return blocks


def _join(blocks: list[tuple[int, int, int]], i: int) -> None:
    """Make one block of this and the next."""
    (first, _, some), (_, last, more) = blocks[i : i + 2]
    blocks[i : i + 2] = [(first, last, some + more)]


def _nearest_neighbour(blocks: Sequence[tuple[int, int, int]], i: int) -> int:
    """Of two that are as near, the one with fewer people; then the lower."""
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(blocks)]
    return min(beside, key=lambda j: (_gap(blocks, min(i, j)), blocks[j][2], j))


def _gap(blocks: Sequence[tuple[int, int, int]], i: int) -> int:
    return blocks[i + 1][0] - blocks[i][1]


def _soft_scale(item: str, blocks: Sequence[tuple[int, int, int]]) -> Scale:
    """Quartiles where the blocks tell them anyway, and None elsewhere."""
    # A block over several steps does not tell which of them an answer is at.
    known: list[int | None] = []
    for first, last, count in blocks:
        known += [first if first == last else None] * count
    return Scale(
        item,
        len(known),
        _known_quantile(known, QUARTER),
        _known_quantile(known, HALF),
        _known_quantile(known, 1 - QUARTER),
    )


def _known_quantile(known: Sequence[int | None], share: Fraction) -> float | None:
    before, after, rest = places(len(known), share)
    low, high = known[before], known[after]
    return None if low is None or high is None else float(low + rest * (high - low))


def _span(section: Part, first: int, last: int) -> Message:
    if first == last:
        return say("%(point)s", point=point(section, first))
    return say("%(low)s to %(high)s", low=point(section, first), high=point(section, last))


def _people_at(section: Part, block: Block) -> Message:
    if block.first == block.last:
        return say_n(
            "%(count)s person is at %(point)s.",
            "%(count)s people are at %(point)s.",
            block.count,
            point=point(section, block.first),
        )
    return say_n(
        "%(count)s person is between %(low)s and %(high)s.",
        "%(count)s people are between %(low)s and %(high)s.",
        block.count,
        low=point(section, block.first),
        high=point(section, block.last),
    )


# Said in words

_NEARER: Mapping[str, str] = {
    "most": N_("Most of us are nearer to %(end)s."),
    "half": N_("About half of us are nearer to %(end)s."),
    "some": N_("Some of us are nearer to %(end)s."),
    "few": N_("A few of us are nearer to %(end)s."),
}
_BETWEEN: Mapping[str, str] = {
    "most": N_("Most of us are somewhere in the middle."),
    "half": N_("About half of us are somewhere in the middle."),
    "some": N_("Some of us are somewhere in the middle."),
    "few": N_("A few of us are somewhere in the middle."),
}


def _in_words(task: Task) -> Picture:
    section, n = task.section, task.n
    points = len(section.categories)
    low, between, high = in_thirds(task.values, points)
    ends = ends_of(section)
    sentences = []
    if how_many := amount(low, n):
        sentences.append(Message(_NEARER[how_many], {"end": _end(section, ends, 1)}))
    if how_many := amount(between, n):
        sentences.append(Message(_BETWEEN[how_many]))
    if how_many := amount(high, n):
        sentences.append(Message(_NEARER[how_many], {"end": _end(section, ends, points)}))
    return replace(
        task.blank(),
        sentences=tuple(sentences) or (say("We are in different places."),),
        marks=_cautions(Counter(task.values), split=in_two_places(sorted(task.values), points)),
    )


def _end(section: Part, ends: Ends | None, step: int) -> Name:
    if ends is None:
        return point(section, step)
    return say("“%(word)s”", word=named(ends.low if step == 1 else ends.high))


# Where answers lie


def in_thirds(values: Sequence[int], points: int) -> tuple[int, int, int]:
    """How many lie in the lowest third of the steps, between, and in the highest third."""
    third = nearest(points / 3)
    low = sum(value <= third for value in values)
    high = sum(value > points - third for value in values)
    return low, len(values) - low - high, high


def in_two_places(values: Sequence[int], points: int) -> bool:
    """Whether the middle of the room is where hardly anybody is."""
    n = len(values)
    low, between, high = in_thirds(values, points)
    return n >= BAND_FROM and min(low, high) * 10 >= 3 * n and between * 4 < n


# What only the facilitator is told


def _cautions(counts: Mapping[int, int], *, split: bool) -> tuple[Mark, ...]:
    marks = []
    if len(counts) == 1:
        marks.append(SAME)
    if split:
        marks.append(Mark("two_places", say("The room is in two places.")))
    return tuple(marks)


SAME = Mark("same", say("Everyone gave the same answer. Showing it shows what each person said."))


def _lone(section: Part, counts: Mapping[int, int]) -> tuple[Mark, ...]:
    """An answer by itself: the outermost one, or one with nobody on the steps beside it."""
    ends = (min(counts), max(counts))
    alone = [
        step
        for step in sorted(counts)
        if counts[step] == 1 and (step in ends or not {step - 1, step + 1} & counts.keys())
    ]
    if not alone:
        return ()
    places_of = [point(section, step) for step in alone]
    if len(alone) == 1:
        text = say("One answer stands alone, at %(point)s.", point=places_of[0])
    elif len(alone) == 2:  # noqa: PLR2004  # two can still be named in one sentence
        text = say(
            "Two answers stand alone, at %(low)s and at %(high)s.",
            low=places_of[0],
            high=places_of[1],
        )
    else:
        text = say_n("%(count)s answer stands alone.", "%(count)s answers stand alone.", len(alone))
    return (Mark("lone", text),)


# What steps are called


def label_of(section: Part, step: int) -> str:
    """What stands under a step: its number, or its own word when each step has one."""
    return section.categories[step - 1].label if is_worded(section) else str(step)


def point(section: Part, step: int) -> Name:
    """A step in a sentence: 5, or “mostly”."""
    label = label_of(section, step)
    return say("“%(word)s”", word=named(label)) if is_worded(section) else label


def is_worded(section: Part) -> bool:
    """Whether each step has a word of its own. A scale has them at its ends only."""
    return all(_word(section, step) for step in range(1, len(section.categories) + 1))


def _axis(section: Part) -> Ends:
    """What stands under blocks: the ends of the scale, which are not those of the answers."""
    points = len(section.categories)
    return Ends(_word(section, 1) or "1", _word(section, points) or str(points))


def ends_of(section: Part) -> Ends | None:
    points = len(section.categories)
    if is_worded(section) and points <= WORDED_TO:
        return None
    low, high = _word(section, 1), _word(section, points)
    centre = _word(section, (points + 1) // 2) if points % 2 else ""
    return Ends(low, high, centre) if low or high else None


def _word(section: Part, step: int) -> str:
    label = section.categories[step - 1].label
    return "" if label.isdecimal() else label
