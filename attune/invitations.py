"""Links that let somebody in, once and for a day: to an account here, or to one room.

Only a fingerprint of a link is kept, so whoever reads the database has no way in. A link is worth
no more than who made it: once they are shut out, or lead the room no longer, it leads nowhere.
Everything that is wrong with a link is told in the same words.
"""

import secrets

import sqlalchemy as sa

from attune import accounts, leading, rooms
from attune.db import db
from attune.errors import Invalid, NotYours
from attune.i18n import say
from attune.models import Facilitator, Invitation, Room, RoomFacilitator
from attune.rounds import now_ms
from attune.sealing import fingerprint
from attune.text import clean, length

HOUR_MS = 3_600_000
LASTS_MS = 24 * HOUR_MS
MOST_OPEN = 20  # for the server, and for each room
LONGEST_NAME = 80
TOKEN_BYTES = 32

NOWHERE = say(
    "This link leads nowhere. It may have been used or taken back, or it is older than a day. "
    "Ask for a new one."
)


def make(maker: Facilitator, room: Room | None, name: str = "") -> tuple[Invitation, str]:
    """A new link, to this room or to an account: what is kept of it, and what it carries.

    The second is told once and is nowhere afterwards. Raises Invalid, RoomEnded.
    """
    if room:
        rooms.require_running(room)
    clear()
    if len(open_ones(room)) >= MOST_OPEN:
        raise Invalid(say("There are many open links. Take some of them back first."), "name")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        token_hash=fingerprint(token.encode()),
        facilitator_id=maker.id,
        room_id=room.id if room else None,
        name=_name(name),
        until=now_ms() + LASTS_MS,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation, token


def open_ones(room: Room | None) -> list[Invitation]:
    """The links to this room, or to an account, that still lead there; the newest first."""
    mine = Invitation.room_id == (room.id if room else None)
    return list(db.session.scalars(_good().where(mine).order_by(Invitation.id.desc())))


def find(token: str) -> Invitation:
    """What a link leads to. Raises NotYours, in the same words whatever is wrong with it."""
    # By its fingerprint: how long the search takes says nothing of a token that fits better.
    by_token = Invitation.token_hash == fingerprint(token.encode("utf8", "replace"))
    found = db.session.scalar(_good().where(by_token))
    if found is None:
        raise NotYours(NOWHERE)
    return found


def find_room(token: str) -> Room:
    """The room that a link leads to. Raises NotYours for one to an account."""
    room_id = find(token).room_id
    room = db.session.get(Room, room_id) if room_id else None
    if room is None:
        raise NotYours(NOWHERE)
    return room


def make_account(token: str, name: str, email: str, password: accounts.PasswordHash) -> Facilitator:
    """Use a link up for an account of one's own. Raises NotYours, Invalid."""
    invitation = find(token)
    if invitation.room_id is not None:
        raise NotYours(NOWHERE)
    facilitator = accounts.add(name, email, password)
    db.session.delete(invitation)
    return facilitator


def watch_over(token: str, facilitator: Facilitator, seat_token: bytes | None = None) -> Room:
    """Use a link up to watch over its room. Raises NotYours.

    Who is of the room already comes in without using it up. `seat_token` is the secret of a seat
    in this room, if their browser has one.
    """
    invitation, room = find(token), find_room(token)
    if leading.watch_over(room, facilitator):
        db.session.delete(invitation)
    leading.count_in(room, facilitator.id, seat_token)
    return room


def take_back(room: Room | None, invitation_id: int) -> None:
    """The link leads nowhere from now on. Nothing happens when it already does."""
    mine = Invitation.room_id == (room.id if room else None)
    db.session.execute(sa.delete(Invitation).where(mine, Invitation.id == invitation_id))


def clear() -> None:
    """Delete the links whose day is over."""
    db.session.execute(sa.delete(Invitation).where(Invitation.until <= now_ms()))


def hours_left(invitation: Invitation) -> int:
    """How many hours it still works, a begun one included."""
    return max(1, -(-(invitation.until - now_ms()) // HOUR_MS))


def _good() -> sa.Select[Invitation]:
    """Links that are not too old, and whose maker could still make them."""
    of_the_lead = sa.and_(RoomFacilitator.role == "lead", Room.state.in_(("lobby", "live")))
    of_an_owner = sa.and_(Invitation.room_id.is_(None), Facilitator.role == "owner")
    return (
        sa.select(Invitation)
        .join(Facilitator, Facilitator.id == Invitation.facilitator_id)
        .outerjoin(Room, Room.id == Invitation.room_id)
        .outerjoin(
            RoomFacilitator,
            sa.and_(
                RoomFacilitator.room_id == Invitation.room_id,
                RoomFacilitator.facilitator_id == Invitation.facilitator_id,
            ),
        )
        .where(
            Invitation.until > now_ms(),
            Facilitator.is_disabled.is_(False),
            sa.or_(of_an_owner, of_the_lead),
        )
    )


def _name(name: str) -> str:
    cleaned = clean(name)
    if length(cleaned) > LONGEST_NAME or len(cleaned) > LONGEST_NAME * 4:
        raise Invalid(say("Use at most %(most)s characters.", most=LONGEST_NAME), "name")
    return cleaned
