"""Giving a seat up. What was given stays: nobody could find it any more, the server included."""

from flask import Blueprint, jsonify, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from attune import refusals, seats
from attune.db import transaction
from attune.errors import RoomEnded
from participant import pages, phone

bp = Blueprint("seats", __name__)


@bp.post("/r/<ref>/seat/delete")
def destroy(ref: str) -> ResponseReturnValue:
    try:
        with transaction():
            here = phone.seated(ref)
            seats.leave(here.room, here.seat)
    except RoomEnded as refusal:
        return pages.goodbye(ref, refusal)
    if refusals.wants_json():
        response = make_response(jsonify({"ok": True}))
    else:
        response = make_response(redirect(url_for("participant.joins.ask"), 303))
    phone.forget_seat(response, ref)
    phone.clear_storage(response)
    return response
