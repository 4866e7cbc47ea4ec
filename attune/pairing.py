"""Which two steps can be compared, before and after: both have to ask the same, of the same people.

Pure rules, for a programme's file, a plan and a room alike. One step is compared with one other: a
tag that served two comparisons would tie three answers of a person together.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from attune.frame import Frame
from attune.i18n import Message, say
from attune.kinds import AnyKind


@dataclass(frozen=True)
class Asked:
    """A step or a round, as far as it matters here."""

    kind: AnyKind
    settings: Any
    frame: Frame
    id: Hashable = None
    pair_with: Hashable = None


GONE = say("The step to compare with is no longer in the plan. Choose another one, or nothing.")
LATER = say("The step to compare with has to come before this one. Move it, or choose another one.")
OTHER_KIND = say("Both steps have to be of one kind.")
NO_SUCH_KIND = say("Steps of this kind cannot be compared.")
OTHER_WORDS = say(
    "The two do not ask the same. Write the same words in both, with the same places to choose "
    "from."
)
OTHER_EYES = say(
    "The two are not for the same eyes. Choose the same in both for who sees what was answered, "
    "and when."
)
LIVE = say(
    "Steps whose results come while people answer cannot be compared. Choose for both that the "
    "group sees them when you show them."
)
CHAINED = say(
    "The step to compare with is compared with an earlier one itself. Choose that one, or nothing."
)


def can_be_compared(kind: AnyKind) -> bool:
    """Whether steps of this kind may ever be compared with one another."""
    return any(section.compared for section in kind.sections(kind.example))


def why_not(first: Asked, second: Asked) -> Message | None:
    """What keeps these two from being compared, in this order; None when nothing does."""
    if first.kind.name != second.kind.name:
        return OTHER_KIND
    if not _question(second):
        return NO_SUCH_KIND
    if _question(first) != _question(second):
        return OTHER_WORDS
    if _eyes(first.frame) != _eyes(second.frame):
        return OTHER_EYES
    if first.frame.reveal == "live_batches":
        return LIVE
    return None


def wrong_with(steps: Sequence[Asked], place: int) -> Message | None:
    """What is wrong with what the step at this place, from 0, is to be compared with."""
    step = steps[place]
    if step.pair_with is None:
        return None
    at = next((at for at, each in enumerate(steps) if each.id == step.pair_with), None)
    if at is None:
        return GONE
    if at >= place:
        return LATER
    first = steps[at]
    if first.pair_with is not None:
        return CHAINED
    taken = [each for each in steps[:place] if each.pair_with == step.pair_with]
    if taken:
        return say(
            "“%(title)s” is compared with that step already. A step can be compared once.",
            title=taken[0].frame.title,
        )
    return why_not(first, step)


def second_of(steps: Sequence[Asked], id: Hashable) -> Asked | None:
    """The later step that is compared with this one, where nothing is wrong with that."""
    return next(
        (
            step
            for place, step in enumerate(steps)
            if step.pair_with == id and id is not None and not wrong_with(steps, place)
        ),
        None,
    )


def choices_for(steps: Sequence[Asked], place: int) -> list[Asked]:
    """The steps before this place that the step at it could be compared with."""
    step = steps[place]
    return [
        first
        for first in steps[:place]
        if first.pair_with is None
        and not why_not(first, step)
        and not any(other is not step and other.pair_with == first.id for other in steps[:place])
    ]


def _question(asked: Asked) -> list[tuple[Any, ...]]:
    return [
        (section.name, section.draw, section.title, section.categories, section.axes)
        for section in asked.kind.sections(asked.settings)
        if section.compared
    ]


def _eyes(frame: Frame) -> tuple[str, str]:
    return frame.reach, frame.reveal
