"""Putting the cards of a result where they belong: under one of the states that a kind offers.

Open questions are talked about, answered, parked. What is moved is a card and never what its
author gave; a card that nobody has moved stands in its section's first place. A pinned one stands
first among its own, however few have marked it.
"""

from dataclasses import replace
from typing import Any

from attune import releases, rooms
from attune.errors import Conflict, Invalid
from attune.i18n import say
from attune.kinds import Section
from attune.models import Release, Room, Round
from attune.releases import Body
from attune.rounds import parts_of

NO_SUCH_CARD = say("This text is not in the result any more.")


def place(room: Room, round: Round, card: str, category: str) -> None:
    """Put a card under this category. Raises Invalid for one that is not there, or not offered."""
    section, release, body = _found(room, round, card)
    if category not in {each.id for each in section.categories}:
        raise Invalid(say("There is no such place in this step."), "place")
    placed = body.placed.get(section.name, {}) | {card: category}
    _keep(room, round, release, body, placed=body.placed | {section.name: placed})


def pin(room: Room, round: Round, card: str, *, on: bool = True) -> None:
    """Let a card stand first among its own, or no more. Raises Invalid for one that is gone."""
    section, release, body = _found(room, round, card)
    pinned = [each for each in body.pinned.get(section.name, []) if each != card]
    pinned = sorted([*pinned, card] if on else pinned)
    _keep(room, round, release, body, pinned=body.pinned | {section.name: pinned})


def _found(room: Room, round: Round, card: str) -> tuple[Section[Any], Release, Body]:
    rooms.require_running(room)
    release = releases.release_of(round)
    body = releases.opened(room, round, release) if release else None
    if release is None or body is None:
        raise Conflict(NO_SUCH_CARD)
    kind, settings, _ = parts_of(round)
    for section in kind.sections(settings):
        if section.placed and any(each["id"] == card for each in body.values.get(section.name, ())):
            return section, release, body
    raise Invalid(NO_SUCH_CARD, "card")


def _keep(room: Room, round: Round, release: Release, body: Body, **changed: Any) -> None:
    after = replace(body, **changed)
    if after != body:
        releases.reseal(room, round, release, after)
