"""What facilitators did that others may have to know of: who may get in, what was seen, what went.

A line holds a day, who, a verb of a fixed list, the room and whom it was about; once a day at most,
so the list has no times and no counts. Never noted is what answers somebody in a room (letting in,
a signal seen, a text kept back): it would tell, after the end, that there was such a person. Lines
about a room go with the room; that somebody deleted one stays, without saying which.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from attune.db import db
from attune.i18n import N_
from attune.models import Audit, Facilitator, Room

Verb = Literal[
    "password",
    "second-step-on",
    "second-step-off",
    "reset-made",
    "reset-used",
    "invited",
    "came",
    "added",
    "disabled",
    "reset",
    "shut-out",
    "let-in",
    "ended-alone",
    "opened",
    "door",
    "code",
    "asked-in",
    "sent-away",
    "left",
    "handed-over",
    "link",
    "entered",
    "looked",
    "showed",
    "hid",
    "ended",
    "forgot",
    "shared",
    "unshared",
]
KEPT_DAYS = 365

# Each is said after the name of who did it; `whom` has no place in those that are about nobody.
SAID: dict[str, str] = {
    "password": N_("chose a new password"),
    "second-step-on": N_("switched the second step on"),
    "second-step-off": N_("switched the second step off"),
    "reset-made": N_("made a link to a new password for %(whom)s"),
    "reset-used": N_("used a link to a new password"),
    "invited": N_("made a link to an account"),
    "came": N_("made an account by a link"),
    "added": N_("added %(whom)s by a command"),
    "disabled": N_("shut %(whom)s out by a command"),
    "reset": N_("gave %(whom)s a new password by a command"),
    "shut-out": N_("shut %(whom)s out"),
    "let-in": N_("let %(whom)s in again"),
    "ended-alone": N_("ended rooms of %(whom)s that nobody could lead"),
    "opened": N_("opened the room"),
    "door": N_("changed who may come in"),
    "code": N_("gave the room a new code"),
    "asked-in": N_("asked %(whom)s in"),
    "sent-away": N_("sent %(whom)s away"),
    "left": N_("left the room"),
    "handed-over": N_("handed the room over to %(whom)s"),
    "link": N_("made a link to the room"),
    "entered": N_("came in by a link"),
    "looked": N_("looked at a result first"),
    "showed": N_("showed a result"),
    "hid": N_("took a result off the screen"),
    "ended": N_("ended the room"),
    "forgot": N_("deleted what was kept of a room"),
    "shared": N_("shared a plan with %(whom)s"),
    "unshared": N_("took a plan back from %(whom)s"),
}


@dataclass(frozen=True)
class Line:
    """One line, with the names as they are today. `who` is empty for a command."""

    day: dt.date
    who: str
    said: str
    whom: str
    in_room: bool


def note(who: int | None, verb: Verb, *, room: Room | None = None, whom: int | None = None) -> None:
    """Write it down, inside the transaction that does it. Once a day is enough."""
    row = {
        "day": _today(),
        "facilitator_id": who,
        "verb": verb,
        "room_id": room.id if room else None,
        "whom_id": whom if whom != who else None,
    }
    same = sa.select(Audit.id).where(*(getattr(Audit, name) == row[name] for name in row)).limit(1)
    if db.session.scalar(same) is None:
        db.session.add(Audit(**row))
        db.session.flush()


def everything() -> list[Line]:
    """For the owner: all of it, the newest day first. Which room it was is not said."""
    return _lines(sa.true())


def of_room(room: Room) -> list[Line]:
    """For who leads the room."""
    return _lines(Audit.room_id == room.id)


def about(facilitator_id: int) -> list[Line]:
    """For oneself: what others did with one's account."""
    return _lines(sa.and_(Audit.whom_id == facilitator_id, Audit.room_id.is_(None)))


def forget_room(room: Room) -> None:
    """Delete what is about this room: it goes with it."""
    db.session.execute(sa.delete(Audit).where(Audit.room_id == room.id))


def clear(today: dt.date) -> None:
    """Delete the lines that are a year old."""
    last = today - dt.timedelta(days=KEPT_DAYS)
    db.session.execute(sa.delete(Audit).where(Audit.day < last))


def _lines(which: sa.ColumnElement[bool]) -> list[Line]:
    who, whom = aliased(Facilitator), aliased(Facilitator)
    found = db.session.execute(
        sa.select(Audit, who.name, whom.name)
        .outerjoin(who, who.id == Audit.facilitator_id)
        .outerjoin(whom, whom.id == Audit.whom_id)
        .where(which)
        .order_by(Audit.day.desc(), Audit.id.desc())
    )
    return [
        Line(row.day, by or "", SAID[row.verb], about or "", row.room_id is not None)
        for row, by, about in found
    ]


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
