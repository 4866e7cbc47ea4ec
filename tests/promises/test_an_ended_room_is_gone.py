"""A2: after the end nothing is left to find. (A3, crashes on the way: the file beside this.)"""

from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from attune import access, ending, notes, rounds, summary
from attune.db import db, transaction
from attune.keys import KeyMissing, keyring
from attune.models import Answer, Room, Summary
from attune.rounds import ACT
from attune.summary.markdown import markdown
from tests.figures import Tell
from tests.house import CHOICE, CLOSING, House, LiveRoom, some_answer

PEOPLE = 6
WORDS = ["marshmallow", "peppercorn", "wheelbarrow", "clotheshorse", "gooseberry", "thimble"]
NOTE = "Somebody laughed like a clavichord."


class Traces:
    """Everything of a room that must not be found once it has ended."""

    def __init__(self, house: House, room: LiveRoom, people: list[bytes], rounds: int) -> None:
        key = keyring.live(room.ref)
        self.secrets = [key._secret, *people]
        self.pids = [
            key.pid(person, room.round(number).id, ACT)
            for person in people
            for number in range(1, rounds + 1)
        ]
        of_seats = house.rows("SELECT key, token_hash FROM seat")
        self.seats = [value for seat in of_seats for value in seat]
        sealed = "SELECT body FROM answer UNION ALL SELECT body FROM note"
        self.bodies = [body for (body,) in house.rows(sealed)]
        self.texts = [word.encode() for word in (*WORDS, NOTE)]

    def found(self, folder: Path) -> int:
        """How many of them are in any file of the folder, keys and free pages included."""
        whole = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
        bodies = (body[:32] for body in self.bodies)
        wanted = [*self.secrets, *self.seats, *self.pids, *self.texts, *bodies]
        return sum(whole.count(trace) for trace in wanted)


def lived(house: House) -> tuple[LiveRoom, Traces]:
    """A room with a result that was shown, one never looked at, one open, and one too small."""
    random = Random(5)
    room = house.room(CHOICE, CLOSING)
    people = room.joins(PEOPLE)
    first = room.puts(0)
    room.all_give(first, [(person, some_answer(CHOICE, random)) for person in people])
    room.closes(first)
    second = room.puts(1)
    room.all_give(
        second,
        [(person, {"word": word, "safe": 4}) for person, word in zip(people, WORDS, strict=True)],
    )
    with transaction():
        row, round = access.round_for(room.lead_id, room.ref, second)
        notes.keep(row, round, room.lead_id, NOTE, in_summary=False)
    third = room.puts(0)
    room.all_give(third, [(person, {"picks": ["a"]}) for person in people[:2]])
    traces = Traces(house, room, people, rounds=3)
    room.shows(first)
    return room, traces


def test_after_the_end_nothing_of_it_is_in_any_file(sqlite_house: House, tell: Tell) -> None:
    room, traces = lived(sqlite_house)
    before = traces.found(sqlite_house.folder)
    room.ends()
    after = traces.found(sqlite_house.folder)
    tell(
        "A2",
        "traces found in all files, keys and free pages too",
        f"{before} before, {after} after",
    )
    assert before > 0
    assert after == 0


def test_before_the_end_and_with_keys_the_texts_can_be_read(sqlite_house: House) -> None:
    room, _ = lived(sqlite_house)
    key = keyring.live(room.ref)
    rows = db.session.execute(sa.select(Answer.round_id, Answer.pid, Answer.body)).all()
    opened = [
        key.open(body, f"answer:{room.ref}:{round_id}:{ACT}:".encode() + pid)
        for round_id, pid, body in rows
    ]
    assert sum(word.encode() in body for word in WORDS for body in opened) == len(WORDS)


@pytest.mark.parametrize("broken", ["the log stays", "the key stays"])
def test_the_search_finds_what_a_broken_end_leaves(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "the log stays":
        monkeypatch.setattr(ending, "sweep", lambda: True)
        monkeypatch.setattr(rounds, "sweep", lambda _engine: True)
    else:
        monkeypatch.setattr(keyring, "_destroy", lambda name, ref: None)
    room, traces = lived(sqlite_house)
    room.ends()
    assert traces.found(sqlite_house.folder) > 0


def test_the_search_finds_what_is_deleted_without_being_overwritten(
    sqlite_house: House,
) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        connection.exec_driver_sql("BEGIN")
    room, traces = lived(sqlite_house)
    room.ends()
    assert traces.found(sqlite_house.folder) > 0


def test_a_room_whose_key_is_lost_ends_all_the_same_and_says_so(sqlite_house: House) -> None:
    room, _ = lived(sqlite_house)
    keyring.destroy_live(room.ref)
    room.ends()
    row = db.session.get(Room, room.id)
    assert row
    document = summary.document_of(row, str)
    assert document
    assert row.state == "ended"
    assert {step["outcome"] for step in document["facilitator"]["steps"]} == {"lost"}
    text = markdown(document, "facilitator", str)
    assert "Lost: the key that opens it was missing when the room ended." in text


def test_a_forgotten_room_cannot_be_read_even_from_an_old_backup(sqlite_house: House) -> None:
    room, _ = lived(sqlite_house)
    room.ends()
    kept = db.session.get(Summary, room.id)
    assert kept
    backup = kept.body
    key = keyring.kept(room.ref)
    row = db.session.get(Room, room.id)
    assert row
    assert row.forget_on
    db.session.close()
    assert ending.forget_due(row.forget_on) == 1
    assert key._secret not in b"".join(
        file.read_bytes() for file in sqlite_house.folder.rglob("*") if file.is_file()
    )
    with pytest.raises(KeyMissing):
        keyring.kept(room.ref)
    assert backup not in sqlite_house.bytes_on_disk()
