"""The result of a live round: it grows while people answer, by what enough of them gave.

`renew` is called on a beat and by nobody's act: whoever could ask for it after each tap would learn
from the reply what that tap did. Texts that are to be read first wait for the facilitator, each
time anew (docs/decisions/0022-live-batches.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from attune import batches, cards, releases, resonating, rooms
from attune.batches import Batch
from attune.db import after_commit, db, transaction
from attune.display import text_key
from attune.errors import Conflict
from attune.i18n import say
from attune.kinds import AnyKind, Section
from attune.models import Answer, Release, Room, Round
from attune.releases import NUMBER, Body
from attune.rewriting import write_anew
from attune.rounds import ACT, given_now, note_results, parts_of, sweep_soon
from attune.sealing import Key, about_answer

NOT_SO_FAR = say(
    "Nothing can be looked at yet. What people give is put together some at a time, and it needs "
    "enough of them."
)
MORE_HAS_COME = say(
    "More has come since this page was drawn. Read what is new first, then show it."
)


@dataclass(frozen=True)
class Here:
    """What lies in a live round now, by pid and in their order."""

    key: Key
    kind: AnyKind
    settings: Any
    sections: Sequence[Section[Any]]
    bodies: dict[bytes, dict[str, Any]]  # as they were sealed
    answers: Sequence[Any]  # None for a pass, and for what was taken back
    before: Body  # what is in the picture

    @property
    def given(self) -> list[Any]:
        return [answer for answer in self.answers if answer is not None]

    def next(self, round: Round) -> Batch:
        took = [body.get("t", []) for body in self.bodies.values()]
        return batches.take(
            self.sections, round.needs, self.answers, took, self.before.values, self.cards
        )

    def cards(self, section: str, values: Sequence[Any], before: Sequence[Any]) -> list[Any]:
        return cards.made(self.key, section, zip(self.bodies, values, strict=True), before)

    def people(self, batch: Batch) -> dict[str, int]:
        """How many wrote the cards of each section."""
        writing = [section for section in self.sections if section.draw == "cards"]
        return {
            section.name: sum(section.take(answer) is not None for answer in self.given)
            if section.name in batch.renewed
            else self.before.people[section.name]
            for section in writing
            if section.name in batch.values
        }


def preview(room: Room, round: Round) -> Release:
    """Make the result of a closed round, or the last one of a live round."""
    if not batches.is_live(round):
        return releases.preview(room, round)
    rooms.require_running(room)
    db.session.refresh(round, with_for_update=True)
    releases.require_closed(round)
    return settle(room, round)


def show(room: Room, round: Round, form: str, read: int = 0) -> None:
    """Show the result in this form; of a live round, as it grows from now on.

    Texts that were to be read first are let in with it: `read` is the number of the batch on the
    sender's page. Raises Conflict where more has come since, and where there is nothing to show.
    """
    if not batches.is_live(round):
        releases.show(room, round, form)
        return
    release = so_far(room, round) if round.state == "open" else preview(room, round)
    body = releases.opened(room, round, release)
    if body and any(body.unread.values()):
        if read != body.batch:
            raise Conflict(MORE_HAS_COME)
        releases.reseal(room, round, release, replace(body, unread={}))
    releases.show_made(room, round, release, form)
    resonating.begin_beside(room, round)


def so_far(room: Room, round: Round) -> Release:
    """What there is of a live round while it is open. Raises Conflict while there is nothing."""
    rooms.require_running(room)
    db.session.refresh(round, with_for_update=True)
    release = releases.release_of(round)
    if release is None:
        raise Conflict(NOT_SO_FAR)
    return release


def renew_due() -> None:
    """Bring the pictures of all open live rounds up to date. Called on the beat."""
    for round_id in [round.id for room, round in _open_rounds() if _would_differ(room, round)]:
        with transaction():
            round = db.session.get(Round, round_id, with_for_update=True)
            room = db.session.get(Room, round.room_id) if round else None
            if round and room and room.state == "live" and round.state == "open":
                renew(room, round)
                resonating.renew(room, round)


def renew(room: Room, round: Round) -> bool:
    """Bring the picture of a live round up to date, if enough would differ; whether it was."""
    here = _read(room, round)
    batch = here.next(round)
    if not batch.renewed:
        return False
    before = here.before
    people = here.people(batch)
    sizes = releases.sizes_of(batch.values, people)
    body = replace(
        before,
        answers=len(here.given),
        passes=sum(body["a"] is None and "x" not in body for body in here.bodies.values()),
        values=batch.values,
        people=people,
        again=before.again or releases.is_too_like_another(room, round, sizes),
        batch=before.batch + 1,
        sizes=[*before.sizes, sizes],
        unread=_unread(here, batch) if _is_read_first(round) else {},
    )
    _keep_taken(room, round, here.bodies, batch.took)
    release = releases.release_of(round) or _held(round)
    if not body.values:
        release.state = "held"  # what it holds of decisions stays, for when there is enough again
    elif release.state == "held":
        release.state = "review"
    releases.reseal(room, round, release, body)
    db.session.flush()
    note_results(room, round)
    after_commit(sweep_soon)
    return True


def settle(room: Room, round: Round) -> Release:
    """The last picture of a closed live round, if enough would differ. What is not in it goes.

    How many people that concerns is told to who leads, and why. Where there is no picture the
    answers stay, like those of any held round.
    """
    if given_now(round):
        renew(room, round)
        resonating.renew(room, round, last=True)
    release = releases.release_of(round) or _held(round)
    if release.state == "held" or not given_now(round):
        return release
    here = _read(room, round)
    left = here.next(round).left
    body = replace(
        here.before,
        left=left,
        # Worked out from what is in the picture, or not at all.
        noticed=[] if left else _noticed(room, here),
        digests=sorted(digest for body in here.bodies.values() for digest in body["d"]),
    )
    db.session.execute(sa.delete(Answer).where(Answer.round_id == round.id, Answer.act == ACT))
    after_commit(sweep_soon)
    releases.reseal(room, round, release, body)
    return release


def _open_rounds() -> list[tuple[Room, Round]]:
    rows = db.session.execute(
        sa.select(Room, Round)
        .join(Round, Round.room_id == Room.id)
        .where(
            Room.state == "live",
            Round.state == "open",
            Round.frame["reveal"].as_string() == "live_batches",
        )
    )
    return [(room, round) for room, round in rows]


def _would_differ(room: Room, round: Round) -> bool:
    try:
        differs = bool(_read(room, round).next(round).renewed)
        return differs or resonating.would_differ(room, round)
    except Conflict:  # its key cannot be read: nothing can be drawn
        return False


def _read(room: Room, round: Round) -> Here:
    kind, settings, _ = parts_of(round)
    key = releases.key_of(room)
    bodies = releases.answers_in(key, room, round)
    release = releases.release_of(round)
    return Here(
        key,
        kind,
        settings,
        list(kind.sections(settings)),
        bodies,
        [
            None if body["a"] is None else kind.answer.model_validate(body["a"])
            for body in bodies.values()
        ],
        (releases.unsealed(room, round, release) if release else None) or Body(0, 0, {}),
    )


def _held(round: Round) -> Release:
    release = Release(
        round_id=round.id, act=ACT, number=NUMBER, form="full", state="held", body=None
    )
    db.session.add(release)
    db.session.flush()
    return release


def _noticed(room: Room, here: Here) -> list[str]:
    return releases.noticed_in(room, here.kind.noticed(here.settings, here.given), here.given)


def _is_read_first(round: Round) -> bool:
    return bool(round.frame["review"] == "before_show")


def _unread(here: Here, batch: Batch) -> dict[str, list[str]]:
    """By section, the texts that nobody has let in: new ones, and earlier ones still there."""
    unread = {}
    for section in here.sections:
        if section.is_text:
            known, new, there = (
                {text_key(text) for text in releases.texts_in(values.get(section.name, ()))}
                for values in (here.before.values, batch.fresh, batch.values)
            )
            waiting = set(here.before.unread.get(section.name, ())) | (new - known)
            unread[section.name] = sorted(waiting & there)
    return unread


def _keep_taken(
    room: Room, round: Round, bodies: dict[bytes, dict[str, Any]], took: Sequence[Sequence[str]]
) -> None:
    """Write the answers anew, in the order of their numbers, with what a picture took of each.

    What was taken back, and is in no picture any more, is gone with it.
    """
    key = releases.key_of(room)
    kept = {
        pid: key.seal_json(
            content | {"t": list(marks)},
            about_answer(room.ref, round.id, ACT, pid),
            round.body_size,
        )
        for (pid, content), marks in zip(bodies.items(), took, strict=True)
        if any(marks) or not content.get("x")
    }
    write_anew(round.id, ACT, bodies, kept)
