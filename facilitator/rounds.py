"""Putting a step, closing it, opening it again, moving inside it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, resonating, rounds
from attune.db import transaction
from attune.errors import Conflict
from facilitator import asking
from facilitator.rooms import done, moved_on, number

ROUND = "/rooms/<ref>/rounds/<int(max=2147483647):n>"

bp = Blueprint("rounds", __name__)
bp.register_error_handler(Conflict, moved_on)


@bp.post("/rooms/<ref>/rounds")
def put(ref: str) -> ResponseReturnValue:
    """Put a step, as somebody who saw the round `seen`: pressed twice, it moves on once.

    Or put an earlier round once more (`round`), or what is in no plan (`kind`).
    """
    if "kind" in request.form:
        return asking.put(ref)
    with transaction():
        room = access.room_for(current_user.id, ref)
        if "round" in request.form:
            rounds.put_again(room, access.round_of(room, number("round")), number("seen"))
        else:
            rounds.put(room, number("step"), number("seen"))
    return done(ref)


@bp.post(f"{ROUND}/closure")
def close(ref: str, n: int) -> ResponseReturnValue:
    """Close at once, or after `grace` seconds in which answers still count."""
    grace = number("grace") if "grace" in request.form else 0
    with transaction():
        rounds.close(*access.round_for(current_user.id, ref, n), grace=grace)
    return done(ref)


@bp.post(f"{ROUND}/closure/delete")
def reopen(ref: str, n: int) -> ResponseReturnValue:
    with transaction():
        rounds.reopen(*access.round_for(current_user.id, ref, n))
    return done(ref)


@bp.post(f"{ROUND}/progress")
def move(ref: str, n: int) -> ResponseReturnValue:
    """Move to a place inside the round."""
    with transaction():
        resonating.move(*access.round_for(current_user.id, ref, n), to=number("to"))
    return done(ref)
