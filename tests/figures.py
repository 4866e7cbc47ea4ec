"""The figures of the promises, in one table at the end of a run.

A test that takes `tell` says what it measured: it is printed at once (`-s` shows it) and, whatever
is shown of the run, in a table at its end. They travel in pytest's reports, so that it is one
table with several workers too.
"""

from collections.abc import Callable
from textwrap import wrap
from typing import Any

import pytest

Tell = Callable[[str, str, object], None]
FIGURE = "figure"
WIDE = 96  # characters


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """`tell("A4", "sequences", "10,000, 0 that tell one answer")`."""

    def told(promise: str, what: str, figure: object) -> None:
        print(f"{promise}: {what}: {figure}")
        record_property(FIGURE, (promise, what, str(figure)))

    return told


def table(reports: list[Any]) -> list[str]:
    """The lines of all figures that tests told, by promise; nothing where there are none."""
    found = [
        tuple(figure)
        for report in reports
        for name, figure in getattr(report, "user_properties", ())
        if name == FIGURE
    ]
    lines = []
    for promise, what, figure in sorted(dict.fromkeys(found), key=lambda each: each[0]):
        lines += wrap(
            f"{promise:4} {what}: {figure}", WIDE, subsequent_indent=" " * 5, break_long_words=False
        )
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Called by pytest: `tests/conftest.py` names this module as a plugin."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
    ]
    lines = table(reports)
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
