"""S1 for somebody who watches over a room: all that who leads it can do, but for a few acts.

The table is the one of `test_who_reaches_what`, with the exceptions written here by hand. A new
address of a room is thereby open to them, or has to be named.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from attune.models import Facilitator, Room, RoomFacilitator
from tests.promises.test_who_reaches_what import (
    CLOSED,
    ENDED,
    GO,
    LIVE,
    SIGN,
    WHO,
    Cast,
    Cell,
    forgotten,
)
from tests.realtime.cast import Lead, everybody_leaves
from tests.servers import AttuneServer

CO = "watches over it"
LEADS = WHO.index("leads it")

# Ending, forgetting, handing over, and saying who else is let in.
ONLY_WHO_LEADS: dict[str, int] = {
    "GET /rooms/REF/ending": GO,  # to the page that says whose button it is
    "POST /rooms/REF/ending": 404,
    "POST /rooms/REF/forgetting": 404,
    "POST /rooms/REF/leading": 404,
    "POST /rooms/REF/facilitators": 404,
    "POST /rooms/REF/facilitators/PERSON/delete": 404,
    "POST /rooms/REF/invitations": 404,
    "POST /rooms/REF/invitations/LINK/delete": 404,
}
# What is not of the room: the plans of who leads, and the server of its owner.
NOT_OF_THE_ROOM = ("/plans/ID", "/people", "/audit", "/invitations")


def expected(address: str, row: tuple[int | str, ...]) -> int | str:
    path = address.split()[1]
    if row[LEADS] == 404:  # it is not there any more
        return 404
    if address in ONLY_WHO_LEADS:
        return ONLY_WHO_LEADS[address]
    if path.startswith(NOT_OF_THE_ROOM) and path != "/invitations/TOKEN":
        return 404
    return row[LEADS]


class WithTwo(Cast):
    """The same room, and somebody who watches over it."""

    def __init__(self, server: AttuneServer) -> None:
        super().__init__(server)
        self.co = Lead(server)
        self.people[CO] = self.co
        with Session(self.lead.engine) as session, session.begin():
            room = session.scalars(sa.select(Room).where(Room.ref == self.lead.ref)).one()
            me = session.scalars(
                sa.select(Facilitator).where(Facilitator.email == self.co.email)
            ).one()
            session.add(RoomFacilitator(room_id=room.id, facilitator_id=me.id, role="co"))
        self.fields["POST /rooms/REF/leading"] = {"to": self.id_of(self.co)}


def wrong(cast: WithTwo, table: Mapping[str, tuple[int | str, ...]]) -> list[str]:
    """The cells that are not as written, and refusals that changed something."""
    return [told for address, row in table.items() for told in _wrong_in(cast, address, row)]


def _wrong_in(cast: WithTwo, address: str, row: tuple[int | str, ...]) -> Iterator[str]:
    wanted, cell = expected(address, row), Cell(address, CO)
    before = cast.stored() if wanted in CLOSED else None
    found = cast.asks(cell)
    if found != wanted:
        yield f"{address}: {found}, not {wanted}"
    if before is not None:
        if cast.asks(cell, as_json=True) != wanted:
            yield f"{address}, as JSON"
        if cast.stored() != before:
            yield f"{address}: refused, and yet something changed"


@pytest.fixture
def cast(server: Callable[..., AttuneServer]) -> Iterator[WithTwo]:
    yield WithTwo(server())
    everybody_leaves()


def test_who_watches_over_a_room_does_all_in_it_but_what_is_written_down(cast: WithTwo) -> None:
    """From its first round to its end, which the lead has to press."""
    assert wrong(cast, LIVE) == []
    cast.lead.ends()
    assert wrong(cast, ENDED) == []
    assert cast.lead.does("/forgetting") == GO
    assert wrong(cast, forgotten()) == []
    cells = len(LIVE) + len(ENDED) + len(forgotten())
    print(f"S1, watching over: {cells} cells, 0 wrong")


def test_what_is_written_down_is_there_and_open_to_who_leads() -> None:
    assert set(ONLY_WHO_LEADS) <= set(LIVE)
    for address in ONLY_WHO_LEADS:
        assert LIVE[address][LEADS] not in (404, SIGN), address


def test_a_command_that_forgot_to_ask_who_leads_is_found(tmp_path: Path) -> None:
    server = AttuneServer(tmp_path)
    mistake = "import attune.access as a; a.room_led_by = a.room_for"
    server.program = ("-c", f"import wsgi\n{mistake}\nfrom attune.cli import main\nmain()")
    try:
        cast = WithTwo(server.start())
        asked = {address: LIVE[address] for address in ONLY_WHO_LEADS}
        found = {line.partition(":")[0] for line in wrong(cast, asked)}
        assert {address for address in ONLY_WHO_LEADS if "POST" in address} <= {
            line.partition(",")[0] for line in found
        }
    finally:
        everybody_leaves()
        server.stop()
