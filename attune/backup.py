"""Writes a backup into a file, and brings one back (docs/decisions/0025-backups.md).

A backup is a SQLite file whatever the database is: read in one go, so that it is consistent while
rooms are live, and written in the order of keys, so that it says nothing of the order in which
anything came. It has no key, and none of what only a key or a phone makes sense of: seats, answers
and results of rooms that run are left out. Restored, such a room can therefore only end.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from attune import ending, migrating
from attune.db import READING, Base, db, transaction
from attune.keys import keyring
from attune.models import Facilitator, Room

AT_ONCE = 200  # rows; a sealed one can be of some kilobytes
RUNNING = ("lobby", "live", "ending")

# What is in a backup, and what is not: every table is in one of the two, which a test holds.
TAKEN = frozenset(
    {
        *("audit", "facilitator", "plan", "plan_share", "step"),
        *("room", "room_facilitator", "round", "note", "summary"),
    }
)
LEFT_OUT = {
    "seat": "Nobody can come back into a room that was restored.",
    "answer": "They could be opened with the key of a room that runs, which is in no backup.",
    "release": "They could be opened with the key of a room that runs, which is in no backup.",
    "signal": "They could be opened with the key of a room that runs, which is in no backup.",
    "announcement": "It was for phones that were there.",
    "password_reset": "A link that was used since would work again.",
    "version": "They count what pages have seen that are long gone.",
    "invitation": "A link that was used since, or taken back, would work again.",
    "recovery_code": "One that was used since would work again.",
    "sign_in": "What was signed out since would be signed in again.",
}
VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))


class Refused(Exception):
    """It cannot be done; the message says what to do."""


class Restored(NamedTuple):
    """What a backup brought back."""

    facilitators: int
    rooms: int
    running: int  # rooms that ran when it was made


def write(to: Path) -> None:
    """Write a backup to a new file, for its owner alone. Raises Refused, OSError."""
    if not migrating.is_current():
        raise Refused("The database is not up to date: run `attune migrate`, then this again.")
    if to.exists():
        raise Refused(f"{to} is there already. Name a new file.")
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with _file(part) as target, target.begin() as written:
            _write(written)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(to)
    finally:
        part.unlink(missing_ok=True)


def restore(file: Path) -> Restored:
    """Bring a backup, or any copy of a SQLite database of Attune's, into an empty database.

    Raises Refused. Rooms that ran are locked: call `running.finish_endings` and then
    `forget_unreadable`.
    """
    if not file.is_file():
        raise Refused(f"{file} is no file.")
    if _count(Facilitator) or _count(Room):
        raise Refused(
            "The database is not empty, and a backup is never mixed with what is there. Name "
            "another one in ATTUNE_DATABASE_URL, or move the file away."
        )
    with _file(file) as source, _reading(source) as read:
        _require_known(read, file)
        _require_no_live_keys(read)
        with transaction():
            for table in _taken():
                for rows in _rows(read, table):
                    db.session.execute(sa.insert(table), rows)
            db.session.flush()
            _count_on(db.session.connection())
            running = ending.begin_restored()
    return Restored(_count(Facilitator), _count(Room), len(running))


def forget_unreadable() -> int:
    """Forget the ended rooms whose key S is not there, since nobody can read them: how many."""
    there = set(keyring.refs("kept"))
    with transaction():
        ended = db.session.scalars(sa.select(Room).where(Room.state == "ended"))
        gone = [room for room in ended if room.ref not in there]
        for room in gone:
            ending.forget(room)
    return len(gone)


def _write(written: sa.Connection) -> None:
    Base.metadata.create_all(written)
    VERSION.create(written)
    with _reading(db.engines[READING]) as read:
        for table in _taken():
            for rows in _rows(read, table):
                written.execute(sa.insert(table), rows)
        for version in read.scalars(sa.select(VERSION)):
            written.execute(sa.insert(VERSION), {"version_num": version})


def _rows(read: sa.Connection, table: sa.Table) -> Iterator[Sequence[dict[str, Any]]]:
    """The rows of a table in the order of its key, some at a time."""
    ordered = sa.select(table).order_by(*table.primary_key.columns)
    result = read.execution_options(stream_results=True).execute(ordered)
    for rows in result.mappings().partitions(AT_ONCE):
        yield [_without_code(table, dict(row)) for row in rows]


def _without_code(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row without what lets people into the room as long as it runs."""
    return row | {"code": None} if table.name == Room.__tablename__ else row


def _taken() -> list[sa.Table]:
    return [table for table in Base.metadata.sorted_tables if table.name in TAKEN]


@contextmanager
def _file(file: Path) -> Iterator[sa.Engine]:
    engine = sa.create_engine(f"sqlite:///{file.absolute()}", hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: what is committed meanwhile is not in it."""
    with closing(engine.connect()) as connection, connection.begin():
        yield connection


def _require_known(read: sa.Connection, file: Path) -> None:
    found: set[str] = set()
    with suppress(sa.exc.DatabaseError):  # it is no database, or none of ours
        found = set(read.scalars(sa.select(VERSION)))
    if not found:
        raise Refused(f"{file} is no backup of Attune.")
    if found != migrating.newest():
        raise Refused(
            f"{file} is of another version of Attune (its tables: {', '.join(sorted(found))}). "
            "Restore it with that version, then move up."
        )


def _require_no_live_keys(read: sa.Connection) -> None:
    running = read.scalars(sa.select(Room.ref).where(Room.state.in_(RUNNING)))
    there = sorted(set(running) & set(keyring.refs("live")))
    if there:
        raise Refused(
            "keys/live has the keys of rooms that ran when this backup was made: "
            f"{', '.join(there)}. If another database uses this folder, set ATTUNE_KEYS to a new "
            "one. If not, delete these files: the rooms can only be ended, and their keys open "
            "nothing any more."
        )


def _count_on(connection: sa.Connection) -> None:
    """PostgreSQL numbers new rows by counters of its own, which know nothing of these."""
    if connection.dialect.name == "sqlite":
        return
    for table in _taken():
        column = table.autoincrement_column
        last = connection.scalar(sa.select(sa.func.max(column))) if column is not None else None
        if column is not None and last:
            counter = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(counter, last)))


def _count(model: type[Base]) -> int:
    with transaction():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
