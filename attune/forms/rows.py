"""Adding, removing and moving the rows of a list, by buttons that work without script.

A button says what it does and to which list or row: `settings.options.add`,
`settings.options.2.remove`. Nothing is saved by it, and everything else that was typed stays.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from pydantic import BaseModel

from attune.errors import Invalid
from attune.forms.shapes import Shape, shapes_of
from attune.forms.typed import Typed, empty
from attune.i18n import say

MOST_ROWS = 50  # of a list whose schema says no number


class NoSuchRow(Invalid):
    default = say("There is no such line here any more. Nothing was changed.")


def rearranged(model: type[BaseModel], typed: Typed, do: str) -> tuple[Typed, str]:
    """Do what the button says, and tell which row to go on with. Raises NoSuchRow."""
    *path, act = do.split(".")
    changed = deepcopy(typed)
    number = -1
    if act != "add":
        *path, last = path or [""]
        number = int(last) if last.isdecimal() and len(last) <= len(str(MOST_ROWS)) else -1
    shape, rows = _list(shapes_of(model), changed, path)
    if act == "add":
        if len(rows) >= (shape.most or MOST_ROWS):
            raise NoSuchRow
        rows.append(empty(shape) if shape.control == "rows" else "")
        at = len(rows) - 1
    else:
        at = _moved(rows, number, act)
    return changed, ".".join([*path, str(at)]) if rows else ".".join(path)


def _moved(rows: list[Any], number: int, act: str) -> int:
    if not 0 <= number < len(rows):
        raise NoSuchRow
    if act == "remove":
        rows.pop(number)
        return min(number, len(rows) - 1)
    to = number + {"up": -1, "down": 1}.get(act, len(rows))
    if not 0 <= to < len(rows):
        raise NoSuchRow
    rows.insert(to, rows.pop(number))
    return to


def _list(shapes: Sequence[Shape], typed: Any, path: Sequence[str]) -> tuple[Shape, list[Any]]:
    """The list that stands there."""
    for place, name in enumerate(path):
        shape = next((each for each in shapes if each.name == name), None)
        if not shape:
            raise NoSuchRow
        typed = typed[name]
        if shape.is_list and place == len(path) - 1:
            return shape, typed
        if shape.control != "group":
            raise NoSuchRow
        shapes = shape.fields
    raise NoSuchRow
