"""Who leads a room, and who watches over it with them: asking in, handing over, sending away.

One leads, and as many watch over it as the lead asks in. What only the lead may do is decided in
`access`, not here. A facilitator who has a seat as well is counted, never which seat it is.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from attune import access, changes, telling
from attune.db import db
from attune.errors import Invalid, NotYours, RoomEnded
from attune.i18n import say
from attune.models import Facilitator, Invitation, Room, RoomFacilitator

MOST = 12  # facilitators of one room


@dataclass(frozen=True)
class OfTheRoom:
    """A facilitator of a room, as its other facilitators know them."""

    id: int
    name: str
    leads: bool
    is_shut_out: bool


def team(room: Room) -> tuple[OfTheRoom, ...]:
    """Who leads first, then who watches over it, by name."""
    rows = db.session.execute(
        sa.select(Facilitator, RoomFacilitator.role)
        .join(RoomFacilitator, RoomFacilitator.facilitator_id == Facilitator.id)
        .where(RoomFacilitator.room_id == room.id)
        .order_by(RoomFacilitator.role.desc(), Facilitator.name, Facilitator.id)
    )
    return tuple(OfTheRoom(one.id, one.name, role == "lead", one.is_disabled) for one, role in rows)


def watching(room: Room) -> tuple[str, ...]:
    """The names of those who watch over it and can still come in."""
    return tuple(one.name for one in team(room) if not one.leads and not one.is_shut_out)


def left_alone(facilitator: Facilitator) -> list[Room]:
    """The rooms that still run, that this facilitator led, and that nobody can lead any more.

    None as long as they can sign in, or somebody who watches over the room can take it over.
    """
    if not facilitator.is_disabled:
        return []
    led = (
        sa.select(Room)
        .join(RoomFacilitator, RoomFacilitator.room_id == Room.id)
        .where(
            RoomFacilitator.facilitator_id == facilitator.id,
            RoomFacilitator.role == "lead",
            Room.state.in_(("lobby", "live")),
        )
        .order_by(Room.id)
    )
    return [room for room in db.session.scalars(led) if not watching(room)]


def who_could_be_asked(room: Room) -> list[Facilitator]:
    """Facilitators of this server who are not of the room, by name."""
    inside = sa.select(RoomFacilitator.facilitator_id).where(RoomFacilitator.room_id == room.id)
    return list(
        db.session.scalars(
            sa.select(Facilitator)
            .where(Facilitator.is_disabled.is_(False), Facilitator.id.not_in(inside))
            .order_by(Facilitator.name, Facilitator.id)
        )
    )


def ask_in(room: Room, facilitator_id: int) -> None:
    """This facilitator of the server watches over the room from now on. Raises Invalid."""
    asked = db.session.get(Facilitator, facilitator_id)
    if asked is None or asked.is_disabled:
        raise Invalid(say("Choose somebody from the list."), "facilitator")
    watch_over(room, asked)


def watch_over(room: Room, facilitator: Facilitator) -> bool:
    """They watch over the room; whether that is new. Raises Invalid, RoomEnded."""
    _require_there(room)
    if db.session.get(RoomFacilitator, (room.id, facilitator.id)):
        return False
    if len(team(room)) >= MOST:
        raise Invalid(say("So many are watching over this room already."), "facilitator")
    db.session.add(RoomFacilitator(room_id=room.id, facilitator_id=facilitator.id, role="co"))
    db.session.flush()
    changes.note(room.id, "people")
    telling.changed(room, "co")
    return True


def hand_over(room: Room, facilitator_id: int) -> None:
    """Who watched over the room leads it, and who led it watches over it. Raises Invalid.

    Links to the room that are open lead nowhere afterwards: who made them may not any more.
    """
    _require_there(room)
    to = db.session.get(RoomFacilitator, (room.id, facilitator_id))
    person = db.session.get(Facilitator, facilitator_id)
    if to is None or person is None or person.is_disabled:
        raise Invalid(say("Choose somebody who watches over this room."), "to")
    if to.role == "lead":
        return
    db.session.execute(
        sa.update(RoomFacilitator)
        .where(RoomFacilitator.room_id == room.id, RoomFacilitator.role == "lead")
        .values(role="co")
    )
    to.role = "lead"
    forget_links(room)
    # Their name stands wherever people read who sees what they give.
    if room.settings.get("called"):
        room.settings = {**room.settings, "called": ""}
    telling.changed(room, "lead")
    changes.note(room.id, "room")


def send_away(room: Room, facilitator_id: int) -> None:
    """They watch over the room no longer. Raises Invalid for who leads it."""
    _require_there(room)
    member = db.session.get(RoomFacilitator, (room.id, facilitator_id))
    if member is None:
        return
    if member.role == "lead":
        raise Invalid(say("A room needs somebody who leads it. Hand it over first."))
    db.session.delete(member)
    db.session.flush()
    changes.note(room.id, "people")
    telling.changed(room, "left")


def count_in(room: Room, facilitator_id: int, seat_token: bytes | None) -> None:
    """They took a seat before they came to watch over the room: results need one answer more.

    What is put from now on does; what is open keeps the need that stands on it. Once for each
    facilitator, and from a seat of this room alone.
    """
    if is_counted(room, facilitator_id, seat_token):
        return
    member = db.session.get(RoomFacilitator, (room.id, facilitator_id))
    if member:
        member.is_answering = True
        room.leads_answering += 1


def is_counted(room: Room, facilitator_id: int, seat_token: bytes | None) -> bool:
    """Whether nothing has to be counted: no seat in this room, or it was counted before."""
    member = db.session.get(RoomFacilitator, (room.id, facilitator_id))
    if member is None or member.is_answering or seat_token is None:
        return True
    try:
        access.seat_for(room.ref, seat_token)
    except (NotYours, RoomEnded):
        return True
    return False


def forget_links(room: Room) -> None:
    """No link leads to this room any more."""
    db.session.execute(sa.delete(Invitation).where(Invitation.room_id == room.id))


def _require_there(room: Room) -> None:
    """An ended room still has a summary, and somebody who may delete it; one that ends, waits."""
    if room.state not in ("lobby", "live", "ended"):
        raise RoomEnded
