"""Who may send what, and when: the whole table, written by hand and tried on a real server.

An event that has no row here, for each audience, fails the test.
"""

# ruff: noqa: E501  # a table is read across

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from realtime.wire import EVENTS
from tests.realtime.cast import Lead, Phone, Refused, Socket, idem, tea

# Whether somebody may connect, before and after the room's end.
CONNECTING = {
    #                               lobby, live   ended
    "nobody":                      ("not_yours", "ended"),
    "nobody as the console":       ("not_yours", "not_yours"),
    "participant":                 ("ok",        "ended"),
    "participant at the door":     ("ok",        "ended"),
    "participant elsewhere":       ("not_yours", "ended"),
    "participant as the console":  ("not_yours", "not_yours"),
    "participant as the screen":   ("not_yours", "not_yours"),
    "console":                     ("ok",        "ended"),
    "screen":                      ("ok",        "ended"),
    "lead as a participant":       ("not_yours", "ended"),
    "console of another":          ("not_yours", "not_yours"),
    "screen of another":           ("not_yours", "not_yours"),
}  # fmt: skip

MOST_ROOMS = 10
STATES = ("lobby", "quiet", "open", "closed", "shown", "ended")
# The seat of `participant` has given to the round wherever there is one.
TABLE = {
    #                                lobby        quiet        open         closed       shown        ended
    ("participant", "answer"):     ("invalid",   "invalid",   "ok",        "closed",    "closed",    "ended"),
    ("participant", "pass"):       ("invalid",   "invalid",   "ok",        "closed",    "closed",    "ended"),
    ("participant", "take_back"):  ("invalid",   "invalid",   "ok",        "closed",    "closed",    "ended"),
    ("participant", "mine"):       ("ok",        "ok",        "ok",        "ok",        "ok",        "ended"),
    ("participant", "clock"):      ("ok",        "ok",        "ok",        "ok",        "ok",        "ok"),
    ("participant", "resonate"):   ("invalid",   "invalid",   "invalid",   "invalid",   "invalid",   "ended"),
    ("participant", "signal"):     ("ok",        "ok",        "ok",        "ok",        "ok",        "ended"),
    ("participant", "withdraw"):   ("ok",        "ok",        "ok",        "ok",        "ok",        "ended"),
    ("participant", "away"):       ("ok",        "ok",        "ok",        "ok",        "ok",        "ended"),
    ("at the door", "answer"):     ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "pass"):       ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "take_back"):  ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "mine"):       ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "clock"):      ("ok",        "ok",        "ok",        "ok",        "ok",        "ok"),
    ("at the door", "resonate"):   ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "signal"):     ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "withdraw"):   ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("at the door", "away"):       ("not_yours", "not_yours", "not_yours", "not_yours", "not_yours", "ended"),
    ("console", "answer"):         ("not_yours",) * 6,
    ("console", "pass"):           ("not_yours",) * 6,
    ("console", "take_back"):      ("not_yours",) * 6,
    ("console", "mine"):           ("not_yours",) * 6,
    ("console", "clock"):          ("ok",) * 6,
    ("console", "resonate"):       ("not_yours",) * 6,
    ("console", "signal"):         ("not_yours",) * 6,
    ("console", "withdraw"):       ("not_yours",) * 6,
    ("console", "away"):           ("not_yours",) * 6,
    ("screen", "answer"):          ("not_yours",) * 6,
    ("screen", "pass"):            ("not_yours",) * 6,
    ("screen", "take_back"):       ("not_yours",) * 6,
    ("screen", "mine"):            ("not_yours",) * 6,
    ("screen", "clock"):           ("ok",) * 6,
    ("screen", "resonate"):        ("not_yours",) * 6,
    ("screen", "signal"):          ("not_yours",) * 6,
    ("screen", "withdraw"):        ("not_yours",) * 6,
    ("screen", "away"):            ("not_yours",) * 6,
}  # fmt: skip

PAYLOADS: dict[str, Callable[[], dict[str, object]]] = {
    "answer": lambda: tea(1, "b"),
    "pass": lambda: {"round": 1, "idem": idem(), "pass": True},
    "take_back": lambda: {"round": 1, "idem": idem()},
    "mine": dict,
    "clock": lambda: {"t0": 1},
    "resonate": lambda: {"round": 1, "card": "a", "on": True, "idem": idem()},
    "signal": lambda: {"kind": "slower", "level": 1, "note": ""},
    "withdraw": lambda: {"id": "slower"},
    "away": lambda: {"on": True},
}


def test_every_event_has_a_row_for_every_audience() -> None:
    audiences = {"participant", "at the door", "console", "screen"}
    # A pass is the event `answer` too.
    assert set(TABLE) == {(who, event) for who in audiences for event in (*EVENTS, "pass")}
    assert set(PAYLOADS) == {*EVENTS, "pass"}


@pytest.mark.parametrize("state", STATES)
def test_every_event_is_taken_from_those_alone_whose_it_is(lead: Lead, state: str) -> None:
    """The table's column, one cell after the other, the closed cells before the open ones."""
    found: dict[tuple[str, str], str] = {}
    for _ in range(MOST_ROOMS):
        left = [cell for cell in TABLE if cell not in found]
        if not left:
            break
        people = a_room(lead, state)
        for who, event in left:
            reply = people[who].asks(event_of(event), PAYLOADS[event]())
            if reply is None:
                break  # an ended room sends everybody away: the rest is asked in another
            found[who, event] = code_of(reply)
    column = STATES.index(state)
    assert found == {cell: row[column] for cell, row in TABLE.items()}


@pytest.mark.parametrize("who", CONNECTING)
def test_only_those_can_connect_whose_room_it_is(lead: Lead, who: str) -> None:
    lead.opens()
    inside, elsewhere = lead.phone(), Lead(lead.server).opens().phone()
    assert lead.does("/entry", entry="admit") == 303
    waiting, other = lead.phone(), Lead(lead.server)
    auth, visitor = {
        "nobody": ("participant", None),
        "nobody as the console": ("console", None),
        "participant": ("participant", inside),
        "participant at the door": ("participant", waiting),
        "participant elsewhere": ("participant", elsewhere),
        "participant as the console": ("console", inside),
        "participant as the screen": ("screen", inside),
        "console": ("console", lead),
        "screen": ("screen", lead),
        "lead as a participant": ("participant", lead),
        "console of another": ("console", other),
        "screen of another": ("screen", other),
    }[who]
    before = connecting(lead, auth, visitor)
    lead.ends()
    assert (before, connecting(lead, auth, visitor)) == CONNECTING[who]


def connecting(lead: Lead, audience: str, visitor: Phone | Lead | None) -> str:
    cookies = visitor.cookies if visitor else None
    try:
        Socket(lead.url, auth={"as": audience, "room": lead.ref}, cookies=cookies)
    except Refused as refused:
        return refused.code
    return "ok"


def a_room(lead: Lead, state: str) -> dict[str, Socket]:
    """A room in this state, and one of everybody in it."""
    lead.opens(k=3)
    phones = [lead.phone().connects() for _ in range(3)]
    assert lead.does("/entry", entry="admit") == 303
    people = {
        "participant": phones[0],
        "at the door": lead.phone().connects(),
        "console": lead.watches(),
        "screen": lead.watches("screen"),
    }
    if state == "quiet":
        assert lead.does("/opening") == 303
    if state in ("open", "closed", "shown", "ended"):
        number = lead.puts()
        assert all(phone.asks("answer", tea(number))["ok"] for phone in phones)
    if state in ("closed", "shown"):
        lead.closes(number)
    if state == "shown":
        assert lead.does(f"/rounds/{number}/release", form="full") == 303
    if state == "ended":
        lock(lead)
    return people


def lock(lead: Lead) -> None:
    """The moment after the end: nobody has been told yet, so the sockets are still there."""
    with sqlite3.connect(lead.server.folder / "attune.sqlite", timeout=10) as database:
        database.execute("UPDATE room SET state = 'ended' WHERE ref = ?", [lead.ref])


def event_of(row: str) -> str:
    return "answer" if row == "pass" else row


def code_of(reply: Any) -> str:
    return str(reply["error"]["code"]) if "error" in reply else "ok"
