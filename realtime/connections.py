"""Who is connected: phones by their seat's cookie, consoles and screens by their sign-in.

The handshake asks once; a connection lives for an hour. So whatever takes a right away (a seat
given up, somebody shut out, the room's end) has to be looked for afterwards, and is, within a
second: `recheck` and `recheck_facilitators`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import eventlet
import sqlalchemy as sa
from flask import request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from attune import access, drawing, logs, presence, rooms, sign_ins
from attune.changes import Audience
from attune.db import db
from attune.errors import Invalid, NotYours, Refusal, RoomEnded, TooFast
from attune.models import Room, Seat
from attune.seats import cookie_name, token_of
from realtime.wire import MOST_REFUSED, Patience

if TYPE_CHECKING:
    from realtime.fragments import Drawer

MOST_OF_A_SEAT = 8  # tabs of one phone


class Place(NamedTuple):
    """One audience of one room: all in it are pushed the same."""

    room_id: int
    audience: Audience

    @property
    def channel(self) -> str:
        """What Socket.IO calls a room."""
        return f"{self.room_id}:{self.audience}"


@dataclass(eq=False)
class Connection:
    """One socket that has said who it is. The secret and the key are of participants alone."""

    sid: str
    place: Place
    ref: str
    language: str
    have: dict[str, int]
    token: bytes = field(default=b"", repr=False)
    seat_key: bytes = field(default=b"", repr=False)
    session_id: str = field(default="", repr=False)
    admitted: bool = False
    patience: Patience = field(default_factory=lambda: Patience(MOST_REFUSED))


class Asked(BaseModel):
    """`auth`, as the client sends it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    audience: Audience = Field(alias="as")
    room: str = Field(min_length=1, max_length=64)
    have: dict[str, int] = Field(default_factory=dict, max_length=16)


_connections: dict[str, Connection] = {}
_at: defaultdict[Place, set[Connection]] = defaultdict(set)
_of_seat: defaultdict[bytes, set[Connection]] = defaultdict(set)


def init_app(socketio: SocketIO, drawer: "Drawer") -> None:
    server = socketio.server

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect(auth: object = None) -> None:
        try:
            connection = _known(request.sid, auth)  # type: ignore[attr-defined]
        except Refusal as refusal:
            raise ConnectionRefusedError(refusal.code, {"code": refusal.code}) from None
        except Exception as error:  # noqa: BLE001  # the library would leave it half connected
            logs.failed("connect", error)
            raise ConnectionRefusedError("busy", {"code": "busy"}) from None
        _add(connection)
        if connection.admitted:
            enter(server, drawer, connection)

    # Not by Flask: there is no page to answer, and the library calls it wherever it finds out.
    server.on("disconnect", lambda sid, *_: drop(sid))


def find(sid: str) -> Connection | None:
    return _connections.get(sid)


def at(place: Place) -> set[Connection]:
    """Everybody who is connected there."""
    return _at.get(place, set())


def places() -> list[Place]:
    """Where anybody is connected."""
    return list(_at)


def enter(server: Any, drawer: "Drawer", connection: Connection) -> None:
    """Let it hear what its audience is pushed, from the newest on."""
    connection.admitted = True
    server.enter_room(connection.sid, connection.place.channel)
    room_id, audience = connection.place
    if audience == "participant":
        presence.came(room_id, connection.seat_key)
    elif audience == "console":
        presence.console_came(room_id)
    drawer.welcome(connection)


def drop(sid: str) -> None:
    """Forget a connection. Called for one that was never known, too."""
    connection = _connections.pop(sid, None)
    if connection is None:
        return
    _take_out(_at, connection.place, connection)
    if connection.seat_key:
        _take_out(_of_seat, connection.seat_key, connection)
    room_id, audience = connection.place
    if not connection.admitted or room_id not in presence.live_rooms():
        return
    if audience == "participant":
        presence.went(room_id, connection.seat_key)
    elif audience == "console":
        presence.console_went(room_id)


def send_away(server: Any, connection: Connection, why: str) -> None:
    """Say why, and close: they hear nothing more, whatever the network does."""
    server.emit("gone", {"why": why}, to=connection.sid)
    close(server, connection.sid)


def close(server: Any, sid: str) -> None:
    """Close without a word."""
    eio_sid = server.manager.eio_sid_from_sid(sid, "/")
    if eio_sid is None:
        return
    # First out of every room, then the farewell, which waits for a slow line in a greenlet.
    server.disconnect(sid)
    eventlet.spawn_n(server.eio.disconnect, eio_sid)


def recheck(server: Any, drawer: "Drawer", room_id: int) -> None:
    """Let in whom the door now lets in; send away whose seat is no more."""
    known = at(Place(room_id, "participant"))
    room = db.session.get(Room, room_id)
    if not known or room is None or room.state not in ("lobby", "live"):
        return  # an ending is told with the last regions
    states = dict(
        db.session.execute(
            sa.select(Seat.key, Seat.state).where(Seat.room_id == room_id, Seat.state != "out")
        )
        .tuples()
        .all()
    )
    for connection in list(known):
        state = states.get(connection.seat_key)
        if state is None:
            send_away(server, connection, "removed")
        elif state == "in" and not connection.admitted:
            enter(server, drawer, connection)
        elif state == "waiting" and connection.admitted:
            send_away(server, connection, "door")  # a new code: everybody knocks again


def recheck_facilitators(server: Any) -> None:
    """Send away who may no longer lead: shut out, a new password, or taken off the room.

    It asks the database each time, since a command line may have done it.
    """
    for place in places():
        if place.audience == "participant":
            continue
        for connection in list(at(place)):
            try:
                _leads(connection.session_id, connection.ref)
            except NotYours:
                send_away(server, connection, "removed")


def _known(sid: str, auth: object) -> Connection:
    """Raises Invalid, NotYours, RoomEnded, TooFast."""
    try:
        asked = Asked.model_validate(auth)
    except ValidationError:
        raise Invalid from None
    if asked.audience == "participant":
        return _phone(sid, asked)
    session_id = current_user.get_id() if current_user.is_authenticated else ""
    room = _leads(session_id, asked.room)
    if room.state == "ended" or (room.state == "ending" and asked.audience == "screen"):
        raise RoomEnded
    connection = _new(sid, asked, room)
    connection.session_id, connection.admitted = session_id, True
    return connection


def _phone(sid: str, asked: Asked) -> Connection:
    token = token_of(request.cookies.get(cookie_name(asked.room)))
    room, seat = access.seat_for(asked.room, token)
    if len(_of_seat.get(seat.key, ())) >= MOST_OF_A_SEAT:
        raise TooFast
    connection = _new(sid, asked, room)
    connection.token, connection.seat_key = token or b"", seat.key
    connection.admitted = seat.state == "in"
    return connection


def _leads(session_id: str, ref: str) -> Room:
    facilitator = sign_ins.signed_in(session_id)
    if facilitator is None:
        raise NotYours
    return access.room_for(facilitator.id, ref)


def _new(sid: str, asked: Asked, room: Room) -> Connection:
    return Connection(
        sid=sid,
        place=Place(room.id, asked.audience),
        ref=room.ref,
        language=drawing.language_of(rooms.settings_of(room).language, asked.audience),
        have=asked.have,
    )


def _add(connection: Connection) -> None:
    _connections[connection.sid] = connection
    _at[connection.place].add(connection)
    if connection.seat_key:
        _of_seat[connection.seat_key].add(connection)


def _take_out(sets: defaultdict[Any, set[Connection]], key: object, connection: Connection) -> None:
    sets[key].discard(connection)
    if not sets[key]:
        del sets[key]
