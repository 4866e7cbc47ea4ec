"""What every drawing is made of: the task, the Picture, and its parts.

A Picture is complete: whoever shows, says or exports a result reads nothing else.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import regex

from attune.i18n import Message, say

Form = Literal["full", "soft", "words"]
Name = str | Message

HELD = say("Not enough answers to show safely. Let's talk instead.")


class Choice(Protocol):
    """One thing that could be chosen: `attune.kinds.Category`."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def icon(self) -> str: ...


class Directions(Protocol):
    """The two directions of a grid: `attune.kinds.Axes`."""

    @property
    def cells(self) -> int: ...
    @property
    def x(self) -> tuple[str, str]: ...
    @property
    def y(self) -> tuple[str, str]: ...


class Part(Protocol):
    """What drawing has to know of a section of a kind: `attune.kinds.Section`."""

    @property
    def name(self) -> str: ...
    @property
    def draw(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def field(self) -> str | None: ...
    @property
    def categories(self) -> Sequence[Choice]: ...
    @property
    def axes(self) -> Directions | None: ...
    @property
    def multiple(self) -> bool: ...
    @property
    def named_from(self) -> int: ...
    @property
    def look(self) -> str: ...
    @property
    def is_text(self) -> bool: ...


def field_of(section: Part) -> str:
    return section.name if section.field is None else section.field


@dataclass(frozen=True)
class Count:
    """How many people; None where the number is not said."""

    item: str
    category: Name
    count: int | None


@dataclass(frozen=True)
class Scale:
    """The spread of ordered values. Softened, the ends are not said, nor what would tell one."""

    item: str
    n: int
    q1: float | None
    median: float | None
    q3: float | None
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True)
class Card:
    """Somebody's words as they may be seen, and the heading under which they stand."""

    id: str
    text: str
    theme: str = ""


@dataclass(frozen=True)
class TextLine:
    """A text as the group sees it; `also` is how many others agreed, from 2 on."""

    theme: str
    text: str
    also: int | None = None
    id: str = ""  # by which a phone says that it is true for it too; in no export


@dataclass(frozen=True)
class Mark:
    """Something the facilitator should know before showing it. Never for the group."""

    name: Literal["lone", "same", "two_places"]
    text: Message


@dataclass(frozen=True)
class Added:
    """What was counted by hand: `people` who raised a hand or wrote a card. Never softened."""

    people: int
    counts: tuple[Count, ...]
    said: Message


@dataclass(frozen=True)
class Way:
    """How many went this way between two times."""

    name: Name
    count: int


@dataclass(frozen=True)
class Change:
    """What changed since the time before, of those who answered both times."""

    n: int = 0  # how many did; 0 where that is not said
    held: bool = False
    sentences: tuple[Message, ...] = ()
    ways: tuple[Way, ...] = ()  # none where they are not counted out


@dataclass(frozen=True)
class Picture:
    """A drawn section. `shape` is what its template draws; None when held or said in words."""

    section: str
    title: str
    field: str  # of the form that was filled in: by it a phone finds what it gave itself
    draw: str
    form: Form
    n: int  # people with a value; 0 when held. In full with those counted by hand
    need: int
    held: bool = False
    sentences: tuple[Message, ...] = ()
    counts: tuple[Count, ...] = ()
    scales: tuple[Scale, ...] = ()
    texts: tuple[TextLine, ...] = ()
    marks: tuple[Mark, ...] = ()
    shape: Any = None
    added: Added | None = None
    # The same section of the step that it is compared with, and what changed since
    before: "Picture | None" = None
    change: Change | None = None

    @property
    def scale(self) -> Scale | None:
        """The one scale of a strip. A grid has two, in `scales`."""
        return self.scales[0] if self.scales else None


@dataclass(frozen=True)
class Task:
    """What is to be drawn: values that are enough, in a form that is allowed."""

    section: Part
    values: Sequence[Any]
    form: Form
    need: int
    people: int | None = None  # where one may have given several values
    also: Mapping[str, int] = field(default_factory=dict)  # by card

    @property
    def n(self) -> int:
        """How many people gave any of the values."""
        return len(self.values) if self.people is None else self.people

    def blank(self) -> Picture:
        """The Picture without anything drawn yet."""
        return Picture(
            section=self.section.name,
            title=self.section.title,
            field=field_of(self.section),
            draw=self.section.draw,
            form=self.form,
            n=self.n,
            need=self.need,
        )


# Vowel signs of many scripts are neither letters nor punctuation, so only the latter is named.
_EDGES = regex.compile(r"^[\p{P}\p{Z}]+|[\p{P}\p{Z}]+$")


def text_key(text: str) -> str:
    """Two texts with one key are the same to people: “Happy”, “happy ” and “happy!”."""
    # Folding may undo the normal form, so it is normalised on both sides of it.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = " ".join(folded.split())
    # What is nothing but punctuation is kept whole.
    return _EDGES.sub("", plain) or plain
