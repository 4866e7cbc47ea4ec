"""Where an audit looks: a copy of a SQLite file and of its log, or the database of this server.

Nothing is written where it looks. A file that a server uses is copied again until it did not change
meanwhile, so that the server is not held up.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import sqlalchemy as sa

TIMES = 20  # that it is tried to copy a file that somebody writes to


class NoDatabase(Exception):
    """It cannot be read as a database of Attune's; the message says why."""


@dataclass(frozen=True)
class Source:
    """A database at one moment; `file` is its copy, where it is SQLite's."""

    read: sa.Connection
    name: str
    file: Path | None

    @property
    def log(self) -> int | None:
        """The bytes of the write-ahead log, where that can be known."""
        if self.file is None:
            return None
        log = _log_of(self.file)
        return log.stat().st_size if log.is_file() else 0


@contextmanager
def of_file(file: Path) -> Iterator[Source]:
    """A copy, a backup, or the file that a server uses."""
    with tempfile.TemporaryDirectory(prefix="attune-audit-") as folder:
        copied = Path(folder) / "copy.sqlite"
        _copy(file, copied)
        address = f"sqlite:///file:{copied}?mode=ro&uri=true"
        engine = sa.create_engine(address, hide_parameters=True)
        try:
            with engine.connect() as read:
                _require_ours(read, file)
                yield Source(read, str(file), copied)
        finally:
            engine.dispose()


@contextmanager
def of_engine(engine: sa.Engine) -> Iterator[Source]:
    """The database of this server, as it is now."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        with of_file(Path(engine.url.database)) as source:
            yield source
    else:
        with engine.connect() as read:
            yield Source(read, "the PostgreSQL database of this server", None)


def _copy(file: Path, to: Path) -> None:
    if not file.is_file():
        message = f"{file} is no file."
        raise NoDatabase(message)
    for _ in range(TIMES):
        before = _state(file)
        copyfile(file, to)
        _log_of(to).unlink(missing_ok=True)
        if _log_of(file).is_file():
            copyfile(_log_of(file), _log_of(to))
        if _state(file) == before:
            return
    message = f"{file} is written to all the time; audit a backup or a copy of it."
    raise NoDatabase(message)


def _state(file: Path) -> list[tuple[int, int]]:
    there = [one for one in (file, _log_of(file)) if one.is_file()]
    return [(one.stat().st_mtime_ns, one.stat().st_size) for one in there]


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _require_ours(read: sa.Connection, file: Path) -> None:
    try:
        read.execute(sa.text("SELECT count(*) FROM room"))
    except sa.exc.DatabaseError:
        message = f"{file} is no database of Attune's, or cannot be read."
        raise NoDatabase(message) from None
