"""Taking a place in a room, and giving it up. A seat has no name and no time."""

import base64
import binascii
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from attune import changes, knocking, presence
from attune.access import room_by_code
from attune.codes import normal
from attune.db import db
from attune.errors import Conflict, NotYours
from attune.i18n import say
from attune.models import Room, RoomFacilitator, Seat
from attune.sealing import TOKEN_BYTES, fingerprint, new_token

SEAT_KEY_BYTES = 16
MOST_SEATS = 2_000  # in one room; a hall holds a thousand


@dataclass(frozen=True)
class Taken:
    """A place in a room, and the secret that goes into the phone's cookie and nowhere else."""

    room: Room
    token: bytes


def room_behind(code: str) -> Room:
    """The room that can be joined with this code. Raises NotYours for any other code alike."""
    room = room_by_code(normal(code))
    if room is None or room.state not in ("lobby", "live") or room.entry == "locked":
        raise NotYours(
            say("No open room has this code. Check it with the screen, or ask who leads it.")
        )
    return room


def take(code: str, *, facilitator_id: int | None = None) -> Taken:
    """Take a new seat. Raises NotYours for a code that opens nothing, Conflict when full.

    Somebody signed in as a facilitator of this very room answers too: every result then needs
    one answer more, since they can take their own away.
    """
    room = room_behind(code)
    seats = sa.select(sa.func.count()).select_from(Seat).where(Seat.room_id == room.id)
    if (db.session.scalar(seats) or 0) >= MOST_SEATS:
        raise Conflict(say("This room is full. Ask who leads it."))
    member = facilitator_id and db.session.get(RoomFacilitator, (room.id, facilitator_id))
    if member:
        room.leads_answering += 1
        member.is_answering = True
    token = new_token()
    db.session.add(
        Seat(
            key=secrets.token_bytes(SEAT_KEY_BYTES),
            room_id=room.id,
            token_hash=fingerprint(token),
            state="waiting" if room.entry == "admit" else "in",
            label=knocking.free_labels(room, 1)[0] if room.entry == "admit" else None,
        )
    )
    changes.note(room.id, "people")
    return Taken(room, token)


def step_away(room: Room, seat: Seat, *, on: bool) -> None:
    """Away for a while, or back: the seat stays, and the console is told how many, not who."""
    if presence.is_away(room.id, seat.key) == on:
        return
    if on:
        presence.step_away(room.id, seat.key)
    else:
        presence.come_back(room.id, seat.key)
    changes.note(room.id, "signals")


def leave(room: Room, seat: Seat) -> None:
    """Give the seat up. What was given stays: the server could not find it any more."""
    presence.left(room.id, seat.key)
    db.session.delete(seat)
    changes.note(room.id, "people")


def cookie_name(ref: str) -> str:
    """The cookie that holds the secret of this room's seat. Its path is `/`: sockets need it."""
    return f"seat-{ref}"


def cookie_of(token: bytes) -> str:
    """What the cookie says: the secret in base64url, without padding."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def token_of(cookie: str | None) -> bytes | None:
    """The secret in a cookie; None when there is none, or it is no secret of ours."""
    try:
        token = base64.urlsafe_b64decode(f"{cookie or ''}=".encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        return None
    return token if len(token) == TOKEN_BYTES and cookie_of(token) == cookie else None


def write_in_order(room: Room) -> None:
    """Write the room's seats anew in the order of their keys, which are random.

    Where a page of the database holds a row says when it came; who joined when is nobody's affair.
    """
    rows = db.session.execute(
        sa.select(Seat.key, Seat.token_hash, Seat.state, Seat.label)
        .where(Seat.room_id == room.id)
        .order_by(Seat.key)
    ).all()
    if rows:
        db.session.execute(sa.delete(Seat).where(Seat.room_id == room.id))
        db.session.execute(
            sa.insert(Seat),
            [
                dict(zip(("key", "token_hash", "state", "label"), row, strict=True))
                | {"room_id": room.id}
                for row in rows
            ],
        )
