"""What was counted by hand, raised hands or paper cards, beside what came from phones.

It is public: everybody in the circle saw the hands. So whoever knows it can take it away again,
and what is left must be no more than a drawing of the phones alone would say. In full that is the
tally itself. Softened and in words the drawing is made of the phones alone, and what was counted
by hand is told beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from attune.display.picture import Added, Count, Name, Part, Picture, Task
from attune.display.small import joined, named
from attune.display.strip import label_of, point
from attune.i18n import Message, say

DRAWN = ("strip", "bars", "icons", "words")
MOST = 999  # of one category; a hall of a thousand has phones


@dataclass(frozen=True)
class ByHand:
    """Counts by category (or by word), and how many people they are."""

    counts: Mapping[str, int]
    people: int


def can_have(section: Part) -> bool:
    """Whether hands can be counted for this: not for a place on a grid, nor for one's own text.

    Nor for words that are named from so many people on: a hand would name a phone's word.
    """
    return section.draw in DRAWN and section.named_from == 1


def several(section: Part) -> bool:
    """Whether one person may count in more than one category."""
    return section.draw == "words" or (section.draw in ("bars", "icons") and section.multiple)


def categories(section: Part) -> Sequence[tuple[str, Name]]:
    """What hands are counted for: a key, and what it is called. Words bring their own."""
    if section.draw == "words":
        return ()
    if section.draw == "strip":
        steps = range(1, len(section.categories) + 1)
        return [(str(step), named(label_of(section, step))) for step in steps]
    return [(choice.id, named(choice.label)) for choice in section.categories]


def beside(
    picture: Picture, task: Task, by_hand: ByHand, draw: Callable[[Task], Picture]
) -> Picture:
    """The picture of the phones, with what was counted by hand in it or beside it."""
    counts = _kept(task, by_hand)
    if not counts:
        return picture
    names = joined([_counted(task.section, key, count) for key, count in counts.items()])
    if picture.form != "full":
        said = say("Counted by hand, beside this: %(names)s.", names=names)
        return replace(picture, added=_added(task, counts, by_hand.people, said))
    hands = _as_people(task.section, counts, by_hand.people)
    both_of = replace(task, values=[*task.values, *hands], people=task.n + len(hands))
    # What the facilitator is warned of is about phones: hands were seen by all.
    both = replace(draw(both_of), marks=picture.marks)
    said = say("Counted by hand, and in this: %(names)s.", names=names)
    return replace(both, added=_added(task, counts, by_hand.people, said))


def _kept(task: Task, by_hand: ByHand) -> dict[str, int]:
    """In the order of the categories, words by the alphabet."""
    if task.section.draw == "words":
        words = sorted(by_hand.counts, key=str.casefold)
        return {word: by_hand.counts[word] for word in words}
    return {
        key: by_hand.counts[key] for key, _ in categories(task.section) if by_hand.counts.get(key)
    }


def _added(task: Task, counts: Mapping[str, int], people: int, said: Message) -> Added:
    rows = (Count(task.section.title, _name(task.section, key), n) for key, n in counts.items())
    return Added(people, tuple(rows), said)


def _counted(section: Part, key: str, count: int) -> Name:
    called = point(section, int(key)) if section.draw == "strip" else _name(section, key)
    return say("%(name)s (%(count)s)", name=called, count=count)


def _name(section: Part, key: str) -> Name:
    return dict(categories(section)).get(key, key)


def _as_people(section: Part, counts: Mapping[str, int], people: int) -> list[Any]:
    """A value for each of so many people, so that these counts come of them.

    Who raised a hand twice is not known; dealt out in turn, nobody gets one category twice.
    """
    each = [key for key, count in counts.items() for _ in range(count)]
    if section.draw == "strip":
        return [int(key) for key in each]
    if not several(section):
        return [[key] for key in each]
    dealt: list[list[str]] = [[] for _ in range(people)]
    for at, key in enumerate(each):
        dealt[at % people].append(key)
    return dealt
