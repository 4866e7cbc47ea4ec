"""Telling who leads something privately, asking for another pace, and stepping away.

One page, which a phone without script opens and the script lays over the question. It is drawn for
this phone alone and is never pushed. While nobody would see it, nothing is offered but help.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from attune import fleeting, pace, refusals, rooms, signals
from attune.app import settings
from attune.db import transaction
from attune.errors import Invalid, NotYours, Refusal, RoomEnded
from attune.i18n import say
from participant import pages, phone
from participant.phone import Here

bp = Blueprint("signals", __name__)

LATER = say("This comes with a later version of Attune. Speak to the person who leads the room.")
LOOK_AGAIN = 15  # seconds, for a phone without script that waits to be seen
OF_THE_FORM = ("level", "meet", "note")


@bp.get("/r/<ref>/signals")
def show(ref: str) -> ResponseReturnValue:
    """What can be said, or what became of what was; `?level=2` asks how to meet."""
    try:
        return _page(phone.inside(ref))
    except RoomEnded as refusal:
        return pages.goodbye(ref, refusal)


@bp.post("/r/<ref>/signals")
def create(ref: str) -> ResponseReturnValue:
    """Say it: `kind` is support, slower, pause or lost."""

    def say_it(here: Here) -> dict[str, Any]:
        sent = _sent()
        kind = sent.get("kind", "support")
        if kind in fleeting.PACES:
            signals.ask_pace(here.room, here.token, kind)
            return {"id": kind}
        if kind != "support":
            raise Invalid(field="kind")
        told = signals.read(
            signals.Told, {name: sent[name] for name in OF_THE_FORM if name in sent}
        )
        return {"id": signals.tell(here.room, here.token, told).id}

    return _do(ref, say_it)


@bp.post("/r/<ref>/signals/<signal_id>/delete")
def withdraw(ref: str, signal_id: str) -> ResponseReturnValue:
    return _do(ref, lambda here: signals.withdraw(here.room, here.token, signal_id))


def _do(ref: str, act: Callable[[Here], dict[str, Any] | None]) -> ResponseReturnValue:
    try:
        pace.check(phone.inside(ref).seat.key)
        with transaction():
            done = act(phone.inside(ref))
    except RoomEnded as refusal:
        return pages.goodbye(ref, refusal)
    except NotYours as refusal:
        return refusals.answer(refusal)
    except Refusal as refusal:
        if refusals.wants_json():
            return refusals.answer(refusal)
        return _page(phone.inside(ref), refusal)
    if refusals.wants_json():
        return jsonify({"ok": True, **(done or {})})
    return redirect(url_for("participant.signals.show", ref=ref), 303)


def _sent() -> dict[str, Any]:
    """A form's fields, or JSON. Raises Invalid."""
    if not request.is_json:
        return request.form.to_dict()
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid
    return body


def _page(here: Here, refusal: Refusal | None = None) -> ResponseReturnValue:
    room, _, token = here
    own = signals.mine(room, token)
    level = request.values.get("level", "")
    asked = "again" in request.args or refusal is not None
    page = render_template(
        "participant/tell.html",
        room=room,
        leader=rooms.leader_of(room),
        owner=signals.owner(room),
        is_offered=signals.is_offered(room),
        is_on=rooms.settings_of(room).signals,
        help_text=rooms.settings_of(room).help_text,
        has_round=rooms.current_round(room) is not None,
        own=own,
        said=None if asked or level else own,
        replies=signals.replies(room, own) if own else (),
        level=int(level) if level in ("2", "3") else 0,
        meet=request.form.get("meet", "here"),
        note=request.form.get("note", ""),
        pace=signals.own_pace(room, token),
        levels=signals.LEVELS,
        meetings=signals.MEETINGS,
        exit_url=settings().exit_url,
        refusal=refusal,
    )
    response = make_response(page, refusal.status if refusal else 200)
    if own and own.state == "sent" and not (level or asked):
        response.headers["Refresh"] = str(LOOK_AGAIN)
    return response


def _refuse(ref: str) -> NoReturn:
    phone.inside(ref)
    raise Invalid(LATER)
