"""The one that writes answers: many share one COMMIT, and nobody is told before it is on disk.

`add` takes a reply to be called; it never waits. `save` waits, for pages. Whether a round is open
is read in the same transaction that writes, so closing and answering cannot cross: each answer
is in the result or its sender is told that the round has closed.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import eventlet
import sqlalchemy as sa
from eventlet.event import Event
from sqlalchemy.dialects import postgresql, sqlite

from attune import changes
from attune.answers import DIGESTS, Given
from attune.db import WRITING, db, writing
from attune.errors import Busy, Invalid, Refusal, RoomEnded, RoundClosed
from attune.i18n import Message, say, say_n
from attune.keys import KeyMissing, keyring
from attune.models import Answer, Release, Room, Round
from attune.rounds import ACT, RESONATING, now_ms
from attune.sealing import Key, Unreadable, about_answer, about_release

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.002
FIXED = say("This question is answered once, and yours is kept.")
MARKS_CLOSED = say("This one has closed.")
MOST_WAITING = 20_000
MOST_OF_A_ROOM = 5_000  # one room's flood must not make every other room busy
MOST_IN_A_BATCH = 500  # SQLite binds so many rows of four columns in one statement


@dataclass(frozen=True)
class Kept:
    """It is on disk. `ver` counts this seat's versions of this answer; 0 when taken back."""

    ver: int


Outcome = Kept | Refusal
Reply = Callable[[Outcome], None]
Waiting = tuple[Given, Reply]


class Writer:
    """One per process. `start` it once the application exists; `stop` lets it finish."""

    def __init__(self) -> None:
        self._app: Any = None
        self._waiting: list[Waiting] = []
        self._of_room: Counter[int] = Counter()
        self._filled = Event()
        self._greenlet: Any = None
        self._stopping = False

    def start(self, app: Any) -> None:
        """Begin to write for this Flask application."""
        self._app, self._stopping = app, False
        self._greenlet = eventlet.spawn(self._run)

    def stop(self) -> None:
        """Write what waits, reply to it, and end."""
        if not self.is_alive:
            return
        self._stopping = True
        if not self._filled.ready():
            self._filled.send()
        self._greenlet.wait()

    @property
    def is_alive(self) -> bool:
        return self._greenlet is not None and not self._greenlet.dead

    def add(self, given: Given, reply: Reply) -> None:
        """Write it soon, then call `reply` with what became of it. Raises Busy when swamped."""
        if (
            self._stopping
            or len(self._waiting) >= MOST_WAITING
            or self._of_room[given.room_id] >= MOST_OF_A_ROOM
        ):
            raise Busy
        self._waiting.append((given, reply))
        self._of_room[given.room_id] += 1
        if not self._filled.ready():
            self._filled.send()

    def save(self, given: Given) -> Kept:
        """Return once it is on disk. Raises the Refusal that became of it."""
        db.session.close()  # do not hold a snapshot of the database while waiting
        done = Event()
        self.add(given, done.send)
        outcome = done.wait()
        if isinstance(outcome, Refusal):
            raise outcome
        assert isinstance(outcome, Kept)
        return outcome

    def _run(self) -> None:
        """Never ends by an error: a writer that has died acknowledges nothing ever after."""
        while not (self._stopping and not self._waiting):
            self._filled.wait()
            if not self._stopping:
                eventlet.sleep(GATHER_SECONDS)
            batch, self._waiting = (
                self._waiting[:MOST_IN_A_BATCH],
                self._waiting[MOST_IN_A_BATCH:],
            )
            if not self._waiting:
                self._filled = Event()
            self._of_room.subtract(given.room_id for given, _ in batch)
            self._of_room += Counter()  # drops what has come down to nothing
            if batch:
                self._write(batch)

    def _write(self, batch: Sequence[Waiting]) -> None:
        outcomes = self._committed([given for given, _ in batch])
        if outcomes is None and len(batch) > 1:
            # One bad row must not fail the others: find it by writing each by itself.
            outcomes = [self._alone(given) for given, _ in batch]
        for (_, reply), outcome in zip(batch, outcomes or [Busy()], strict=True):
            try:
                reply(outcome)
            except (Exception, eventlet.Timeout) as error:  # noqa: BLE001  # a closing socket
                log.info("A reply could not be delivered: %s", type(error).__name__)

    def _alone(self, given: Given) -> Outcome:
        outcomes = self._committed([given])
        return outcomes[0] if outcomes else Busy()

    def _committed(self, batch: Sequence[Given]) -> list[Outcome] | None:
        """What became of each, all of it on disk; None when the transaction failed."""
        try:
            with self._app.app_context(), writing:
                with db.engines[WRITING].begin() as connection:
                    outcomes, changed = _apply(connection, batch)
                changes.tell_all(changed)
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001
            log.error("Answers could not be written: %s", type(error).__name__)  # noqa: TRY400
            return None
        return outcomes


writer = Writer()


def _apply(
    connection: sa.Connection, batch: Sequence[Given]
) -> tuple[list[Outcome], frozenset[changes.Change]]:
    """Write the batch in this transaction. The last of a seat in it is what is kept."""
    refused = _refused(connection, {(given.round_id, given.act) for given in batch})
    bodies = _bodies(connection, batch)
    before = dict(bodies)
    outcomes: list[Outcome] = []
    for given in batch:
        place = (given.round_id, given.act, given.pid)
        refusal = refused.get((given.round_id, given.act))
        if given.is_stopped:
            refusal = refusal or _closed(given.act)
        body, outcome = _next(given, bodies.get(place), closed=refusal is not None)
        if outcome is None:
            assert refusal
            there = bodies.get(place) is not None
            outcomes.append(_after_closing(connection, given, refusal, there=there))
        else:
            bodies[place] = body
            outcomes.append(outcome)
    changed = {place: body for place, body in bodies.items() if body != before[place]}
    _store(connection, changed)
    rooms = {given.round_id: given.room_id for given in batch}
    counts = frozenset(
        changes.Change(rooms[round_id], spot)
        for round_id, act, _ in changed
        if act == ACT  # marks on cards are counted nowhere before their result: no tick, either
        for spot in changes.PARTS["counts"]
    )
    changes.bump(connection, counts)
    return outcomes, counts


Place = tuple[int, int, bytes]  # round_id, act, pid


def _refused(
    connection: sa.Connection, acts: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Refusal]:
    """The acts of rounds of these that take nothing, and why."""
    refused: dict[tuple[int, int], Refusal] = {each: RoomEnded() for each in acts}
    rows = {
        row.id: row
        for row in connection.execute(
            sa.select(
                Round.id, Round.state, Round.closes_at, Round.progress, Room.state.label("room")
            )
            .join(Room, Room.id == Round.room_id)
            .where(Round.id.in_({round_id for round_id, _ in refused}))
            .with_for_update(read=True)
        )
    }
    for round_id, act in list(refused):
        row = rows.get(round_id)
        if row and row.room in ("lobby", "live"):
            del refused[round_id, act]
            if not _is_open(row, act):
                refused[round_id, act] = _closed(act)
    return refused


def _is_open(row: Any, act: int) -> bool:
    if act == RESONATING:
        return bool(row.progress == RESONATING)
    return row.state == "open" and (row.closes_at is None or row.closes_at > now_ms())


def _closed(act: int) -> RoundClosed:
    """The same whether it has closed for everybody or takes no more of one author."""
    return RoundClosed(MARKS_CLOSED if act == RESONATING else None)


def _bodies(connection: sa.Connection, batch: Sequence[Given]) -> dict[Place, bytes | None]:
    """The sealed bodies that are there already, for each place in the batch."""
    bodies: dict[Place, bytes | None] = {
        (given.round_id, given.act, given.pid): None for given in batch
    }
    rows = connection.execute(
        sa.select(Answer.round_id, Answer.act, Answer.pid, Answer.body).where(
            Answer.round_id.in_({round_id for round_id, _, _ in bodies}),
            Answer.pid.in_({pid for _, _, pid in bodies}),
        )
    )
    bodies.update({(round_id, act, pid): body for round_id, act, pid, body in rows})
    return bodies


def _next(given: Given, body: bytes | None, *, closed: bool) -> tuple[bytes | None, Outcome | None]:
    """The body after this, and what the sender is told; no outcome where it is refused."""
    key = keyring.live(given.ref)
    about = about_answer(given.ref, given.round_id, given.act, given.pid)
    sealed: dict[str, Any] = key.open_json(body, about) if body else {"v": 0, "d": []}
    # A pass can always be thought over: what was answered may be for good, what was not is open.
    may_change = given.revise or sealed.get("a") is None
    if given.takes_back and not closed and may_change:
        return _emptied(given, key, sealed) if given.live and body else None, Kept(0)
    if given.digest in sealed["d"] and body is not None and not given.takes_back:
        # As it heard it then, though another tab may have given something newer.
        return body, Kept(sealed["v"] - sealed["d"].index(given.digest))
    if closed:
        return body, None
    if body is not None and not may_change:
        return body, Invalid(FIXED)
    there = sealed.get("a") or {}
    answer = _marked(given, there) if given.mark else _read(given.content)
    if answer is None and given.mark:
        return body, Invalid(_too_many(given.most), "card")
    ver = sealed["v"] + 1
    content = {"v": ver, "d": [given.digest, *sealed["d"]][:DIGESTS], "a": answer}
    if given.tag:
        content["p"] = given.tag
    if "t" in sealed:
        content["t"] = sealed["t"]
    return _sealed(given, key, content), Kept(ver)


def _emptied(given: Given, key: Key, sealed: Mapping[str, Any]) -> bytes:
    """Nothing, but for what a picture took of it: the next one has to know what it would leave out.

    Whoever took back counts as before, like a pass, so that nobody sees that they did.
    """
    content = {"v": sealed["v"] + 1, "d": [], "a": None, "x": True}
    return _sealed(given, key, content | ({"t": sealed["t"]} if "t" in sealed else {}))


def _sealed(given: Given, key: Key, content: Mapping[str, Any]) -> bytes:
    about = about_answer(given.ref, given.round_id, given.act, given.pid)
    return key.seal_json(content, about, given.body_size)


def _read(content: bytes | None) -> Any:
    return None if content is None else json.loads(content)


def _too_many(most: int) -> Message:
    return say_n(
        "You can mark one card. Take the other mark off first.",
        "You can mark up to %(count)s cards. Take another mark off first.",
        most,
    )


def _marked(given: Given, answer: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """The cards that somebody marks, in the order of their numbers; None when they are too many.

    Only here is it known what was marked before: two taps in one moment are both kept.
    """
    card, on = given.mark or ("", False)
    cards = {each for each in answer.get("cards", ()) if each != card} | ({card} if on else set())
    return {"cards": sorted(cards)} if len(cards) <= given.most else None


def _after_closing(
    connection: sa.Connection, given: Given, refusal: Refusal, *, there: bool
) -> Outcome:
    """A late retry of what is in the result already still hears that it was kept.

    Nobody hears that something was taken back which may be in a result.
    """
    row = connection.execute(
        sa.select(Release.number, Release.body)
        .where(Release.round_id == given.round_id, Release.act == given.act)
        .order_by(Release.number.desc())
    ).first()
    made = row is not None and row.body is not None
    if given.takes_back:
        return refusal if there or made else Kept(0)
    if row is None or row.body is None:
        return refusal
    about = about_release(given.ref, given.round_id, given.act, row.number)
    try:
        digests = keyring.live(given.ref).open_json(row.body, about)["digests"]
    except (KeyMissing, Unreadable):
        return refusal
    return Kept(1) if given.digest in digests else refusal


def _store(connection: sa.Connection, changed: dict[Place, bytes | None]) -> None:
    kept = [
        {"round_id": round_id, "act": act, "pid": pid, "body": body}
        for (round_id, act, pid), body in changed.items()
        if body is not None
    ]
    if kept:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        insert = dialect.insert(Answer).values(kept)
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["round_id", "act", "pid"], set_={"body": insert.excluded.body}
            )
        )
    for (round_id, act, pid), body in changed.items():
        if body is None:
            connection.execute(
                sa.delete(Answer).where(
                    Answer.round_id == round_id, Answer.act == act, Answer.pid == pid
                )
            )
