"""Opening a room and starting it. Its door is in `knocking`, its end in `ending`."""

import datetime as dt
from typing import get_args

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from attune import changes, codes, knocking, problems
from attune.db import db
from attune.errors import Conflict, Invalid, RoomEnded
from attune.frame import RoomSettings
from attune.i18n import Language, say
from attune.keys import keyring
from attune.models import Facilitator, Plan, Room, RoomFacilitator, Round, Seat
from attune.text import Text, clean

TITLE = Text(80, least=1)
KEEP_DAYS_OF_THE_YOUNG = 7


def open_room(  # noqa: PLR0913  # each is one thing said about the room
    facilitator: Facilitator,
    plan: Plan,
    *,
    title: str,
    entry: str = "open",
    language: str = "",
    help_text: str,
    keep_days: int,
) -> Room:
    """Open a room from a plan, with keys of its own. Raises Invalid for a bad title or door.

    Without a language it is in the plan's; what the plan asks stays as it was written.

    `help_text` and `keep_days` are the instance's; the plan may ask for fewer days, and rooms of
    the young keep for a week at most.
    """
    settings = RoomSettings.model_validate({"help_text": help_text} | plan.settings)
    most = KEEP_DAYS_OF_THE_YOUNG if settings.age_band != "adult" else keep_days
    days = min(keep_days, most, plan.settings.get("keep_days", keep_days))
    room = Room(
        ref=codes.new_ref(),
        code=knocking.free_code(),
        plan_id=plan.id,
        title=_title(title),
        state="lobby",
        entry=knocking.checked(entry),
        settings=settings.model_copy(
            update={"keep_days": days, "language": _language(language or settings.language)}
        ).model_dump(),
        day=dt.datetime.now(dt.UTC).date(),
    )
    db.session.add(room)
    db.session.flush()
    db.session.add(RoomFacilitator(room_id=room.id, facilitator_id=facilitator.id, role="lead"))
    keyring.create(room.ref)
    changes.note(room.id, "room")
    return room


def settings_of(room: Room) -> RoomSettings:
    return RoomSettings.model_validate(room.settings)


def start(room: Room) -> None:
    """The lobby is over; the room is live. Nothing happens when it already is."""
    require_running(room)
    if room.state == "lobby":
        room.state = "live"
        changes.note(room.id, "room")


def pause(room: Room, *, on: bool) -> None:
    """A calm page on every screen, or on again. Rounds stay as they are, and answers are taken.

    Raises Conflict before the room has begun.
    """
    require_running(room)
    if room.state == "lobby":
        raise Conflict
    if room.is_paused != on:
        room.is_paused = on
        changes.note(room.id, "pause")


def require_running(room: Room) -> None:
    """Raises RoomEnded unless the room is in its lobby or live."""
    if room.state not in ("lobby", "live"):
        raise RoomEnded


def leader_of(room: Room) -> str:
    """The name of who leads, as the room calls them."""
    if called := settings_of(room).called:
        return called
    lead = (
        sa.select(Facilitator.name)
        .join(RoomFacilitator, RoomFacilitator.facilitator_id == Facilitator.id)
        .where(RoomFacilitator.room_id == room.id, RoomFacilitator.role == "lead")
    )
    return db.session.scalars(lead).first() or ""


def current_round(room: Room) -> Round | None:
    """The round that was put last."""
    last = sa.select(Round).where(Round.room_id == room.id).order_by(Round.number.desc()).limit(1)
    return db.session.scalar(last)


def rounds_of(room: Room) -> list[Round]:
    return list(
        db.session.scalars(sa.select(Round).where(Round.room_id == room.id).order_by(Round.number))
    )


def people(room: Room) -> dict[str, int]:
    """How many seats are `in` and how many are `waiting` at the door."""
    counted: dict[str, int] = dict(
        db.session.execute(
            sa.select(Seat.state, sa.func.count())
            .where(Seat.room_id == room.id)
            .group_by(Seat.state)
        ).all()
    )
    return {"in": counted.get("in", 0), "waiting": counted.get("waiting", 0)}


def _title(title: str) -> str:
    if not clean(title):
        raise Invalid(say("Please give the room a title."), "title")
    try:
        return TITLE.read(title)
    except PydanticCustomError as error:
        raise Invalid(problems.of_text(error), "title") from None


def _language(language: str) -> Language:
    for known in get_args(Language):
        if language == known:
            return known  # type: ignore[no-any-return]
    raise Invalid(say("Choose a language from the list."), "language")
