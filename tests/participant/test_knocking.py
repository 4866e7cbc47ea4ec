"""At the door: two words each, let in one by one, turned away, and everybody knocking again."""

import re

import pytest

from attune import access, knocking
from attune.db import transaction
from attune.drawing import tell_in
from attune.i18n import LANGUAGES
from tests.house import LiveRoom
from tests.participant.conftest import Site
from tests.participant.phone import Phone, state_of, words_of


def words_on(phone: Phone) -> str:
    found = re.search(r'<p class="knock">(.*?)</p>', phone.opens().text)
    return found[1] if found else ""


def does(room: LiveRoom, act: str, *label: str) -> None:
    with transaction():
        getattr(knocking, act)(access.room_for(room.lead_id, room.ref), *label)


@pytest.fixture
def room(site: Site) -> LiveRoom:
    room = site.room()
    site.sets_entry(room, "admit")
    return room


def test_each_at_the_door_has_two_words_that_only_they_and_the_console_see(
    site: Site, room: LiveRoom
) -> None:
    ana, ben = site.phones(room, 2)
    assert words_on(ana) != words_on(ben)
    assert sorted((words_on(ana), words_on(ben))) == list(knocking.waiting(room.row))
    does(room, "admit", words_on(ana))
    assert "in." in words_of(ana.opens().text)
    assert words_on(ana) == ""
    assert list(knocking.waiting(room.row)) == [words_on(ben)]
    assert site.house.rows(f"SELECT label FROM seat WHERE room_id={room.id} AND state='in'") == [
        (None,)
    ]


def test_somebody_who_is_turned_away_has_no_seat_and_hears_no_reason(
    site: Site, room: LiveRoom
) -> None:
    ana, ben = site.phones(room, 2)
    does(room, "turn_away", words_on(ana))
    assert ana.opens().status_code == 404
    stranger = Phone(site.url, room.ref)
    assert words_of(ana.opens().text) == words_of(stranger.opens().text)
    does(room, "admit_all")
    assert "in." in words_of(ben.opens().text)


def test_who_is_in_cannot_be_turned_away(site: Site) -> None:
    """Not by any words: what somebody wrote never costs them their seat."""
    room = site.room()
    ana = site.phone(room)
    does(room, "turn_away", "")
    does(room, "turn_away", "lamp, pear")
    assert ana.opens().status_code == 200


def test_a_new_code_makes_everybody_knock_and_keeps_what_they_gave(site: Site) -> None:
    room = site.room()
    ana, ben = site.phones(room, 2)
    number, before = room.puts(), site.code(room)
    ana.gives(number, pick="fog")
    does(room, "knock_again")
    assert Phone(site.url).opens(f"/join/{before}").status_code == 404
    assert site.code(room) != before
    for phone in (ana, ben):
        assert words_on(phone)
        assert phone.opens(f"/r/{room.ref}/mine").status_code == 404
    does(room, "turn_away", words_on(ben))
    does(room, "admit", words_on(ana))
    assert state_of(ana.opens().text) == "given"
    new = site.phone(room)
    assert words_on(new)


def test_a_label_says_the_same_on_the_phone_and_on_the_console(site: Site) -> None:
    room = site.room(language="de")
    site.sets_entry(room, "admit")
    words = words_on(site.phone(room))
    (label,) = knocking.waiting(room.row)
    with site.house.app.test_request_context():
        assert tell_in(knocking.said(label), "de") == words
        said = {tell_in(one, language) for one in knocking.THINGS for language in LANGUAGES}
    assert words != label
    assert len(said) > 2.9 * len(knocking.THINGS), "two things are called the same"


def test_labels_do_not_say_who_came_first(site: Site, room: LiveRoom) -> None:
    site.phones(room, 5)
    labels = list(knocking.waiting(room.row))
    assert labels == sorted(labels)
    assert len(set(labels)) == 5
