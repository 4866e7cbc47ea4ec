"""Fixtures for what is expensive: servers, databases, a browser. Data is made by functions."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.servers import AttuneServer, Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., AttuneServer]]:
    """Start an Attune: `server()`, or with settings: `server(ATTUNE_WORKERS="2")`."""
    started: list[AttuneServer] = []

    def start(**settings: str) -> AttuneServer:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        one = AttuneServer(folder, settings)
        started.append(one)
        return one.start()

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started
