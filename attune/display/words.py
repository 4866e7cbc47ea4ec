"""Short words: a cloud, and beside it the list that is the real thing.

Counted by people: one who writes a word five times has said it once. A word is shown as most
people spelled it; ties are alphabetical, because the order of arrival could point at a person.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count as numbered
from math import sqrt
from typing import TypeVar
from unicodedata import east_asian_width

from attune.display.picture import Count, Mark, Name, Part, Picture, Task, text_key
from attune.display.small import folded, in_words, named
from attune.display.strip import SAME
from attune.i18n import Message, say, say_n

T = TypeVar("T")

# A cloud of more words cannot be read across a room; the list has them all.
CLOUD_TO = 40
SAID_TO = 12  # words in a sentence
LISTED_FIRST = {"phone": 6, "screen": 10, "console": 6}
LISTED_ALONE = {"phone": 12, "screen": 30, "console": 12}  # without a cloud beside them

# The lens: rows get narrower from the middle out. A full cloud is wider, up to what a phone holds.
NARROW, WIDE = 22.0, 26.0  # em of the smallest size
NARROWER, NARROWEST = 0.13, 0.55
GAP = 0.8
LETTER, WIDE_LETTER = 0.52, 1.0  # em
SIZES = {1: 1.0, 2: 1.4, 3: 1.9, 4: 2.5, 5: 3.2}
# Heights of a whole cloud, in lines of the smallest size: the taller, the smaller it is set.
HEIGHTS = (15.0, 18.5, 25.0)

Tally = list[tuple[str, int]]


@dataclass(frozen=True)
class Word:
    text: str
    size: int  # a step from 1 to 5


@dataclass(frozen=True)
class Cloud:
    """`listed` words have a size and a count, `also` neither. `look` says which part is seen."""

    rows: tuple[tuple[Word, ...], ...]
    height: int  # a step from 1 to 4
    listed: tuple[tuple[str, int], ...]
    also: tuple[str, ...]
    show_all: Message
    look: str = "both"
    own: bool = True  # people's own words, which nobody translates

    def people(self, count: int) -> Message:
        return say_n("%(count)s person", "%(count)s people", count)

    def first(self, where: str) -> tuple[tuple[str, int], ...]:
        return self.listed[: self._room(where)]

    def rest(self, where: str) -> tuple[tuple[str, int], ...]:
        return self.listed[self._room(where) :]

    def more(self, where: str) -> Message | None:
        """What is not in the list of a screen, which nobody can unfold."""
        left = len(self.rest(where))
        return say_n("and %(count)s more", "and %(count)s more", left) if left else None

    def _room(self, where: str) -> int:
        return (LISTED_ALONE if self.look == "list" else LISTED_FIRST)[where]


def draw(task: Task) -> Picture:
    tally = tally_of(task)
    if task.form == "words":
        # By the alphabet: the order would otherwise say which of them more people wrote.
        some = sorted(tally[:SAID_TO], key=lambda pair: alphabetical(pair[0]))
        names = [(_name(task, word), count) for word, count in some]
        return replace(task.blank(), sentences=in_words(names, task.n), marks=_same(tally, task))
    listed, also = (tally, []) if task.form == "full" else folded(tally)
    also = sorted(also, key=alphabetical)
    item = task.section.title
    return replace(
        task.blank(),
        sentences=_sentences(listed, also),
        counts=(
            *(Count(item, _name(task, word), count) for word, count in listed),
            *(Count(item, _name(task, word), None) for word in also),
        ),
        marks=_same(tally, task),
        shape=_cloud(listed, also, task.section),
    )


def _name(task: Task, word: str) -> Name:
    return word if task.section.is_text else named(word)


def tally_of(task: Task) -> Tally:
    """Each word with how many people wrote it, most first."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    for words in task.values:
        people.update({text_key(word) for word in words})
        for word in set(words):
            spellings[text_key(word)][word] += 1
    tally = [
        (_most_common(spellings[key]), count)
        for key, count in people.items()
        if count >= task.section.named_from
    ]
    return sorted(tally, key=lambda pair: (-pair[1], alphabetical(pair[0])))


def _most_common(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda word: (-spellings[word], alphabetical(word)))


def alphabetical(word: str) -> tuple[str, str]:
    return word.casefold(), word


def _sentences(listed: Tally, also: Sequence[str]) -> tuple[Message, ...]:
    shared = ", ".join(f"{word} ({count})" for word, count in listed if count > 1)
    once = ", ".join([*(word for word, count in listed if count == 1), *also])
    if shared and once:
        return (say("%(words)s; also: %(also)s", words=shared, also=once),)
    if shared or once:
        return (say("%(words)s", words=shared or once),)
    return (say("There are no words to show."),)


def _same(tally: Tally, task: Task) -> tuple[Mark, ...]:
    return (SAME,) if [count for _, count in tally] == [task.n] else ()


# The cloud


def _cloud(listed: Tally, also: Sequence[str], section: Part) -> Cloud:
    rows = lens(listed[:CLOUD_TO])
    tall = sum(max(SIZES[word.size] for word in row) for row in rows)
    height = 1 + sum(tall > limit for limit in HEIGHTS)
    show_all = say_n("Show all %(count)s", "Show all %(count)s", len(listed))
    own, look = section.is_text, section.look
    return Cloud(rows, height, tuple(listed), tuple(also), show_all, look, own)


def lens(tally: Sequence[tuple[str, int]]) -> tuple[tuple[Word, ...], ...]:
    """Rows of words, packed greedily into a lens, the heaviest in the middle."""
    most = max((count for _, count in tally), default=1)
    left = [Word(word, size_of(count, most)) for word, count in tally]
    area = sum(_advance(word.text) * SIZES[word.size] ** 2 for word in left)
    width = min(max(NARROW, 2 * sqrt(area)), WIDE)
    rows = []
    for number in numbered():
        if not left:
            break
        row = _row(left, width * max(NARROWEST, 1 - NARROWER * ((number + 1) // 2)))
        left = [word for word in left if word not in row]
        rows.append(_middle_out(row))
    return tuple(tuple(row) for row in _middle_out(rows))


def size_of(count: int, most: int) -> int:
    """Between length and area: a word said twice as often looks it."""
    heavy: float = ((count - 1) / max(1, most - 1)) ** 0.7
    return 1 + round(4 * heavy)


def _row(words: Sequence[Word], limit: float) -> list[Word]:
    row: list[Word] = []
    used = 0.0
    for word in words:
        width = _advance(word.text) * SIZES[word.size] + GAP
        if not row or used + width <= limit:
            row.append(word)
            used += width
    return row


def _advance(text: str) -> float:
    return sum(WIDE_LETTER if east_asian_width(letter) in "WF" else LETTER for letter in text)


def _middle_out(items: Sequence[T]) -> list[T]:
    out: list[T] = []
    for i, item in enumerate(items):
        out.insert(0 if i % 2 else len(out), item)
    return out
