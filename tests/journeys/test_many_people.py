"""People in numbers go through the whole programme: nothing is lost, nothing counts twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Book, as_sheet, differences, gather, sheet_of, whole_programme
from tests.facilitator.session import Lead
from tests.realtime.cast import everybody_leaves
from tests.servers import AttuneServer

PEOPLE = 12  # the benchmark plays 30


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    server = AttuneServer(tmp_path).start()
    jo = Lead(server.url)
    jo.sets_up(server.setup_link())
    yield jo.opens_a_room()
    everybody_leaves()
    server.stop()


def test_nothing_is_lost_and_nothing_counts_twice(lead: Lead) -> None:
    session = gather(lead, PEOPLE)
    whole_programme(session)
    assert [person.refused for person in session.people if person.refused] == []
    assert (session.lost, session.doubled, session.wrong) == (0, 0, [])
    lead.does("ending", seen=len(lead.room()["rounds"]))
    for part in ("facilitator", "group"):
        document = lead.asks_for(f"{lead.path}/summary.json?part={part}")
        assert document["final"]
        assert differences(document, session.book) == []
        table = lead.opens(f"{lead.path}/summary.csv?part={part}").content.decode()
        assert sheet_of(table) == as_sheet(document)
    print(f"{PEOPLE} people, {len(session.acks)} sends, 0 lost, 0 doubled")
    assert a_comparison_that_sees(document, session.book)


def a_comparison_that_sees(document: Any, book: Book) -> bool:
    """One answer more or less in the book than in the summary is told."""
    number = next(step["round"] for step in document["steps"] if step["kind"] == "weather")
    book.gave("somebody else", number, {"pick": "fog"})
    sees = bool(differences(document, book))
    book.took_back("somebody else", number)
    return sees and not differences(document, book)
