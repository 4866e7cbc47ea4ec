"""The seat that this phone has: read from its cookie, and set, and forgotten.

A seat at the door (`waiting`) is a seat and not yet inside: it sees nothing of the room and can
give nothing. Ask `inside` for anything that belongs to the room.
"""

from collections.abc import Iterator
from typing import NamedTuple

from flask import g, request
from werkzeug import Response

from attune import access, rooms
from attune.app import settings
from attune.errors import NotYours
from attune.models import Room, Seat
from attune.seats import cookie_name, cookie_of, token_of

HOURS = 24
PREFIX = cookie_name("")


class Here(NamedTuple):
    """This phone's place in a room, and the secret that opened it."""

    room: Room
    seat: Seat
    token: bytes


def seated(ref: str) -> Here:
    """The room and the seat, at the door or inside. Raises NotYours, RoomEnded."""
    token = token_of(request.cookies.get(cookie_name(ref)))
    room, seat = access.seat_for(ref, token)
    assert token
    g.language = rooms.settings_of(room).language
    return Here(room, seat, token)


def inside(ref: str) -> Here:
    """The same for a phone that has been let in. Raises NotYours for one at the door."""
    here = seated(ref)
    if here.seat.state != "in":
        raise NotYours
    return here


def give_seat(response: Response, ref: str, token: bytes) -> None:
    """Put the seat's secret into the cookie, and forget the rooms of before."""
    for name in _others(cookie_name(ref)):
        _set(response, name, "", seconds=0)
    _set(response, cookie_name(ref), cookie_of(token), seconds=HOURS * 3600)


def forget_seat(response: Response, ref: str) -> None:
    """The phone has left, or the room has ended."""
    _set(response, cookie_name(ref), "", seconds=0)


def clear_storage(response: Response) -> None:
    """What the script may have kept of a room goes with it."""
    response.headers["Clear-Site-Data"] = '"storage"'


def _others(own: str) -> Iterator[str]:
    return (name for name in request.cookies if name.startswith(PREFIX) and name != own)


def _set(response: Response, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        expires=None if seconds else 0,
        path="/",
        httponly=True,
        samesite="Lax",
        # On plain http (a classroom's network) a secure cookie would not come back.
        secure=settings().is_https,
    )
