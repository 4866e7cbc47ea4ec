"""Forms that are drawn from a schema: what is asked, what was typed, and what is wrong with it.

What somebody typed is kept as they typed it (`typed`), beside the value that it may become: only
`checked` decides that, and a page always draws the first. No form names an exercise kind.
"""

from attune.forms.drawn import Choices, Drawn, drawn, problems_at
from attune.forms.rows import NoSuchRow, rearranged
from attune.forms.shapes import Shape, shapes_of
from attune.forms.typed import Typed, Unfit, checked, read, tidied, typed_of

__all__ = [
    "Choices",
    "Drawn",
    "NoSuchRow",
    "Shape",
    "Typed",
    "Unfit",
    "checked",
    "drawn",
    "problems_at",
    "read",
    "rearranged",
    "shapes_of",
    "tidied",
    "typed_of",
]
