"""A6: of one region and version, everybody is sent the same bytes, whatever they have given.

A whole session, with a phone that answers, one that passes, one that gives nothing, and one that no
socket reaches and that asks over HTTP. Who looks at the wire beside one person, or at what came to
two phones, learns nothing of either. A server that draws something of who asks has to be caught.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attune.changes import REGIONS
from tests.faulty import server_with
from tests.figures import Tell
from tests.house import CHOICE, Prompt
from tests.realtime.cast import Lead, Phone, everybody_leaves, idem
from tests.servers import AttuneServer, until

WORDS = Prompt("words", {"max_words": 1}, {"title": "A word for now"})
SECONDS = 15


class Sent:
    """What was sent of each region and version, and by which way."""

    def __init__(self, lead: Lead) -> None:
        self.lead = lead
        self.phones = [lead.phone() for _ in range(5)]
        self.sockets = [phone.connects() for phone in self.phones]
        self.asking = lead.phone()  # over HTTP alone
        self.bodies: defaultdict[tuple[str, int], dict[str, set[str]]] = defaultdict(dict)

    def gives(self, at: int, number: int, **answer: object) -> None:
        sent = {"round": number, "idem": idem(), "answer": answer}
        assert self.sockets[at].asks("answer", sent)["ok"]

    def skips(self, at: int, number: int) -> None:
        sent = {"round": number, "idem": idem(), "pass": True}
        assert self.sockets[at].asks("answer", sent)["ok"]

    def everybody_has(self, region: str, text: str) -> None:
        until(
            lambda: all(socket.shows(region, text) for socket in self.sockets),
            SECONDS,
            f"{text} in {region}",
        )
        self.asks(self.asking)
        self.asks(self.phones[0])  # who has answered asks anew, as after a reload

    def asks(self, phone: Phone) -> None:
        reply = phone.session.get(f"{phone.url}/r/{self.lead.ref}/regions")
        for one in reply.json()["regions"]:
            self._note(one["id"], one["v"], "asked for", one["html"])

    def comes_back(self, phone: Phone) -> None:
        """A second tab is sent everything anew."""
        socket = phone.connects()
        until(lambda: set(socket.regions) == set(REGIONS["participant"]), SECONDS, "all regions")
        self.sockets.append(socket)

    def compared(self) -> tuple[int, int]:
        """Bodies that were sent more than once, and how many of them were not all the same."""
        for at, socket in enumerate(self.sockets):
            for _, data in socket.events:
                for one in data if isinstance(data, list) else ():
                    self._note(one["id"], one["v"], f"pushed to {at}", one["html"])
        ways = [ways for ways in self.bodies.values() if len(ways) > 1]
        return len(ways), sum(len(set().union(*each.values())) > 1 for each in ways)

    def _note(self, region: str, version: int, way: str, html: str) -> None:
        self.bodies[region, version].setdefault(way, set()).add(json.dumps(html))


def a_session(lead: Lead) -> Sent:
    lead.opens(CHOICE, WORDS, k=3)
    sent = Sent(lead)
    number = lead.puts(0)
    sent.everybody_has("stage", "Step 1")
    for at in range(3):
        sent.gives(at, number, picks=["a"])
    sent.skips(3, number)
    sent.comes_back(sent.phones[0])
    sent.comes_back(sent.phones[3])
    lead.closes(number)
    sent.everybody_has("status", "closed")
    assert lead.does(f"/rounds/{number}/release", form="full") == 303
    sent.everybody_has("results", "Tea")
    assert lead.does(f"/rounds/{number}/release/delete") == 303
    number = lead.puts(1)
    sent.everybody_has("stage", "A word for now")
    for at in range(3):
        sent.gives(at, number, words=[f"word{at}"])
    lead.closes(number)
    assert lead.does(f"/rounds/{number}/release", form="full") == 303
    sent.everybody_has("results", "word1")
    sent.comes_back(sent.phones[4])
    return sent


@contextmanager
def leading(server: AttuneServer) -> Iterator[Lead]:
    try:
        yield Lead(server.start())
    finally:
        everybody_leaves()
        server.stop()


def test_one_region_and_version_is_the_same_for_everybody(tmp_path: Path, tell: Tell) -> None:
    with leading(AttuneServer(tmp_path)) as lead:
        bodies, differ = a_session(lead).compared()
    tell(
        "A6", "regions sent to several", f"{bodies} of phones, by push and by HTTP, {differ} differ"
    )
    assert bodies >= 12
    assert differ == 0


def test_a_server_that_draws_who_asks_is_caught(tmp_path: Path, tell: Tell) -> None:
    with leading(server_with("draws_who_asks", tmp_path)) as lead:
        bodies, differ = a_session(lead).compared()
    tell("A6", "caught: a region that draws who asks", f"{differ} of {bodies} differ")
    assert differ > 0
