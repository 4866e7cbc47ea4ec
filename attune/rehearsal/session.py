"""One rehearsal from its start to its end, as the command plays it: the server, and the people.

Everything that happens, signals included, comes through one queue, one after the other.
"""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

import click

from attune.rehearsal.folder import Folder

if TYPE_CHECKING:
    from attune.rehearsal.people import Asked

HERE = "127.0.0.1"
# Settings of an ordinary server that a rehearsal keeps: words that people read.
KEPT = ("ATTUNE_HELP_TEXT", "ATTUNE_EXIT_URL")
STOPS_WITHIN = 15  # seconds
WELCOME = """
{title}: a rehearsal with {people} simulated people.

Open this in your browser. It works once, and only on this machine:

  {address}

You lead on the console; the people answer by themselves, at their own pace. You can
take part on the phone beside it. Nothing of this is kept: press Ctrl+C here to end,
and everything is deleted.
"""
ENDED = "The session has ended and the people have left. Read the summary; Ctrl+C deletes it all."
DELETED = "The rehearsal is over, and everything of it is deleted."


class Session:
    """A server, the people in its room, and the wish to stop."""

    def __init__(
        self, folder: Folder, programme: Path, people: int, happens: "SimpleQueue[str]"
    ) -> None:
        self._folder, self._people, self._happens = folder, people, happens
        self._told: dict[str, str] = {}
        self._has_ended = self._is_over = False
        self._port = _free_port()
        # In memory and on disk it is this process's business alone: nobody else's settings count.
        self._server = subprocess.Popen(  # noqa: S603  # our own module, with checked arguments
            [sys.executable, "-m", "attune.rehearsal.house", str(programme), str(people)],
            cwd=folder.path,
            env=_environment(folder.path, self._port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[folder.lock],
            start_new_session=True,  # Ctrl+C is ours to hear: it stops when we say so
        )

    def plays(self) -> int:
        """Until somebody wishes to stop, or the server is gone; the exit code of the command."""
        assert self._server.stdout
        threading.Thread(target=self._hears, args=[self._server.stdout], daemon=True).start()
        try:
            while (what := self._happens.get()) not in ("stop", "server gone"):
                self._heeds(what)
        finally:
            self._is_over = True
            stopped = self._stops()
        if what == "server gone":
            return stopped or 1
        click.echo(f"\n{DELETED}")
        return 0

    def _heeds(self, what: str) -> None:
        if what == "ended":  # each of the people says so
            if not self._has_ended:
                click.echo(ENDED)
            self._has_ended = True
            return
        if not what.startswith("{"):
            return
        self._told = json.loads(what)
        click.echo(WELCOME.format(people=self._people, **self._told))
        threading.Thread(target=self._brings_people, daemon=True).start()

    def _hears(self, stdout: IO[bytes]) -> None:
        """What the server says, line by line; its end is the end of the server."""
        with stdout:
            for line in stdout:
                self._happens.put(line.decode())
        self._happens.put("server gone")

    def _brings_people(self) -> None:
        from random import SystemRandom  # noqa: PLC0415

        from attune.rehearsal.people import Person  # noqa: PLC0415

        url = f"http://{HERE}:{self._port}"
        for _ in range(self._people):
            person = Person(url, self._asked, SystemRandom())
            threading.Thread(target=self._is_there, args=[person], daemon=True).start()

    def _is_there(self, person: Any) -> None:
        """One simulated person, from joining to leaving. Whoever fails, fails alone."""
        try:
            person.comes(self._told["code"])
            self._happens.put(person.stays())
        except Exception as error:  # noqa: BLE001  # the others stay
            if not self._is_over:
                click.echo(f"One of the people had to leave ({type(error).__name__}).", err=True)
        finally:
            person.leaves()
            for refusal in person.refused:
                if refusal and refusal["error"]["code"] not in ("closed", "ended"):
                    click.echo(f"An answer was refused: {refusal}", err=True)

    def _asked(self, number: int) -> "Asked":
        """What a round asks: a page shows a question, and not the settings it was made from."""
        from attune.rehearsal.people import Asked  # noqa: PLC0415

        file = self._folder.path / "instance" / "attune.sqlite"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as database:
            query = "SELECT kind, settings FROM round WHERE number = ?"
            kind, settings = database.execute(query, [number]).fetchone()
        return Asked(kind, json.loads(settings))

    def _stops(self) -> int:
        """Let the server end, by letting go of it; its exit code."""
        assert self._server.stdin
        self._server.stdin.close()
        try:
            return self._server.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._server.kill()
            return self._server.wait()


def _environment(folder: Path, port: int) -> Mapping[str, str]:
    """Settings of its own: what is set for an ordinary server names a database that is kept."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("ATTUNE_") or name in KEPT
    }
    return ours | {
        "TMPDIR": str(folder),
        "SQLITE_TMPDIR": str(folder),
        "ATTUNE_INSTANCE": str(folder / "instance"),
        "ATTUNE_HOST": HERE,
        "ATTUNE_PORT": str(port),
        # A name that other servers here are seldom opened by: a jar of cookies is a host's.
        "ATTUNE_PUBLIC_URL": f"http://localhost:{port}",
        "ATTUNE_ORIGINS": f"http://{HERE}:{port}",
        "ATTUNE_LOG": "warning",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port
