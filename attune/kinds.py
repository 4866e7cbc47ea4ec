"""What an exercise kind provides, and which kinds there are.

A kind is values and pure functions. It never sees who answered, who passed, how many is enough
or whether results are out: that is the same for every kind and is settled around it.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Generic, Literal, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from attune import problems
from attune.errors import Invalid, NotAnAnswer, TooLarge
from attune.frame import TENDER_NEED, Frame, Phase, Reach, Reveal, Value
from attune.i18n import N_, Message, say

__all__ = ["Value"]

FOLDER = Path(__file__).parent / "exercises"
LARGEST_ANSWER = 8_000  # bytes of JSON
# A body is padded to one of these, so that no answer of a round is told by its size
# (docs/decisions/0004-one-size.md). Bytes, sealed.
SIZES = (256, 1_024, 4_096, 8_192)
# What a sealed body holds beside the answer: nonce, tag, length, version and three digests.
ENVELOPE = 140
# What it holds more of where the round is compared with another: the tag.
TAG = 40
DIGEST_BYTES = 8
# What it holds more of in a live round, for each section: a digest of what a picture took of it.
TOOK = 2 * DIGEST_BYTES + len('"",')
TOOK_NAME = len(',"t":[],"x":true')
LONGEST_PLACE = 3  # digits of a row's number in a form
CARD_ID = 6  # hex digits: which card of a result, and nothing else

S = TypeVar("S", bound=Value)
A = TypeVar("A", bound=Value)

# How a section is drawn, and what one person's value in it is (as JSON):
#   strip   an int from 1 to the number of categories
#   bars    a list of ids of categories, at least one
#   icons   the same, drawn with pictures
#   words   a list of short texts
#   cards   one text; or a list of [text, id of a category or None], where one may give several
#   grid    [x, y], whole numbers around 0
#   count   true
Draw = Literal["strip", "bars", "icons", "words", "cards", "grid", "count"]


@dataclass(frozen=True)
class Category:
    """One thing that could be chosen, in the order in which it was offered."""

    id: str
    label: str
    icon: str = ""  # a symbol of the kind's own `icons.svg`


@dataclass(frozen=True)
class Axes:
    """The two directions of a grid, each with `cells` places around 0."""

    cells: int
    x: tuple[str, str]  # the words at the low and the high end
    y: tuple[str, str]


@dataclass(frozen=True)
class Section(Generic[A]):
    """One part of an answer that is tallied, held and shown by itself."""

    name: str
    draw: Draw
    take: Callable[[A], Any]  # one person's value, or None when this part was left out
    title: str = ""  # a heading, where a kind has several sections
    field: str | None = None  # what its control is called in the form; None: as the section is
    reach: Reach | None = None  # None: the step's
    tender: bool | None = None  # None: the step's
    reveal: Reveal | None = None  # None: the step's
    categories: tuple[Category, ...] = ()  # of strip, bars, icons
    axes: Axes | None = None  # of grid
    multiple: bool = False  # bars: people could choose more than one
    named_from: int = 1  # words: named from so many people on
    look: Literal["both", "list", "cloud"] = "both"  # words: what of the two can be seen
    said: bool = False  # never drawn, only said in words
    is_text: bool = False  # people's own words
    # Cards: whoever leads says under which category each stands; it begins under `first`
    placed: bool = False
    first: str = ""
    by_marks: bool = False  # cards: those that many marked stand first, not only those pinned
    # Whether it may be compared with the same section of an earlier step: strip, bars, icons, grid
    compared: bool = False


@dataclass(frozen=True)
class Resonating(Generic[S]):
    """A second act of a kind: people mark the cards of a result that are true for them too.

    It opens once the result with the cards is shown, and has numbers, a need and a result of its
    own. Nobody sees a count before that result is made (docs/decisions/0024-a-second-act.md).
    """

    section: str  # whose cards
    label: Callable[[S], str]  # what the button of a card says
    most: Callable[[S], int]  # how many cards one person may mark; 0: this act is left out
    closes: bool = True  # whether writing is over then: cards must not change under agreement


@dataclass(frozen=True)
class Defaults:
    """What the common fields are for this kind unless a step says otherwise."""

    phase: Phase = "explore"
    reach: Reach = "group"
    reveal: Reveal = "on_show"
    tender: bool = False
    review: Literal["none", "before_show"] = "none"
    minutes: float = 2
    invitation: str = ""
    discuss: tuple[str, ...] = ()
    alternative: str = N_(
        "Rest your eyes on something you like nearby. You are still part of this."
    )


def _nothing(*_: Any) -> Any:
    return ()


@dataclass(frozen=True)
class Kind(Generic[S, A]):
    """One type of exercise. `name` is its folder's, given when it is found.

    `asks(settings)` says whether people answer at all: a slide without reactions takes nothing.
    `largest(settings)` is the most bytes of JSON an answer may take.
    `some(settings, random)` is one plausible answer: tests, the rehearsal and the benchmark use it.
    `check(settings, answer)` raises NotAnAnswer for what the schema alone cannot see.
    `facts(settings)` gives its templates more to draw than the settings themselves.
    `last(settings)` is the highest place that `progress` can move to inside a round.
    `stays(settings)` says whether its round stays open, at the side, while later steps are put.
    `noticed(settings, answers)` names what the facilitator is told once, from the room's k answers.
    """

    title: str
    settings: type[S]
    answer: type[A]
    example: S
    some: Callable[[S, Random], A]
    sections: Callable[[S], Sequence[Section[A]]]
    largest: Callable[[S], int]
    defaults: Defaults = Defaults()
    asks: Callable[[S], bool] = lambda settings: True
    check: Callable[[S, A], None] = lambda settings, answer: None
    facts: Callable[[S], Mapping[str, Any]] = lambda settings: {}
    last: Callable[[S], int] = lambda settings: 0
    stays: Callable[[S], bool] = lambda settings: False
    noticed: Callable[[S, Sequence[A]], Sequence[Message]] = _nothing
    resonating: Resonating[S] | None = None  # its second act, if it has one
    synced: bool = False  # runs on the server's clock from the moment it is put
    # Settings that take people's own words out of it, where they may stay out.
    wordless: Mapping[str, Any] = field(default_factory=dict)
    # Settings that make it easier, for children.
    easier: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    def read_settings(self, raw: object) -> S:
        """Settings as a programme or a form gives them. Raises Invalid, with the field."""
        try:
            return self.settings.model_validate(raw)
        except ValidationError as error:
            raise Invalid(*problems.first(error)) from error

    def without_words(self, settings: S) -> S | None:
        """The same with prepared answers alone; None where nothing would be left to answer."""
        if not any(section.is_text for section in self.sections(settings)):
            return settings
        less = settings.model_copy(update=dict(self.wordless))
        left = self.sections(less)
        return less if left and not any(section.is_text for section in left) else None

    def for_children(self, settings: S) -> S:
        return settings.model_copy(update=dict(self.easier)) if self.easier else settings

    def read_answer(self, settings: S, raw: object) -> A:
        """An answer as JSON gives it; nothing is guessed. Raises NotAnAnswer, TooLarge."""
        try:
            text = json.dumps(raw, allow_nan=False, ensure_ascii=False)
            size = len(text.encode())
        except (ValueError, TypeError, RecursionError) as error:
            raise NotAnAnswer from error
        if size > LARGEST_ANSWER:
            raise TooLarge
        try:
            answer = self.answer.model_validate_json(text, strict=True)
        except ValidationError as error:
            raise _refused(error) from error
        return self._checked(settings, answer)

    def read_form(self, settings: S, fields: Iterable[tuple[str, str]]) -> A:
        """An answer as a plain form sends it: dotted names, empty means absent."""
        try:
            answer = self.answer.model_validate(unflatten(self.answer, fields))
        except ValidationError as error:
            raise _refused(error) from error
        return self._checked(settings, answer)

    def body_size(self, settings: S, *, tagged: bool = False, live: bool = False) -> int:
        """Bytes of every sealed body of a round with these settings, passes included.

        `tagged`: the round is compared with another, so that each body has room for a tag. `live`:
        it is shown in batches, so that each has room for what was taken of it.
        """
        took = TOOK_NAME + TOOK * len(self.sections(settings)) if live else 0
        least = self.largest(settings) + ENVELOPE + (TAG if tagged else 0) + took
        return next(size for size in SIZES if least <= size)

    def most_marks(self, settings: S) -> int:
        """How many cards one person may mark in the second act; 0 where there is none."""
        return self.resonating.most(settings) if self.resonating else 0

    def marks_size(self, settings: S) -> int:
        """Bytes of every sealed body of the second act."""
        took = TOOK_NAME + TOOK  # where they are counted in batches
        least = len('{"cards":[]}') + self.most_marks(settings) * (CARD_ID + 3) + ENVELOPE + took
        return next(size for size in SIZES if least <= size)

    def _checked(self, settings: S, answer: A) -> A:
        self.check(settings, answer)
        if len(to_json(answer)) > self.largest(settings):
            raise TooLarge
        return answer


AnyKind = Kind[Any, Any]


def to_json(value: BaseModel) -> bytes:
    """The one way a value is written down: short, without what was left out."""
    try:
        return value.model_dump_json(exclude_none=True).encode()
    except (PydanticSerializationError, UnicodeEncodeError) as error:
        raise NotAnAnswer from error


def need(section: Section[Any], frame: Frame, k: int, leads_answering: int) -> int:
    """How many answers a section needs before anybody sees it (docs/anonymity.md).

    The largest of the room's k, the step's own number and 5 where it is tender; one more for
    each facilitator who answers too, since they can take their own answer away.
    """
    tender = frame.tender if section.tender is None else section.tender
    return max(k, frame.min_people or 0, TENDER_NEED if tender else 0) + leads_answering


def find(*folders: Path) -> dict[str, AnyKind]:
    """The kinds in these folders: each folder in them with an `ask.html` is one.

    A folder outside the package works too, which is how a test brings a kind of its own.
    """
    found: dict[str, AnyKind] = {}
    for folder in folders:
        for page in sorted(folder.glob("*/ask.html")):
            name = page.parent.name
            found[name] = replace(_module(folder, name).KIND, name=name)
    return found


_KINDS: dict[str, AnyKind] = {}


def kinds() -> Mapping[str, AnyKind]:
    """Every kind there is, by name."""
    if not _KINDS:
        _KINDS.update(find(FOLDER))
    return _KINDS


def use(*folders: Path) -> None:
    """Find the kinds anew: the shipped ones, and those in these folders."""
    _KINDS.clear()
    _KINDS.update(find(FOLDER, *folders))


def kind_of(name: str) -> AnyKind:
    """The kind with this name. Raises Invalid: a plan may name one that is gone."""
    try:
        return kinds()[name]
    except KeyError:
        raise Invalid(say("There is no exercise of the kind “%(name)s”.", name=name)) from None


def unflatten(model: type[BaseModel], fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`items.i1=5`, `picks=b`, `picks=d` as nested values; which are lists, the model says."""
    tree: dict[str, Any] = {}
    for path, text in fields:
        if text == "":
            continue
        *parents, leaf = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise NotAnAnswer
        place.setdefault(leaf, [])
        if not isinstance(place[leaf], list):
            raise NotAnAnswer
        place[leaf].append(text)
    return {name: _fitted(model, name, value) for name, value in tree.items()}


def _fitted(model: type[BaseModel], name: str, value: Any) -> Any:
    """A form repeats a name for a list, and cannot say whether one value is one or a list."""
    field = model.model_fields.get(name)
    annotation = field.annotation if field else None
    inner = [annotation, *getattr(annotation, "__args__", ())]
    if isinstance(value, dict):
        row = _row_of(inner)
        if row and all(_is_place(key) and isinstance(value[key], dict) for key in value):
            return [
                {name: _fitted(row, name, part) for name, part in value[key].items()}
                for key in sorted(value, key=int)
            ]
        child = next((part for part in inner if _is_model(part)), None)
        if child:
            return {key: _fitted(child, key, part) for key, part in value.items()}
        return {key: part[-1] if isinstance(part, list) else part for key, part in value.items()}
    many = any(get_origin(part) in (tuple, list, frozenset, Sequence) for part in inner)
    return value if many else value[-1]


def _row_of(parts: Sequence[Any]) -> type[BaseModel] | None:
    """What the rows of a list are, where it is one of models: `cards.0.text`."""
    rows = [each for part in parts for each in (part, *getattr(part, "__args__", ()))]
    lists = any(get_origin(part) in (tuple, list) for part in parts)
    return next((row for row in rows if _is_model(row)), None) if lists else None


def _is_place(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= LONGEST_PLACE


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _refused(error: ValidationError) -> Invalid | TooLarge:
    message, path = problems.first(error)
    # A form repeats one name for all of a list: `picks.0` is no field of it.
    field = ".".join(part for part in path.split(".") if not part.isdigit())
    too_large = any(problem["type"] == "too_large" for problem in error.errors(include_url=False))
    return TooLarge(message, field) if too_large else NotAnAnswer(message, field)


def _module(folder: Path, name: str) -> ModuleType:
    if folder == FOLDER:
        return import_module(f"attune.exercises.{name}")
    package = import_module("attune.exercises")
    if str(folder) not in package.__path__:
        package.__path__.append(str(folder))
    sys.modules.pop(f"attune.exercises.{name}", None)
    return import_module(f"attune.exercises.{name}")
