"""Coming in: the code, what people agree to, the seat's cookie, the door."""

from collections.abc import Callable

import pytest
import requests

from attune.seats import cookie_name
from tests.participant.conftest import Site
from tests.participant.phone import Phone, words_of
from tests.servers import AttuneServer


def test_the_code_leads_to_what_people_agree_to_and_from_there_into_the_room(site: Site) -> None:
    room = site.room()
    phone = Phone(site.url, room.ref)
    typed = site.code(room).lower().replace("-", " ")
    consent = phone.posts("/join", phone.opens("/").text, code=typed)
    assert consent.status_code == 200
    assert not phone.has_seat
    said = words_of(consent.text)
    for promise in (
        "Welcome to Tuesday group, led by Jo.",
        "who wrote it",
        "fewer than 4",
        "Somebody near you.",
        "for 30 days",
        "your address on the network",
    ):
        assert promise in said
    taken = phone.posts("/join", consent.text, code=typed, consent="yes")
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/r/{room.ref}")
    assert "Jo will begin soon." in words_of(phone.opens().text)


def test_the_seat_is_a_cookie_that_no_script_and_no_other_site_can_use(site: Site) -> None:
    room = site.room()
    phone = Phone(site.url, room.ref)
    phone.session.cookies.set(cookie_name("an-older-room"), "x", domain="127.0.0.1", path="/")
    cookies = phone.joins(site.code(room)).raw.headers.getlist("Set-Cookie")
    (seat,) = [cookie for cookie in cookies if cookie.startswith(cookie_name(room.ref))]
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"):
        assert flag in seat
    assert "Secure" not in seat
    assert cookie_name("an-older-room") not in phone.session.cookies


def test_on_https_the_seat_travels_encrypted_alone(server: Callable[..., AttuneServer]) -> None:
    there = server(ATTUNE_PUBLIC_URL="https://attune.example.org", ATTUNE_PROXIES="1")
    page = requests.get(there.url, headers={"Host": "attune.example.org"}, timeout=10)
    assert "; Secure" in page.headers["Set-Cookie"]
    store = requests.get(
        f"{there.url}/what-we-store", headers={"Host": "attune.example.org"}, timeout=10
    )
    assert "the people who run this server may see it" in words_of(store.text)


def test_wrong_ended_and_locked_codes_get_one_identical_reply(site: Site) -> None:
    ended, locked = site.room(), site.room()
    codes = {"wrong": "BCDF-GHJK", "ended": site.code(ended), "locked": site.code(locked)}
    ended.ends()
    site.sets_entry(locked, "locked")

    def reply(code: str, *, post: bool, **fields: str) -> tuple[int, dict[str, str], bytes]:
        phone = Phone(site.url)
        if post:
            answer = phone.posts("/join", phone.opens("/").text, code=code, **fields)
        else:
            answer = phone.opens(f"/join/{code}")
        headers = dict(answer.headers)
        del headers["Date"]
        return answer.status_code, headers, answer.content

    for how in ({"post": False}, {"post": True}, {"post": True, "consent": "yes"}):
        replies = [reply(code, **how) for code in codes.values()]
        assert replies[0][0] == 404
        assert replies[0] == replies[1] == replies[2]


def test_a_code_that_is_too_short_says_so_and_stays_typed(site: Site) -> None:
    phone = Phone(site.url)
    page = phone.posts("/join", phone.opens("/").text, code="bcdf-gh").text
    assert "2 characters short" in words_of(page)
    assert 'value="bcdf-gh"' in page


def test_who_comes_back_goes_straight_to_their_seat_and_is_told_once_more(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    site.sets_entry(room, "locked")
    back = phone.opens(f"/join/{site.code(room)}")
    assert back.status_code == 303
    assert "Passing is always fine." in words_of(phone.opens(back.headers["Location"]).text)
    assert room.row.state == "lobby"
    assert site.seats(room) == 1


def test_at_the_door_nothing_of_the_room_is_seen_and_nothing_is_taken(site: Site) -> None:
    room = site.room()
    site.sets_entry(room, "admit")
    phone = site.phone(room)
    number = room.puts()
    assert "Jo lets people in one by one." in words_of(phone.opens().text)
    assert phone.opens(f"/r/{room.ref}/regions").status_code == 404
    assert phone.posts(f"/r/{room.ref}/rounds/{number}/pass").status_code == 404
    site.sets_entry(room, "open")
    assert "What is the weather in you?" in words_of(phone.opens().text)


@pytest.mark.parametrize("path", ["", "/mine", "/regions"])
def test_without_a_seat_there_is_no_room(site: Site, path: str) -> None:
    room = site.room()
    stranger = Phone(site.url, room.ref)
    assert stranger.opens(f"/r/{room.ref}{path}").status_code == 404
    other = site.phone(site.room())
    assert other.opens(f"/r/{room.ref}{path}").status_code == 404
