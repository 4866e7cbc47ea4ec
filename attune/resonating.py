"""The second act of a round: once its cards are shown, people mark what is true for them too.

It has rows, numbers and a result of its own, so it never meets what was written. Nobody is told a
count, and no page learns that somebody has marked one, before its result is made: counts that
can be watched lead people, and say who has just tapped (docs/decisions/0024-a-second-act.md).
"""

import hmac
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from attune import answers, batches, changes, releases, rooms, rounds
from attune.answers import Given, digest_of, is_stopped, live_key
from attune.db import after_commit, db
from attune.errors import Conflict, Invalid, OwnCard, ReleaseMade
from attune.i18n import say
from attune.keys import KeyMissing, keyring
from attune.kinds import AnyKind, Resonating, Section
from attune.models import Answer, Release, Room, Round
from attune.rewriting import write_anew
from attune.rounds import ACT, RESONATING, parts_of
from attune.sealing import Unreadable, about_answer, about_release

NUMBER = 1
# What the numbers of this act are made for: never that of writing, or a mark would tell its author.
RESONATING_SCOPE = RESONATING
OVER = RESONATING + 1  # the place at which nothing more is marked
NO_CARDS_YET = say("Show the cards first. People can mark only what they see.")
TOO_FEW = say("Too few people marked a card to show how many. The cards stay as they are.")

Counts = Mapping[str, int]

# One person's marks, as what a picture of a live round is made of.
MARKS: Section[Any] = Section("marks", "bars", lambda body: (body["a"] or {}).get("cards") or None)


@dataclass(frozen=True)
class Marks:
    """What a sealed result of the second act holds: who marked what together is not in it."""

    people: int  # how many marked anything
    counts: dict[str, int]  # by card
    digests: list[str] = field(default_factory=list)  # sorted; for late retries

    def packed(self) -> bytes:
        return json.dumps(self.__dict__).encode()


def mark(  # noqa: PLR0913  # each of them is sent
    room: Room, number: int, token: bytes, idem: object, card: object, *, on: bool
) -> Given:
    """A card is true for this seat too, or no more.

    Raises OwnCard for a card of its own, Invalid for one that is not there, RoundClosed.
    """
    round = _round(room, number)
    kind, settings, _ = parts_of(round)
    act = act_of(kind, settings)
    release = releases.release_of(round) if act else None
    body = releases.opened(room, round, release) if release else None
    if act is None or body is None or not isinstance(card, str):
        raise Invalid(say("There is no such card."), "card")
    key = live_key(room)
    author = key.pid(token, round.id, ACT)
    found = releases.card_of(body, act.section, card)
    if found is None:
        raise Invalid(say("There is no such card."), "card")
    if hmac.compare_digest(found["by"], key.author(author, act.section, card)):
        raise OwnCard(field="card")
    return Given(
        room_id=room.id,
        ref=room.ref,
        round_id=round.id,
        act=RESONATING,
        pid=key.pid(token, round.id, RESONATING_SCOPE),
        digest=digest_of(idem, f"{card}|{on}".encode()),
        content=None,
        body_size=kind.marks_size(settings),
        revise=True,
        mark=(card, on),
        most=act.most(settings),
        is_stopped=is_stopped(key, body, author),
    )


def mine(room: Room, token: bytes) -> dict[str, list[str]]:
    """The cards that this phone has marked, by round; only while that can be changed."""
    try:
        key = keyring.live(room.ref)
    except KeyMissing:
        return {}
    known = sa.select(Round.id, Round.number).where(
        Round.room_id == room.id, Round.progress == RESONATING
    )
    found: dict[str, list[str]] = {}
    for round_id, number in db.session.execute(known).all():
        pid = key.pid(token, round_id, RESONATING_SCOPE)
        row = db.session.get(Answer, (round_id, RESONATING, pid))
        try:
            about = _about_row(room, round_id, pid)
            if row and (cards := MARKS.take(key.open_json(row.body, about))):
                found[str(number)] = cards
        except Unreadable:
            continue
    return found


def all_of(room: Room, token: bytes) -> dict[str, Any]:
    """What this phone has given and marked and can still change, each by number of the round."""
    return {"rounds": answers.mine(room, token), "marked": mine(room, token)}


def act_of(kind: AnyKind, settings: Any) -> Resonating[Any] | None:
    """The second act, where these settings want it."""
    return kind.resonating if kind.most_marks(settings) else None


def is_on(round: Round) -> bool:
    """Whether cards can be marked now."""
    kind, settings, _ = parts_of(round)
    return act_of(kind, settings) is not None and round.progress == RESONATING


def move(room: Room, round: Round, to: int) -> None:
    """Move inside the round: 0 writing, 1 marking cards, 2 no more. All else as `rounds.move`.

    Raises Conflict while the cards are not shown, ReleaseMade once the marks have been counted.
    """
    kind, settings, _ = parts_of(round)
    act = act_of(kind, settings)
    if act is None:
        rounds.move(room, round, to)
        return
    rooms.require_running(room)
    if not act.closes:
        raise Conflict  # it begins and ends with the round itself
    if not 0 <= to <= OVER:
        raise Invalid(say("There is no such place in this step."), "to")
    db.session.refresh(round, with_for_update=True)
    if round.progress == to:
        return
    if round.progress == OVER:
        _require_uncounted(round)
    elif to == OVER:
        if round.progress == RESONATING:
            rounds.stop_resonating(room, round)
            make(room, round)
        return
    if to == RESONATING:
        _require_shown(room, round)
        if act.closes:
            rounds.close(room, round)
    round.progress = to
    changes.note(room.id, "progress")


def make(room: Room, round: Round) -> Release | None:
    """Count the marks, once, and delete them; held when fewer than the need marked any.

    None where nothing was ever marked here, or the key is gone.
    """
    kind, settings, _ = parts_of(round)
    act = act_of(kind, settings)
    made = result_of(round)
    if act is None or not act.closes or made or round.progress != OVER:
        return made
    try:
        bodies = _opened(room, round)
    except Conflict:  # its key is gone
        return None
    marked = [cards for body in bodies.values() if (cards := MARKS.take(body))]
    release = Release(round_id=round.id, act=RESONATING, number=NUMBER, form="full", body=None)
    release.state = "held"
    if len(marked) >= round.needs[act.section]:
        release.state, release.body = "review", _sealed(room, round, marked, bodies)
        db.session.execute(sa.delete(Answer).where(_rows_of(round)))
        after_commit(rounds.sweep_soon)
    db.session.add(release)
    db.session.flush()
    rounds.note_results(room, round)
    return release


def goes_on(round: Round) -> bool:
    """Whether cards are marked while they are still being written, and counted in batches."""
    kind, settings, _ = parts_of(round)
    act = act_of(kind, settings)
    return act is not None and not act.closes


def begin_beside(room: Room, round: Round) -> None:
    """Once the cards of a round that goes on are shown, they can be marked."""
    if goes_on(round) and round.state == "open" and round.progress < RESONATING:
        round.progress = RESONATING
        changes.note(room.id, "progress")


def would_differ(room: Room, round: Round) -> bool:
    """Whether the counts of a round that goes on would be renewed now."""
    return goes_on(round) and bool(_batch(round, _opened(room, round)).renewed)


def renew(room: Room, round: Round, *, last: bool = False) -> None:
    """Count the marks of a round that goes on, if enough would differ.

    The rule is that of every picture of a live round: at least the need have marked something else
    than what the counts before took of them. With `last` the marks are deleted, counted or not.
    """
    if not goes_on(round):
        return
    bodies = _opened(room, round)
    batch = _batch(round, bodies)
    if batch.renewed:
        _keep_counts(room, round, batch.values.get(MARKS.name, []), bodies)
        _keep_taken(room, round, bodies, batch.took)
        rounds.note_results(room, round)
    if last:
        db.session.execute(sa.delete(Answer).where(_rows_of(round)))
    if last or batch.renewed:
        after_commit(rounds.sweep_soon)


def _batch(round: Round, bodies: Mapping[bytes, dict[str, Any]]) -> batches.Batch:
    made, took = result_of(round), [body.get("t", []) for body in bodies.values()]
    before = {MARKS.name: [True]} if made and made.body else {}
    need = max(round.needs.values())
    return batches.take([MARKS], {MARKS.name: need}, [*bodies.values()], took, before)


def _opened(room: Room, round: Round) -> dict[bytes, dict[str, Any]]:
    key = releases.key_of(room)
    rows = db.session.execute(
        sa.select(Answer.pid, Answer.body).where(_rows_of(round)).order_by(Answer.pid)
    ).all()
    return {pid: key.open_json(body, _about_row(room, round.id, pid)) for pid, body in rows}


def _keep_counts(
    room: Room, round: Round, marked: Sequence[Sequence[str]], bodies: Mapping[bytes, Any]
) -> None:
    """The result of the marks, as it is shown from now on; with too few people there is none."""
    release = result_of(round)
    if release is None:
        release = Release(round_id=round.id, act=RESONATING, number=NUMBER, form="full")
        db.session.add(release)
    release.state, release.body = ("shown", None) if marked else ("held", None)
    if marked:
        release.body = _sealed(room, round, marked, bodies)
    db.session.flush()


def _sealed(
    room: Room, round: Round, marked: Sequence[Sequence[str]], bodies: Mapping[bytes, Any]
) -> bytes:
    """The counts of these marks, and by what a late retry of any of the rows is known."""
    counts = Counter(card for cards in marked for card in cards)
    digests = sorted(digest for body in bodies.values() for digest in body["d"])
    marks = Marks(len(marked), dict(sorted(counts.items())), digests)
    return keyring.live(room.ref).seal(marks.packed(), _about(room, round))


def _keep_taken(
    room: Room,
    round: Round,
    bodies: Mapping[bytes, dict[str, Any]],
    took: Sequence[Sequence[str]],
) -> None:
    """Write the marks anew, with what the counts took of each."""
    key = releases.key_of(room)
    kind, settings, _ = parts_of(round)
    size = kind.marks_size(settings)
    kept = {
        pid: key.seal_json(content | {"t": list(seen)}, _about_row(room, round.id, pid), size)
        for (pid, content), seen in zip(bodies.items(), took, strict=True)
    }
    write_anew(round.id, RESONATING, bodies, kept)


def show(room: Room, round: Round, *, shown: bool = True) -> None:
    """Show, beside each card, for how many others it is true; or no more. Raises Conflict."""
    rooms.require_running(room)
    release = result_of(round)
    if release is None or release.state == "held":
        raise Conflict(TOO_FEW if release else None)
    state = "shown" if shown else "review"
    if release.state != state:
        release.state = state
        rounds.note_results(room, round)


def result_of(round: Round) -> Release | None:
    return db.session.get(Release, (round.id, RESONATING, NUMBER))


def counts(room: Room, round: Round, *, shown: bool) -> Counts:
    """For how many each card is true: what the group is shown of it, or all that was counted."""
    release = result_of(round)
    if release is None or release.body is None or (shown and release.state != "shown"):
        return {}
    try:
        packed = keyring.live(room.ref).open(release.body, _about(room, round))
    except (KeyMissing, Unreadable):
        return {}
    return Marks(**json.loads(packed)).counts


def _round(room: Room, number: int) -> Round:
    round = db.session.scalar(
        sa.select(Round).where(Round.room_id == room.id, Round.number == number)
    )
    if round is None:
        raise Invalid(say("There is no such question in this room."), "round")
    return round


def _require_shown(room: Room, round: Round) -> None:
    release = releases.release_of(round)
    current = rooms.current_round(room)
    if current is None or current.id != round.id:
        raise Conflict(say("Another step has been put since. Put this one again instead."))
    if release is None or release.state != "shown":
        raise Conflict(NO_CARDS_YET)


def _require_uncounted(round: Round) -> None:
    """A held result was never made: nobody has seen anything of it."""
    made = result_of(round)
    if made and made.state != "held":
        raise ReleaseMade
    if made:
        db.session.delete(made)


def _rows_of(round: Round) -> Any:
    return sa.and_(Answer.round_id == round.id, Answer.act == RESONATING)


def _about_row(room: Room, round_id: int, pid: bytes) -> bytes:
    return about_answer(room.ref, round_id, RESONATING, pid)


def _about(room: Room, round: Round) -> bytes:
    return about_release(room.ref, round.id, RESONATING, NUMBER)
