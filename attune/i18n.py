"""Texts that wait for a language, without importing Flask.

A verb or a drawing names what it says; the edge that shows it knows the language. Translators
get whole sentences with named places, never joined pieces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

# The one list of languages. A room is in one of them; adding one is told in docs/translating.md.
Language = Literal["en", "de", "ar"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "de": "Deutsch", "ar": "العربية"}
# What only facilitators see is not translated yet, so their pages and the console are in this.
OF_FACILITATORS: Language = "en"


def N_(text: str) -> str:  # noqa: N802  # the field's name for it
    """Mark a text for translators; it is translated where it is drawn."""
    return text


@dataclass(frozen=True)
class Message:
    """A sentence and what is filled in. `str()` gives it in English."""

    text: str
    values: "Mapping[str, str | int | float | Message]" = field(default_factory=dict)
    plural: str = ""
    count: int = 0

    def said_by(
        self, gettext: Callable[[str], str], ngettext: Callable[[str, str, int], str]
    ) -> str:
        """The sentence in the language that the two functions speak."""
        text = ngettext(self.text, self.plural, self.count) if self.plural else gettext(self.text)
        values = {
            name: value.said_by(gettext, ngettext) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return text % {"count": self.count, **values} if values or self.plural else text

    def __str__(self) -> str:
        return self.said_by(lambda text: text, lambda one, more, n: one if n == 1 else more)


def say(text: str, **values: "str | int | float | Message") -> Message:
    """A sentence; `%(name)s` stands where a value goes."""
    return Message(text, values)


def say_n(one: str, more: str, count: int, **values: "str | int | float | Message") -> Message:
    """A sentence that depends on a number, which is filled in as `%(count)s`."""
    return Message(one, values, more, count)
