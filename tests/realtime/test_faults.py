"""The server dies, or is told to end: what was acknowledged is there, once."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import websocket

from tests.realtime.cast import Lead, Phone, idem
from tests.servers import AttuneServer, until

Start = Callable[..., AttuneServer]
PHONES = 10


class Giver:
    """Gives and changes until the line is dead, and writes down what it was told."""

    def __init__(self, phone: Phone, number: int) -> None:
        self.phone, self.number = phone, number
        self.socket = phone.connects()
        self.kept = ""  # the last pick that was acknowledged
        self.sent: dict[str, object] = {}  # the last send, acknowledged or not
        self.acks = 0
        self.thread = threading.Thread(target=self._gives, daemon=True)

    def _gives(self) -> None:
        for turn in range(9):  # a seat may give ten times in five seconds
            pick = "abc"[turn % 3]
            self.sent = {"round": self.number, "idem": idem(), "answer": {"picks": [pick]}}
            try:
                told = self.socket.asks("answer", self.sent)
            except (OSError, websocket.WebSocketException):
                return
            if not told:
                return
            if told["ok"]:
                self.kept, self.acks = pick, self.acks + 1

    def has(self) -> str:
        """What the server has of this phone now."""
        mine = self.socket.asks("mine")["rounds"].get(str(self.number))
        return str(mine["answer"]["picks"][0]) if mine else ""


def a_room_of_givers(server: AttuneServer) -> tuple[Lead, int, list[Giver]]:
    lead = Lead(server).opens()
    phones = [lead.phone() for _ in range(PHONES)]
    number = lead.puts()
    return lead, number, [Giver(phone, number) for phone in phones]


def all_is_there_once(lead: Lead, number: int, givers: list[Giver]) -> None:
    """Each has what was acknowledged last, or what it sent after; then all send that again."""
    for giver in givers:
        giver.socket = giver.phone.connects()
        unsure = giver.sent["answer"]["picks"][0] if giver.sent else ""  # type: ignore[index]
        assert giver.has() in {giver.kept, unsure}
    for giver in givers:
        assert giver.socket.asks("answer", giver.sent)["ok"]
    assert lead.sees()["rounds"][number - 1]["given"] == PHONES


def test_a_killed_server_has_lost_and_doubled_nothing_that_it_acknowledged(
    server: Start,
) -> None:
    running = server()
    lead, number, givers = a_room_of_givers(running)
    for giver in givers:
        giver.thread.start()
    until(lambda: sum(giver.acks for giver in givers) >= 2 * PHONES, 30)
    running.kill()
    for giver in givers:
        giver.thread.join(30)
    assert sum(giver.acks for giver in givers) >= 2 * PHONES
    running.start()
    all_is_there_once(lead, number, givers)


def test_a_server_told_to_end_finishes_what_it_has_taken(server: Start, tmp_path: Path) -> None:
    running = server()
    lead, number, givers = a_room_of_givers(running)
    for giver in givers:
        giver.thread.start()
    until(lambda: sum(giver.acks for giver in givers) >= PHONES, 30)
    assert running.stop(signal.SIGTERM) == 0
    for giver in givers:
        giver.thread.join(30)
    assert "Traceback" not in running.log_text()
    assert '"level": "error"' not in running.log_text()
    running.start()
    all_is_there_once(lead, number, givers)


def test_pages_that_are_open_come_back_to_the_next_server(server: Start) -> None:
    running = server()
    lead = Lead(running).opens()
    phone = lead.phone()
    before = phone.connects()
    running.restart()
    until(lambda: before.is_closed)
    after = phone.connects()
    lead.puts()
    until(lambda: after.shows("stage", "Step 1"))
