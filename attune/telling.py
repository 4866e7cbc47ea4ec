"""What every phone of a room is told beside the question: who sees what now, and words to all.

Whoever agreed to something is told in one line when it changes: somebody watches over the room too,
another person leads it, the door or the terms are other than they were. It stays through two
questions, so that somebody who looked away reads it. It says what is now, not what was.
"""

import sqlalchemy as sa
from pydantic_core import PydanticCustomError

from attune import changes, problems
from attune.db import db
from attune.errors import Conflict, Invalid, RoomEnded
from attune.i18n import N_, Message, say
from attune.keys import KeyMissing, keyring
from attune.models import Announcement, Room, Round
from attune.sealing import Key, Unreadable, about_announcement
from attune.text import Text, clean

LONGEST = 1_000  # characters
SPOKEN = Text(LONGEST, least=1, lines=True)
ROUNDS = 2  # that a change is told for

# Ready words, for the two moments in which they are hard to find. The facilitator may change them.
SOMEBODY_WROTE = N_(
    "Someone wrote something that matters and that I do not want to pass over. I cannot see who it "
    "was. You are not in trouble. If it was you, or if you are worried about yourself or someone "
    "else, you can reach me with the support button, come to me, or get help here:"
)
WHAT_WE_AGREED = N_(
    "A word about how we are with each other here. We speak from our own view, and about "
    "ourselves. What hurts somebody stays off the screen. I am not looking for who wrote it. If it "
    "hit you, come to me."
)
READY = {"somebody-wrote": SOMEBODY_WROTE, "what-we-agreed": WHAT_WE_AGREED}


def changed(room: Room, what: str) -> None:
    """Tell every phone from now on: co, left, lead, entry or terms."""
    room.told, room.told_in = what, _round(room)
    changes.note(room.id, "told")


def line(room: Room, leader: str, watching: tuple[str, ...]) -> Message | None:
    """The one line about what was changed last; None once it has been there long enough."""
    if not room.told or _round(room) >= room.told_in + ROUNDS:
        return None
    if room.told == "entry":
        return {
            "open": say("The door is open now: whoever has the code comes in."),
            "admit": say("Whoever comes now is let in by %(name)s.", name=leader),
            "locked": say("The door is closed now: nobody new comes in."),
        }[room.entry]
    if room.told == "terms":
        return say("%(name)s has changed what holds in this room.", name=leader)
    return who_sees(leader, watching)


def who_sees(leader: str, watching: tuple[str, ...]) -> Message:
    """Who can see what was written: the consent in one line."""
    if not watching:
        return say(
            "%(name)s leads this room, and sees what was written but not who wrote it. Passing is "
            "always fine.",
            name=leader,
        )
    return say(
        "%(name)s leads this room. %(others)s watches over it too. They see what was written but "
        "not who wrote it. Passing is always fine.",
        name=leader,
        others=", ".join(watching),
    )


def speak(room: Room, text: str) -> None:
    """Say this on every phone, in place of what was said before. Raises Invalid, Conflict."""
    if room.state not in ("lobby", "live"):
        raise RoomEnded
    if not clean(text):
        raise Invalid(say("Please write something here."), "text")
    try:
        body = _key(room).seal(SPOKEN.read(text).encode(), about_announcement(room.ref))
    except PydanticCustomError as error:
        raise Invalid(problems.of_text(error), "text") from None
    db.session.merge(Announcement(room_id=room.id, body=body))
    changes.note(room.id, "told")


def say_no_more(room: Room) -> None:
    """Take it off the phones."""
    if room.state not in ("lobby", "live"):
        raise RoomEnded
    forget(room)
    changes.note(room.id, "told")


def spoken(room: Room) -> str:
    """What is said to everybody now; empty for nothing, and when it cannot be read."""
    said = db.session.get(Announcement, room.id)
    try:
        return _key(room).open(said.body, about_announcement(room.ref)).decode() if said else ""
    except (Conflict, Unreadable):
        return ""


def forget(room: Room) -> None:
    """Nothing is said any more: at the end of the room, too."""
    db.session.execute(sa.delete(Announcement).where(Announcement.room_id == room.id))


def _key(room: Room) -> Key:
    try:
        return keyring.live(room.ref)
    except KeyMissing as error:
        raise Conflict from error


def _round(room: Room) -> int:
    last = sa.select(sa.func.max(Round.number)).where(Round.room_id == room.id)
    return db.session.scalar(last) or 0
