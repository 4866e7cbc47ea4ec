"""A facilitator's private notes, one on each round and one on the room as a whole.

They belong to who wrote them and not to who leads: every lookup says whose they are, and no region
draws them, since a region is the same for everybody at a console. They are sealed with S, and are
deleted when the room ends; what their writer added to the summary is kept in that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import ValidationError

from attune import problems, rooms
from attune.db import db
from attune.errors import Conflict, Invalid
from attune.frame import Value
from attune.i18n import say
from attune.keys import KeyMissing, keyring
from attune.models import Note, Room, Round
from attune.sealing import Key, Unreadable, about_note
from attune.text import Text

LONGEST = 4_000  # characters
THE_ROOM = 0  # where a round's number stands, for the note on the room as a whole


class Typed(Value):
    text: Annotated[str, Text(LONGEST, lines=True)]


@dataclass(frozen=True)
class Written:
    """A note, as its writer reads it."""

    round: int
    text: str
    in_summary: bool


def keep(
    room: Room, round: Round | None, facilitator_id: int, text: str, *, in_summary: bool
) -> Written:
    """Keep this as one's note on the round, or on the room. An empty one is deleted.

    Raises RoomEnded, Invalid for what is too long, Conflict when the room's key is gone.
    """
    rooms.require_running(room)
    written = Written(round.number if round else THE_ROOM, _read(text), in_summary)
    place = (room.id, written.round, facilitator_id)
    note = db.session.get(Note, place)
    if not written.text:
        if note:
            db.session.delete(note)
        return written
    about = about_note(room.ref, written.round, facilitator_id)
    body = _key(room).seal(written.text.encode(), about)
    if note is None:
        note = Note(room_id=room.id, round=written.round, facilitator_id=facilitator_id)
        db.session.add(note)
    note.body, note.in_summary = body, in_summary
    return written


def notes_of(room: Room, facilitator_id: int) -> Mapping[int, Written]:
    """One's own notes by the number of their round. What cannot be read is left out."""
    mine = sa.select(Note).where(Note.room_id == room.id, Note.facilitator_id == facilitator_id)
    opened = ((note, _opened(room, note)) for note in db.session.scalars(mine))
    return {
        note.round: Written(note.round, text, note.in_summary)
        for note, text in opened
        if text is not None
    }


def for_summary(room: Room) -> list[dict[str, Any]]:
    """What its writers added to the summary, with whose each is: nobody else reads it there."""
    added = (
        sa.select(Note)
        .where(Note.room_id == room.id, Note.in_summary)
        .order_by(Note.round, Note.facilitator_id)
    )
    opened = ((note, _opened(room, note)) for note in db.session.scalars(added))
    return [
        {"by": note.facilitator_id, "round": note.round, "text": text}
        for note, text in opened
        if text is not None
    ]


def _read(text: str) -> str:
    try:
        return Typed(text=text).text
    except ValidationError as error:
        raise Invalid(*problems.first(error)) from error


def _key(room: Room) -> Key:
    try:
        return keyring.kept(room.ref)
    except KeyMissing as error:
        text = say("The key of this room cannot be read, so notes cannot be kept.")
        raise Conflict(text) from error


def _opened(room: Room, note: Note) -> str | None:
    try:
        key = keyring.kept(room.ref)
        return key.open(note.body, about_note(room.ref, note.round, note.facilitator_id)).decode()
    except (KeyMissing, Unreadable):
        return None
