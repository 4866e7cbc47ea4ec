"""What changed between two times, of those who answered both: up, the same, down; or moved, stayed.

Three numbers or two, and never which two answers are of one person. Softened, a class in which one
person is alone is joined with the one beside it; where that leaves a single class, nothing is said
of it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from attune import difference
from attune.display.grid import Quarters, coarse
from attune.display.picture import Change, Form, Mark, Name, Part, Picture, Way
from attune.display.small import FEWEST, in_words, named
from attune.i18n import N_, Message, say

UP, SAME, DOWN = "up", "same", "down"
MOVED, STAYED = "moved", "stayed"
ORDERED = (UP, SAME, DOWN)
UNORDERED = (MOVED, STAYED)

Group = tuple[tuple[str, ...], int]  # classes that are counted together, and how many

TOO_FEW = say("Too few of us answered both times to say what changed.")
TELLING = say(
    "Hardly anybody moved, and some answered only once. Both times are drawn soft, so that nobody "
    "can be found by comparing the two."
)
AS_MANY = say(
    "Nearly as many answered as before, and few of them both times. Both times are drawn soft, so "
    "that nobody can be found by comparing the two."
)
NOT_ALIKE = say("Too few of us went the same way to say more about what changed.")


@dataclass(frozen=True)
class Earlier:
    """The time before: its picture, and how many of both times went which way."""

    picture: Picture
    counts: Mapping[str, int] | None  # None: too few answered both times
    is_telling: bool = False  # the two are drawn soft, lest their difference be one answer


def tally(draw: str, pairs: Sequence[tuple[Any, Any]]) -> dict[str, int]:
    """How many went which way. A pair is one person's value before, and after."""
    ways = [_way(draw, before, after) for before, after in pairs]
    return {way: ways.count(way) for way in (ORDERED if draw == "strip" else UNORDERED)}


def _way(draw: str, before: Any, after: Any) -> str:
    if draw == "strip":
        return UP if after > before else DOWN if after < before else SAME
    return STAYED if _plain(before) == _plain(after) else MOVED


def _plain(value: Any) -> Hashable:
    # Picks of a list come in any order; a place on a grid is two numbers in theirs.
    return frozenset(value) if value and isinstance(value[0], str) else tuple(value)


def gives_one_away(counts: Mapping[str, int] | None, before: int, after: int, need: int) -> bool:
    """Whether the difference of the two pictures would be somebody's answer.

    Where hardly anybody moved, what is in one picture and not in the other was given by those who
    answered only once: somebody who came late, say. Where too few answered both times to count
    (None), the two are of one question put twice, and nearly as many in both is too little.
    """
    if counts is None:
        return difference.is_too_like({"": before}, {"": after}, {"": need})
    both = sum(counts.values())
    moved = both - counts.get(SAME, 0) - counts.get(STAYED, 0)
    return moved < FEWEST and before + after > 2 * both


def grouped(counts: Mapping[str, int]) -> list[Group]:
    """The classes in their order, joined until none stands for one person alone.

    A class of nobody tells of nobody, and stays. One group alone says nothing.
    """
    groups: list[Group] = [((way,), count) for way, count in counts.items()]
    while any(count == 1 for _, count in groups):
        there = [at for at, (_, count) in enumerate(groups) if count]
        if len(there) == 1:
            break
        at = next(at for at in there if groups[at][1] == 1)
        place = there.index(at)
        beside = [there[near] for near in (place - 1, place + 1) if 0 <= near < len(there)]
        other = min(beside, key=lambda near: (abs(near - at), groups[near][1], near))
        low, high = min(at, other), max(at, other)
        ways = tuple(way for names, _ in groups[low : high + 1] for way in names)
        groups[low : high + 1] = [(ways, groups[low][1] + groups[high][1])]
    return groups


def beside(picture: Picture, section: Part, earlier: Earlier) -> Picture:
    """The picture with the time before above it, and what changed below."""
    if picture.held:
        return picture
    if isinstance(picture.shape, Quarters) or isinstance(earlier.picture.shape, Quarters):
        picture = coarse(picture)
        earlier = replace(earlier, picture=coarse(earlier.picture))
    if earlier.counts is None:
        found = Change(held=True, sentences=(TOO_FEW,))
        telling = (Mark("lone", AS_MANY),) if earlier.is_telling else ()
        marks = (*picture.marks, *telling)
        return replace(picture, before=earlier.picture, change=found, marks=marks)
    found = draw(section, earlier.counts, picture.form)
    marks = _cautions(earlier, picture.form)
    return replace(picture, before=earlier.picture, change=found, marks=(*picture.marks, *marks))


def draw(section: Part, counts: Mapping[str, int], form: Form) -> Change:
    """What changed, in this form. `counts` are of enough people."""
    n = sum(counts.values())
    if form == "words":
        return Change(sentences=in_words([(_SAID[way], counts[way]) for way in counts], n))
    groups = grouped(counts) if form == "soft" else [((way,), counts[way]) for way in counts]
    if len(groups) == 1:
        return Change(sentences=(NOT_ALIKE,))
    return Change(
        n=n,
        sentences=(_sentence(groups, n),),
        ways=tuple(Way(_row(section, ways), count) for ways, count in groups),
    )


_SAID: Mapping[str, Message] = {
    UP: say("higher than before"),
    SAME: say("as before"),
    DOWN: say("lower than before"),
    MOVED: say("somewhere else than before"),
    STAYED: say("where we were before"),
}

_SENTENCES: Mapping[tuple[tuple[str, ...], ...], str] = {
    ((UP,), (SAME,), (DOWN,)): N_(
        "Of the %(n)s who answered both times: %(up)s up, %(same)s the same, %(down)s down."
    ),
    ((UP, SAME), (DOWN,)): N_(
        "Of the %(n)s who answered both times: %(up_or_same)s up or the same, %(down)s down."
    ),
    ((UP,), (SAME, DOWN)): N_(
        "Of the %(n)s who answered both times: %(up)s up, %(same_or_down)s the same or down."
    ),
    ((MOVED,), (STAYED,)): N_(
        "Of the %(n)s who answered both times: %(moved)s moved, %(stayed)s stayed."
    ),
}


def _sentence(groups: Sequence[Group], n: int) -> Message:
    text = _SENTENCES[tuple(ways for ways, _ in groups)]
    return Message(text, {"n": n, **{"_or_".join(ways): count for ways, count in groups}})


def _row(section: Part, ways: tuple[str, ...]) -> Name:
    """A row of the table: up and down say which end that is."""
    if ways == (UP,):
        return _towards(section, -1, say("Up"), N_("Up, towards “%(word)s”"))
    if ways == (DOWN,):
        return _towards(section, 0, say("Down"), N_("Down, towards “%(word)s”"))
    return _ROWS[ways]


_ROWS: Mapping[tuple[str, ...], Message] = {
    (SAME,): say("The same"),
    (UP, SAME): say("Up or the same"),
    (SAME, DOWN): say("The same or down"),
    (MOVED,): say("Moved"),
    (STAYED,): say("Stayed"),
}


def _towards(section: Part, end: int, plain: Message, text: str) -> Name:
    word = section.categories[end].label
    return plain if word.isdecimal() else Message(text, {"word": named(word)})


def _cautions(earlier: Earlier, form: Form) -> tuple[Mark, ...]:
    """What the facilitator should know before it is shown."""
    if earlier.is_telling:
        return (Mark("lone", TELLING),)
    there = [count for count in (earlier.counts or {}).values() if count]
    if len(there) == 1:
        text = say("All who answered both times went the same way. It shows what each of them did.")
        return (Mark("same", text),)
    if form == "full" and 1 in there:
        return (Mark("lone", say("One person alone went their way since the time before.")),)
    return ()
