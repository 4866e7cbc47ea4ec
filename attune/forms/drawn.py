"""A form as a template gets it: each field with what was typed, what is wrong, what else is saved.

A problem is shown at its field, or at the nearest one around it that can be seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from attune.forms.shapes import Shape
from attune.forms.typed import YES, Typed
from attune.i18n import N_, Message

Choices = Sequence[tuple[str, str]]  # what is sent, what is said
NOTHING = N_("Nothing")


@dataclass(frozen=True)
class Drawn:
    """One field, group, list or row of a list."""

    path: str
    shape: Shape
    typed: Any
    problem: Message | None = None
    saved: tuple[str, ...] = ()  # what somebody else saved here meanwhile, a line each
    fields: "Mapping[str, Drawn]" = field(default_factory=dict)  # of a group or a row
    rows: "tuple[Drawn, ...]" = ()  # of a list

    @property
    def id(self) -> str:
        return "edit-" + self.path.replace(".", "-")

    @property
    def may_grow(self) -> bool:
        return self.shape.most is None or len(self.rows) < self.shape.most

    @property
    def may_shrink(self) -> bool:
        return len(self.rows) > (self.shape.least or 0)

    def __iter__(self) -> "Iterator[Drawn]":
        """Itself and everything in it, in the order of the page."""
        yield self
        for inside in (*self.fields.values(), *self.rows):
            yield from inside


def drawn(
    model: type[BaseModel],
    typed: Typed,
    problems: Mapping[str, Message] | None = None,
    saved: Typed | None = None,
    offered: Mapping[str, Choices] | None = None,
) -> Drawn:
    """The whole form. `saved` is what somebody else saved, to be shown where it differs.

    `offered` is what can be chosen where no schema knows it, by the path of the field.
    """
    shape = Shape("", "group", "", model=model)
    drawing = _Drawing({}, offered or {})
    if problems:
        there = {each.path for each in drawing.drawn(shape, "", typed, None)}
        for path, message in problems.items():
            drawing.problems.setdefault(_nearest(path, there), message)
    return drawing.drawn(shape, "", typed, saved)


def problems_at(form: Drawn) -> list[tuple[str, Shape, Message]]:
    """For the summary: where, which field, and what to do, in the order of the page."""
    return [(each.id, each.shape, each.problem) for each in form if each.problem]


@dataclass(frozen=True)
class _Drawing:
    problems: dict[str, Message]
    offered: Mapping[str, Choices]

    def drawn(self, shape: Shape, path: str, typed: Any, saved: Any) -> Drawn:
        fields, rows = {}, []
        if path in self.offered:
            shape = replace(
                shape, control="choice", optional=False, choices=tuple(self.offered[path])
            )
        if shape.control == "group":
            for each in shape.fields:
                at = f"{path}.{each.name}" if path else each.name
                other = saved.get(each.name) if saved is not None else None
                if each.control != "kept":
                    fields[each.name] = self.drawn(each, at, typed[each.name], other)
        elif shape.is_list:
            row = _row(shape)
            rows = [
                self.drawn(row, f"{path}.{number}", each, None) for number, each in enumerate(typed)
            ]
        differs = saved is not None and shape.control != "group" and saved != typed
        return Drawn(
            path=path,
            shape=shape,
            typed=typed,
            problem=self.problems.get(path),
            saved=tuple(_lines(shape, saved)) if differs else (),
            fields=fields,
            rows=tuple(rows),
        )


def _row(shape: Shape) -> Shape:
    if shape.control == "rows":
        return Shape("", "group", shape.label, model=shape.model)
    return Shape("", "text", shape.label, characters=shape.characters)


def _nearest(path: str, there: set[str]) -> str:
    while path and path not in there:
        path = path.rpartition(".")[0]
    return path


def _lines(shape: Shape, typed: Any) -> Iterator[str]:
    """What was typed, in words that can be read."""
    said = dict(shape.choices)
    match shape.control:
        case "tick":
            yield N_("Yes") if typed == YES else N_("No")
        case "choice":
            yield said.get(typed, typed)
        case "ticks":
            yield from (said.get(each, each) for each in typed)
        case "texts":
            yield from typed
        case "rows":
            yield from (" · ".join(_row_lines(shape, row)) for row in typed)
        case _:
            yield from typed.split("\n")


def _row_lines(shape: Shape, row: Mapping[str, Any]) -> Iterator[str]:
    for each in shape.fields:
        yield from (line for line in _lines(each, row[each.name]) if line)
