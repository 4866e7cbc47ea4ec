"""A pause for everyone: a calm page on every phone and on the screen, until somebody goes on."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, rooms
from attune.db import transaction
from attune.errors import Conflict
from facilitator.rooms import done, moved_on

bp = Blueprint("pauses", __name__)
bp.register_error_handler(Conflict, moved_on)


@bp.post("/rooms/<ref>/pause")
def create(ref: str) -> ResponseReturnValue:
    return _pause(ref, on=True)


@bp.post("/rooms/<ref>/pause/delete")
def destroy(ref: str) -> ResponseReturnValue:
    return _pause(ref, on=False)


def _pause(ref: str, *, on: bool) -> ResponseReturnValue:
    with transaction():
        rooms.pause(access.room_for(current_user.id, ref), on=on)
    return done(ref)
