"""Whether this server works: `/healthz`, `/readyz`, and what `attune check` looks at.

Ready means able to take answers: the database answers, its tables are today's, and the writer
of answers lives. Nobody learns more than that from outside.
"""

import functools
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from attune import logs
from attune.db import db
from attune.writer import writer

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> ResponseReturnValue:
    """Whether the process answers at all."""
    return {"ok": True}


def readyz() -> ResponseReturnValue:
    found = {"database": is_migrated(), "writer": writer.is_alive}
    ready = all(found.values())
    return {"ok": ready, **found}, 200 if ready else 503


def is_migrated() -> bool:
    """Whether the database answers and has today's tables."""
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
    except (SQLAlchemyError, OSError) as error:
        logs.failed("database", error)
        return False
    return set(current) == set(heads())


@functools.cache
def heads() -> tuple[str, ...]:
    """The newest migrations that this version brings."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return tuple(ScriptDirectory.from_config(settings).get_heads())


def answers() -> bool:
    """Whether the database answers, whatever is in it."""
    try:
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
