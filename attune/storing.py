"""What is stored, told from the tables themselves, so that the page about it cannot lie.

Each table and column says in its `comment` what it holds; here stands only how long it stays.
Nothing is counted: in a small room a number of rows says who did what. A table or a column that
says nothing of itself is a mistake that a test finds (`untold`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

import attune.models  # noqa: F401  # declares the tables
from attune.db import Base
from attune.i18n import N_

WITH_THE_ROOM = N_("Deleted when the room ends.")
WITH_THE_SUMMARY = N_("Kept until the room is forgotten.")
NOT_ADDED = N_("Deleted when the room ends. What its writer added is then in the summary.")
BY_HAND = N_("Kept until whoever runs this server, or its owner, deletes it.")

_UNTIL = {
    "facilitator": BY_HAND,
    "plan": BY_HAND,
    "plan_share": N_("Deleted when it is taken back, or with the plan."),
    "step": BY_HAND,
    "room": N_("Its code goes when it ends; title and settings when it is forgotten."),
    "room_facilitator": WITH_THE_SUMMARY,
    "audit": N_("For a year; what is about a room only until the room is forgotten."),
    "password_reset": N_("Deleted when it is used, and at the latest after 25 hours."),
    "recovery_code": N_("Deleted when it is used, renewed, or the second step is switched off."),
    "sign_in": N_("Deleted when they sign out there, and the day after the next at the latest."),
    "invitation": N_("Deleted when it is used or taken back, and at the latest after 25 hours."),
    "seat": WITH_THE_ROOM,
    "round": WITH_THE_ROOM,
    "answer": N_("Deleted when their result is made, and at the latest when the room ends."),
    "release": WITH_THE_ROOM,
    "signal": WITH_THE_ROOM,
    "announcement": WITH_THE_ROOM,
    "note": NOT_ADDED,
    "summary": WITH_THE_SUMMARY,
    "version": WITH_THE_SUMMARY,
}

_FIRST = ("seat", "answer", "release", "round", "room", "summary")


@dataclass(frozen=True)
class StoredColumn:
    """A column, and what stands in it."""

    name: str
    holds: str


@dataclass(frozen=True)
class StoredTable:
    """A table, what it holds and how long that stays."""

    name: str
    holds: str
    until: str
    columns: tuple[StoredColumn, ...]


@dataclass(frozen=True)
class Beside:
    """Something that is kept, but in no table of ours."""

    name: str
    where: str
    holds: str
    until: str


# The library that changes tables from one version of Attune to the next keeps one of its own.
MIGRATIONS = StoredTable(
    "alembic_version",
    N_("Which version of these tables this is."),
    N_("Kept as long as the tables are."),
    (StoredColumn("version_num", N_("The number of that version.")),),
)

BESIDE = (
    Beside(
        "seat-…",
        N_("A cookie on your phone"),
        N_("A random key: your seat in one room. The server keeps its fingerprint only."),
        N_("24 hours, or until you leave or the room ends."),
    ),
    Beside(
        "attune",
        N_("A cookie on your phone"),
        N_(
            "A signed token that shows that a form came from our own page. It has no number of "
            "yours. For those who sign in it holds that they did."
        ),
        N_("Until you close the browser."),
    ),
    Beside(
        N_("Drafts"),
        N_("In your browser"),
        N_("What you are writing and have not given, and what waits for a connection."),
        N_("Until given or let go, until you leave, or until you close the page."),
    ),
    Beside(
        N_("keys/live"),
        N_("A folder beside the database"),
        N_("The key that opens the answers of one room. It is in no backup."),
        N_("Destroyed when the room ends."),
    ),
    Beside(
        N_("keys/kept"),
        N_("A folder beside the database"),
        N_("The key that opens the summary of one room."),
        N_("Destroyed when the room is forgotten, which locks every copy for good."),
    ),
    Beside(
        N_("The log"),
        N_("On the server"),
        N_("That the server started, stopped or met a fault. No address, no code, no words."),
        N_("As long as whoever runs this server keeps it."),
    ),
)


def tables(declared: sa.MetaData = Base.metadata) -> tuple[StoredTable, ...]:
    """Every table there is, what people give first."""
    order = ["seat", "answer", "release", "signal", "round", "room", "summary"]
    names = sorted(
        declared.tables, key=lambda name: (name not in order, [*order, name].index(name))
    )
    return (*(_table(declared.tables[name]) for name in names), MIGRATIONS)


def untold(declared: sa.MetaData = Base.metadata) -> list[str]:
    """What is stored and does not say what it holds, or how long it stays."""
    return [
        *(name for table in declared.tables.values() for name in _untold(table)),
        *(f"{name}: until when" for name in declared.tables if name not in _UNTIL),
    ]


def _untold(table: sa.Table) -> Iterator[str]:
    if not table.comment:
        yield table.name
    for column in table.columns:
        if not column.comment:
            yield f"{table.name}.{column.name}"


def _table(table: sa.Table) -> StoredTable:
    columns = (StoredColumn(column.name, column.comment or "") for column in table.columns)
    return StoredTable(table.name, table.comment or "", _UNTIL.get(table.name, ""), tuple(columns))
