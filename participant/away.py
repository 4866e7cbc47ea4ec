"""Stepping away, and coming back: one tap, no reason, and the seat stays.

Nobody is told who. The phone goes on being counted among those that are here, or everybody could
see in the number that somebody has gone.
"""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from attune import refusals, seats
from attune.db import transaction
from attune.errors import RoomEnded
from participant import pages, phone

bp = Blueprint("away", __name__)


@bp.post("/r/<ref>/away")
def create(ref: str) -> ResponseReturnValue:
    return _set(ref, on=True)


@bp.post("/r/<ref>/away/delete")
def destroy(ref: str) -> ResponseReturnValue:
    return _set(ref, on=False)


def _set(ref: str, *, on: bool) -> ResponseReturnValue:
    try:
        with transaction():
            here = phone.inside(ref)
            seats.step_away(here.room, here.seat, on=on)
    except RoomEnded as refusal:
        return pages.goodbye(ref, refusal)
    if refusals.wants_json():
        return jsonify({"ok": True})
    return redirect(url_for("participant.rooms.show", ref=ref, here=None if on else "1"), 303)
