"""Fixtures for what is expensive: servers, databases, a browser. Data is made by functions."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.house import House
from tests.servers import AttuneServer, Postgres, running_postgres

pytest_plugins = ["tests.figures"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres.new_database()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The domain on each of the two databases, empty."""
    if request.param == "SQLite":
        url = f"sqlite:///{tmp_path / 'attune.sqlite'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    with House(tmp_path, url).open() as opened:
        yield opened


@pytest.fixture
def sqlite_house(tmp_path: Path) -> Iterator[House]:
    """The domain on SQLite alone, for what is asserted of its file."""
    with House(tmp_path, f"sqlite:///{tmp_path / 'attune.sqlite'}").open() as opened:
        yield opened


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
