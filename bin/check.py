"""Run every check, then the tests, and say at the end which failed and how long each took.

With arguments only the tests run, and the arguments are pytest's.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent

TEMPLATES = [
    "attune/templates",
    "attune/exercises",
    "facilitator/templates",
    "participant/templates",
]


class Check(NamedTuple):
    name: str
    command: list[str]


class Outcome(NamedTuple):
    name: str
    passed: bool
    seconds: float


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    # Three at a time: much of a test is waiting for a server. One that is picked runs alone.
    tests = Check("tests", ["pytest", *(arguments or ["-n", "3"])])
    browser = Check("a browser for the tests", ["python", "-m", "tests.browser"])
    checks = [browser, tests] if arguments else [*_linters(), browser, tests]
    outcomes = [_run(check) for check in checks]
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    if not arguments or failed:
        _summarise(outcomes)
    return 1 if failed else 0


def _linters() -> list[Check]:
    templates = [folder for folder in TEMPLATES if list(Path(folder).rglob("*.html"))]
    return [
        Check("style (ruff check)", ["ruff", "check", "--quiet"]),
        Check("format (ruff format)", ["ruff", "format", "--check", "--quiet"]),
        Check("types (mypy)", ["mypy"]),
        Check("layers (import-linter)", ["lint-imports", "--no-cache"]),
        Check("templates (djlint)", ["djlint", "--lint", "--quiet", *templates]),
    ]


def _run(check: Check) -> Outcome:
    print(f"\n=== {check.name}", flush=True)
    program, *arguments = check.command
    begun = time.monotonic()
    environment = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [PROGRAMS / program, *arguments], env=environment, stdin=subprocess.DEVNULL, check=False
    )
    return Outcome(check.name, done.returncode == 0, time.monotonic() - begun)


def _summarise(outcomes: list[Outcome]) -> None:
    print("\n=== summary")
    for outcome in outcomes:
        word = "passed" if outcome.passed else "FAILED"
        print(f"{word}  {outcome.seconds:6.1f} s  {outcome.name}")
    count = sum(outcome.passed for outcome in outcomes)
    print(f"{count} passed, {len(outcomes) - count} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
