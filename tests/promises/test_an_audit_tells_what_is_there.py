"""`attune audit`: it tells what is stored of a room, and finds what is broken on purpose."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from attune import backup, rounds
from attune.auditing import report, source, words
from attune.db import READING, Base, db, sweep
from attune.keys import keyring
from attune.models import Round
from attune.rounds import ACT
from attune.sealing import Key
from tests.house import CHOICE, CLOSING, House, LiveRoom, Prompt
from tests.servers import ROOT

PEOPLE, HELD = 12, 2
GIVEN = PEOPLE * (HELD + 1)  # answers that are still there
WORD = "clotheshorse"
MANY = Prompt("choice", {**CHOICE.settings, "mode": "multiple"})
Found = dict[str, Any]


def lived(house: House) -> LiveRoom:
    """A result that was shown, rounds that were closed and never looked at, and an open one."""
    room = house.room(MANY, CLOSING)
    people = room.joins(PEOPLE)
    for step in (1, *[0] * HELD, 0):
        number = room.puts(step)
        for at, person in enumerate(in_turn(room, number, people)):
            said = {"word": WORD[: at + 1]} if step else {"picks": ["a", "b"][: at % 2 + 1]}
            room.gives(person, number, said)
        if number <= HELD + 1:
            room.closes(number)
        if number == 1:
            room.shows(number)
    db.session.close()
    return room


def in_turn(room: LiveRoom, number: int, people: list[bytes]) -> list[bytes]:
    """An order in which nobody comes next to who is next to them by number."""
    key, of = keyring.live(room.ref), room.round(number).id
    by_number = sorted(people, key=lambda person: key.pid(person, of, ACT))
    return by_number[::2] + by_number[1::2]


def audited(room: LiveRoom) -> Found:
    """As whoever runs the server does it."""
    db.session.close()
    with source.of_engine(db.engines[READING]) as one:
        found = report.report(one, room.ref, {"live": True, "kept": True})
    assert found
    return found


def audited_file(file: Path, ref: str) -> Found:
    """As somebody with a copy does it."""
    with source.of_file(file) as one:
        found = report.report(one, ref, None)
    assert found
    return found


def rows_of(found: Found) -> dict[str, int]:
    return {table["table"]: table["rows"] for table in found["tables"]}


def told(found: Found) -> str:
    return " ".join(" ".join(words.words(found)).split())


def closed(found: Found) -> Sequence[Any]:
    return [
        group["told_apart_by"] for group in found["attack"]["groups"] if group["state"] == "closed"
    ]


def test_every_column_of_bytes_says_what_it_is() -> None:
    assert report.unexplained() == []


def test_bytes_that_nobody_explained_are_found() -> None:
    broken = sa.MetaData()
    sa.Table("voice", broken, sa.Column("recording", sa.LargeBinary))
    Base.metadata.tables["seat"].to_metadata(broken)
    assert report.unexplained(broken) == ["voice.recording"]


def test_a_live_room_is_told_whole_and_no_attack_has_a_hold_on_it(house: House) -> None:
    room = lived(house)
    found = audited(room)
    rows = rows_of(found)
    assert (rows["seat"], rows["answer"], rows["release"], rows["round"]) == (
        PEOPLE,
        GIVEN,
        1,
        HELD + 2,
    )
    assert rows["facilitator"] == rows["plan"] == 1
    assert not any(closed(found))
    assert not words.has_a_fault(found)
    text = told(found)
    assert f"Sealed rows: {GIVEN + 1}. Readable with keys/live/" in text
    assert "None has anything to go by in two groups: whoever joins them guesses." in text
    assert WORD not in json.dumps(found)


def test_an_open_round_says_its_order_in_a_copy_and_the_audit_says_so(
    sqlite_house: House,
) -> None:
    found = audited(lived(sqlite_house))
    (open_one,) = [group for group in found["attack"]["groups"] if group["state"] == "open"]
    assert open_one["told_apart_by"]
    assert "the order in which they came" in told(found)


def test_after_the_end_there_is_nothing_to_attack_and_the_audit_says_so(house: House) -> None:
    room = lived(house)
    room.ends()
    found = audited(room)
    assert found["state"] == "ended"
    assert not any(
        rows_of(found)[table] for table in ("seat", "answer", "release", "round", "note")
    )
    assert found["attack"]["groups"] == []
    assert not words.has_a_fault(found)
    text = told(found)
    assert "No answer and no seat is left, so there is no order." in text
    assert "Sealed rows: 1. Readable with keys/kept/" in text


def _one_number(self: Key, token: bytes, _round_id: int, _act: int) -> bytes:
    return HONEST_PID(self, token, 0, 0)


def _snug(self: Key, content: bytes, about: bytes, size: int | None = None) -> bytes:
    return HONEST_SEAL(self, content, about, len(content) + 32 if size else None)


def _as_they_came(_round: Round, *_: object) -> None: ...


HONEST_PID, HONEST_SEAL = Key.pid, Key.seal


@pytest.mark.parametrize("broken", ["the order is kept", "one number", "a size each"])
def test_what_is_broken_is_found_on_the_room_itself(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "the order is kept":
        monkeypatch.setattr(rounds, "_write_in_order", _as_they_came)
    elif broken == "one number":
        monkeypatch.setattr(Key, "pid", _one_number)
    else:
        monkeypatch.setattr(Key, "seal", _snug)
    found = audited(lived(sqlite_house))
    print(f"audit, {broken}: closed rounds told apart by {closed(found)}")
    assert words.has_a_fault(found)
    assert "whoever joins them guesses" not in told(found)


def test_what_is_deleted_and_not_overwritten_is_found(sqlite_house: House) -> None:
    room = lived(sqlite_house)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        connection.exec_driver_sql("BEGIN")
    room.ends()
    assert sweep()
    found = audited(room)
    assert found["free"]["left"] > 0
    assert words.has_a_fault(found)


def test_a_table_that_this_version_does_not_know_is_named(
    sqlite_house: House, tmp_path: Path
) -> None:
    room = lived(sqlite_house)
    copy = tmp_path / "copy.sqlite"
    backup.write(copy)
    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE visit (address TEXT)")
    engine.dispose()
    found = audited_file(copy, room.ref)
    assert found["not_known"] == ["visit"]
    assert "Not known to this version of Attune: visit" in told(found)


def test_a_backup_holds_nothing_that_anybody_gave(sqlite_house: House, tmp_path: Path) -> None:
    room = lived(sqlite_house)
    backup.write(tmp_path / "backup")
    found = audited_file(tmp_path / "backup", room.ref)
    assert not any(rows_of(found)[table] for table in ("seat", "answer", "release"))
    assert "nothing that anybody gave is there" in told(found)


def test_anybody_can_audit_a_copy_without_settings_and_keys(
    sqlite_house: House, tmp_path: Path
) -> None:
    room = lived(sqlite_house)
    ref = room.ref
    folder = tmp_path / "somebody"
    folder.mkdir()
    for end in ("", "-wal"):
        shutil.copy(sqlite_house.folder / f"attune.sqlite{end}", folder / f"copy{end}")
    before = (folder / "copy").read_bytes()
    done = audit(folder, "copy", "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)
    assert (found["room"], found["keys"]) == (ref, None)
    assert rows_of(found)["seat"] == PEOPLE
    assert "which is not in here" in audit(folder, "copy").stdout
    assert sorted(file.name for file in folder.iterdir()) == ["copy", "copy-wal"]
    assert (folder / "copy").read_bytes() == before
    assert keyring.live(ref)  # and the room goes on


def test_what_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear all")
    done = audit(tmp_path, "letter")
    assert done.returncode == 1
    assert "no database of Attune's" in done.stderr
    assert "Traceback" not in done.stderr


def audit(folder: Path, *typed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "attune.cli", "audit", *typed],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
