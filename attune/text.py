"""What people type, made safe to keep: one type for every text field.

Lengths are counted as people count them, in grapheme clusters: a family emoji is one.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

import regex
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# Control, surrogate, private-use and unassigned characters; bidirectional overrides and
# isolates; zero-width characters other than the joiners that scripts and emoji need.
_UNWANTED = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]"
)
_SPACES = regex.compile(r"[\p{Zs}\t]+")
_CLUSTER = regex.compile(r"\X")


def clean(text: str, *, lines: bool = False) -> str:
    """NFC, trimmed, inner white space collapsed, what cannot be seen removed.

    With `lines` line breaks are kept, two in a row at most.
    """
    text = unicodedata.normalize("NFC", text)
    text = regex.sub(r"\r\n?|\u2028|\u2029", "\n", text)
    rows = [
        _SPACES.sub(" ", _UNWANTED.sub("", row.replace("\t", " "))).strip()
        for row in text.split("\n")
    ]
    if lines:
        return regex.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()
    return _SPACES.sub(" ", " ".join(rows)).strip()


def length(text: str) -> int:
    """How many characters a person would count."""
    return len(_CLUSTER.findall(text))


def largest_bytes(characters: int) -> int:
    """The most bytes a text of so many characters may take: `4n + 16` (docs/protocol.md)."""
    return 4 * characters + 16


def column(characters: int) -> int:
    """How long a column has to be for such a text: databases count code points, and one character
    of a person's may be many (a flag is two, a family seven).
    """
    return largest_bytes(characters)


@dataclass(frozen=True)
class Text:
    """A text field for pydantic: `word: Annotated[str, Text(20, least=1)]`."""

    most: int  # characters as a person counts them
    least: int = 0
    lines: bool = False  # keeps line breaks

    def read(self, value: str) -> str:
        text = clean(value, lines=self.lines)
        characters = length(text)
        if characters < self.least:
            raise PydanticCustomError("too_short", "Please write something here.")
        if characters > self.most:
            raise PydanticCustomError(
                "too_long",
                "Shorten this by {over} characters.",
                {"over": characters - self.most},
            )
        if len(text.encode()) > largest_bytes(self.most):
            raise PydanticCustomError("too_large", "This takes too much room. Shorten it.")
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            self.read, core_schema.str_schema(max_length=20_000)
        )
