"""Draws the room's page, the one at the door and the goodbye.

The regions come from `drawing`, the same for everybody but for one's own values, which are filled
in here and never pushed. What somebody typed and could not give is drawn again: a refusal never
costs a person their words.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter, ValidationError

from attune import (
    access,
    answers,
    drawing,
    knocking,
    presence,
    refusals,
    resonating,
    rooms,
    rounds,
    signals,
    telling,
)
from attune.app import settings
from attune.errors import NotAnAnswer, NotYours, Refusal, RoomEnded
from attune.kinds import kind_of, unflatten
from attune.models import Room
from attune.text import Text
from participant import phone
from participant.phone import Here

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Refused:
    """What was not taken, and what had been typed, so that nothing of it is lost."""

    refusal: Refusal
    number: int
    fields: Fields = ()


@dataclass(frozen=True)
class Own:
    """What is this phone's own on the page, beside what everybody sees."""

    state: Literal["none", "given", "passed"] = "none"
    values: Mapping[str, Any] | None = None
    said: signals.Said | None = None  # what this phone has told privately
    to_copy: Sequence[str] = ()
    marked: Sequence[str] = ()  # cards of the result that are true for this one too
    beside: Mapping[str, Any] | None = None  # given to what stays open at the side


def room_page(here: Here, refused: Refused | None = None) -> ResponseReturnValue:
    """The whole page: for a visit, and again with the words of somebody who was refused."""
    room, seat, token = here
    presence.asked(room.id, seat.key)
    own = _own(room, token)
    if refused:
        own = _with_what_was_typed(room, own, refused)
    if "change" in request.args:
        own = replace(own, state="none")
    seen, regions = drawing.page(
        room, "participant", mine=own.values, marked=own.marked, beside=own.beside
    )
    page = render_template(
        "participant/room.html",
        room=seen.room,
        round=seen.round,
        regions=regions,
        own=own,
        owner=signals.owner(room),
        idem=secrets.token_hex(16),
        aside_idem=secrets.token_hex(16),
        back="back" in request.args,
        from_away="here" in request.args,
        who_sees=telling.who_sees(seen.room.leader, seen.room.watching),
        exit_url=settings().exit_url,
        refused=refused.refusal if refused else None,
    )
    return make_response(page, refused.refusal.status if refused else 200)


def door(here: Here) -> ResponseReturnValue:
    """For a phone that waits to be let in. It looks again by itself, with and without script."""
    response = make_response(
        render_template(
            "participant/door.html",
            room=here.room,
            leader=rooms.leader_of(here.room),
            label=knocking.said(here.seat.label) if here.seat.label else None,
            help_text=rooms.settings_of(here.room).help_text,
            exit_url=settings().exit_url,
        )
    )
    response.headers["Refresh"] = "10"
    return response


def away(here: Here) -> ResponseReturnValue:
    """For a phone that has stepped away: calm, and with nothing on it that moves."""
    return make_response(
        render_template(
            "participant/away.html",
            room=here.room,
            help_text=rooms.settings_of(here.room).help_text,
        )
    )


def goodbye(ref: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """For anybody who has the address of an ended room: help, and nothing of the room."""
    room = access.room_by_ref(ref)
    if room is None:
        raise NotYours
    known = rooms.settings_of(room)
    g.language = known.language
    if refusal and refusals.wants_json():
        response = make_response(refusals.answer(refusal))
    else:
        page = render_template(
            "participant/goodbye.html",
            help_text=known.help_text or settings().help_text,
            exit_url=settings().exit_url,
        )
        response = make_response(page, refusal.status if refusal else 200)
    phone.forget_seat(response, ref)
    phone.clear_storage(response)
    return response


def refuse(ref: str, refused: Refused) -> ResponseReturnValue:
    """A refusal as the room's page with what was typed, or as JSON for a script."""
    if isinstance(refused.refusal, RoomEnded):
        return goodbye(ref, refused.refusal)
    if refusals.wants_json() or type(refused.refusal) is NotYours:
        return refusals.answer(refused.refusal)
    response = make_response(room_page(phone.inside(ref), refused))
    if seconds := refusals.RETRY_SECONDS.get(refused.refusal.status):
        response.headers["Retry-After"] = str(seconds)
    return response


def _own(room: Room, token: bytes) -> Own:
    current, aside = rooms.current_round(room), rounds.at_the_side(room)
    given, marked = answers.mine(room, token), resonating.mine(room, token)
    own = Own(
        said=signals.mine(room, token),
        marked=[card for cards in marked.values() for card in cards],
        beside=given.get(str(aside.number), {}).get("answer") if aside else None,
    )
    mine = given.get(str(current.number)) if current else None
    if mine is None:
        return own
    return replace(own, state="passed" if mine["pass"] else "given", values=mine["answer"])


def _with_what_was_typed(room: Room, own: Own, refused: Refused) -> Own:
    """In its own boxes while the question is open; afterwards as words to copy."""
    try:
        round = access.round_of(room, refused.number)
    except NotYours:
        return own
    current = rooms.current_round(room)
    model = kind_of(round.kind).answer
    if current and current.id == round.id and round.state == "open":
        typed = _typed(model, refused.fields)
        return Own("none", typed) if typed else own
    return replace(own, to_copy=tuple(_own_words(model, refused.fields)))


def _typed(model: Any, fields: Fields) -> Mapping[str, Any] | None:
    """What a form holds, as near to an answer as it gets: enough to fill the form in again."""
    try:
        tree = unflatten(model, fields)
    except NotAnAnswer:
        return None
    return {name: _as(model, name, value) for name, value in tree.items()}


def _as(model: Any, name: str, value: Any) -> Any:
    known = model.model_fields.get(name) if hasattr(model, "model_fields") else None
    if known is None:
        return value
    if isinstance(value, dict):
        child = next(
            (part for part in _parts(known.annotation) if hasattr(part, "model_fields")), None
        )
        return {inner: _as(child, inner, part) for inner, part in value.items()}
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(known.annotation)
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError:
        return value


def _own_words(model: Any, fields: Fields) -> Iterator[str]:
    """The texts among what was typed: what somebody wrote is worth copying, a tick is not."""
    for name, value in fields:
        known = model.model_fields.get(name.partition(".")[0])
        if value.strip() and known and any(_is_text(part) for part in _parts(known)):
            yield value.strip()


def _parts(of: Any) -> Iterator[Any]:
    """A type and everything that it is made of."""
    yield of
    yield from getattr(of, "metadata", ())
    for part in (getattr(of, "annotation", None), *getattr(of, "__metadata__", ()), *get_args(of)):
        if part is not None and part is not Ellipsis:
            yield from _parts(part)


def _is_text(part: Any) -> bool:
    return isinstance(part, Text)
