"""The cards of a result: people's own texts, each by itself, so that it can be pointed at.

A card has a random id and a tag that says who wrote it to somebody who knows the author's number,
which after the answers are deleted is the author's own phone alone. Two cards of one person lie
apart and have two tags: nothing of them says that they are of one.
"""

import secrets
from collections.abc import Iterable, Sequence
from random import SystemRandom
from typing import Any

from attune.kinds import CARD_ID
from attune.sealing import Key

Card = dict[str, Any]  # {"id", "by": its author's tag, "text", "in": the id of a category or None}

_random = SystemRandom()


def made(
    key: Key, section: str, taken: Iterable[tuple[bytes, Any]], before: Sequence[Card] = ()
) -> list[Card]:
    """The cards of these people, each (pid, what the section takes of their answer).

    Those that were there `before` keep their place and id; what is new is shuffled and comes after.
    """
    written = [(pid, text, place) for pid, value in taken for text, place in _texts_in(value)]
    kept = []
    for card in before:
        mine = next((each for each in written if _is(key, section, card, each)), None)
        if mine:
            written.remove(mine)
            kept.append(card)
    ids = _ids(len(written), {card["id"] for card in before})
    fresh = [
        {"id": id, "by": key.author(pid, section, id), "text": text, "in": place}
        for id, (pid, text, place) in zip(ids, written, strict=True)
    ]
    _random.shuffle(fresh)
    return kept + fresh


def find(cards: Sequence[Card], id: str) -> Card | None:
    return next((card for card in cards if card["id"] == id), None)


def _is(key: Key, section: str, card: Card, written: tuple[bytes, str, str | None]) -> bool:
    pid, *said = written
    return said == [card["text"], card["in"]] and bool(
        card["by"] == key.author(pid, section, card["id"])
    )


def _ids(many: int, taken: set[str]) -> list[str]:
    ids: set[str] = set()
    while len(ids) < many:
        ids |= {secrets.token_hex(CARD_ID // 2)} - taken
    return list(ids)


def _texts_in(value: Any) -> list[tuple[str, str | None]]:
    """One person's texts, each with the category that they put it in."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(value, None)]
    return [(text, place) for text, place in value]
