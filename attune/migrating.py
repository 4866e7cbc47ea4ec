"""Brings the tables to this version's, and tells whether they are there already.

Alembic takes a second to import, so an ordinary start does without it: which migration is the
newest is read from the files' names for themselves.
"""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from attune.db import READING, db

FOLDER = Path(__file__).parent.parent / "migrations"
_LINE = re.compile(r"^(revision|down_revision)\b[^=]*=(.*)$", re.MULTILINE)


def is_current() -> bool:
    """Whether the database answers and has today's tables."""
    return stored() == newest()


def answers() -> bool:
    """Whether the database answers, whatever is in it."""
    try:
        with _reading() as connection:
            connection.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def has_rooms() -> bool:
    """Whether there is a room whose keys have to be somewhere; asked of tables of any version."""
    try:
        with _reading() as connection:
            rows = sa.text("SELECT 1 FROM room WHERE state != 'forgotten' LIMIT 1")
            return connection.scalar(rows) is not None
    except SQLAlchemyError:
        return False


def stored() -> set[str]:
    """The migrations that the database is at; none when it is new or does not answer."""
    try:
        with _reading() as connection:
            rows = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            return set(rows.scalars())
    except SQLAlchemyError:
        return set()


def newest() -> set[str]:
    """The migrations that no other one follows."""
    names: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (FOLDER / "versions").glob("*.py"):
        for which, value in _LINE.findall(file.read_text()):
            names[which].update(re.findall(r"""["'](\w+)["']""", value))
    return names["revision"] - names["down_revision"]


def upgrade(to: str = "head") -> None:
    """Run the migrations that are missing."""
    _flask_migrate().upgrade(revision=to)


def downgrade(to: str = "base") -> None:
    """Take migrations back; `base` is before the first."""
    _flask_migrate().downgrade(revision=to)


def _reading() -> sa.Connection:
    # The other engine begins by taking SQLite's lock, and would wait for it in native code while
    # the greenlet that holds it cannot go on.
    return db.engines[READING].connect()


def _flask_migrate() -> Any:
    import flask_migrate  # noqa: PLC0415  # a second that an ordinary start saves

    if "migrate" not in current_app.extensions:
        flask_migrate.Migrate(current_app, db, directory=str(FOLDER))
    return flask_migrate
