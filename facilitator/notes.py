"""One's own private notes on a room: written on the console, all of them on a page of their own.

Nothing here is a region: regions are the same for everybody who leads, and a note is its writer's.
"""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, notes, rooms
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Room
from attune.notes import THE_ROOM, Written
from attune.refusals import wants_json
from facilitator.rooms import number

bp = Blueprint("notes", __name__)


@bp.get("/rooms/<ref>/notes")
def show(ref: str) -> ResponseReturnValue:
    room = access.room_for(current_user.id, ref)
    written = notes.notes_of(room, current_user.id)
    if wants_json():
        return jsonify(notes=[asdict(written[number]) for number in sorted(written)])
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    return _page(room, written)


@bp.post("/rooms/<ref>/notes")
def keep(ref: str) -> ResponseReturnValue:
    """Keep the note on a round, or on the room: `round` is 0 then."""
    n, text = number("round"), request.form.get("text", "")
    in_summary = request.form.get("in_summary") == "yes"
    try:
        with transaction():
            room = access.room_for(current_user.id, ref)
            round = access.round_for(current_user.id, ref, n)[1] if n != THE_ROOM else None
            written = notes.keep(room, round, current_user.id, text, in_summary=in_summary)
    except Invalid as problem:
        if wants_json():
            raise
        room = access.room_for(current_user.id, ref)
        mine = notes.notes_of(room, current_user.id)
        return _page(room, {**mine, n: Written(n, text, in_summary)}, problem, n), problem.status
    if wants_json():
        return jsonify(asdict(written))
    return redirect(
        url_for("facilitator.notes.show", ref=ref, kept="yes", _anchor=f"note-{n}"), 303
    )


def _page(
    room: Room, written: Mapping[int, Written], problem: Invalid | None = None, at: int = -1
) -> str:
    return render_template(
        "facilitator/notes.html",
        room=room,
        rounds=rooms.rounds_of(room),
        written=written,
        problem=problem,
        at=at,
    )
