"""Ending a room and forgetting it: the order is the promise (docs/anonymity.md, section 4).

`begin` locks the room at once. `finish` does the rest in steps that each leave a state from which
it can be taken up again after a crash: last results; the kept summary written and everything else
deleted, in one transaction; the log emptied; the key K destroyed; ended.
"""

import datetime as dt
import logging
from typing import Literal

import sqlalchemy as sa

from attune import (
    audit,
    batches,
    changes,
    fleeting,
    leading,
    live,
    presence,
    releases,
    resonating,
    rooms,
    signals,
    summary,
    telling,
)
from attune.db import compact, db, sweep, transaction
from attune.errors import Busy, Conflict
from attune.keys import KeyMissing, keyring
from attune.models import (
    Answer,
    Facilitator,
    Note,
    Release,
    Room,
    RoomFacilitator,
    Round,
    Seat,
    Summary,
    Version,
)
from attune.rounds import close, open_rounds, require_seen, stop_resonating
from attune.sealing import about_summary
from attune.summary import Say

log = logging.getLogger(__name__)

LEAST_DAYS = 2  # that a room may run
AT_ONCE = 500  # values in one statement


def begin(room: Room, seen: int) -> None:
    """Lock the room: nothing more is taken. Beginning twice changes nothing.

    `seen` is the number of the round on the sender's page; raises Conflict when it is stale.
    """
    if room.state in ("ending", "ended"):
        return
    require_seen(room, seen)
    _lock(room)


def finish(room_id: int, say: Say = str) -> None:
    """Bring a room that is ending to its end, from wherever it stopped.

    Its own transactions: call it outside any. `say` turns a Message into the room's language.
    Raises Busy when the log cannot be emptied now, or the key not be destroyed; the room stays
    `ending` and it is tried again.
    """
    with transaction():
        room = _ending(room_id)
        if room is None:
            return
        if db.session.get(Summary, room_id) is None:
            _last_releases(room)
            _keep_and_delete(room, say)
    if not sweep():
        raise Busy
    _destroy_live(room.ref)
    with transaction():
        room = _ending(room_id)
        if room:
            room.state = "ended"
            room.forget_on = room.day + dt.timedelta(days=rooms.settings_of(room).keep_days)
            changes.note(room.id, "room")
    presence.forget(room_id)
    fleeting.forget(room_id)


def begin_left_alone(facilitator: Facilitator) -> list[Room]:
    """Lock the rooms that nobody can lead any more since this facilitator was shut out.

    Nobody is let in to look: whoever ends them learns nothing of what is in them
    (docs/decisions/0017-a-room-that-nobody-can-lead.md). Call `finish` for each afterwards.
    """
    alone = leading.left_alone(facilitator)
    for room in alone:
        _lock(room)
    return alone


def begin_forgotten_open(today: dt.date) -> list[Room]:
    """Lock the rooms that nobody ended until the day on which their summary would have gone."""
    running = sa.select(Room).where(Room.state.in_(("lobby", "live")))
    due = [room for room in db.session.scalars(running) if _ends_on(room) <= today]
    for room in due:
        _lock(room)
    return due


def begin_restored() -> list[Room]:
    """Lock every room that ran when the backup was made: there are no seats and no answers."""
    running = list(db.session.scalars(sa.select(Room).where(Room.state.in_(("lobby", "live")))))
    for room in running:
        _lock(room)
    return running


def unfinished() -> list[int]:
    """Rooms whose ending was interrupted."""
    return list(db.session.scalars(sa.select(Room.id).where(Room.state == "ending")))


def left(room: Room) -> Literal["answers", "log", "key"]:
    """What has still to go of a room that is ending."""
    if db.session.get(Summary, room.id) is None:
        return "answers"
    return "key" if keyring.is_there(room.ref) else "log"


def forget(room: Room) -> None:
    """Delete all that is left of an ended room. Its key S goes after COMMIT, with every copy.

    Call `forgotten(ref)` once the transaction is on disk; `forget_due` does it too, after a crash.
    """
    if room.state == "forgotten":
        return
    if room.state != "ended":
        raise Conflict
    db.session.execute(sa.delete(Summary).where(Summary.room_id == room.id))
    db.session.execute(sa.delete(Version).where(Version.room_id == room.id))
    db.session.execute(sa.delete(RoomFacilitator).where(RoomFacilitator.room_id == room.id))
    audit.forget_room(room)
    room.state, room.title, room.settings = "forgotten", "", {}


def forgotten(ref: str) -> None:
    """Empty the log and destroy the key S of a room that has been forgotten.

    The key goes last: as long as it is there, `forget_due` takes the forgetting up again.
    """
    sweep()
    try:
        keyring.destroy_kept(ref)
    except OSError as error:
        log.error("The key of a forgotten room is still there (%s)", error.strerror)  # noqa: TRY400


def forget_due(today: dt.date) -> int:
    """Forget the rooms whose day has come, and return how many; finish what a crash interrupted.

    While no room runs, what is left is also written anew, so that no page of the file keeps a
    place for what is gone.
    """
    with transaction():
        due = list(
            db.session.scalars(
                sa.select(Room).where(Room.state == "ended", Room.forget_on <= today)
            )
        )
        for room in due:
            forget(room)
    for ref in half_forgotten():
        forgotten(ref)
    if due and not _any_running():
        compact()
    return len(due)


def half_forgotten() -> list[str]:
    """Rooms that are forgotten and have their key S still."""
    kept = keyring.refs("kept")
    forgotten_ones = sa.select(Room.ref).where(Room.state == "forgotten")
    found = [
        ref
        for few in (kept[at : at + AT_ONCE] for at in range(0, len(kept), AT_ONCE))
        for ref in db.session.scalars(forgotten_ones.where(Room.ref.in_(few)))
    ]
    db.session.close()  # our own reading would keep the log from being emptied
    return found


def _any_running() -> bool:
    running = sa.select(Room.id).where(Room.state.in_(("lobby", "live", "ending")))
    found = db.session.scalar(running.limit(1)) is not None
    db.session.close()
    return found


def _destroy_live(ref: str) -> None:
    try:
        keyring.destroy_live(ref)
    except OSError as error:
        # Nothing that it opens is left, but "ended" says that it is gone.
        log.error("The key of an ending room is still there (%s)", error.strerror)  # noqa: TRY400
        raise Busy from None


def _lock(room: Room) -> None:
    for round in open_rounds(room):
        close(room, round)
    if last := rooms.current_round(room):
        stop_resonating(room, last)
    room.state, room.code = "ending", None
    changes.note(room.id, "room")


def _ends_on(room: Room) -> dt.date:
    """Never before the second day: a session may go on past midnight, whatever is kept of it."""
    days = max(rooms.settings_of(room).keep_days, LEAST_DAYS)
    return room.day + dt.timedelta(days=days)


def _ending(room_id: int) -> Room | None:
    return db.session.scalar(sa.select(Room).where(Room.id == room_id, Room.state == "ending"))


def _last_releases(room: Room) -> None:
    """Closed rounds that were never looked at: the facilitator's part of the summary has them."""
    for round in rooms.rounds_of(room):
        if batches.is_live(round) or releases.release_of(round) is None:
            try:
                live.settle(room, round) if batches.is_live(round) else releases.make(room, round)
            except Conflict:
                # Nothing to look at in it, or its key is gone: then it ends without.
                continue
        resonating.make(room, round)


def _keep_and_delete(room: Room, say: Say) -> None:
    document = summary.collect(room, say, final=True)
    try:
        body = keyring.kept(room.ref).seal(summary.packed(document), about_summary(room.ref))
    except KeyMissing:
        # Without S nothing could open it again; the room must end all the same.
        log.error("The kept key of a room is missing: it ends without a summary")  # noqa: TRY400
        body = b""
    db.session.add(Summary(room_id=room.id, body=body))
    round_ids = sa.select(Round.id).where(Round.room_id == room.id)
    for table in (Answer, Release):
        db.session.execute(sa.delete(table).where(table.round_id.in_(round_ids)))
    db.session.execute(sa.delete(Round).where(Round.room_id == room.id))
    db.session.execute(sa.delete(Seat).where(Seat.room_id == room.id))
    db.session.execute(sa.delete(Note).where(Note.room_id == room.id))
    signals.forget(room)
    telling.forget(room)
    leading.forget_links(room)
    room.leads_answering = 0
