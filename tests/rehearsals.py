"""A rehearsal as somebody starts it: the real command, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from attune.rehearsal.folder import PREFIX
from tests.servers import until

SECONDS = 60


class Rehearsal:
    """`attune rehearse`, with its folder in `folder` and its working directory beside it."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.temporary, self.here = folder / "tmp", folder / "here"
        for one in (self.temporary, self.here):
            one.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"rehearsal-{len(list(folder.glob('*.log')))}.log"
        mine = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "attune.cli", "rehearse", *arguments],
                cwd=self.here,
                env=mine | {"TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": "1"} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def address(self) -> str:
        """The one-time address that it prints."""

        def found() -> list[str]:
            assert self.process.poll() is None, self.said
            return re.findall(r"http://\S+/rehearsal\?key=\S+", self.said)

        return str(until(found, SECONDS, "the address of the rehearsal")[-1])

    @property
    def folder(self) -> Path:
        """Where it keeps everything while it runs."""
        (found,) = self.temporary.glob(f"{PREFIX}*")
        return found

    def server_pid(self) -> int:
        """The process of its server, the one child of the command; 0 while there is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text() or 0)

    def ends(self, sig: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to the command, and return what it ended with."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(SECONDS)


def is_running(pid: int) -> bool:
    """Whether there is such a process, that is not waiting to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
