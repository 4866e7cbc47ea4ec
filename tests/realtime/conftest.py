"""One server for most tests of the socket: each test opens a room of its own in it."""

from collections.abc import Iterator

import pytest

from tests.realtime.cast import Lead, everybody_leaves
from tests.servers import AttuneServer


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttuneServer]:
    server = AttuneServer(tmp_path_factory.mktemp("live"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lead(live_server: AttuneServer) -> Lead:
    return Lead(live_server)


@pytest.fixture(autouse=True)
def leave_at_the_end() -> Iterator[None]:
    yield
    everybody_leaves()
