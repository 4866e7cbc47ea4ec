"""The database: two engines, one declarative base, one way to write.

`db.session` reads, from an engine that cannot write. `transaction()` is the only way to write:
one green semaphore for the process, BEGIN IMMEDIATE, and COMMIT off the hub
(docs/decisions/0002-one-way-to-write.md). Look things up inside it: what was read before may be
old.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
import sqlalchemy as sa
from eventlet import tpool
from eventlet.semaphore import Semaphore
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import DeclarativeBase

log = logging.getLogger(__name__)

# Taken before BEGIN and let go after COMMIT, by verbs and by the answer writer alike: a second
# connection that waited for SQLite's lock would stop every greenlet of the process.
writing = Semaphore(1)

READING, WRITING = "read", None  # names of the engines, as Flask-SQLAlchemy keeps them
BUSY_MS = 5_000  # how long SQLite waits for another process, such as `attune forget`


class Base(DeclarativeBase):
    """All tables are declared on it."""


class Session(FlaskSession):
    """Reads from the one engine, writes to the other."""

    def get_bind(self, *_: Any, **__: Any) -> sa.Engine:
        return self._db.engines[WRITING if self.info.get("writing") else READING]


db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})


class GreenSQLite(SQLiteDialect_pysqlite):
    """SQLite whose COMMIT, which waits for the disk, runs in a native thread."""

    supports_statement_cache = True

    def do_commit(self, dbapi_connection: Any) -> None:
        tpool.execute(dbapi_connection.commit)


registry.register("sqlite.green", __name__, "GreenSQLite")


def flask_settings(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy has to be told for this database URL."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite":
        made = made.set(drivername="sqlite+green")
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
        read_options = options
    else:
        # SQLAlchemy 2.1 takes psycopg 3 by default, which would block every greenlet.
        made = made.set(drivername="postgresql+psycopg2")
        options = {}
        read_options = {
            "isolation_level": "REPEATABLE READ",
            "connect_args": {"options": "-c default_transaction_read_only=on"},
        }
    common = {"hide_parameters": True, "pool_pre_ping": made.drivername.startswith("postgres")}
    return {
        "SQLALCHEMY_DATABASE_URI": made,
        "SQLALCHEMY_ENGINE_OPTIONS": {**common, **options},
        "SQLALCHEMY_BINDS": {READING: {"url": made, "pool_size": 20, **common, **read_options}},
    }


def prepare(app: Any) -> None:
    """Attach the database to a Flask application whose config has `flask_settings`."""
    db.init_app(app)
    with app.app_context():
        for name, engine in db.engines.items():
            if engine.dialect.name == "sqlite":
                _prepare_sqlite(engine, reads=name == READING)


def _prepare_sqlite(engine: sa.Engine, *, reads: bool) -> None:
    pragmas = [
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten, from the first connection on
        "journal_size_limit=0",
        "foreign_keys=ON",
    ]
    if reads:
        pragmas = [pragmas[0], "query_only=ON"]

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A deferred transaction that reads first fails at its first write, whatever the timeout.
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block did, or none of it; then tell who asked to be told.

    Raises RuntimeError when nested: the inner one could not keep its promise.
    """
    session = db.session()
    if session.info.get("writing"):
        message = "transaction() does not nest"
        raise RuntimeError(message)
    with writing:
        session.close()  # what was read before may be older than what is about to be written
        session.info.clear()
        session.info.update(writing=True, before=[], after=[])
        try:
            yield
            for callback in session.info["before"]:
                callback()
            session.commit()
        except BaseException:
            session.rollback()
            session.info["after"] = []
            raise
        finally:
            session.info["writing"] = False
    tell(session.info.pop("after"))


def before_commit(callback: Callable[[], None]) -> None:
    """Call this at the end of the running transaction, inside it."""
    db.session.info["before"].append(callback)


def after_commit(callback: Callable[[], None]) -> None:
    """Call this once the running transaction is on disk; not at all if it fails."""
    db.session.info["after"].append(callback)


def tell(callbacks: list[Callable[[], None]]) -> None:
    """Call each; what one raises is logged, since what it is told of has already happened."""
    for callback in callbacks:
        try:
            callback()
        except Exception:
            log.exception("A listener failed after COMMIT")


def sweep(engine: sa.Engine | None = None, attempts: int = 200) -> bool:
    """Take away what deleted rows leave behind on disk; returns whether it succeeded.

    SQLite: the write-ahead log, in which they stand, is brought into the file and cut to nothing. A
    reader in the middle of a page can hold it up, so it is tried again. PostgreSQL: a plain VACUUM
    makes their space free; its log keeps them until it is reused (docs/anonymity.md).
    """
    engine = engine or db.engines[WRITING]
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM answer, release, seat, note, signal")
        return True
    for _ in range(attempts):
        with writing:
            raw = engine.raw_connection()
            try:
                busy = tpool.execute(_checkpoint, raw)
            finally:
                raw.close()
        if not busy:
            return True
        eventlet.sleep(0.05)
    return False


def compact() -> bool:
    """Write every table anew, without the places of what was deleted. Only while no room is live.

    It locks all others out for as long as it takes: the whole file, or each table in turn. Returns
    whether it could be done: somebody may be reading, or the disk too full for a second copy.
    """
    engine = db.engines[WRITING]
    with writing:
        raw = engine.raw_connection()
        try:
            tpool.execute(_VACUUM[engine.dialect.name], raw)
        except engine.dialect.loaded_dbapi.Error as error:
            log.warning("The database was not written anew (%s)", type(error).__name__)
            return False
        finally:
            raw.invalidate()  # what was set for it alone must not stay
    return sweep(engine)


def _vacuum_sqlite(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA temp_store=MEMORY")  # or its copy would lie in a file elsewhere
    cursor.execute("VACUUM")
    cursor.close()


def _vacuum_postgresql(connection: Any) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute(f"VACUUM FULL {', '.join(sorted(Base.metadata.tables))}")


_VACUUM = {"sqlite": _vacuum_sqlite, "postgresql": _vacuum_postgresql}


def _checkpoint(connection: Any) -> bool:
    """Whether somebody was in the way."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    row = cursor.fetchone()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.close()
    return bool(row and row[0])
