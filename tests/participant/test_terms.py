"""What people agree to: told before the first answer, again on return, and whenever it changes."""

from collections.abc import Callable

import pytest
import requests

from attune import access, leading, logs, telling, terms
from attune.db import transaction
from attune.errors import Invalid
from tests.house import LiveRoom
from tests.participant.conftest import Site
from tests.participant.phone import Phone, regions_of, words_of
from tests.servers import AttuneServer

NOT_KEPT = "Names, e-mail, your address on the network, times."
SAID_CAREFULLY = "We do not store your network address; the people who run this server may see it."


def changes(room: LiveRoom, **fields: object) -> None:
    with transaction():
        mine = access.room_for(room.lead_id, room.ref)
        terms.change(mine, terms.typed(mine) | fields)


def told(phone: Phone) -> str:
    return words_of(regions_of(phone.opens().text)["told"])


def consent(site: Site, room: LiveRoom) -> str:
    return words_of(Phone(site.url).opens(f"/join/{site.code(room)}").text)


def test_the_parts_in_brackets_are_the_facilitators_and_the_rest_is_not(site: Site) -> None:
    room = site.room()
    before = consent(site, room)
    for sentence in (
        "You can take part without a name.",
        "can see what was written but not who wrote it.",
        "In a small group people may still guess.",
        "Passing is always fine.",
        "not an emergency service",
        "They may have to act if someone is in danger.",
        "whether at least one person did not feel safe, not who",
        NOT_KEPT,
    ):
        assert sentence in before
    changes(
        room,
        called="Ms Marsh",
        help_text="Room 12, or 555.",
        duty="I tell the head.",
        keep_days="5",
    )
    after = consent(site, room)
    for sentence in ("led by Ms Marsh.", "Room 12, or 555.", "I tell the head.", "for 5 days"):
        assert sentence in after
    assert "They may have to act" not in after
    with pytest.raises(Invalid, match="longer than people were told"):
        changes(room, keep_days="6")


def test_a_change_is_told_on_every_phone_and_through_two_questions(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    assert told(phone) == ""
    changes(room)
    assert told(phone) == ""
    changes(room, help_text="Room 12.")
    assert "Jo has changed what holds in this room." in told(phone)
    assert "Room 12." in words_of(phone.opens(f"/r/{room.ref}/terms").text)
    number = room.puts()
    assert told(phone)
    room.closes(number)
    room.puts()
    assert told(phone) == ""


def test_whoever_comes_to_see_what_is_written_is_named_to_everybody(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    ada = site.house.facilitator("Ada")
    with transaction():
        leading.ask_in(access.room_for(room.lead_id, room.ref), ada.id)
    assert "Ada watches over it too. They see what was written" in told(phone)
    assert "Ada watches over the room with Jo, and sees the same." in consent(site, room)
    with transaction():
        leading.hand_over(access.room_for(room.lead_id, room.ref), ada.id)
    assert "Ada leads this room. Jo watches over it too." in told(phone)
    with transaction():
        leading.send_away(access.room_for(ada.id, room.ref), room.lead_id)
    assert told(phone).startswith("Ada leads this room, and sees what was written but not who")


def test_the_door_is_told_when_it_changes_and_only_then(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    site.sets_entry(room, "open")
    assert told(phone) == ""
    site.sets_entry(room, "locked")
    assert "nobody new comes in" in told(phone)
    site.sets_entry(room, "admit")
    assert "let in by Jo" in told(phone)


def test_whoever_comes_back_is_told_in_one_line(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    back = phone.opens(f"/join/{site.code(room)}").headers["Location"]
    said = words_of(phone.opens(back).text)
    assert "sees what was written but not who wrote it. Passing is always fine." in said


def test_children_and_who_cares_for_them_are_told_what_is_theirs(site: Site) -> None:
    child, teen, adult = (
        consent(site, site.room(age_band=age)) for age in ("child", "teen", "adult")
    )
    assert "For children: you can join in, or just look." in child
    assert "Nobody writes anything in this room." in child
    for text in (child, teen):
        assert "have read this and agreed before" in text
    assert "have read this and agreed before" not in adult
    assert "for 7 days" in teen


def test_words_to_everybody_stand_on_every_phone_and_nowhere_else(site: Site) -> None:
    room = site.room()
    phones = site.phones(room, 2)
    with transaction():
        telling.speak(access.room_for(room.lead_id, room.ref), "You are not in trouble.")
    seen = [regions_of(phone.opens().text)["told"] for phone in phones]
    assert seen[0] == seen[1]
    assert "Jo says to everyone You are not in trouble." in told(phones[0])
    assert b"not in trouble" not in site.house.bytes_on_disk()
    with transaction():
        telling.say_no_more(access.room_for(room.lead_id, room.ref))
    assert told(phones[0]) == ""
    with transaction():
        telling.speak(access.room_for(room.lead_id, room.ref), "Until the end.")
    room.ends()
    assert site.house.rows(f"SELECT * FROM announcement WHERE room_id = {room.id}") == []


def test_behind_a_proxy_the_sentence_waits_for_the_operators_word(
    server: Callable[..., AttuneServer],
) -> None:
    def said(**settings: str) -> str:
        there = server(ATTUNE_PROXIES="1", **settings)
        return words_of(requests.get(f"{there.url}/what-we-store", timeout=10).text)

    assert "the people who run this server may see it" in said()
    assert "Their address on the network." in said(ATTUNE_PROXY_KEEPS_NO_ADDRESSES="1")


def test_a_server_that_logs_requests_may_not_say_so() -> None:
    before = logs.keeps_no_addresses()
    try:
        logs.look_for_addresses(log=logs.Silence(), log_output=True)
        assert not logs.keeps_no_addresses()
        logs.look_for_addresses(log=print, log_output=False)
        assert not logs.keeps_no_addresses()
    finally:
        logs._looked["nothing"] = before
