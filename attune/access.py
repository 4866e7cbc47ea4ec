"""Who may reach what: every lookup starts from the person who asks.

Pages and socket events both come through here, so a rule cannot hold on one path and be missing
on the other. What is not yours is not there.
"""

from typing import TypeVar

import sqlalchemy as sa

from attune import codes
from attune.db import db
from attune.errors import NotYours, RoomEnded
from attune.i18n import say
from attune.models import Facilitator, Plan, PlanShare, Room, RoomFacilitator, Round, Seat
from attune.sealing import fingerprint

T = TypeVar("T")

FOR_WHO_LEADS = say("Only who leads this room can do that. Ask them, or let them hand it over.")


def own_plan(facilitator_id: int, plan_id: int) -> Plan:
    """The facilitator's own plan: who else may see it is theirs to say. Raises NotYours."""
    mine = sa.select(Plan).where(Plan.facilitator_id == facilitator_id, Plan.id == plan_id)
    return _one(db.session.scalar(mine))


def plan_for(facilitator_id: int, plan_id: int) -> Plan:
    """A plan that this facilitator may change and open rooms from. Raises NotYours."""
    return _one(db.session.scalar(_plans(facilitator_id, "edit").where(Plan.id == plan_id)))


def plan_to_read(facilitator_id: int, plan_id: int) -> Plan:
    """A plan that this facilitator may look through and copy. Raises NotYours."""
    return _one(db.session.scalar(_plans(facilitator_id, "edit", "read").where(Plan.id == plan_id)))


def may_edit(facilitator_id: int, plan: Plan) -> bool:
    """Whether they may change it, and do not only read it."""
    mine = _plans(facilitator_id, "edit").where(Plan.id == plan.id)
    return db.session.scalar(mine) is not None


def owner(facilitator_id: int) -> Facilitator:
    """This facilitator, who owns the server: who may sign in is theirs to say. Raises NotYours."""
    found = db.session.get(Facilitator, facilitator_id)
    if found is None or found.is_disabled or found.role != "owner":
        raise NotYours
    return found


def room_for(facilitator_id: int, ref: str) -> Room:
    """A room that this facilitator leads or watches over, whatever its state. Raises NotYours."""
    mine = (
        sa.select(Room)
        .join(RoomFacilitator, RoomFacilitator.room_id == Room.id)
        .join(Facilitator, Facilitator.id == RoomFacilitator.facilitator_id)
        .where(
            RoomFacilitator.facilitator_id == facilitator_id,
            Room.ref == codes.as_ref(ref),
            Room.state != "forgotten",
            Facilitator.is_disabled.is_(False),
        )
    )
    return _one(db.session.scalar(mine))


def room_led_by(facilitator_id: int, ref: str) -> Room:
    """A room that this facilitator leads. Raises NotYours for who only watches over it.

    The one rule of who may end a room, forget it, hand it over and let others in. All else in a
    room is for whoever watches over it too.
    """
    room = room_for(facilitator_id, ref)
    if not leads(facilitator_id, room):
        raise NotYours(FOR_WHO_LEADS)
    return room


def room_handed_to(facilitator_id: int, ref: str, to: int) -> Room:
    """A room that this facilitator may hand over to that one. Raises NotYours.

    Who leads it may; and once they were shut out, whoever watches over it may take it over.
    """
    room = room_for(facilitator_id, ref)
    if leads(to, room) or (to == facilitator_id and _is_left_alone(room)):
        return room
    return room_led_by(facilitator_id, ref)


def leads(facilitator_id: int, room: Room) -> bool:
    """Whether they lead the room, and do not only watch over it."""
    member = db.session.get(RoomFacilitator, (room.id, facilitator_id))
    return member is not None and member.role == "lead"


def rooms_of(facilitator_id: int) -> list[Room]:
    """The rooms this facilitator leads or watches over, the newest first."""
    mine = (
        sa.select(Room)
        .join(RoomFacilitator, RoomFacilitator.room_id == Room.id)
        .where(RoomFacilitator.facilitator_id == facilitator_id, Room.state != "forgotten")
        .order_by(Room.id.desc())
    )
    return list(db.session.scalars(mine))


def round_for(facilitator_id: int, ref: str, number: int) -> tuple[Room, Round]:
    """A round of a room that this facilitator leads or watches over. Raises NotYours, RoomEnded."""
    room = room_for(facilitator_id, ref)
    if room.state not in ("lobby", "live"):
        raise RoomEnded
    return room, round_of(room, number)


def round_of(room: Room, number: int) -> Round:
    """The round with this number. Raises NotYours."""
    return _one(
        db.session.scalar(sa.select(Round).where(Round.room_id == room.id, Round.number == number))
    )


def room_by_code(code: str) -> Room | None:
    """The room that people join with this code, as `codes.normal` gives it; None without one."""
    return db.session.scalar(sa.select(Room).where(Room.code == code))


def room_by_ref(ref: str) -> Room | None:
    """For the goodbye page of an ended room; nothing else may be shown from it."""
    return db.session.scalar(
        sa.select(Room).where(Room.ref == codes.as_ref(ref), Room.state != "forgotten")
    )


def seat_for(ref: str, token: bytes | None) -> tuple[Room, Seat]:
    """The room and the seat that this phone's key belongs to. Raises NotYours, RoomEnded."""
    room = room_by_ref(ref)
    if room and room.state in ("ending", "ended"):
        raise RoomEnded
    if not room or not token:
        raise NotYours
    mine = sa.select(Seat).where(
        Seat.token_hash == fingerprint(token), Seat.room_id == room.id, Seat.state != "out"
    )
    return room, _one(db.session.scalar(mine))


def _is_left_alone(room: Room) -> bool:
    """Whether nobody who leads it can sign in."""
    lead = (
        sa.select(Facilitator.id)
        .join(RoomFacilitator, RoomFacilitator.facilitator_id == Facilitator.id)
        .where(
            RoomFacilitator.room_id == room.id,
            RoomFacilitator.role == "lead",
            Facilitator.is_disabled.is_(False),
        )
    )
    return db.session.scalar(lead) is None


def _plans(facilitator_id: int, *may: str) -> sa.Select[Plan]:
    """One's own, and those of others that one may do this with."""
    shared = sa.select(PlanShare.plan_id).where(
        PlanShare.facilitator_id == facilitator_id, PlanShare.may.in_(may)
    )
    return sa.select(Plan).where(sa.or_(Plan.facilitator_id == facilitator_id, Plan.id.in_(shared)))


def _one(found: T | None) -> T:
    if found is None:
        raise NotYours
    return found
