"""One server for the tests of a room: each test opens a room of its own in it."""

from collections.abc import Iterator

import pytest

from tests.facilitator.session import Lead
from tests.facilitator.visitor import Visitor
from tests.realtime.cast import everybody_leaves
from tests.servers import AttuneServer


@pytest.fixture(scope="session")
def lead_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttuneServer]:
    server = AttuneServer(tmp_path_factory.mktemp("rooms")).start()
    Visitor(server.url).sets_up(server.setup_link())
    yield server
    server.stop()


@pytest.fixture
def jo(lead_server: AttuneServer) -> Iterator[Lead]:
    """The owner of the server, signed in; whoever was connected leaves in the end."""
    owner = Lead(lead_server.url)
    assert owner.signs_in("jo@rivermead.org").status_code == 303
    yield owner
    everybody_leaves()


@pytest.fixture
def lead(lead_server: AttuneServer) -> Lead:
    """Jo, signed in, with a room that has just been opened."""
    jo = Lead(lead_server.url)
    jo.signs_in("jo@rivermead.org")
    return jo.opens_a_room()


@pytest.fixture
def stranger(lead_server: AttuneServer) -> Visitor:
    return Visitor(lead_server.url)
