"""How answers are drawn: values in, a Picture out, by the rules for small groups.

Pure: the same arguments give the same Picture, on the screen, on phones and in every export. A
softened Picture never holds what it must not say; templates and exports have nothing to hide.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attune.display import added, cards, change, choices, count, grid, strip, words
from attune.display.added import ByHand
from attune.display.picture import (
    HELD,
    Added,
    Card,
    Change,
    Count,
    Form,
    Mark,
    Name,
    Part,
    Picture,
    Scale,
    Task,
    TextLine,
    Way,
    field_of,
    text_key,
)

__all__ = [
    "Added",
    "ByHand",
    "Card",
    "Change",
    "Count",
    "Form",
    "Mark",
    "Name",
    "Part",
    "Picture",
    "Scale",
    "TextLine",
    "Way",
    "added",
    "change",
    "draw",
    "held",
    "text_key",
]

_DRAWN_BY: Mapping[str, Callable[[Task], Picture]] = {
    "strip": strip.draw,
    "bars": choices.draw,
    "icons": choices.draw,
    "words": words.draw,
    "cards": cards.draw,
    "grid": grid.draw,
    "count": count.draw,
}


def draw(  # noqa: PLR0913  # each of them changes what may be seen
    section: Part,
    values: Sequence[Any],
    *,
    form: Form,
    need: int,
    tender: bool,
    by_hand: ByHand | None = None,
    people: int | None = None,
    also: Mapping[str, int] | None = None,
) -> Picture:
    """What `values`, one person's each, look like; held when fewer than `need` gave one.

    Where one person may have given several, `people` says how many did. `also` says, by card, for
    how many others it is true.

    A tender section is never drawn fuller than soft. What was
    counted `by_hand` never counts toward the need.
    """
    given = [value for value in values if value not in (None, [], "")]
    if (len(given) if people is None else people) < need:
        return held(section, need)
    drawn: Form = "soft" if tender and form == "full" else form
    task, draws = (
        Task(section, given, drawn, need, people, also or {}),
        _DRAWN_BY[section.draw],
    )
    picture = draws(task)
    return added.beside(picture, task, by_hand, draws) if by_hand else picture


def held(section: Part, need: int) -> Picture:
    """Not enough answers: nothing of them is in it, not even how many there were."""
    return Picture(
        section=section.name,
        title=section.title,
        field=field_of(section),
        draw=section.draw,
        form="full",
        n=0,
        need=need,
        held=True,
        sentences=(HELD,),
    )
