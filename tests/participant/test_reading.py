"""What is mine, what is newer, and what is left when a room has ended."""

import threading
import time

import pytest

from attune.seats import cookie_name
from tests.participant.conftest import Site
from tests.participant.phone import Phone, words_of
from tests.servers import until


def test_what_is_mine_is_padded_and_never_kept_by_a_browser(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    sizes = []
    number = room.puts()
    for fields in ({}, {"pick": "fog"}, {"pick": "fog", "word": "Slow and tired"}):
        if fields:
            phone.gives(number, **fields)
        reply = phone.opens(f"/r/{room.ref}/mine")
        assert reply.headers["Cache-Control"] == "no-store"
        sizes.append(len(reply.content))
    assert sizes == [4_096] * 3


def test_only_what_is_newer_is_sent(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    room.puts()
    everything = phone.opens(f"/r/{room.ref}/regions").json()
    assert {region["id"] for region in everything["regions"]} == {
        "told",
        "stage",
        "results",
        "side",
        "status",
    }
    assert abs(everything["now"] - time.time() * 1000) < 10_000
    have = ",".join(f"{region['id']}:{region['v']}" for region in everything["regions"])
    assert phone.opens(f"/r/{room.ref}/regions?have={have}").json()["regions"] == []
    room.puts(1)
    newer = phone.opens(f"/r/{room.ref}/regions?have={have}").json()["regions"]
    assert {region["id"] for region in newer} == {"stage", "results", "status"}
    assert "What would you like?" in newer[0]["html"]


def test_a_phone_that_waits_hears_as_soon_as_there_is_something(site: Site) -> None:
    room = site.room()
    phone, other = site.phones(room, 2)
    regions = phone.opens(f"/r/{room.ref}/regions").json()["regions"]
    have = ",".join(f"{region['id']}:{region['v']}" for region in regions)
    heard: list[list[str]] = []

    def waits() -> None:
        reply = phone.opens(f"/r/{room.ref}/regions?have={have}&wait=25").json()
        heard.append([region["id"] for region in reply["regions"]])

    waiting = threading.Thread(target=waits)
    waiting.start()
    assert other.opens().status_code == 200  # nobody else waits with it
    site.phone(room)
    waiting.join(20)
    assert heard == [["side"]]


@pytest.mark.parametrize("query", ["have=counts:1", "have=stage:x", "have=stage", "wait=soon"])
def test_a_question_that_makes_no_sense_is_refused(site: Site, query: str) -> None:
    room = site.room()
    reply = site.phone(room).opens(f"/r/{room.ref}/regions?{query}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "invalid")


def test_an_ended_room_has_a_goodbye_for_anybody_and_nothing_else(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    page = phone.opens().text
    phone.gives(number, pick="fog", word="Marked")
    room.ends()
    for visitor in (phone, Phone(site.url, room.ref)):
        goodbye = visitor.opens()
        assert goodbye.status_code == 200
        assert goodbye.headers["Clear-Site-Data"] == '"storage"'
        said = words_of(goodbye.text)
        assert "Thank you for being here." in said
        assert "Somebody near you." in said
        for mark in ("Marked", "Tuesday group", "weather"):
            assert mark not in goodbye.text
    assert cookie_name(room.ref) not in phone.session.cookies
    for path in ("mine", "regions"):
        gone = phone.opens(f"/r/{room.ref}/{path}")
        assert (gone.status_code, gone.json()["error"]["code"]) == (410, "ended")
    late = phone.gives(number, page, pick="wind")
    assert late.status_code == 410
    assert "The room is closed." in words_of(late.text)


def test_leaving_gives_up_the_seat_and_keeps_what_was_given(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    phone.gives(number, pick="fog")
    left = phone.posts(f"/r/{room.ref}/seat/delete")
    assert (left.status_code, left.headers["Location"]) == (303, "/")
    assert not phone.has_seat
    assert phone.opens().status_code == 404
    assert room.given(number) == 1
    assert site.seats(room) == 0


def test_how_many_are_here_is_on_every_page_but_never_beside_a_result(site: Site) -> None:
    room = site.room()
    phones = site.phones(room, 3)
    for phone in phones:
        phone.opens()
    here = "3 phones are here."
    until(lambda: here in words_of(phones[0].opens().text), what=here)
    room.puts()
    assert here in words_of(phones[0].opens().text)
