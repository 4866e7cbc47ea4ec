"""Putting a step to the room, closing it, opening it again, and moving inside it.

Closing writes the round's answers anew, in the order of their numbers: the order in which they
came in could be read from the pages of the database (docs/anonymity.md).
"""

import time
from collections.abc import Sequence
from typing import Any

import eventlet
import sqlalchemy as sa

from attune import batches, changes, comparing, rooms, seats
from attune.db import WRITING, after_commit, db, sweep
from attune.errors import Conflict, Invalid, ReleaseMade
from attune.frame import Frame
from attune.i18n import say
from attune.kinds import AnyKind, kind_of, need
from attune.models import Answer, Plan, Release, Room, Round, Step
from attune.rewriting import write_anew

ACT = 0  # writing: what people are asked first
RESONATING = 1  # the second act, of the kinds that have one
NO_WORDS = say(
    "This step asks for people's own words, and in this room they choose from what is there. Take "
    "another step, or change it under “What people are told”."
)
LONGEST_GRACE = 60  # seconds


def now_ms() -> int:
    """The server's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def put(room: Room, step_id: int, seen: int) -> Round:
    """Put a step of the plan to the room: a new round; the one before is closed.

    In the lobby this starts the room. `seen` is the number of the round on the sender's page, 0
    for none; raises Conflict when the room has moved on since, and Invalid for a foreign step.
    """
    before = require_seen(room, seen)
    step = _step(room, step_id)
    parts = {"frame": step.frame, "settings": step.settings}
    return _begin(room, before, step.kind, **parts, step_id=step.id)


def put_between(room: Room, kind: AnyKind, frame: Frame, settings: object, seen: int) -> Round:
    """Put what is in no plan: it was asked on the spot (`asking`). Raises Conflict."""
    before = require_seen(room, seen)
    return _begin(
        room,
        before,
        kind.name,
        frame=frame.model_dump(mode="json"),
        settings=kind.read_settings(settings).model_dump(mode="json"),
        step_id=None,
    )


def put_again(room: Room, round: Round, seen: int) -> Round:
    """Put once more what was asked in an earlier round, as it was then. Raises Conflict."""
    before = require_seen(room, seen)
    parts = {"frame": round.frame, "settings": round.settings}
    return _begin(room, before, round.kind, **parts, step_id=round.step_id)


def require_seen(room: Room, seen: int) -> Round | None:
    """The round that was put last. Raises Conflict when the sender saw another, RoomEnded."""
    rooms.require_running(room)
    before = rooms.current_round(room)
    if seen != (before.number if before else 0):
        raise Conflict
    return before


def _begin(  # noqa: PLR0913  # a round keeps a copy of all of these
    room: Room,
    before: Round | None,
    kind_name: str,
    *,
    frame: dict[str, Any],
    settings: dict[str, Any],
    step_id: int | None,
) -> Round:
    """Close the round before and begin the next, with a copy of what is asked."""
    kind = kind_of(kind_name)
    read = _as_this_room_asks(room, kind, kind.read_settings(settings))
    settings = read.model_dump(mode="json")
    needs = _needs(room, kind, read, Frame.model_validate(frame))
    if not _close_others(room, stay=not kind.stays(read)):
        # Those who came since would else lie in the order in which they are about to answer.
        seats.write_in_order(room)
        after_commit(sweep_soon)
    if before and before.state == "closed":
        stop_resonating(room, before)
    rooms.start(room)
    rooms.pause(room, on=False)  # what is put is to be seen
    round = Round(
        room_id=room.id,
        number=before.number + 1 if before else 1,
        step_id=step_id,
        kind=kind_name,
        frame=frame,
        settings=settings,
        needs=needs,
        body_size=0,
        state="open",
        progress=0,
        starts_at=now_ms() if kind.synced else None,
    )
    round.body_size = kind.body_size(read, live=batches.is_live(round))
    db.session.add(round)
    db.session.flush()
    if comparing.pair(room, round, steps_of(room)):
        after_commit(sweep_soon)
    changes.note(room.id, "round")
    if room.told:
        changes.note(room.id, "told")  # it goes once it has been there through two questions
    return round


def _as_this_room_asks(room: Room, kind: AnyKind, settings: Any) -> Any:
    """Without words of people's own, or easier, where the room is so. Raises Conflict."""
    known = rooms.settings_of(room)
    if known.age_band == "child":
        settings = kind.for_children(settings)
    if known.takes_own_words:
        return settings
    less = kind.without_words(settings)
    if less is None:
        raise Conflict(NO_WORDS)
    return less


def _close_others(room: Room, *, stay: bool) -> bool:
    """Close what is open, and say whether anything was.

    What stays open at the side may `stay`; there is one of that at most.
    """
    others = open_rounds(room)
    staying = [round for round in others if stay and _can_stay(round)]
    closing = [round for round in others if round not in staying]
    for round in closing:
        close(room, round)
    if staying:
        changes.note(room.id, "side")
    return bool(closing)


def _can_stay(round: Round) -> bool:
    kind, settings, _ = parts_of(round)
    return kind.stays(settings)


def open_rounds(room: Room) -> list[Round]:
    """Those that take answers: what the room is at, and what stays open at the side."""
    rows = sa.select(Round).where(Round.room_id == room.id, Round.state == "open")
    return list(db.session.scalars(rows.order_by(Round.number)))


def at_the_side(room: Room) -> Round | None:
    """The round that stays open while the room is at a later one."""
    current = rooms.current_round(room)
    others = [round for round in open_rounds(room) if current and round.id != current.id]
    return others[-1] if others else None


def note_results(room: Room, round: Round) -> None:
    """Say that what may be seen of this round is changing, wherever it stands."""
    changes.note(room.id, "results")
    _note_side(room, round)


def _note_side(room: Room, round: Round) -> None:
    current = rooms.current_round(room)
    if current and current.id != round.id:
        changes.note(room.id, "side")


def _needs(room: Room, kind: AnyKind, settings: Any, frame: Frame) -> dict[str, int]:
    k = rooms.settings_of(room).k
    return {
        section.name: need(section, frame, k, room.leads_answering)
        for section in kind.sections(settings)
    }


def close(room: Room, round: Round, grace: int = 0) -> None:
    """Take no more answers, at once or after `grace` seconds. Closing twice changes nothing."""
    if not 0 <= grace <= LONGEST_GRACE:
        raise Invalid(say("Choose from 0 to 60 seconds."), "grace")
    db.session.refresh(round, with_for_update=True)
    if round.state == "closed":
        return
    if grace:
        round.closes_at = round.closes_at or now_ms() + grace * 1_000
    else:
        round.state = "closed"
        round.closes_at = None
        round.given = given(round)
        _write_in_order(round, ACT)
        seats.write_in_order(room)
        stop_resonating(room, round)
        _note_side(room, round)
        after_commit(sweep_soon)
    changes.note(room.id, "round")


def close_due() -> None:
    """Close the rounds whose grace is over. Called every second."""
    due = sa.select(Round, Room).join(Room, Room.id == Round.room_id)
    for round, room in db.session.execute(
        due.where(Round.state == "open", Round.closes_at <= now_ms())
    ):
        close(room, round)


def any_due() -> bool:
    """Whether `close_due` would find one: a read, so that idle seconds write nothing."""
    due = sa.select(Round.id).where(Round.state == "open", Round.closes_at <= now_ms())
    return db.session.scalar(due.limit(1)) is not None


def reopen(room: Room, round: Round) -> None:
    """Take answers again. Raises ReleaseMade once its result has been made.

    A held result was never made: nobody has seen anything of it. Nor was the last one of a live
    round, as long as its answers are there.
    """
    rooms.require_running(room)
    db.session.refresh(round, with_for_update=True)
    current = rooms.current_round(room)
    if current is None or current.id != round.id:
        raise Conflict(say("Another step has been put since. Put this one again instead."))
    release = db.session.get(Release, (round.id, ACT, 1))
    if release and release.state != "held" and not (batches.is_live(round) and given_now(round)):
        raise ReleaseMade
    if release and release.state == "held" and not batches.is_live(round):
        db.session.delete(release)
    if round.state == "closed" or round.closes_at:
        round.state, round.closes_at, round.given = "open", None, None
        act = parts_of(round)[0].resonating
        if act and not act.closes and round.progress > RESONATING:
            round.progress = RESONATING
        changes.note(room.id, "round")


def move(room: Room, round: Round, to: int) -> None:
    """Move to a place inside the round: a step of a talk in pairs, say.

    Where the places are acts of the round, `resonating.move` does.
    """
    rooms.require_running(room)
    kind, settings, _ = parts_of(round)
    if not 0 <= to <= kind.last(settings):
        raise Invalid(say("There is no such place in this step."), "to")
    if round.state != "open":
        raise Conflict
    if round.progress != to:
        round.progress = to
        changes.note(room.id, "progress")


def stop_resonating(room: Room, round: Round) -> None:
    """Take no more marks on the cards of this round. Where there are none, nothing changes."""
    kind, settings, _ = parts_of(round)
    if not kind.most_marks(settings) or round.progress != RESONATING:
        return
    round.progress = RESONATING + 1
    _write_in_order(round, RESONATING)
    seats.write_in_order(room)
    after_commit(sweep_soon)
    changes.note(room.id, "progress")


def given(round: Round) -> int:
    """How many have answered or passed, in one number."""
    return given_now(round) if round.given is None else round.given


def given_now(round: Round) -> int:
    """How many sealed answers and passes there are: none any more once a result took them."""
    rows = sa.select(sa.func.count()).select_from(Answer)
    return db.session.scalar(rows.where(Answer.round_id == round.id, Answer.act == ACT)) or 0


def parts_of(round: Round) -> tuple[AnyKind, object, Frame]:
    """The kind, its settings and the common fields, as they were when the round was put."""
    kind = kind_of(round.kind)
    return kind, kind.settings.model_validate(round.settings), Frame.model_validate(round.frame)


def asks_the_same(one: Round, other: Round) -> bool:
    """Whether one question was put twice: a step of the plan, or the same words in between."""
    if one.step_id is not None and other.step_id is not None:
        return one.step_id == other.step_id
    return _words_of(one) == _words_of(other)


def asks_alike(one: Round, other: Round) -> bool:
    """Whether people would say the same to both: one question, or two steps of the same words."""
    return asks_the_same(one, other) or _words_of(one) == _words_of(other)


def _words_of(round: Round) -> tuple[str, object, str]:
    _, settings, frame = parts_of(round)
    return round.kind, settings, frame.title.casefold()


def sweep_soon() -> None:
    # The engine is looked up here: the greenlet has no application context of its own.
    eventlet.spawn_n(sweep, db.engines[WRITING])


def _step(room: Room, step_id: int) -> Step:
    step = db.session.scalar(
        sa.select(Step).where(Step.id == step_id, Step.plan_id == room.plan_id)
    )
    if step is None:
        raise Invalid(say("This step is no longer in the plan."), "step")
    return step


def steps_of(room: Room) -> Sequence[Step]:
    """The plan's steps, in order."""
    plan = db.session.get(Plan, room.plan_id) if room.plan_id else None
    return plan.steps if plan else ()


def _write_in_order(round: Round, act: int) -> None:
    rows = sa.select(Answer.pid, Answer.body).where(Answer.round_id == round.id, Answer.act == act)
    bodies = {row.pid: row.body for row in db.session.execute(rows)}
    write_anew(round.id, act, bodies, bodies)
