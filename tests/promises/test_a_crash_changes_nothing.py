"""A3: whenever the process is killed on the way, ending and forgetting reach the same end.

`tests.crashing` does the killing, by SIGKILL, before every line that finds the disk changed; here
stands what has to be true between and afterwards. The same must fail for variants that are broken.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from typing import Any

from tests.crashing import BROKEN, WORDS
from tests.figures import Tell
from tests.servers import ROOT, Postgres

Told = dict[str, Any]
ACTS = ("end", "delete", "forget")
LEAST_STEPS = 5
ENDED = {"end": "ended", "delete": "forgotten", "forget": "forgotten"}


class Crashing:
    """The process that kills others; it is asked for one experiment after another."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def steps(self, act: str) -> list[Any]:
        """Where the disk has changed on the way, at lines that run on PostgreSQL as well."""
        return list(self._asked(act, "", None, only_look=True)["steps"])

    def kills(self, act: str, broken: str = "", places: Sequence[Any] | None = None) -> Told:
        """What is left when it is killed at each of these places, or at every step."""
        return self._asked(act, broken, places, only_look=False)

    def _asked(
        self, act: str, broken: str, places: Sequence[Any] | None, *, only_look: bool
    ) -> Told:
        assert self._process.stdin
        assert self._process.stdout
        asked = {"act": act, "broken": broken, "places": places, "only_look": only_look}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        assert told, "it died; its own words are above"
        found: Told = json.loads(told)
        return found


@contextmanager
def crashing(url: str = "") -> Iterator[Crashing]:
    """A room, on SQLite unless there is a URL.

    In memory where there is such a folder: a killed process leaves there what it leaves on a disk.
    """
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(prefix="attune-crashing-", dir=memory) as name:
        house = Path(name) / "house"
        words = [
            "-W",
            "ignore",
            "-m",
            "tests.crashing",
            str(house),
            url or f"sqlite:///{house}/attune.sqlite",
        ]
        with subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True
        ) as process:
            yield Crashing(process)
            assert process.stdin
            process.stdin.close()


def faults(act: str, told: Told) -> list[str]:
    """What is not as promised, with where the process was killed."""
    return [f"{tried['at']}: {fault}" for tried in told["tries"] for fault in _of(act, tried)]


def _of(act: str, tried: Told) -> Iterator[str]:
    between, after = tried["between"], tried["after"]
    yield from _of_state("on the disk", between)
    yield from _of_state("afterwards", after)
    if after["state"] != ENDED[act]:
        yield f"it stays {after['state']}"
    if act == "end":
        # What was shown, what was closed and never looked at, what was too small.
        if after["outcomes"] != ["shown", "not_shown", "held"]:
            yield f"the summary has {after['outcomes']}"
        if after["group"] != SHOWN:
            yield f"the group is given {after['group']}"
        if not all(word in json.dumps(after["results"]) for word in WORDS):
            yield "results that were never looked at are lost"


def _of_state(when: str, found: Told) -> Iterator[str]:
    """What a room's own word for where it is says of the rest."""
    if found["state"] in ("ended", "forgotten"):
        if any(found["rows"].values()):
            yield f"{when} it is {found['state']}, and rows are left: {found['rows']}"
        if found["keys"]["live"] or found["traces"]:
            yield f"{when} it is {found['state']}, and its key or {found['traces']} traces are left"
    if found["state"] == "ended" and not (found["has_summary"] and found["keys"]["kept"]):
        yield f"{when} it is ended, and its summary cannot be read"
    if found["state"] == "forgotten" and (found["has_summary"] or found["title"]):
        yield f"{when} it is forgotten, and its summary or title is left"
    if when == "afterwards" and found["state"] == "forgotten" and found["keys"]["kept"]:
        yield "it is forgotten for good, and its key is left"


SHOWN = [["picks", [["Juice", 0], ["Tea", 5], ["Water", 0]], []]]


def test_a_kill_at_any_step_leads_to_the_same_end(tell: Tell) -> None:
    with crashing() as process:
        for act in ACTS:
            told = process.kills(act)
            assert all(tried["killed"] for tried in told["tries"])
            assert faults(act, told) == []
            tell("A3", act, f"killed at {len(told['steps'])} steps, always the same end")
            assert len(told["steps"]) >= LEAST_STEPS


def test_on_postgresql_too(postgres: Postgres, tell: Tell) -> None:
    with crashing() as process:
        steps = {act: process.steps(act) for act in ("end", "delete")}
    with crashing(postgres.new_database()) as process:
        for act, places in steps.items():
            told = process.kills(act, places=places)
            assert all(tried["killed"] for tried in told["tries"])
            assert faults(act, told) == []
            tell("A3", f"{act}, PostgreSQL", f"killed at {len(places)} steps, always the same end")
            assert len(places) >= LEAST_STEPS


def test_what_is_broken_on_purpose_is_caught(tell: Tell) -> None:
    with crashing() as process:
        for broken in BROKEN:
            act = "delete" if "forgetting" in broken else "end"
            found = faults(act, process.kills(act, broken))
            tell("A3", f"caught: {broken}", f"{len(found)} faults, such as {found[:1]}")
            assert found, broken
