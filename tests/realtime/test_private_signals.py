"""What is said privately on the wire: to consoles, back to its sender's tabs, and to nobody else.

The same attack is made on a server that tells everybody, and has to find what that one tells.
"""

import secrets
from pathlib import Path

from tests.faulty import server_with
from tests.realtime.cast import Lead, Phone, Socket
from tests.servers import until


def a_word() -> str:
    return f"q{secrets.token_hex(6)}"


def notes(socket: Socket) -> list[dict[str, str]]:
    return [data for name, data in socket.events if name == "note"]


def leaks(lead: Lead) -> list[str]:
    """Somebody says something, is answered, and the room goes on: what others were told of it."""
    lead.opens(k=3)
    console, screen = lead.watches(), lead.watches("screen")
    sender, other = lead.phone(), lead.phone()
    tabs, listens = [sender.connects(), sender.connects()], other.connects()
    lead.puts()
    everybody = [*tabs, listens]
    until(lambda: all(one.shows("side", "data-tells") for one in everybody))
    until(lambda: all(one.shows("side", "2 phones are here") for one in everybody))
    until(lambda: all(one.shows("stage", "Step 1") for one in [*everybody, screen]))

    word, back = a_word(), a_word()
    said = {"kind": "support", "level": 2, "meet": "come_to_me", "note": word}
    id = tabs[0].asks("signal", said)["id"]
    until(lambda: console.shows("signals", word))
    assert lead.does(f"/signals/{id}/acknowledgement") == 303
    until(lambda: all(notes(tab) for tab in tabs))
    assert lead.does(f"/signals/{id}/replies", text=back) == 303
    until(lambda: all(any(note["text"] == back for note in notes(tab)) for tab in tabs))
    assert {(note["id"], note["state"]) for tab in tabs for note in notes(tab)} == {(id, "seen")}

    lead.closes(1)  # whatever was on its way is here before this is
    until(lambda: listens.shows("status", "closed") and screen.shows("status", "Thank you"))
    found = []
    for who, one in (("a phone", listens), ("the screen", screen)):
        heard = "".join(one.frames)
        found += [f"{who} reads {mark}" for mark in (word, back, id) if mark in heard]
        found += [f"{who} got a note" for _ in notes(one)]
    if other.asks_for(f"/r/{lead.ref}/mine")["signals"]:
        found.append("a phone's own page has it")
    return found + later(lead, sender, (word, back, id))


def later(lead: Lead, sender: Phone, marks: tuple[str, ...]) -> list[str]:
    """What of it is in the room's own data, in the summary, and in the log."""
    assert sender.asks_for(f"/r/{lead.ref}/mine")["signals"]
    pages = {"the room as data": str(lead.sees())}
    lead.ends()
    for part in ("facilitator", "group"):
        for ending in ("md", "csv", "json"):
            path = f"/rooms/{lead.ref}/summary.{ending}?part={part}"
            pages[path] = lead.follows(path).text
    pages["the log"] = lead.server.log_text()
    return [
        f"{where} has {mark}" for where, text in pages.items() for mark in marks if mark in text
    ]


def test_it_goes_to_consoles_and_back_to_its_sender_alone(lead: Lead) -> None:
    assert leaks(lead) == []


def test_a_server_that_tells_everybody_is_caught(tmp_path: Path) -> None:
    server = server_with("tells_everybody", tmp_path).start()
    try:
        found = leaks(Lead(server))
    finally:
        server.stop()
    assert "a phone got a note" in found


def test_what_is_mine_has_one_length_whatever_was_said(lead: Lead) -> None:
    lead.opens()
    lead.watches()
    phone = lead.phone()
    path = f"/r/{lead.ref}/mine"
    before = phone.follows(path)
    sent = {"level": "3", "meet": "come_to_me", "note": "by the window"}
    page = f"/r/{lead.ref}"
    assert phone.sends(f"{page}/signals", page=page, **sent).status_code == 303
    after = phone.follows(path)
    assert after.json()["signals"][0]["note"] == "by the window"
    assert len(before.content) == len(after.content) == 4_096
