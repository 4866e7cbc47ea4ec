"""What a schema asks for: one shape for each of its fields.

A field's own `title` and `description` label it; without one its name does. A list of models
becomes rows, a list of known values becomes boxes to tick, a model becomes a group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from attune.frame import Words
from attune.text import Text

Control = Literal[
    "text", "lines", "number", "choice", "tick", "ticks", "texts", "rows", "group", "kept"
]
ONE_LINE = 100  # characters; a longer text gets a box of several lines


@dataclass(frozen=True)
class Shape:
    """One field of a form. `kept` is never drawn: no control fits it, or nothing can be chosen."""

    name: str
    control: Control
    label: str
    help: str = ""
    optional: bool = False  # may be left empty
    values: tuple[Any, ...] = ()  # what may be chosen
    choices: tuple[tuple[str, str], ...] = ()  # the same: what is sent, what is said
    characters: int | None = None  # the most, of texts
    least: float | None = None  # of numbers; of lists, how many
    most: float | None = None
    whole: bool = False  # numbers: without a fraction
    model: type[BaseModel] | None = None  # of rows and groups
    default: Any = None

    @property
    def fields(self) -> "tuple[Shape, ...]":
        """Of one row, or of the group."""
        return shapes_of(self.model) if self.model else ()

    @property
    def is_list(self) -> bool:
        """Whether it has rows that can be added and removed."""
        return self.control in ("rows", "texts")


@cache
def shapes_of(model: type[BaseModel]) -> tuple[Shape, ...]:
    """The fields of this model, in its order."""
    return tuple(_shape(name, field) for name, field in model.model_fields.items())


def _shape(name: str, field: FieldInfo) -> Shape:
    kind, marks, may_be_none = _opened(field.annotation, field.metadata)
    item, item_marks = _item(kind)
    text = _text(item_marks if item else marks)
    words = _words(item_marks if item else marks)
    values = get_args(item or kind) if get_origin(item or kind) is Literal else tuple(words)
    control = _control(kind, item, values, text)
    return Shape(
        name=name,
        control=control,
        label=field.title or _humanised(name),
        help=field.description or "",
        optional=may_be_none or (control in ("text", "lines") and not (text and text.least)),
        values=values,
        choices=tuple(
            (str(each), words.get(str(each)) or _humanised(str(each))) for each in values
        ),
        characters=text.most if text else None,
        least=_bound(marks, "min_length" if item else "ge"),
        most=_bound(marks, "max_length" if item else "le"),
        whole=kind is int,
        model=next((part for part in (item, kind) if _is_model(part)), None),
        default=_default(field),
    )


def _control(kind: Any, item: Any, values: Sequence[Any], text: Text | None) -> Control:
    if item:
        by_item: Control = "rows" if _is_model(item) else "texts" if item is str else "kept"
        return "ticks" if values else by_item
    if values:
        return "choice" if len(values) > 1 else "kept"
    if kind is str:
        return "lines" if text and (text.lines or text.most > ONE_LINE) else "text"
    if _is_model(kind):
        return "group"
    simple: dict[Any, Control] = {bool: "tick", int: "number", float: "number"}
    return simple.get(kind, "kept")


def _opened(annotation: Any, marks: Sequence[Any] = ()) -> tuple[Any, list[Any], bool]:
    """The type itself, what stands beside it, and whether it may be None."""
    found, may_be_none = [*marks], False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            found += more
        elif origin in (Union, UnionType) and type(None) in get_args(annotation):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
            may_be_none = True
        else:
            break
    inside = [mark for field in found if isinstance(field, FieldInfo) for mark in field.metadata]
    return annotation, [*found, *inside], may_be_none


def _item(kind: Any) -> tuple[Any, list[Any]]:
    """What a list is a list of."""
    if get_origin(kind) is not tuple or Ellipsis not in get_args(kind):
        return None, []
    item, marks, _ = _opened(get_args(kind)[0])
    return item, marks


def _words(marks: Sequence[Any]) -> Mapping[str, str]:
    return next((mark.of for mark in marks if isinstance(mark, Words)), {})


def _text(marks: Sequence[Any]) -> Text | None:
    return next((mark for mark in marks if isinstance(mark, Text)), None)


def _bound(marks: Sequence[Any], name: str) -> float | None:
    found = (getattr(mark, name, None) for mark in marks if not isinstance(mark, FieldInfo))
    return next((bound for bound in found if bound is not None), None)


def _default(field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True, validated_data={})
    return None if default is PydanticUndefined else default


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _humanised(name: str) -> str:
    return name.replace("_", " ").capitalize()
