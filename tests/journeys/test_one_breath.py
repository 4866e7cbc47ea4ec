"""One breath on all screens, whatever the clocks of the devices say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.actors import PHONE, Clocked, Participant, context, percentile, phases_apart
from tests.cast import Book
from tests.facilitator.session import Lead
from tests.servers import AttuneServer, until

CYCLE = 8_000  # ms, of the programme's step
BOUND = 500  # ms; the figure itself is the benchmark's, and its goal is 50


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    server = AttuneServer(tmp_path).start()
    try:
        jo = Lead(server.url)
        jo.sets_up(server.setup_link())
        yield jo.opens_a_room()
    finally:
        server.stop()


def test_two_pages_breathe_as_one(lead: Lead, browser: Browser) -> None:
    with context(browser, PHONE) as fast, context(browser, PHONE) as slow:
        phones = (Clocked(fast, +90), Clocked(slow, -7))
        for phone in phones:
            person = Participant(phone.page, lead.url, Book())
            person.types_the_code(lead.room()["code"])
            person.joins()
        lead.puts("breath")
        for phone in phones:
            until(phone.is_on_time, what="the breath on the server's time")
        apart = phases_apart((phones[0].page, phones[1].page), CYCLE)
    p95 = percentile(apart, 0.95)
    print(f"breath: {len(apart)} samples of two pages, +90 s and -7 s: p95 {p95:.1f} ms apart")
    assert p95 <= BOUND
