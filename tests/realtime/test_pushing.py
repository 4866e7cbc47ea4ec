"""Regions come to those whose they are: once for all, the newest last, and until the end."""

import sqlite3

import pytest

from attune.changes import REGIONS
from tests.realtime.cast import Lead, Refused, Socket, tea
from tests.servers import until


def test_two_phones_are_pushed_the_same_bytes(lead: Lead) -> None:
    lead.opens()
    one, other = lead.phone().connects(), lead.phone().connects()
    number = lead.puts()
    until(lambda: one.shows("stage", "Step 1") and other.shows("stage", "Step 1"))
    one.asks("answer", tea(number))
    lead.closes(number)
    until(lambda: one.shows("stage", v=other.regions["stage"]["v"]))
    until(lambda: one.shows("status", "closed") and other.shows("status", "closed"))
    pushed = [
        {(one["id"], one["v"]): one["html"] for _, data in phone.events for one in data}
        for phone in (one, other)
    ]
    same = pushed[0].keys() & pushed[1].keys()
    assert len(same) >= 4
    assert all(pushed[0][spot] == pushed[1][spot] for spot in same)


def test_a_phone_and_the_screen_hear_nothing_of_the_console(lead: Lead) -> None:
    lead.opens()
    phone, screen, console = lead.phone().connects(), lead.watches("screen"), lead.watches()
    number = lead.puts()
    phone.asks("answer", tea(number))
    until(lambda: console.shows("counts", "1 of 1"))
    lead.closes(number)
    until(lambda: phone.shows("status", "closed") and screen.shows("status", "Thank you"))
    assert set(phone.regions) <= set(REGIONS["participant"])
    assert set(screen.regions) <= set(REGIONS["screen"])
    assert set(console.regions) == set(REGIONS["console"])
    for one in (phone, screen):
        assert not any("have responded" in frame for frame in one.frames)


def test_an_answer_pushes_nothing_to_other_phones(lead: Lead) -> None:
    lead.opens()
    giver, other, console = lead.phone().connects(), lead.phone().connects(), lead.watches()
    number = lead.puts()
    until(lambda: other.shows("stage", "Step 1"))
    until(lambda: console.shows("counts", "0 of 2"))
    before = versions(other)
    giver.asks("answer", tea(number))
    until(lambda: console.shows("counts", "1 of 2"))
    assert versions(other) == before


def versions(socket: Socket) -> dict[str, int]:
    """Without the region that says how many are here: they come and go as they like."""
    return {name: one["v"] for name, one in socket.regions.items() if name != "side"}


def test_who_comes_back_is_sent_what_they_have_not_and_no_more(lead: Lead) -> None:
    lead.opens()
    phone = lead.phone()
    first = phone.connects()
    lead.puts()
    until(
        lambda: first.shows("stage", "Step 1") and set(first.regions) == {*REGIONS["participant"]}
    )
    have = {name: one["v"] for name, one in first.regions.items()}
    again = phone.connects(auth={"have": have | {"status": have["status"] - 1}})
    until(lambda: again.shows("status"))
    assert set(again.regions) - {"side"} == {"status"}
    assert again.regions["status"] == first.regions["status"]


def test_a_change_that_nobody_was_told_of_is_found_all_the_same(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    until(lambda: phone.shows("status"))
    before = phone.regions["status"]["v"]
    file = lead.server.folder / "attune.sqlite"
    with sqlite3.connect(file, timeout=10) as another_process:
        another_process.execute("UPDATE version SET v = v + 1 WHERE region = 'status'")
    until(lambda: phone.shows("status", v=before + 1), 50)


def test_what_could_not_be_drawn_is_drawn_as_soon_as_it_can_be(lead: Lead) -> None:
    phone, written = lead.opens().phone(), len(lead.server.log_text())
    file = lead.server.folder / "attune.sqlite"
    with sqlite3.connect(file, timeout=10) as somebody:
        somebody.execute("ALTER TABLE version RENAME TO mislaid")
    connected = phone.connects()
    until(lambda: '"drawing"' in lead.server.log_text()[written:])
    assert connected.asks("clock", {"t0": 1})["t0"] == 1
    assert not connected.regions
    with sqlite3.connect(file, timeout=10) as somebody:
        somebody.execute("ALTER TABLE mislaid RENAME TO version")
    until(lambda: connected.shows("status"))


def test_a_round_closes_by_itself_when_its_grace_is_over(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    lead.closes(number, grace=1)
    until(lambda: phone.shows("status", "closes in a moment"))
    until(lambda: phone.shows("status", "is closed"))
    assert phone.asks("answer", tea(number))["error"]["code"] == "closed"


def test_the_console_knows_how_many_phones_are_here(lead: Lead) -> None:
    lead.opens()
    console = lead.watches()
    ana, ben = lead.phone(), lead.phone()
    one, other = ana.connects(), ana.connects()  # two tabs of one phone are one phone
    another = ben.connects()
    until(lambda: console.shows("counts", "2 phones are here"))
    one.closes()
    another.closes()
    other.asks("clock", {"t0": 1})
    assert lead.sees()["people"]["in"] == 2


def test_somebody_at_the_door_hears_nothing_until_they_are_let_in(lead: Lead) -> None:
    lead.opens(entry="admit")
    phone = lead.phone().connects()
    lead.puts()
    assert phone.asks("answer", tea(1))["error"]["code"] == "not_yours"
    assert phone.asks("mine")["error"]["code"] == "not_yours"
    assert not phone.events
    assert lead.does("/admissions") == 303
    until(lambda: phone.shows("stage", "Step 1"))
    assert phone.asks("answer", tea(1))["ok"]


def test_under_a_new_code_everybody_is_at_the_door_and_hears_nothing(lead: Lead) -> None:
    phone = lead.opens().phone()
    tab = phone.connects()
    lead.puts()
    until(lambda: tab.shows("stage", "Step 1"))
    assert lead.does("/code") == 303
    until(lambda: tab.gone == "door" and tab.is_closed, 10)
    again = phone.connects()
    assert again.asks("answer", tea(1))["error"]["code"] == "not_yours"
    assert not again.events
    assert lead.does("/admissions") == 303
    until(lambda: again.shows("stage", "Step 1"))


def test_who_gives_up_the_seat_is_sent_away_in_every_tab(lead: Lead) -> None:
    phone = lead.opens().phone()
    tabs = [phone.connects(), phone.connects()]
    cookies = phone.cookies  # somebody has kept a copy
    phone.leaves()
    until(lambda: all(tab.gone == "removed" and tab.is_closed for tab in tabs), 10)
    auth = {"as": "participant", "room": phone.ref}
    with pytest.raises(Refused) as refused:
        Socket(lead.url, auth=auth, cookies=cookies)
    assert refused.value.code == "not_yours"


def test_whoever_is_shut_out_loses_console_and_screen(lead: Lead) -> None:
    lead.opens()
    sockets = [lead.watches(), lead.watches("screen")]
    assert lead.server.command("facilitator", "disable", lead.email).returncode == 0
    until(lambda: all(one.gone == "removed" and one.is_closed for one in sockets), 10)
    with pytest.raises(Refused) as refused:
        lead.watches()
    assert refused.value.code == "not_yours"


def test_at_the_end_everybody_sees_the_last_page_and_is_let_go(lead: Lead) -> None:
    lead.opens()
    phone = lead.phone()
    here, screen, console = phone.connects(), lead.watches("screen"), lead.watches()
    number = lead.puts()
    here.asks("answer", tea(number))
    lead.ends()
    for one in (here, screen, console):
        until(lambda one=one: one.gone == "ended" and one.is_closed, 10)  # type: ignore[misc]
    assert here.shows("status", "The room is closed")
    for again in (phone.connects, lead.watches):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "ended"
