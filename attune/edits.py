"""What a facilitator changes of people's own words in a result, and what is then left to see.

Kept are the steps, in their order, inside the sealed release; what they come to is worked out each
time. So a step is undone by leaving it out, and the words themselves are never changed: a word that
is covered lies underneath, for the facilitator alone, and in no page, push or file of anybody's.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex

from attune.display import Card, text_key
from attune.kinds import Section

COVER = "•••"
LONGEST_THEME = 40
WORD_ID = 8  # hex digits

Step = list[Any]  # what is done, the section, and what it is done to
# Where one word ends and the next begins, in scripts without spaces, too.
_BOUNDS = regex.compile(r"(?V1w)\b")
_WORD = regex.compile(r"\w")


@dataclass
class Edits:
    """What the steps of one section come to. A card is called by its id, a word by `id_of`."""

    hidden: set[str] = field(default_factory=set)
    covered: dict[str, set[str]] = field(default_factory=dict)  # by id, the `text_key` of words
    themes: dict[str, str] = field(default_factory=dict)  # by card
    names: list[str] = field(default_factory=list)  # of themes, in the order of their making
    joined: dict[str, str] = field(default_factory=dict)  # a word to the one that stands for it

    def root(self, id: str) -> str:
        return self.joined.get(id, id)


@dataclass(frozen=True)
class Item:
    """A card, or a word with its spellings, as a facilitator reviews it."""

    id: str
    text: str  # as it was written
    seen: str  # as it may be seen
    hidden: bool
    unread: bool  # of a live round: nobody has let it in yet
    words: tuple[tuple[str, bool], ...]  # each, and whether it is covered
    theme: str = ""
    author: str = ""  # of a card: its author's tag
    together: bool = False  # several words that were joined


def id_of(word: str) -> str:
    """What a word is called in a step: the same for all of its spellings."""
    return hashlib.sha256(text_key(word).encode()).hexdigest()[:WORD_ID]


def of(steps: Iterable[Step], section: str) -> Edits:
    """What these steps come to in this section."""
    edits = Edits()
    for do, where, ids, *more in steps:
        if where == section:
            _DONE[do](edits, ids, *more)
    return edits


def seen(
    section: Section[Any], values: Sequence[Any], edits: Edits, unread: Iterable[str] = ()
) -> list[Any]:
    """The values as they may be drawn. `unread` are keys of texts that nobody has let in."""
    waiting = set(unread)
    if section.draw == "cards":
        cards = [
            Card(item.id, item.seen, item.theme)
            for item in items(section, values, edits, waiting)
            if not (item.hidden or item.unread)
        ]
        headings = [*(category.label for category in section.categories), *edits.names, ""]
        return sorted(cards, key=lambda card: headings.index(card.theme))
    if not section.is_text:
        return list(values)
    spelled = _spellings(values, edits)
    return [
        [
            _word(word, edits, spelled)
            for word in words
            if text_key(word) not in waiting and edits.root(id_of(word)) not in edits.hidden
        ]
        for words in values
    ]


def counted(counts: Mapping[str, int], edits: Edits, values: Sequence[Any]) -> dict[str, int]:
    """Words that were counted by hand, treated like the same words of phones."""
    spelled = _spellings([[word] for word in counts], edits) | _spellings(values, edits)
    found: Counter[str] = Counter()
    for word, count in counts.items():
        if edits.root(id_of(word)) not in edits.hidden:
            found[_word(word, edits, spelled)] += count
    return dict(found)


def items(
    section: Section[Any], values: Sequence[Any], edits: Edits, unread: Iterable[str] = ()
) -> list[Item]:
    """The cards or words of a section in their stored order, each once."""
    waiting = set(unread)
    if section.draw == "cards":
        names = {category.id: category.label for category in section.categories}
        return [
            _item(
                card["id"],
                card["text"],
                edits,
                unread=text_key(card["text"]) in waiting,
                theme=edits.themes.get(card["id"], names.get(card["in"], "")),
                author=card["by"],
            )
            for card in values
        ]
    spelled = _spellings(values, edits)
    together = set(edits.joined.values())
    keys: dict[str, set[str]] = {}
    for word in (word for words in values for word in words):
        keys.setdefault(edits.root(id_of(word)), set()).add(text_key(word))
    return [
        _item(id, spelled[id], edits, unread=bool(keys[id] & waiting), together=id in together)
        for id in keys
    ]


def cover(text: str, words: set[str]) -> str:
    """The text with these words covered, wherever they stand in it; nothing else is changed."""
    if not words:
        return text
    return "".join(
        COVER if _is_word(part) and text_key(part) in words else part
        for part in _BOUNDS.split(text)
    )


def words_in(text: str) -> list[str]:
    """The words of a text that can be covered, each once."""
    parts = [part for part in _BOUNDS.split(text) if _is_word(part)]
    return list({text_key(part): part for part in reversed(parts)}.values())[::-1]


def _item(id: str, text: str, edits: Edits, **more: Any) -> Item:
    covered = edits.covered.get(id, set())
    return Item(
        id,
        text,
        cover(text, covered),
        hidden=id in edits.hidden,
        words=tuple((word, text_key(word) in covered) for word in words_in(text)),
        **more,
    )


def _is_word(part: str) -> bool:
    return bool(_WORD.search(part))


def _word(word: str, edits: Edits, spelled: Mapping[str, str]) -> str:
    id = edits.root(id_of(word))
    text = spelled[id] if id in set(edits.joined.values()) else word
    return cover(text, edits.covered.get(id, set()))


def _spellings(values: Sequence[Any], edits: Edits) -> dict[str, str]:
    """How each word, or words that were joined, are written: as most people wrote them."""
    counts: dict[str, Counter[str]] = {}
    for words in values:
        for word in set(words):
            counts.setdefault(edits.root(id_of(word)), Counter())[word] += 1
    return {
        id: min(spellings, key=lambda word: (-spellings[word], word.casefold(), word))
        for id, spellings in counts.items()
    }


def _hide(edits: Edits, ids: Sequence[str]) -> None:
    edits.hidden |= set(ids)


def _show(edits: Edits, ids: Sequence[str]) -> None:
    edits.hidden -= set(ids)


def _cover(edits: Edits, ids: Sequence[str], word: str) -> None:
    for id in ids:
        edits.covered[id] = edits.covered.get(id, set()) | {word}


def _uncover(edits: Edits, ids: Sequence[str], word: str) -> None:
    for id in ids:
        edits.covered[id] = edits.covered.get(id, set()) - {word}


def _theme(edits: Edits, ids: Sequence[str], name: str) -> None:
    """One card, one theme; without a name it has none, whatever its author put it under."""
    edits.themes |= dict.fromkeys(ids, name)
    if name and name not in edits.names:
        edits.names.append(name)


def _join(edits: Edits, ids: Sequence[str]) -> None:
    """What was decided of one of them holds for all: joining never lets anything be seen."""
    root, *_ = ids
    known = {id for id, of in edits.joined.items() if of in ids} | set(ids)
    if known & edits.hidden:
        edits.hidden.add(root)
    covered = set().union(*(edits.covered.get(id, set()) for id in known))
    if covered:
        edits.covered[root] = covered
    edits.joined |= dict.fromkeys(known, root)


_DONE: dict[str, Callable[..., None]] = {
    "hide": _hide,
    "show": _show,
    "cover": _cover,
    "uncover": _uncover,
    "theme": _theme,
    "join": _join,
}
