"""What is mine in this room, for this phone alone. Its length says nothing of what is in it."""

import json

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from attune import answers
from participant import phone
from participant.as_json import refusing_as_json

bp = Blueprint("mine", __name__)

BLOCK = 4_096  # bytes


@bp.get("/r/<ref>/mine")
@refusing_as_json
def show(ref: str) -> ResponseReturnValue:
    here = phone.inside(ref)
    body = json.dumps({"rounds": answers.mine(here.room, here.token)}).encode()
    padded = body.ljust(-(-len(body) // BLOCK) * BLOCK)
    return Response(padded, mimetype="application/json")
