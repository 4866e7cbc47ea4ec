"""One server for all the tests of pages: each opens rooms of its own in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.facilitator.visitor import Visitor
from tests.journeys.pages import Place, account_at
from tests.servers import AttuneServer


@pytest.fixture(scope="session")
def journeys_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttuneServer]:
    server = AttuneServer(tmp_path_factory.mktemp("journeys")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def account(journeys_server: AttuneServer) -> Visitor:
    return account_at(journeys_server)


@pytest.fixture
def place(journeys_server: AttuneServer, browser: Browser, account: Visitor) -> Iterator[Place]:
    """That server, and browsers that are closed after the test; a fault in one fails it."""
    here = Place(journeys_server, browser, account)
    yield here
    here.leave()
    assert here.faults == []
