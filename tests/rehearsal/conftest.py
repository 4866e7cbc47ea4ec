"""Rehearsals are started anew by each test: each is a whole server of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rehearsals import Rehearsal


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Callable[..., Rehearsal]]:
    """Start one: `rehearsal("--people", "3")`, or with what is set around it."""
    started: list[Rehearsal] = []

    def start(*arguments: str, **environment: str) -> Rehearsal:
        one = Rehearsal(tmp_path, *arguments, **environment)
        started.append(one)
        return one

    yield start
    for one in started:
        one.ends()
