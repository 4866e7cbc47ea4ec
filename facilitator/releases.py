"""Making a round's result, showing it to the room and taking it away again."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, audit, live, releases, resonating
from attune.db import transaction
from attune.errors import Conflict
from facilitator.rooms import done, moved_on, number
from facilitator.rounds import ROUND

LONG = 10  # digits: there are never so many batches

bp = Blueprint("releases", __name__)
bp.register_error_handler(Conflict, moved_on)


@bp.post(f"{ROUND}/preview")
def preview(ref: str, n: int) -> ResponseReturnValue:
    """Make the result of a closed round, for the facilitator's eyes."""
    with transaction():
        room, round = access.round_for(current_user.id, ref, n)
        live.preview(room, round)
        audit.note(current_user.id, "looked", room=room)
    return done(ref)


@bp.post(f"{ROUND}/release")
def show(ref: str, n: int) -> ResponseReturnValue:
    """Show it in this form: full, soft or words; `full:3` when three batches of it were read.

    With `act=1` instead: for how many others each card is true.
    """
    if request.form.get("act") == "1":
        return _show_marks(ref, n, shown=True)
    form, _, batch = request.form.get("form", "").partition(":")
    read = int(batch) if batch.isascii() and batch.isdigit() and len(batch) < LONG else 0
    with transaction():
        room, round = access.round_for(current_user.id, ref, n)
        live.show(room, round, form=form, read=read)
        audit.note(current_user.id, "showed", room=room)
    return done(ref)


@bp.post(f"{ROUND}/release/delete")
def hide(ref: str, n: int) -> ResponseReturnValue:
    if request.form.get("act") == "1":
        return _show_marks(ref, n, shown=False)
    with transaction():
        room, round = access.round_for(current_user.id, ref, n)
        releases.hide(room, round)
        audit.note(current_user.id, "hid", room=room)
    return done(ref)


def _show_marks(ref: str, n: int, *, shown: bool) -> ResponseReturnValue:
    with transaction():
        resonating.show(*access.round_for(current_user.id, ref, n), shown=shown)
    return done(ref)


@bp.post(f"{ROUND}/release/page")
def turn(ref: str, n: int) -> ResponseReturnValue:
    """Turn the screen to this page of the cards, from 0."""
    with transaction():
        releases.turn(*access.round_for(current_user.id, ref, n), page=number("to"))
    return done(ref)
