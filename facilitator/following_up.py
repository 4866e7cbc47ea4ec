"""When a text worries whoever leads: what can be done, and a private note to follow it up."""

from dataclasses import asdict

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, following_up
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Room, Round
from attune.refusals import wants_json

ROUND = "/rooms/<ref>/rounds/<int(max=2147483647):n>"

bp = Blueprint("following_up", __name__)


@bp.get(f"{ROUND}/follow-up")
def write(ref: str, n: int) -> ResponseReturnValue:
    room = access.room_for(current_user.id, ref)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    return _page(*access.round_for(current_user.id, ref, n))


@bp.post(f"{ROUND}/follow-up")
def keep(ref: str, n: int) -> ResponseReturnValue:
    """Add it to one's own note on the round; the exact words only with a reason."""
    sent = {name: request.form.get(name, "") for name in ("text", "words", "reason")}
    try:
        with transaction():
            written = following_up.note(
                *access.round_for(current_user.id, ref, n),
                current_user.id,
                sent["text"],
                words=sent["words"],
                reason=sent["reason"],
            )
    except Invalid as problem:
        if wants_json():
            raise
        return _page(*access.round_for(current_user.id, ref, n), problem), problem.status
    if wants_json():
        return jsonify(asdict(written))
    return redirect(
        url_for("facilitator.notes.show", ref=ref, kept="yes", _anchor=f"note-{n}"), 303
    )


def _page(room: Room, round: Round, problem: Invalid | None = None) -> str:
    return render_template(
        "facilitator/follow_up.html",
        room=room,
        round=round,
        texts=following_up.texts(room, round),
        typed={name: request.form.get(name, "") for name in ("text", "words", "reason")},
        problem=problem,
    )
