"""The room as one phone sees it. Nobody has it without a seat; anybody has its goodbye."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from attune import presence
from attune.errors import RoomEnded
from participant import pages, phone

bp = Blueprint("rooms", __name__)


@bp.get("/r/<ref>")
def show(ref: str) -> ResponseReturnValue:
    try:
        here = phone.seated(ref)
    except RoomEnded:
        return pages.goodbye(ref)
    if here.seat.state == "waiting":
        return pages.door(here)
    if presence.is_away(here.room.id, here.seat.key):
        return pages.away(here)
    return pages.room_page(here)
