"""The door: who may come in, who waits at it, and everybody knocking again under a new code.

Who waits has a label of two words, on their phone and on the console, and nowhere else: so they can
be told apart by asking, with no name and no number that says who came first. It goes when they are
let in. Nobody who is in can be sent out: a phone that disappears would show who wrote what
(docs/anonymity.md).
"""

import secrets
from itertools import permutations
from typing import get_args

import sqlalchemy as sa

from attune import changes, codes, presence, telling
from attune.db import db
from attune.errors import Invalid, RoomEnded
from attune.frame import Entry
from attune.i18n import N_, Message, say
from attune.models import Room, Seat

# Things that everybody knows, that nobody is called by, and that sound unlike one another. Two of
# 48 make 2,256 labels: more than a room has seats.
THINGS = (
    N_("anchor"), N_("apple"), N_("basket"), N_("bell"), N_("boat"), N_("bread"), N_("bridge"),
    N_("button"), N_("candle"), N_("carpet"), N_("cherry"), N_("clock"), N_("cloud"), N_("comet"),
    N_("drum"), N_("feather"), N_("forest"), N_("fountain"), N_("garden"), N_("hat"), N_("honey"),
    N_("island"), N_("jug"), N_("key"), N_("ladder"), N_("lamp"), N_("leaf"), N_("lemon"),
    N_("letter"), N_("meadow"), N_("mirror"), N_("moon"), N_("mountain"), N_("palm tree"),
    N_("pear"), N_("pencil"), N_("pepper"), N_("river"), N_("rose"), N_("sail"), N_("ship"),
    N_("spoon"), N_("star"), N_("stone"), N_("tower"), N_("tulip"), N_("violin"), N_("window"),
)  # fmt: skip
BETWEEN = ", "


def set_entry(room: Room, entry: str) -> None:
    """Who may come in from now on: open, admit (one by one) or locked. Raises Invalid."""
    _require_running(room)
    before, room.entry = room.entry, checked(entry)
    if room.entry == "open":
        admit_all(room)
    if room.entry != before:
        telling.changed(room, "entry")
    changes.note(room.id, "people")


def checked(entry: str) -> Entry:
    for known in get_args(Entry):
        if entry == known:
            return known  # type: ignore[no-any-return]
    raise Invalid(say("Choose how people come in."), "entry")


def waiting(room: Room) -> tuple[str, ...]:
    """The labels of those at the door, by the alphabet: not in the order in which they came."""
    labels = sa.select(Seat.label).where(Seat.room_id == room.id, Seat.state == "waiting")
    return tuple(sorted(label or "" for label in db.session.scalars(labels)))


def said(label: str) -> Message:
    """A label as people read it, each word in their language."""
    first, _, second = label.partition(BETWEEN)
    return say("%(first)s, %(second)s", first=say(first), second=say(second))


def free_labels(room: Room, many: int) -> list[str]:
    """So many labels that nobody at this door has."""
    labels = {BETWEEN.join(two) for two in permutations(THINGS, 2)}
    return secrets.SystemRandom().sample(sorted(labels - set(waiting(room))), many)


def free_code() -> str:
    """A code that opens no other room."""
    while True:
        code = codes.new_code()
        if db.session.scalar(sa.select(Room.id).where(Room.code == code)) is None:
            return code


def admit(room: Room, label: str) -> None:
    """Let in the one who has this label. Nothing happens when nobody has it any more."""
    _admit(room, Seat.label == label)


def admit_all(room: Room) -> None:
    """Let in everybody who waits at the door."""
    _admit(room, sa.true())


def turn_away(room: Room, label: str) -> None:
    """Take the seat of the one at the door who has this label."""
    _require_running(room)
    db.session.execute(sa.delete(Seat).where(_at_the_door(room), Seat.label == label))
    changes.note(room.id, "people")


def knock_again(room: Room) -> None:
    """A new code, and everybody is at the door: whoever has the old one has nothing any more.

    Seats stay what they are, and what was given stays given; nobody can be told by it.
    """
    _require_running(room)
    room.code = free_code()
    room.entry = "admit"
    telling.changed(room, "entry")
    mine = sa.select(Seat).where(Seat.room_id == room.id, Seat.state == "in").order_by(Seat.key)
    inside = db.session.scalars(mine).all()
    for seat, label in zip(inside, free_labels(room, len(inside)), strict=True):
        seat.state, seat.label = "waiting", label
        presence.left(room.id, seat.key)
    changes.note(room.id, "room")


def _admit(room: Room, whom: sa.ColumnElement[bool]) -> None:
    _require_running(room)
    db.session.execute(
        sa.update(Seat).where(_at_the_door(room), whom).values(state="in", label=None)
    )
    changes.note(room.id, "room")


def _at_the_door(room: Room) -> sa.ColumnElement[bool]:
    return sa.and_(Seat.room_id == room.id, Seat.state == "waiting")


def _require_running(room: Room) -> None:
    if room.state not in ("lobby", "live"):
        raise RoomEnded
