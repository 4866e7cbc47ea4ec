"""Asking something on the spot: any kind there is, with a title and an invitation.

All else is what the kind is by default. What it cannot do without is read from its schema, the
fields that have no default: a list of short texts is asked for a line each, a row of several texts
by its texts. Where a row has a text as long as a title, the title goes there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from attune import problems, rooms, rounds
from attune.forms import Shape, Unfit, shapes_of
from attune.frame import Frame
from attune.i18n import Message
from attune.kinds import AnyKind, kind_of, kinds
from attune.models import Room, Round

Say = Callable[[Message | str], str]
TITLE = 80  # characters, as the frame has it


@dataclass(frozen=True)
class Wanted:
    """Something that a kind cannot do without: one box of the page."""

    path: str  # `KIND.options`, or `KIND.items.low` in a row
    shape: Shape
    in_lines: bool = False  # a line for each


@dataclass(frozen=True)
class Offered:
    """A kind that can be asked."""

    name: str
    title: str
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Asked:
    """What somebody typed, as they typed it."""

    kind: str
    title: str
    invitation: str = ""
    more: Mapping[str, str] = field(default_factory=dict)  # by the path of what is wanted
    settings: Any = None  # the kind's settings as JSON has them, in place of `more`


def offered() -> list[Offered]:
    """Every kind there is; first what takes nothing more than the question."""
    found = [Offered(kind.name, kind.title, tuple(_wanted(kind))) for kind in kinds().values()]
    return sorted(found, key=_likely)


def ask(room: Room, asked: Asked, seen: int, say: Say) -> Round:
    """Put it to the room. `say` turns the kind's own words into the room's language.

    Raises Unfit with everything that does not fit, and Conflict when the room has moved on.
    """
    if asked.kind not in kinds():
        raise Unfit({"kind": problems.PLAIN["literal_error"]})
    kind = kind_of(asked.kind)
    wrong: dict[str, Message] = {}
    frame, settings = None, None
    try:
        frame = Frame.model_validate(_frame(room, kind, asked, say))
    except ValidationError as error:
        wrong |= problems.every(error)
    try:
        settings = kind.settings.model_validate(_settings(kind, asked))
    except ValidationError as error:
        found = problems.every(error)
        # A list with a bad row is also said to be too short.
        deepest = [path for path in found if not any(each.startswith(f"{path}.") for each in found)]
        wrong |= {_at(kind, asked, path): found[path] for path in deepest}
    if frame is None or settings is None:
        raise Unfit(wrong)
    return rounds.put_between(room, kind, frame, settings, seen)


def _likely(kind: Offered) -> tuple[bool, bool, bool, str]:
    """What asks something before what does not; then what is least to write."""
    made = kind_of(kind.name)
    usual = made.example if kind.wanted else made.read_settings({})
    sections = made.sections(usual) if made.asks(usual) else ()
    is_own_words = len(sections) == 1 and sections[0].is_text
    return not sections, bool(kind.wanted), not is_own_words, kind.title


def _frame(room: Room, kind: AnyKind, asked: Asked, say: Say) -> dict[str, Any]:
    usual = kind.defaults
    before = rooms.current_round(room)
    return {
        "title": asked.title,
        "invitation": asked.invitation if asked.invitation.strip() else say(usual.invitation),
        # The way of the session stays where it was.
        "phase": before.frame["phase"] if before else usual.phase,
        "discuss": [say(question) for question in usual.discuss],
        "reach": usual.reach,
        "reveal": usual.reveal,
        "tender": usual.tender,
        "review": usual.review,
        "minutes": usual.minutes,
    }


def _settings(kind: AnyKind, asked: Asked) -> Any:
    if asked.settings is not None:
        return asked.settings
    typed = {path.partition(".")[2]: text.strip() for path, text in asked.more.items()}
    return {shape.name: _value(kind, shape, typed, asked.title) for shape in _required(kind)}


def _value(kind: AnyKind, shape: Shape, typed: Mapping[str, str], title: str) -> Any:
    texts = _texts(shape)
    if len(texts) == 1 and shape.control == "rows":
        return [{texts[0].name: line} for line in _lines(typed.get(shape.name, ""))]
    if texts and shape.control == "rows":
        named = _named(texts)
        typed_texts = {each.name: typed.get(f"{shape.name}.{each.name}", "") for each in texts}
        return [typed_texts | ({named.name: title} if named else {})]
    if shape.control == "texts":
        return _lines(typed.get(shape.name, ""))
    if shape.control in ("text", "lines", "number", "choice"):
        return typed.get(shape.name, "")
    return kind.example.model_dump(mode="json")[shape.name]


def _wanted(kind: AnyKind) -> Iterator[Wanted]:
    for shape in _required(kind):
        path, texts = f"{kind.name}.{shape.name}", _texts(shape)
        if shape.control == "texts" or (shape.control == "rows" and len(texts) == 1):
            yield Wanted(path, shape, in_lines=True)
        elif shape.control == "rows":
            named = _named(texts)
            yield from (Wanted(f"{path}.{each.name}", each) for each in texts if each is not named)
        elif shape.control in ("text", "lines", "number", "choice"):
            yield Wanted(path, shape)


def _required(kind: AnyKind) -> list[Shape]:
    return _without_default(kind.settings)


def _without_default(model: type[BaseModel]) -> list[Shape]:
    fields = model.model_fields
    return [shape for shape in shapes_of(model) if fields[shape.name].is_required()]


def _texts(shape: Shape) -> Sequence[Shape]:
    """The texts that a row cannot do without; none where it needs something else, too."""
    needed = _without_default(shape.model) if shape.model else []
    return needed if all(each.control in ("text", "lines") for each in needed) else ()


def _named(texts: Sequence[Shape]) -> Shape | None:
    return next((each for each in texts if (each.characters or 0) >= TITLE), None)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _at(kind: AnyKind, asked: Asked, path: str) -> str:
    """The box at which a problem of the settings is told."""
    if asked.settings is not None:
        return f"settings.{path}" if path else "settings"
    boxes = [wanted.path for wanted in _wanted(kind)]
    parts = [part for part in path.split(".") if not part.isdigit()]
    while parts:
        place = ".".join([kind.name, *parts])
        inside = [box for box in boxes if box == place or box.startswith(f"{place}.")]
        if inside:
            return inside[0]
        parts.pop()
    # Of all of it together: it can be mended where something was written.
    return boxes[0] if boxes else "kind"
