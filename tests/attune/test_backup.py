"""A backup: what is in it and what is not, and what it is worth once a room has gone."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from attune import access, backup, ending, notes, running, summary
from attune.db import Base, db, transaction
from attune.errors import NotYours, RoomEnded
from attune.keys import keyring
from attune.models import Answer, Facilitator, Room, Round, Seat, SignIn, Summary
from attune.rounds import ACT
from tests.house import CHOICE, CLOSING, House, LiveRoom
from tests.servers import Postgres

WORDS = ["marshmallow", "peppercorn", "wheelbarrow", "clotheshorse", "gooseberry"]
NOTE = "Somebody laughed like a clavichord."


def gave(room: LiveRoom, people: list[bytes]) -> None:
    """A result that was shown, one that was not, and answers to what is open."""
    first = room.puts(1)
    said = [{"word": word, "safe": 4} for word in WORDS]
    room.all_give(first, list(zip(people, said, strict=True)))
    room.closes(first)
    room.shows(first)
    second = room.puts(0)
    room.all_give(second, [(person, {"picks": ["a"]}) for person in people])
    room.closes(second)
    third = room.puts(0)
    room.all_give(third, [(person, {"picks": ["b"]}) for person in people])
    with transaction():
        notes.keep(
            access.room_for(room.lead_id, room.ref), None, room.lead_id, NOTE, in_summary=True
        )


@pytest.fixture
def lived(house: House) -> tuple[LiveRoom, list[bytes]]:
    """A room that runs, and who is in it."""
    room = house.room(CHOICE, CLOSING)
    people = room.joins(len(WORDS))
    gave(room, people)
    return room, people


@contextmanager
def elsewhere(folder: Path, url: str = "") -> Iterator[House]:
    """Another server with an empty database; only `keys/kept` is brought along."""
    folder.mkdir()
    house = House(folder, url or f"sqlite:///{folder / 'attune.sqlite'}")
    with house.open(answers=False) as opened:
        yield opened


def restored(file: Path) -> tuple[backup.Restored, int]:
    found = backup.restore(file)
    running.finish_endings()
    unreadable = backup.forget_unreadable()
    return found, unreadable


def bring_kept(origin: Path, to: House) -> None:
    for key in (origin / "keys" / "kept").iterdir():
        (to.keys / "kept" / key.name).write_bytes(key.read_bytes())


def document_of(room_id: int) -> dict[str, Any] | None:
    db.session.close()
    return summary.document_of(db.session.get_one(Room, room_id), str)


def rows_of(file: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as copy:
        return copy.execute(f"SELECT * FROM {table}").fetchall()


def test_every_table_is_taken_or_left_out_with_a_reason() -> None:
    assert set(Base.metadata.tables) <= set(backup.LEFT_OUT) | backup.TAKEN
    assert not set(backup.LEFT_OUT) & backup.TAKEN


def test_it_has_no_key_no_seat_no_answer_and_nothing_that_lets_anybody_in(
    house: House, lived: tuple[LiveRoom, list[bytes]], tmp_path: Path
) -> None:
    room, people = lived
    live, kept = keyring.live(room.ref), keyring.kept(room.ref)
    pids = [live.pid(one, room.round(n).id, ACT) for one in people for n in (1, 2, 3)]
    bodies = [body for (body,) in house.rows("SELECT body FROM answer")]
    code = room.row.code
    assert code
    file = tmp_path / "backup"
    backup.write(file)
    whole = file.read_bytes()
    for trace in [live._secret, kept._secret, *people, *pids, *bodies, code.encode()]:
        assert trace not in whole
    assert not any(word.encode() in whole for word in [*WORDS, NOTE])
    assert file.stat().st_mode & 0o777 == 0o600
    left_out = set(backup.LEFT_OUT) & set(Base.metadata.tables)
    assert all(rows_of(file, table) == [] for table in left_out)
    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    assert len(rows_of(file, "round")) == 3
    assert room.round(3).state == "open"  # the room itself runs on


def test_the_search_would_find_what_a_whole_copy_has(
    sqlite_house: House, lived_on_sqlite: LiveRoom
) -> None:
    """The broken variant: copying the file."""
    bodies = [body for (body,) in sqlite_house.rows("SELECT body FROM answer")]
    assert bodies
    assert all(body in sqlite_house.bytes_on_disk() for body in bodies)


@pytest.fixture
def lived_on_sqlite(sqlite_house: House) -> LiveRoom:
    room = sqlite_house.room(CHOICE, CLOSING)
    gave(room, room.joins(len(WORDS)))
    return room


@pytest.mark.parametrize("into", ["SQLite", "PostgreSQL"])
def test_a_room_that_ran_ends_without_last_results_and_says_so(
    house: House,
    lived: tuple[LiveRoom, list[bytes]],
    tmp_path: Path,
    postgres: Postgres,
    into: str,
) -> None:
    room, people = lived
    file = tmp_path / "backup"
    backup.write(file)
    url = postgres.new_database() if into == "PostgreSQL" else ""
    with elsewhere(tmp_path / "other", url) as other:
        bring_kept(house.folder, other)
        found, unreadable = restored(file)
        assert (found.rooms, found.running, unreadable) == (1, 1, 0)
        row = db.session.get_one(Room, room.id)
        assert (row.state, row.code) == ("ended", None)
        document = document_of(room.id)
        assert document
        outcomes = {step["outcome"] for step in document["facilitator"]["steps"]}
        assert outcomes == {"lost"}
        assert all(step["sections"] == [] for step in document["group"]["steps"])
        assert [note["text"] for note in document["facilitator"]["notes"]] == [NOTE]
        assert not any(word in str(document) for word in WORDS)
        for table in (Answer, Seat, Round):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        for person in people:
            with pytest.raises((NotYours, RoomEnded)):
                access.seat_for(room.ref, person)
        other.room(CHOICE)  # numbers go on after those that were brought


def test_what_was_forgotten_since_cannot_be_opened_from_a_backup(
    house: House, lived: tuple[LiveRoom, list[bytes]], tmp_path: Path
) -> None:
    room, _ = lived
    stays = house.room(CHOICE)
    room.ends()
    stays.ends()
    file = tmp_path / "backup"
    backup.write(file)
    with transaction():
        ending.forget(db.session.get_one(Room, room.id))
    ending.forgotten(room.ref)
    with elsewhere(tmp_path / "other") as other:
        bring_kept(house.folder, other)
        backup.restore(file)
        assert db.session.get(Summary, room.id)  # sealed, and
        assert document_of(room.id) is None  # nothing opens it
        running.finish_endings()
        assert backup.forget_unreadable() == 1
        db.session.close()
        assert db.session.get_one(Room, room.id).state == "forgotten"
        assert db.session.get_one(Room, room.id).title == ""
        assert document_of(stays.id)


def test_links_and_sign_ins_of_before_are_not_brought_back(house: House, tmp_path: Path) -> None:
    lead = house.facilitator()
    with transaction():
        db.session.add(
            SignIn(
                facilitator_id=lead.id,
                token_hash=b"h" * 32,
                browser="Firefox",
                system="Linux",
                day=db.session.scalar(sa.select(sa.func.current_date())),
            )
        )
    file = tmp_path / "backup"
    backup.write(file)
    with elsewhere(tmp_path / "other"):
        backup.restore(file)
        assert db.session.scalar(sa.select(Facilitator.name)) == "Jo"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0


def another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as copy, copy:
        copy.execute("UPDATE alembic_version SET version_num = '0001'")


def no_database(file: Path) -> None:
    file.write_text("A letter.")


@pytest.mark.parametrize(
    ("harm", "says"), [(another_version, "another version"), (no_database, "no backup")]
)
def test_what_cannot_be_restored_is_refused_and_changes_nothing(
    sqlite_house: House, tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    file = tmp_path / "backup"
    backup.write(file)
    harm(file)
    with pytest.raises(backup.Refused, match=says):
        backup.restore(file)
    assert sqlite_house.rows("SELECT count(*) FROM room") == [(0,)]


def test_a_backup_is_never_mixed_with_what_is_there_and_never_written_over(
    sqlite_house: House, lived_on_sqlite: LiveRoom, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    backup.write(file)
    before = file.read_bytes()
    with pytest.raises(backup.Refused, match="not empty"):
        backup.restore(file)
    with pytest.raises(backup.Refused, match="there already"):
        backup.write(file)
    assert file.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []
    assert lived_on_sqlite.row.state == "live"


def test_keys_of_rooms_that_ran_are_never_used_with_a_backup(
    sqlite_house: House, lived_on_sqlite: LiveRoom, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    backup.write(file)
    with elsewhere(tmp_path / "other") as other:
        (other.keys / "live" / lived_on_sqlite.ref).write_bytes(bytes(32))
        with pytest.raises(backup.Refused, match=lived_on_sqlite.ref):
            backup.restore(file)
        assert other.rows("SELECT count(*) FROM room") == [(0,)]


def test_a_plain_copy_is_restored_like_a_backup(
    sqlite_house: House, lived_on_sqlite: LiveRoom, tmp_path: Path
) -> None:
    """Somebody copied the file: then there is more in it than is brought back."""
    with closing(sqlite3.connect(sqlite_house.folder / "attune.sqlite")) as live:
        live.execute("VACUUM INTO ?", (str(tmp_path / "copy"),))
    assert rows_of(tmp_path / "copy", "answer")
    with elsewhere(tmp_path / "other") as other:
        bring_kept(sqlite_house.folder, other)
        restored(tmp_path / "copy")
        assert other.rows("SELECT state FROM room") == [("ended",)]
        assert other.rows("SELECT count(*) FROM seat") == [(0,)]
