"""The folder of keys, outside the database: `live/REF` (K) and `kept/REF` (S).

K opens answers and releases and is destroyed when the room ends; it is never in a backup. S opens
the summary and is destroyed when the room is forgotten, which forgets it in every backup too.
"""

import os
import secrets
from pathlib import Path

from attune.sealing import KEY_BYTES, Key


class KeyMissing(Exception):
    """The key of a room is not there or cannot be read. Never a reason to make a new one."""


class Keyring:
    """All rooms' keys. One per process; `open_folder` at start."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._live: dict[str, Key] = {}

    def open_folder(self, folder: Path) -> None:
        """Use this folder, made if need be. Raises OSError when it cannot be written."""
        self._folder = folder
        self._live.clear()
        for name in ("live", "kept"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)

    def create(self, ref: str) -> None:
        """Make both keys of a room; on disk before this returns."""
        for name in ("live", "kept"):
            descriptor = os.open(
                self._path(name, ref), os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600
            )
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            _sync_folder(self._path(name, ref).parent)

    def live(self, ref: str) -> Key:
        """K. Raises KeyMissing."""
        if ref not in self._live:
            self._live[ref] = self._read("live", ref)
        return self._live[ref]

    def kept(self, ref: str) -> Key:
        """S. Raises KeyMissing."""
        return self._read("kept", ref)

    def drop(self, ref: str) -> None:
        """Let go of K in memory; its room is ending."""
        self._live.pop(ref, None)

    def destroy_live(self, ref: str) -> None:
        self.drop(ref)
        self._destroy("live", ref)

    def destroy_kept(self, ref: str) -> None:
        self._destroy("kept", ref)

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
        if path.exists():
            with path.open("r+b") as file:
                file.write(bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        _sync_folder(path.parent)

    def _path(self, name: str, ref: str) -> Path:
        assert self._folder, "open_folder() comes first"
        return self._folder / name / ref


keyring = Keyring()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
