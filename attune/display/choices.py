"""What was chosen of a list: bars, or one equal picture for each answer.

The base is people, never picks. The order is the one in which things were offered: sorting by
size would crown a winner.
"""

from collections import Counter
from dataclasses import dataclass, replace

from attune.display.picture import Choice, Count, Mark, Name, Picture, Task
from attune.display.small import folded, in_words, joined, named, share_of
from attune.display.strip import DOTS_TO, SAME
from attune.i18n import Message, say, say_n

Tally = list[tuple[Choice, int]]


@dataclass(frozen=True)
class Bar:
    id: str
    label: str
    icon: str
    count: int
    width: int  # of 100, the longest
    share: Message


@dataclass(frozen=True)
class Chosen:
    """Bars or groups of pictures; `also` are named together, without counts."""

    bars: tuple[Bar, ...]
    also: tuple[Choice, ...]
    base: Message
    tall: bool  # too many for a picture each
    shares: bool  # percentages stand beside the counts


def draw(task: Task) -> Picture:
    tally = _tally(task)
    if task.form == "words":
        names: list[tuple[Name, int]] = [(named(choice.label), count) for choice, count in tally]
        return replace(task.blank(), sentences=in_words(names, task.n), marks=_same(tally, task.n))
    kept, also = (tally, []) if task.form == "full" else folded(tally)
    lone = _lone(tally) if task.form == "full" else ()
    item = task.section.title
    return replace(
        task.blank(),
        sentences=_sentences(task, kept, also),
        counts=(
            *(Count(item, choice.label, count) for choice, count in kept),
            *(Count(item, choice.label, None) for choice in also),
        ),
        marks=(*lone, *_same(tally, task.n)),
        shape=_shape(task, kept, also),
    )


def _tally(task: Task) -> Tally:
    people = Counter(pick for picks in task.values for pick in set(picks))
    return [(choice, people[choice.id]) for choice in task.section.categories]


def _shape(task: Task, kept: Tally, also: list[Choice]) -> Chosen:
    most = max((count for _, count in kept), default=0) or 1
    bars = (
        Bar(
            choice.id,
            choice.label,
            choice.icon,
            count,
            round(100 * count / most),
            share_of(count, task.n),
        )
        for choice, count in kept
    )
    return Chosen(
        tuple(bars),
        tuple(also),
        _base(task),
        task.n > DOTS_TO,
        task.n >= 10,  # noqa: PLR2004
    )


def _base(task: Task) -> Message:
    if task.section.multiple:
        return say_n(
            "%(count)s person answered. People could pick more than one.",
            "%(count)s people answered. People could pick more than one.",
            task.n,
        )
    return say_n("%(count)s person answered.", "%(count)s people answered.", task.n)


def _sentences(task: Task, kept: Tally, also: list[Choice]) -> tuple[Message, ...]:
    sentences = [
        say("%(name)s: %(count)s of %(n)s.", name=named(choice.label), count=count, n=task.n)
        for choice, count in kept
    ]
    if also:
        names = joined([named(choice.label) for choice in also])
        sentences.append(say("Also picked: %(names)s.", names=names))
    if task.section.multiple:
        sentences.append(say("People could pick more than one."))
    return tuple(sentences)


def _lone(tally: Tally) -> tuple[Mark, ...]:
    alone = [named(choice.label) for choice, count in tally if count == 1]
    if not alone:
        return ()
    if len(alone) == 1:
        return (Mark("lone", say("One answer stands alone: %(name)s.", name=alone[0])),)
    return (Mark("lone", say("These were picked once each: %(names)s.", names=joined(alone))),)


def _same(tally: Tally, n: int) -> tuple[Mark, ...]:
    picked = [count for _, count in tally if count]
    return (SAME,) if picked == [n] else ()
