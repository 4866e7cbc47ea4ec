"""`scale`: one or several lines between two words, each set by itself or left alone.

Nothing rests in the middle: a line that nobody touched is no answer, and each line is a section
of its own, tallied and held by how many set that one. The words at the ends are never numbers,
because steps count from 1 and a second set of numbers beside them would be read as theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

from pydantic import Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value
from attune.i18n import N_, Message, say
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text

MOST_POINTS = 11


class Item(Value):
    label: Annotated[str, Text(80, least=1)] = Field(title=N_("What it asks"))
    low: Annotated[str, Text(40, least=1)] = Field(title=N_("Word at the low end"))
    high: Annotated[str, Text(40, least=1)] = Field(title=N_("Word at the high end"))
    middle: Annotated[str, Text(40)] = Field("", title=N_("Word in the middle"))

    @model_validator(mode="after")
    def ends_are_words(self) -> "Item":
        if any(word.isdecimal() for word in (self.low, self.high, self.middle)):
            raise ValueError("Write words at the ends. The steps have numbers of their own.")
        if self.low.casefold() == self.high.casefold():
            raise ValueError("Both ends say the same. Give each its own words.")
        return self


class Settings(Value):
    items: tuple[Item, ...] = Field(min_length=1, max_length=6, title=N_("Lines"))
    points: int = Field(7, ge=3, le=MOST_POINTS, title=N_("Places on each"))
    numbers: bool = Field(default=False, title=N_("Show the numbers"))

    @model_validator(mode="after")
    def labels_differ(self) -> "Settings":
        labels = [item.label.casefold() for item in self.items]
        if len(set(labels)) < len(labels):
            raise ValueError("Two lines say the same. Give each its own words.")
        return self


Place = Annotated[int | None, Field(ge=1, le=MOST_POINTS)]


class Places(Value):
    i1: Place = None
    i2: Place = None
    i3: Place = None
    i4: Place = None
    i5: Place = None
    i6: Place = None


class Answer(Value):
    items: Places = Places()


def by_id(settings: Settings) -> dict[str, Item]:
    return {f"i{number}": item for number, item in enumerate(settings.items, 1)}


def places(answer: Answer) -> dict[str, int]:
    """The lines that were set, by id."""
    return answer.items.model_dump(exclude_none=True)


def check(settings: Settings, answer: Answer) -> None:
    offered = by_id(settings)
    for id, place in places(answer).items():
        if id not in offered or place > settings.points:
            raise NotAnAnswer(field=f"items.{id}")
    if not places(answer):
        raise NotAnAnswer(_nothing_set(settings), "items.i1")


def _nothing_set(settings: Settings) -> Message:
    if len(settings.items) > 1:
        return say("Set at least one line, or pass.")
    if settings.numbers:
        return say("Choose a number, or pass.")
    return say("Choose a place on the line, or pass.")


def sections(settings: Settings) -> list[Section[Answer]]:
    return [_strip(settings, id, item) for id, item in by_id(settings).items()]


def _strip(settings: Settings, id: str, item: Item) -> Section[Answer]:
    return Section(
        id,
        "strip",
        take=lambda answer: places(answer).get(id),
        title=item.label,
        field=f"items.{id}",
        categories=tuple(
            Category(str(step), word_at(settings, item, step) or str(step))
            for step in range(1, settings.points + 1)
        ),
        compared=True,
    )


def word_at(settings: Settings, item: Item, step: int) -> str:
    """What the facilitator wrote at this step; "" at most of them."""
    written = {1: item.low, settings.points: item.high}
    if settings.points % 2:
        written[centre_of(settings)] = item.middle
    return written.get(step, "")


def centre_of(settings: Settings) -> int:
    """The step with as many below as above it; with an even number, the last of the lower half."""
    return (settings.points + 1) // 2


@dataclass(frozen=True)
class Step:
    """A step as it is offered. Its name says the words, since its place cannot be heard."""

    value: int
    name: Message
    said: Message  # under the line, once it is chosen
    word: str  # beside it, where the line stands up


def steps_of(settings: Settings, item: Item) -> Iterator[Step]:
    for value in range(1, settings.points + 1):
        name, said = _named(settings, item, value)
        if settings.numbers:
            said = say("%(step)s, %(where)s", step=value, where=said)
        yield Step(value, name, said, word_at(settings, item, value))


def _named(settings: Settings, item: Item, step: int) -> tuple[Message, Message]:
    """A step for the ear, and where it lies for the eye, which sees the line."""
    of: dict[str, Any] = {"step": step, "points": settings.points}
    if word := word_at(settings, item, step):
        return (
            say("%(step)s of %(points)s, %(word)s", word=say(word), **of),
            say(word),
        )
    if settings.points % 2 and step == centre_of(settings):
        return say("%(step)s of %(points)s, in the middle", **of), say("in the middle")
    end = say(item.low if step <= centre_of(settings) else item.high)
    return (
        say("%(step)s of %(points)s, nearer to “%(word)s”", word=end, **of),
        say("nearer to “%(word)s”", word=end),
    )


def ends_of(settings: Settings, item: Item) -> tuple[Message, Message]:
    """The words under the two ends of the line, with their numbers where numbers are shown."""
    if settings.numbers:
        return (
            say("%(step)s, %(word)s", step=1, word=say(item.low)),
            say("%(step)s, %(word)s", step=settings.points, word=say(item.high)),
        )
    return say(item.low), say(item.high)


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "lines": [
            (
                id,
                item,
                list(steps_of(settings, item)),
                ends_of(settings, item),
                word_at(settings, item, centre_of(settings)) if settings.points % 2 else "",
            )
            for id, item in by_id(settings).items()
        ],
        "warnings": warnings(settings),
    }


def warnings(settings: Settings) -> list[Message]:
    """The word is kept, so that a facilitator can try a number of steps and go back."""
    if settings.points % 2 or not any(item.middle for item in settings.items):
        return []
    return [say("With an even number of steps there is no middle, and its words are not shown.")]


def largest(settings: Settings) -> int:
    return len('{"items":{}}') + sum(len(f'"{id}":{settings.points},') for id in by_id(settings))


def some(settings: Settings, random: Random) -> Answer:
    ids = [*by_id(settings)]
    left_out = random.choice(ids) if len(ids) > 1 and random.random() < 0.2 else ""  # noqa: PLR2004
    set_to = {id: random.randint(1, settings.points) for id in ids if id != left_out}
    return Answer(items=Places(**set_to))


KIND = Kind(
    title=N_("Lines between two words"),
    settings=Settings,
    answer=Answer,
    example=Settings(
        items=(
            Item(
                label="How settled do you feel in this group right now?",
                low="not settled",
                middle="somewhere between",
                high="very settled",
            ),
            Item(label="How heard do you feel?", low="not at all", high="fully"),
        ),
        numbers=True,
    ),
    defaults=Defaults(
        phase="explore",
        minutes=2,
        invitation=N_("Set each line where it fits. You can skip a line."),
        discuss=(N_("What do we see as a group?"), N_("What would move it a little?")),
    ),
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
)
