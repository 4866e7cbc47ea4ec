"""What people say privately to who leads: in three levels, nameless, seen and answered.

Each lies sealed under a number that only the phone can make, another one each time, so that it is
tied to no seat, to no answer and to nothing else that the same person said. For the same reason
none is ever deleted before the room ends: what was taken back is emptied and stays, since a number
that went and came again would tie two together. Consoles alone are told, and nothing is counted.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field, ValidationError

from attune import changes, fleeting, leading, presence, problems, rooms
from attune.db import db
from attune.errors import Conflict, Invalid, NotYours, TooFast
from attune.frame import Value
from attune.i18n import N_, Message, say
from attune.keys import KeyMissing, keyring
from attune.models import Room, Signal, Version
from attune.sealing import Key, Unreadable, about_signal
from attune.text import Text

Meet = Literal["", "come_to_you", "come_to_me", "here"]
State = Literal["sent", "seen", "cared", "withdrawn"]
Ready = Literal["", "seen", "come", "out", "help"]

LONGEST_NOTE, LONGEST_REPLY = 80, 140  # characters
MOST_OF_A_SEAT = 32
MOST_REPLIES = 3  # that are kept of one; with them the largest fits into SIZE
SIZE = 4_096  # bytes of each sealed body
URGENT = 3
# Seconds after which the sender is told that nobody has seen it yet.
PATIENCE = {1: 60, 2: 60, 3: 30}
# Kept at the end where versions were: how often the region changed would say how much was said.
NO_VERSION = 1_000_000

LEVELS = {
    1: N_("I'm finding this hard. Nothing needed."),
    2: N_("Please check in with me when you can."),
    3: N_("I need someone now."),
}
MEETINGS: dict[Meet, str] = {
    "come_to_you": N_("I'll come to you"),
    "here": N_("Answer me here, on this phone"),
    "come_to_me": N_("Come to me"),
}
READY = {
    "seen": N_("I've seen this."),
    "come": N_("I'll come over at the next pause."),
    "out": N_("Would you like to step out with %(name)s?"),
}


class Unwatched(Conflict):
    """Nobody is at a console, or the room does without: a message that nobody sees is worse."""

    default = say(
        "This was not sent: nobody is there to see it right now. Please speak to someone near you."
    )


class Told(Value):
    """What a phone sends."""

    level: int = Field(ge=1, le=URGENT)
    meet: Meet = ""
    note: Annotated[str, Text(LONGEST_NOTE)] = ""


class Answered(Value):
    """What a console sends back: one of the ready sentences, or own words."""

    ready: Ready = ""
    text: Annotated[str, Text(LONGEST_REPLY)] = ""


@dataclass(frozen=True)
class Reply:
    """A short private note to the sender, from the facilitator with this name."""

    name: str
    ready: Ready = ""
    text: str = ""

    def said(self, help_text: str) -> Message | str:
        """In words: of theirs, or ready ones."""
        if self.ready == "help":
            return help_text
        return say(READY[self.ready], name=self.name) if self.ready else self.text


@dataclass(frozen=True)
class Said:
    """One signal, opened."""

    key: bytes
    level: int
    meet: Meet
    note: str
    state: State = "sent"
    seen_by: str = ""
    replies: tuple[Reply, ...] = ()
    waits: float = 0  # seconds since it was sent

    @property
    def id(self) -> str:
        return self.key.hex()

    @property
    def is_late(self) -> bool:
        """Whether its sender has to be told that nobody has seen it yet."""
        return self.state == "sent" and self.waits >= PATIENCE[self.level]

    @property
    def told(self) -> str:
        """What its sender is told of it: sent, late or seen; nothing more once it is over."""
        if self.is_late:
            return "late"
        return self.state if self.state in ("sent", "seen") else ""

    @property
    def patience(self) -> float:
        """In how many seconds it is late."""
        return max(PATIENCE[self.level] - self.waits, 0)


def is_offered(room: Room) -> bool:
    """Whether anybody would see it: never pretend that somebody is watching."""
    return (
        room.state in ("lobby", "live")
        and rooms.settings_of(room).signals
        and presence.console_near(room.id)
    )


def owner(room: Room) -> str:
    """The name of who looks after signals: who watches over the room, or else who leads it."""
    return (*leading.watching(room), rooms.leader_of(room))[0]


def tell(room: Room, token: bytes, told: Told) -> Said:
    """Say it to who leads, in place of what this phone said before. Raises Unwatched, TooFast."""
    rooms.require_running(room)
    if not is_offered(room):
        raise Unwatched
    for one in _of(room, token):
        if one.state in ("sent", "seen"):
            _keep(room, _emptied(one))
    said = Said(_new_key(room, token), told.level, told.meet, told.note)
    _keep(room, said)
    fleeting.wait_from_now(room.id, said.key)
    return said


def ask_pace(room: Room, token: bytes, kind: fleeting.Pace) -> None:
    """Slower, a pause, or lost: in memory, for two minutes or until the next prompt."""
    rooms.require_running(room)
    if not is_offered(room):
        raise Unwatched
    before = pace(room)
    fleeting.ask_pace(room.id, kind, _who(room, token), _number(room))
    if pace(room) != before:
        changes.note(room.id, "signals")


def ask_no_more(room: Room, token: bytes, kind: fleeting.Pace) -> None:
    before = pace(room)
    fleeting.ask_no_more(room.id, kind, _who(room, token))
    if pace(room) != before:
        changes.note(room.id, "signals")


def own_pace(room: Room, token: bytes) -> tuple[fleeting.Pace, ...]:
    """What this phone asks for now."""
    return fleeting.asks(room.id, _who(room, token), _number(room))


def pace(room: Room) -> tuple[fleeting.Pace, ...]:
    """What consoles are told."""
    return fleeting.pace(room.id, _number(room))


def mine(room: Room, token: bytes) -> Said | None:
    """What this phone said last and has not taken back."""
    said = [one for one in _of(room, token) if one.state != "withdrawn"]
    return said[-1] if said else None


def as_json(room: Room, token: bytes, say_it: Callable[[Message | str], str]) -> dict[str, Any]:
    """The same for this phone's program: `{"signals": [...], "pace": ["slower"]}`."""
    said = mine(room, token)
    told = (
        {
            "id": said.id,
            "level": said.level,
            "meet": said.meet,
            "note": said.note,
            "state": said.told or said.state,
            "seen_by": said.seen_by,
            "replies": [{"name": name, "text": say_it(text)} for name, text in replies(room, said)],
        }
        if said
        else {}
    )
    return {"signals": [told] if told else [], "pace": list(own_pace(room, token))}


def replies(room: Room, said: Said) -> tuple[tuple[str, Message | str], ...]:
    """What was answered to it: by whom, and what."""
    help_text = rooms.settings_of(room).help_text
    return tuple((reply.name, reply.said(help_text)) for reply in said.replies)


def withdraw(room: Room, token: bytes, id: str) -> None:
    """Take it back: nothing of it stays but the place; or a wish for a pace. Raises NotYours."""
    rooms.require_running(room)
    if id in fleeting.PACES:
        ask_no_more(room, token, id)
        return
    said = next((one for one in _of(room, token) if one.id == id), None)
    if said is None:
        raise NotYours
    _keep(room, _emptied(said))


def keys_of(room: Room, token: bytes) -> list[bytes]:
    """The numbers of all that this phone may ever say here."""
    key = _key(room)
    return [key.signal(token, number) for number in range(MOST_OF_A_SEAT)]


def waiting(room: Room) -> tuple[Said, ...]:
    """What nobody has marked as cared for, the most urgent first. For consoles alone."""
    said = [one for one in everything(room) if one.state in ("sent", "seen")]
    return tuple(sorted(said, key=lambda one: (one.state == "seen", -one.level, one.waits, one.id)))


def one_waiting(room: Room, id: str) -> Said:
    """One of them. Raises NotYours, RoomEnded."""
    rooms.require_running(room)
    said = next((one for one in waiting(room) if one.id == id), None)
    if said is None:
        raise NotYours(say("This is not there any more. It may have been taken back."))
    return said


def everything(room: Room) -> Iterator[Said]:
    """All that was said in the room, in no order."""
    rows = sa.select(Signal.key, Signal.body).where(Signal.room_id == room.id).order_by(Signal.key)
    return _opened(room, db.session.execute(rows))


def see(room: Room, id: str, name: str) -> None:
    """Somebody has seen it, and its sender is told. Raises NotYours."""
    said = one_waiting(room, id)
    if said.state == "sent":
        _keep(room, replace(said, state="seen", seen_by=name))


def answer(room: Room, id: str, name: str, answered: Answered) -> None:
    """Send a short private note back, so that it was seen as well. Raises NotYours, Invalid."""
    if bool(answered.ready) == bool(answered.text):
        raise Invalid(say("Write a few words, or choose some."), "text")
    said = one_waiting(room, id)
    replies = (*said.replies, Reply(name, answered.ready, answered.text))[-MOST_REPLIES:]
    _keep(room, replace(said, state="seen", seen_by=said.seen_by or name, replies=replies))


def care_for(room: Room, id: str, name: str) -> None:
    """It is cared for, and leaves the console. Raises NotYours."""
    said = one_waiting(room, id)
    _keep(room, replace(said, state="cared", seen_by=said.seen_by or name))


def forget(room: Room) -> None:
    """The room ends: nothing is left of what was said, nor of how often."""
    db.session.execute(sa.delete(Signal).where(Signal.room_id == room.id))
    db.session.execute(
        sa.update(Version)
        .where(Version.room_id == room.id, Version.region == "signals")
        .values(v=NO_VERSION)
    )


def read(model: type[Told | Answered], sent: dict[str, Any]) -> Any:
    """What was sent, checked. Raises Invalid with the field."""
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        raise Invalid(*problems.first(error)) from error


def _of(room: Room, token: bytes) -> list[Said]:
    """What this phone said, in the order in which it did."""
    try:
        keys = keys_of(room, token)
    except Unwatched:  # without the room's key nothing can be read
        return []
    rows = sa.select(Signal.key, Signal.body).where(Signal.room_id == room.id, Signal.key.in_(keys))
    said = _opened(room, db.session.execute(rows))
    return sorted(said, key=lambda one: keys.index(one.key))


def _new_key(room: Room, token: bytes) -> bytes:
    taken = {one.key for one in _of(room, token)}
    free = next((key for key in keys_of(room, token) if key not in taken), None)
    if free is None:
        raise TooFast(say("You have said a lot here. Please speak to someone near you."))
    return free


def _emptied(said: Said) -> Said:
    return Said(said.key, said.level, "", "", state="withdrawn")


def _keep(room: Room, said: Said) -> None:
    content = asdict(said)
    del content["key"], content["waits"]
    body = _key(room).seal(
        json.dumps(content, ensure_ascii=False).encode(), about_signal(room.ref, said.key), SIZE
    )
    row = db.session.get(Signal, (room.id, said.key))
    if row is None:
        row = Signal(room_id=room.id, key=said.key)
        db.session.add(row)
    row.body = body
    db.session.flush()
    changes.note(room.id, "signals")


def _opened(room: Room, rows: Any) -> Iterator[Said]:
    """What can be read of these; without the room's key nothing can."""
    for key, body in rows:
        try:
            content = json.loads(_key(room).open(body, about_signal(room.ref, key)))
        except (Unreadable, Conflict):
            continue
        replies = tuple(Reply(**reply) for reply in content.pop("replies"))
        yield Said(key, **content, replies=replies, waits=fleeting.waits(room.id, key))


def _key(room: Room) -> Key:
    try:
        return keyring.live(room.ref)
    except KeyMissing as error:
        raise Unwatched from error


def _who(room: Room, token: bytes) -> bytes:
    """Who asks for a pace, as memory knows them."""
    return _key(room).signal(token, MOST_OF_A_SEAT)


def _number(room: Room) -> int:
    last = rooms.current_round(room)
    return last.number if last else 0
