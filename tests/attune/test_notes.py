"""Private notes: whose they are, where they go, and that they end, on both databases."""

import json

import pytest

from attune import access, notes, summary
from attune.db import db, transaction
from attune.errors import Conflict, Invalid, NotYours, RoomEnded
from attune.keys import keyring
from attune.models import Note, RoomFacilitator
from attune.notes import THE_ROOM, Written
from attune.stage import stage
from attune.summary.data import data
from attune.summary.markdown import markdown
from attune.summary.sheet import sheet
from tests.house import CHOICE, House, LiveRoom

WORDS = "Long pause, then a clavichord."


def writes(
    room: LiveRoom, text: str, number: int = THE_ROOM, *, adds: bool = False, who: int = 0
) -> Written:
    """Whoever leads keeps a note."""
    who = who or room.lead_id
    with transaction():
        row = access.room_for(who, room.ref)
        round = access.round_of(row, number) if number else None
        return notes.keep(row, round, who, text, in_summary=adds)


def mine(room: LiveRoom, who: int = 0) -> dict[int, str]:
    found = notes.notes_of(room.row, who or room.lead_id)
    return {number: note.text for number, note in found.items()}


def rows(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM note")[0][0])


def test_a_note_is_kept_for_the_room_and_for_each_round(house: House) -> None:
    room = house.room(CHOICE)
    number = room.puts()
    writes(room, "All in all")
    writes(room, "  Here \n\n\n now ", number)
    writes(room, "Here, later", number)
    assert mine(room) == {THE_ROOM: "All in all", number: "Here, later"}
    assert rows(house) == 2


def test_an_empty_note_is_none(house: House) -> None:
    room = house.room(CHOICE)
    writes(room, WORDS)
    writes(room, "   ", adds=True)
    assert (mine(room), rows(house)) == ({}, 0)


def test_a_note_is_sealed_and_only_s_opens_it(house: House) -> None:
    room = house.room(CHOICE)
    writes(room, WORDS)
    [(body,)] = house.rows("SELECT body FROM note")
    assert WORDS.encode() not in bytes(body)
    assert len(bytes(body)) == 4_096
    keyring.destroy_live(room.ref)
    assert mine(room) == {THE_ROOM: WORDS}
    keyring.destroy_kept(room.ref)
    assert mine(room) == {}
    with pytest.raises(Conflict):
        writes(room, "More")


def test_nobody_else_who_leads_reads_it(house: House) -> None:
    room = house.room(CHOICE)
    co = house.facilitator("Sam").id
    with transaction():
        db.session.add(RoomFacilitator(room_id=room.id, facilitator_id=co, role="co"))
    writes(room, WORDS, adds=True)
    writes(room, "Sam's own", adds=True, who=co)
    assert mine(room, co) == {THE_ROOM: "Sam's own"}
    room.ends()
    document = summary.document_of(room.row, str)
    assert document
    read = {who: summary.as_read_by(who, document) for who in (room.lead_id, co)}
    assert read[room.lead_id]["facilitator"]["note"] == WORDS
    assert read[co]["facilitator"]["note"] == "Sam's own"
    assert "clavichord" not in json.dumps(read[co])


def test_a_note_is_on_nobodys_stage(house: House) -> None:
    room = house.room(CHOICE)
    number = room.puts()
    writes(room, WORDS, number, adds=True)
    for audience in ("participant", "screen", "console"):
        assert "clavichord" not in repr(stage(room.row, audience))


def test_only_what_was_added_is_in_the_summary_and_never_in_the_groups_part(
    house: House,
) -> None:
    room = house.room(CHOICE, CHOICE)
    first, second = room.puts(0), room.puts(1)
    writes(room, WORDS, first, adds=True)
    writes(room, "A harpsichord.", second)
    for _ in range(2):  # before the end, and after it
        document = summary.document_of(room.row, str)
        assert document
        read = summary.as_read_by(room.lead_id, document)
        for made in (sheet, data, lambda whole, part: markdown(whole, part, str)):
            assert "clavichord" in made(read, "facilitator")
            assert "harpsichord" not in made(read, "facilitator")
            assert "clavichord" not in made(read, "group")
        assert "harpsichord" not in json.dumps(document)
        if room.row.state == "live":
            room.ends()
    assert rows(house) == 0


def test_a_note_that_was_taken_out_again_is_not_in_the_summary(house: House) -> None:
    room = house.room(CHOICE)
    writes(room, WORDS, adds=True)
    writes(room, WORDS)
    room.ends()
    assert "clavichord" not in json.dumps(summary.document_of(room.row, str))


def test_a_summary_from_before_notes_can_be_read(house: House) -> None:
    room = house.room(CHOICE)
    room.puts()
    document = summary.document_of(room.row, str)
    assert document
    del document["facilitator"]["notes"]
    read = summary.as_read_by(room.lead_id, document)
    assert (read["facilitator"]["note"], read["facilitator"]["steps"][0]["note"]) == ("", "")


def test_what_cannot_be_a_note_is_refused(house: House) -> None:
    room = house.room(CHOICE)
    with pytest.raises(Invalid) as refused:
        writes(room, "x" * (notes.LONGEST + 1))
    assert refused.value.field == "text"
    with pytest.raises(NotYours):
        writes(room, "x", 7)
    writes(room, "x" * notes.LONGEST)
    room.ends()
    with pytest.raises(RoomEnded):
        writes(room, "late")
    assert db.session.get(Note, (room.id, THE_ROOM, room.lead_id)) is None
