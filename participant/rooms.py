"""The room as one phone sees it. Nobody has it without a seat; anybody has its goodbye."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from attune.errors import RoomEnded
from participant import pages, phone

bp = Blueprint("rooms", __name__)


@bp.get("/r/<ref>")
def show(ref: str) -> ResponseReturnValue:
    try:
        here = phone.seated(ref)
    except RoomEnded:
        return pages.goodbye(ref)
    return pages.door(here) if here.seat.state == "waiting" else pages.room_page(here)
