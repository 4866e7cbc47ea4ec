"""The folder of keys, outside the database: `live/REF` (K) and `kept/REF` (S).

K opens answers and releases and is destroyed when the room ends; it is never in a backup. S opens
the summary and is destroyed when the room is forgotten, which forgets it in every backup too.
"""

import logging
import os
import secrets
import stat
from pathlib import Path
from typing import Literal

from attune.errors import NoKeys
from attune.i18n import Message, say
from attune.sealing import KEY_BYTES, Key

log = logging.getLogger(__name__)

NAMES = ("live", "kept")
FOR_OTHERS = 0o077  # of a mode: what anybody but the owner may

Trouble = Literal["missing", "shut", "open"]
# What whoever leads rooms reads of it; whoever runs the server is told more by `attune check`.
TROUBLES: dict[Trouble, Message] = {
    "missing": say(
        "The folder of keys is missing. What people give in rooms that run now cannot be read, and "
        "no room can be opened. Ending a room works. Tell whoever runs this server: the command "
        "“attune check” says what to do."
    ),
    "shut": say(
        "The folder of keys cannot be read and written. What people give in rooms that run now "
        "cannot be read, and no room can be opened. Tell whoever runs this server: the command "
        "“attune check” says what to do."
    ),
    "open": say(
        "Others on the machine of this server may look into the folder of keys. Tell whoever runs "
        "it: the command “attune check” says what to do."
    ),
}


class KeyMissing(Exception):
    """The key of a room is not there or cannot be read. Never a reason to make a new one."""


class Keyring:
    """All rooms' keys. One per process; `open_folder` at start."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._live: dict[str, Key] = {}

    def open_folder(self, folder: Path, *, is_new: bool = True) -> None:
        """Use this folder; a new one is made. Raises OSError when it cannot be.

        Say `is_new=False` where rooms have had their keys in it: when it is missing then, it was
        lost, or its volume is not there, and an empty one in its place would hide that.
        """
        self._folder = folder
        self._live.clear()
        if is_new:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in NAMES:
                (folder / name).mkdir(exist_ok=True, mode=0o700)

    def trouble(self) -> Trouble | None:
        """Whether the folder is missing, shut to this process, or open to others on the machine."""
        here = self._path("live", "").parent
        found = {_trouble_of(folder) for folder in (here, *(here / name for name in NAMES))}
        return next((trouble for trouble in TROUBLES if trouble in found), None)

    def create(self, ref: str) -> None:
        """Make both keys of a room; on disk before this returns. Raises NoKeys."""
        try:
            for name in NAMES:
                self._make(name, ref)
        except OSError as error:
            log.error("The keys of a new room cannot be written (%s)", error.strerror)  # noqa: TRY400
            raise NoKeys from error

    def has_live(self, ref: str) -> bool:
        """Whether K can be read."""
        try:
            self.live(ref)
        except KeyMissing:
            return False
        return True

    def is_there(self, ref: str) -> bool:
        """Whether K lies in the folder, readable or not; so too when that cannot be known."""
        try:
            self._path("live", ref).lstat()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def live(self, ref: str) -> Key:
        """K. Raises KeyMissing."""
        if ref not in self._live:
            self._live[ref] = self._read("live", ref)
        return self._live[ref]

    def kept(self, ref: str) -> Key:
        """S. Raises KeyMissing."""
        return self._read("kept", ref)

    def refs(self, name: str) -> list[str]:
        """The rooms that have a key in `live` or in `kept`; none when it cannot be looked at."""
        try:
            return sorted(file.name for file in self._path(name, "").iterdir())
        except OSError:
            return []

    def drop(self, ref: str) -> None:
        """Let go of K in memory; its room is ending."""
        self._live.pop(ref, None)

    def destroy_live(self, ref: str) -> None:
        """Raises OSError where the key is still there afterwards. One that is gone is no fault."""
        self.drop(ref)
        self._destroy("live", ref)

    def destroy_kept(self, ref: str) -> None:
        """Raises OSError where the key is still there afterwards. One that is gone is no fault."""
        self._destroy("kept", ref)

    def _make(self, name: str, ref: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(self._path(name, ref), flags, mode=0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self._path(name, ref).parent)

    def _read(self, name: str, ref: str) -> Key:
        try:
            secret = self._path(name, ref).read_bytes()
        except OSError as error:
            raise KeyMissing from error
        if len(secret) != KEY_BYTES:
            raise KeyMissing
        return Key(secret)

    def _destroy(self, name: str, ref: str) -> None:
        """Overwrite, then unlink. Overwriting flash memory is a best effort; the docs say so."""
        path = self._path(name, ref)
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            pass  # destroyed before a crash, or lost with the folder
        else:
            with file:
                file.write(bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def _path(self, name: str, ref: str) -> Path:
        assert self._folder, "open_folder() comes first"
        return self._folder / name / ref


keyring = Keyring()


def _trouble_of(folder: Path) -> Trouble | None:
    try:
        mode = folder.stat().st_mode
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "shut"
    if not os.access(folder, os.W_OK | os.X_OK):
        return "shut"
    return "open" if stat.S_IMODE(mode) & FOR_OTHERS else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
