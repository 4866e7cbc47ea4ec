"""What is newer than what a phone has, for networks that let no socket through.

Waiting holds no connection to the database. It looks again every few seconds whatever happens: a
word from another process, or one that fell between asking and waiting, may have been lost.
"""

import time

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from attune import drawing, presence
from attune.changes import REGIONS
from attune.drawing import Drawn
from attune.errors import Invalid
from attune.rounds import now_ms
from participant import phone
from participant.as_json import refusing_as_json

bp = Blueprint("regions", __name__)

LONGEST_WAIT = 25  # seconds; below what proxies cut off
LOOK_AGAIN = 5  # seconds


@bp.get("/r/<ref>/regions")
@refusing_as_json
def show(ref: str) -> ResponseReturnValue:
    have = _have(request.args.get("have", ""))
    until = time.monotonic() + _wait(request.args.get("wait", "0"))
    while True:
        news, room_id = _newer(ref, have)
        left = until - time.monotonic()
        if news or left <= 0:
            break
        drawing.wait_for_news(room_id, "participant", min(left, LOOK_AGAIN))
    return jsonify(
        {
            "regions": [{"id": one.id, "v": one.v, "html": one.html} for one in news],
            "now": now_ms(),
        }
    )


def _newer(ref: str, have: dict[str, int]) -> tuple[list[Drawn], int]:
    """Asked anew each time: the room may end and the seat may be gone while a phone waits."""
    room, seat, _ = phone.inside(ref)
    presence.asked(room.id, seat.key)
    return drawing.newer(room, "participant", have), room.id


def _have(text: str) -> dict[str, int]:
    """`stage:3,results:1`. Raises Invalid; what is left out has not been seen."""
    have = {}
    for part in filter(None, text.split(",")):
        name, _, version = part.partition(":")
        if name not in REGIONS["participant"] or not version.isascii() or not version.isdigit():
            raise Invalid(field="have")
        have[name] = int(version[:18])
    return have


def _wait(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise Invalid(field="wait") from None
    # Also turns away what is not a number at all.
    return min(seconds, LONGEST_WAIT) if seconds >= 0 else 0
