"""What is mine in this room, for this phone alone. Its length says nothing of what is in it."""

import json

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from attune import drawing, presence, resonating, signals
from participant import phone
from participant.as_json import refusing_as_json

bp = Blueprint("mine", __name__)

BLOCK = 4_096  # bytes


@bp.get("/r/<ref>/mine")
@refusing_as_json
def show(ref: str) -> ResponseReturnValue:
    here = phone.inside(ref)
    mine = {
        **resonating.all_of(here.room, here.token),
        **signals.as_json(here.room, here.token, drawing.tell),
        "away": presence.is_away(here.room.id, here.seat.key),
    }
    body = json.dumps(mine).encode()
    padded = body.ljust(-(-len(body) // BLOCK) * BLOCK)
    return Response(padded, mimetype="application/json")
