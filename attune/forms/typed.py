"""What somebody typed, as they typed it, and the checked value that it becomes.

Typed values are texts, lists of texts, and rows of both, in the order of the schema. A form sends
every list with an empty value of its own name: so an empty list and a field that was not sent,
which stays as it was, can be told apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from attune import problems
from attune.errors import Invalid
from attune.forms.shapes import Shape, shapes_of
from attune.i18n import Message

Typed = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

YES = "yes"
_ROW = re.compile(r"(\d{1,4})(?:\.|$)")


class Unfit(Invalid):
    """Something does not fit; `problems` says what, by the path of its field."""

    def __init__(self, found: Mapping[str, Message]) -> None:
        self.problems = dict(found)
        field, message = next(iter(found.items()))
        super().__init__(message, field)


def typed_of(model: type[BaseModel], data: Mapping[str, Any]) -> Typed:
    """Data as JSON has it, as it would have been typed. What is missing has its default."""
    return _written_all(shapes_of(model), data)


def read(
    model: type[BaseModel], pairs: Iterable[tuple[str, str]], before: Mapping[str, Any]
) -> Typed:
    """What a form sends. What it does not send stays as it was `before`."""
    sent: dict[str, list[str]] = {}
    for path, text in pairs:
        sent.setdefault(path, []).append(text)
    return _read(shapes_of(model), sent, "", before)


def tidied(model: type[BaseModel], typed: Typed) -> Typed:
    """Without the empty lines of its lists of texts."""
    return _tidied(shapes_of(model), typed)


def checked(model: type[M], typed: Typed) -> M:
    """The value that was typed. Raises Unfit, with everything that is wrong."""
    try:
        return model.model_validate(_meant(shapes_of(model), typed))
    except ValidationError as error:
        raise Unfit(problems.every(error)) from error


def empty(shape: Shape) -> Typed:
    """A new row, with the defaults of its fields."""
    return _written_all(shape.fields, {})


def _written_all(shapes: Sequence[Shape], data: Mapping[str, Any]) -> Typed:
    return {each.name: _written(each, data.get(each.name, each.default)) for each in shapes}


def _written(shape: Shape, value: Any) -> Any:  # noqa: PLR0911  # a table
    match shape.control:
        case "kept":
            return value
        case "group":
            return _written_all(shape.fields, _data(value))
        case "rows":
            return [_written_all(shape.fields, _data(row)) for row in value or ()]
        case "texts" | "ticks":
            return [str(each) for each in value or ()]
        case "tick":
            return YES if value else ""
        case "number" if value is not None:
            return f"{value:g}"
    return "" if value is None else str(value)


def _data(value: Any) -> Mapping[str, Any]:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value or {}


def _tidied(shapes: Sequence[Shape], typed: Mapping[str, Any]) -> Typed:
    return {shape.name: _tidied_one(shape, typed.get(shape.name)) for shape in shapes}


def _tidied_one(shape: Shape, typed: Any) -> Any:
    match shape.control:
        case "group":
            return _tidied(shape.fields, typed)
        case "rows":
            return [_tidied(shape.fields, row) for row in typed]
        case "texts":
            return [text for text in typed if text.strip()]
    return typed


def _read(
    shapes: Sequence[Shape], sent: Mapping[str, list[str]], at: str, before: Mapping[str, Any]
) -> Typed:
    return {
        shape.name: _read_one(shape, sent, at + shape.name, before.get(shape.name))
        for shape in shapes
    }


def _read_one(shape: Shape, sent: Mapping[str, list[str]], path: str, before: Any) -> Any:
    if shape.control == "group":
        return _read(shape.fields, sent, f"{path}.", before or {})
    if shape.control == "ticks" and path in sent:
        return [text for text in sent[path] if text]
    if shape.is_list:
        numbers = _rows(sent, path)
        return _read_rows(shape, sent, path, numbers) if numbers or path in sent else before
    if shape.control != "kept" and path in sent:
        return sent[path][-1]
    return before


def _read_rows(
    shape: Shape, sent: Mapping[str, list[str]], path: str, numbers: Sequence[int]
) -> list[Any]:
    if shape.control == "texts":
        return [sent.get(f"{path}.{number}", [""])[-1] for number in numbers]
    fresh = empty(shape)
    return [_read(shape.fields, sent, f"{path}.{number}.", fresh) for number in numbers]


def _rows(sent: Mapping[str, list[str]], path: str) -> list[int]:
    """The numbers of the rows that were sent, which may have gaps."""
    names = (name[len(path) + 1 :] for name in sent if name.startswith(f"{path}."))
    return sorted({int(found[1]) for name in names if (found := _ROW.match(name))})


def _meant(shapes: Sequence[Shape], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What pydantic is asked about. A field that cannot be drawn and has no value is left out."""
    return {
        shape.name: _meant_one(shape, typed.get(shape.name))
        for shape in shapes
        if shape.control != "kept" or typed.get(shape.name) is not None
    }


def _meant_one(shape: Shape, typed: Any) -> Any:  # noqa: PLR0911  # a table
    match shape.control:
        case "kept":
            return typed
        case "group":
            return _meant(shape.fields, typed)
        case "rows":
            return [_meant(shape.fields, row) for row in typed]
        case "tick":
            return typed == YES
        case "choice" | "number" if shape.optional and not typed.strip():
            return None
        case "number":
            return typed.strip().replace(",", ".")
        case "choice":
            return _chosen(shape, typed)
    return typed


def _chosen(shape: Shape, typed: str) -> Any:
    """The value itself: a form can only send its text."""
    return next((value for value in shape.values if str(value) == typed), typed)
