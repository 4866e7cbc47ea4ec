"""What the next picture of a live round may take, so that no two pictures tell one person's answer.

A step whose reveal is `live_batches` shows results while people answer. Each sealed answer says in
a digest what the last picture took of it, and a part of the result is renewed only when what at
least `need` people have in it would differ: new, changed, passed or taken back. Then it takes
everything there is. A pass of somebody who had nothing in the picture changes nothing in it, so it
counts as little as one who said nothing (docs/decisions/0022-live-batches.md).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from attune.display import text_key
from attune.kinds import DIGEST_BYTES, Section
from attune.models import Round

BEAT_SECONDS = 10  # how often live rounds are looked at; no picture may follow upon a tap

Cards = Callable[[str, Sequence[Any], Sequence[Any]], list[Any]]

NOTHING = ""  # in place of a digest: the picture has nothing of this person's

_random = SystemRandom()
_UNORDERED = ("bars", "icons", "words", "cards")  # one person's several are shown in no order


@dataclass(frozen=True)
class Batch:
    """The next picture of a round: some parts of it renewed, all others as they are."""

    values: dict[str, list[Any]]  # by section; one with too few people is not there
    fresh: dict[str, list[Any]]  # by section, what was not in the picture before
    took: list[list[str]]  # for each answer, in their order: what of it is in the picture
    renewed: frozenset[str]  # names of sections
    left: int  # people who have something in no picture yet, or still something in it


def is_live(round: Round) -> bool:
    """Whether results of this round are shown in batches while it is open."""
    return bool(round.frame.get("reveal") == "live_batches")


def take(  # noqa: PLR0913, PLR0917  # all that decides what a picture may take
    sections: Sequence[Section[Any]],
    needs: Mapping[str, int],
    answers: Sequence[Any],
    took: Sequence[Sequence[str]],
    before: Mapping[str, list[Any]],
    cards: Cards | None = None,
) -> Batch:
    """Compare what people have given by now with what the picture `before` took of it.

    `answers` has None for a pass and for what was taken back; `took` says for each what is in the
    picture, one digest for each section, or is empty. `cards(name, values, before)` makes the cards
    of a section of what each of these people has in it, None where they have nothing.
    """
    values, fresh, renewed = {}, {}, set()
    now_in = [list(each) or [NOTHING] * len(sections) for each in took]
    left = set()
    for at, section in enumerate(sections):
        name, need = section.name, needs[section.name]
        given = [section.take(answer) if answer is not None else None for answer in answers]
        present = [value for value in given if value is not None]
        marks = [_digest(section, value) for value in given]
        differ = [n for n, mark in enumerate(marks) if mark != now_in[n][at]]
        if len(differ) >= need and len(present) >= need:
            there = before.get(name, ())
            if section.draw == "cards" and cards:
                values[name] = cards(name, given, there)
                fresh[name] = [card for card in values[name] if card not in there]
            else:
                values[name], fresh[name] = _mixed(section, there, present)
            renewed.add(name)
            for n, mark in enumerate(marks):
                now_in[n][at] = mark
            continue
        left.update(differ)
        if len(differ) >= need and name in before:
            # Too few are left for a picture. What people have seen stays what the next is held to.
            renewed.add(name)
        elif name in before:
            values[name] = before[name]
    return Batch(values, fresh, now_in, frozenset(renewed), len(left))


def _digest(section: Section[Any], value: Any) -> str:
    """What can be seen of a value, in short: what looks the same is the same."""
    if value in (None, [], ""):
        return NOTHING
    if section.draw == "words":
        value = [text_key(word) for word in value]
    if section.draw in _UNORDERED and isinstance(value, list):
        value = sorted(value, key=json.dumps)
    packed = json.dumps([section.name, value], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(packed.encode()).digest()[:DIGEST_BYTES].hex()


def _mixed(
    section: Section[Any], before: Sequence[Any], present: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """The values in the order in which they are kept, and those that are new.

    Texts that are there already keep their place, so that nobody has to read the list anew. What is
    new is shuffled, and comes after them.
    """
    if not section.is_text:
        mixed = list(present)
        _random.shuffle(mixed)
        return mixed, []
    there = Counter(_packed(value) for value in present)
    kept = []
    for value in before:
        if there[_packed(value)] > 0:
            there[_packed(value)] -= 1
            kept.append(value)
    fresh = [json.loads(packed) for packed in there.elements()]
    _random.shuffle(fresh)
    return kept + fresh, fresh


def _packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
