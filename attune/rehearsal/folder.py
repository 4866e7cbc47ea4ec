"""The folder that a rehearsal keeps everything in, and that is gone afterwards.

Whoever still lives holds its lock: the command, and the server it started. A folder that nobody
holds was left by something that killed both at once; the next rehearsal takes it away.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PREFIX = "attune-rehearsal-"
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
ENOUGH = 64_000_000  # bytes


class Folder(NamedTuple):
    path: Path
    lock: int  # a descriptor, to be handed on to the server


@contextmanager
def made() -> Iterator[Folder]:
    """A new folder that nobody else can read, removed at the end."""
    parent = place()
    sweep(parent)
    folder = _made_in(parent)
    try:
        yield folder
    finally:
        remove(folder.path)
        os.close(folder.lock)


def place() -> Path:
    """In memory where there is such a place, so that no answer reaches a disk; or in TMPDIR."""
    if not os.environ.get("TMPDIR") and os.access(IN_MEMORY, os.W_OK):
        free = os.statvfs(IN_MEMORY)
        if free.f_bavail * free.f_frsize > ENOUGH:
            return IN_MEMORY
    return Path(tempfile.gettempdir())


def sweep(parent: Path) -> None:
    """Take away what nobody holds any more."""
    for left in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if left.is_symlink() or left.stat().st_uid != os.getuid():
                continue
            lock = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(left)
            finally:
                os.close(lock)


def remove(path: Path) -> None:
    """Keys first: without them, what might be left says nothing. Touches no other folder."""
    if not path.name.startswith(PREFIX):
        return
    shutil.rmtree(path / "instance" / "keys", ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


def _made_in(parent: Path) -> Folder:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = os.open(path, os.O_RDONLY)
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists():
                return Folder(path, lock)
        # Another rehearsal took it for a left one, in the moment before it was locked.
        os.close(lock)
