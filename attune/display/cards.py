"""Texts, each on a card of the same size, in the order in which they are kept.

That order is already shuffled, in storage; it is the one thing here that depends on order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attune.display.picture import Picture, Task, TextLine
from attune.i18n import Message, say, say_n

LEAST_OTHERS = 2
NO_THEME = say("No theme yet")


Groups = tuple[tuple[str, tuple[TextLine, ...]], ...]


def by_theme(texts: Sequence[TextLine]) -> Groups:
    """The cards under their themes, in the order in which those first appear."""
    themes = dict.fromkeys(line.theme for line in texts)
    return tuple((theme, tuple(line for line in texts if line.theme == theme)) for theme in themes)


@dataclass(frozen=True)
class Page:
    """The cards a screen shows at a time, and where it is among them."""

    texts: tuple[TextLine, ...]
    place: Message | None  # None when there is one page only

    def groups(self) -> Groups:
        return by_theme(self.texts)


@dataclass(frozen=True)
class Deck:
    texts: tuple[TextLine, ...]
    said: Message

    def groups(self) -> Groups:
        return by_theme(self.texts)

    @property
    def has_themes(self) -> bool:
        return any(line.theme for line in self.texts)

    def pages(self, size: int) -> int:
        """How many pages of so many cards there are; 1 when there are none."""
        return max(1, -(-len(self.texts) // size))

    def at(self, number: int, size: int) -> int:
        """The page, from 0, that is shown for this number."""
        return min(max(number, 0), self.pages(size) - 1)

    def agreed(self, line: TextLine) -> Message:
        """How many others a text is true for; asked only where that may be said."""
        return say_n("True for %(count)s other", "True for %(count)s others", line.also or 0)

    def page(self, number: int, size: int) -> Page:
        """A page; a number beyond the ends means the nearest one there is."""
        pages, at = self.pages(size), self.at(number, size)
        texts = self.texts[at * size : (at + 1) * size]
        if pages == 1:
            return Page(texts, None)
        return Page(texts, say("Page %(page)s of %(pages)s", page=at + 1, pages=pages))


def _told(others: int) -> int | None:
    """For how many others it is true. For one is not said: they would know who it was."""
    return others if others >= LEAST_OTHERS else None


def draw(task: Task) -> Picture:
    if task.form == "words":
        said = say("What people wrote is not shown word for word.")
        return replace(task.blank(), sentences=(said,))
    texts = tuple(
        TextLine(card.theme, card.text, _told(task.also.get(card.id, 0)), card.id)
        for card in task.values
    )
    said = say_n("%(count)s note, in no order.", "%(count)s notes, in no order.", len(texts))
    return replace(task.blank(), sentences=(said,), texts=texts, shape=Deck(texts, said))
