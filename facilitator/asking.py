"""Asking something on the spot: the page, and putting what was typed there.

The console has the same form in a dialog. The page is for whoever has no script, and gives back
what was typed whenever it could not be put.
"""

import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, asking, drawing, rooms
from attune.asking import Asked
from attune.db import transaction
from attune.errors import Conflict, Invalid, Refusal
from attune.forms import Unfit
from attune.models import Room
from attune.refusals import wants_json
from facilitator.rooms import done, number

bp = Blueprint("asking", __name__)


@bp.get("/rooms/<ref>/rounds/new")
def write(ref: str) -> ResponseReturnValue:
    room = access.room_for(current_user.id, ref)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    return _page(room, Asked(asking.offered()[0].name, ""))


def put(ref: str) -> ResponseReturnValue:
    """Put what was typed (`rounds.put` has the address)."""
    asked = _asked()
    try:
        with transaction():
            room = access.room_for(current_user.id, ref)
            with drawing.in_language(rooms.settings_of(room).language):
                asking.ask(room, asked, number("seen"), drawing.tell)
    except (Unfit, Conflict) as refusal:
        if wants_json():
            raise
        return _page(access.room_for(current_user.id, ref), asked, refusal), refusal.status
    return done(ref)


def _asked() -> Asked:
    form = request.form
    return Asked(
        kind=form.get("kind", ""),
        title=form.get("title", ""),
        invitation=form.get("invitation", ""),
        more={path: text for path, text in form.items() if "." in path},
        settings=_json(form["settings"]) if "settings" in form else None,
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(field="settings") from error


def _page(room: Room, asked: Asked, refusal: Refusal | None = None) -> str:
    last = rooms.current_round(room)
    return render_template(
        "facilitator/ask.html",
        room=room,
        seen=last.number if last else 0,
        offered=asking.offered(),
        asked=asked,
        k=rooms.settings_of(room).k,
        problems=refusal.problems if isinstance(refusal, Unfit) else {},
        refusal=refusal,
    )
