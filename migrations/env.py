"""Runs the migrations on Attune's own writing engine: `attune migrate`, and every start."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def run() -> None:
    """Bring the database to the version asked for, in one transaction."""
    with database.engine.connect() as connection, rows_left_alone(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_type=True,
            render_as_batch=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        require_no_orphans(connection)
        connection.commit()


@contextmanager
def rows_left_alone(connection) -> Iterator[None]:
    """SQLite changes a column by making the table anew and dropping the old one. As long as it
    minds foreign keys, dropping `plan` would delete the steps of every plan.

    It can only be told so outside a transaction, hence on the connection below SQLAlchemy's.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    below = connection.connection.driver_connection
    below.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        below.execute("PRAGMA foreign_keys=ON")


def require_no_orphans(connection) -> None:
    """What SQLite would have minded meanwhile: a row whose parent is gone. Nothing is changed."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        assert not lost, f"rows that belong to none any more: {sorted({row[0] for row in lost})}"


run()
