"""Putting cards of a result in their places, such as questions: open, parked, answered."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, sorting
from attune.db import transaction
from attune.errors import Conflict
from facilitator.rooms import done, moved_on
from facilitator.rounds import ROUND

bp = Blueprint("sorting", __name__)
bp.register_error_handler(Conflict, moved_on)


@bp.post(f"{ROUND}/release/places")
def place(ref: str, n: int) -> ResponseReturnValue:
    """Put a card under a heading; `place` is `card:heading`, as the button has it."""
    card, _, to = request.form.get("place", "").partition(":")
    with transaction():
        sorting.place(*access.round_for(current_user.id, ref, n), card=card, category=to)
    return done(ref)


@bp.post(f"{ROUND}/release/pins")
def pin(ref: str, n: int) -> ResponseReturnValue:
    """Let a card stand first among its own."""
    return _pin(ref, n, on=True)


@bp.post(f"{ROUND}/release/pins/delete")
def unpin(ref: str, n: int) -> ResponseReturnValue:
    return _pin(ref, n, on=False)


def _pin(ref: str, n: int, *, on: bool) -> ResponseReturnValue:
    card = request.form.get("card", "")
    with transaction():
        sorting.pin(*access.round_for(current_user.id, ref, n), card=card, on=on)
    return done(ref)
