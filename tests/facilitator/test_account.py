"""One's own account, on a real server: the password, and what one is signed in on."""

import datetime as dt
import re
import threading

import pytest
import requests
import sqlalchemy as sa

from attune import accounts, sign_ins
from attune.db import db, transaction
from attune.models import SignIn
from tests.facilitator.people import comes, email
from tests.facilitator.session import JSON, Lead, code_of
from tests.facilitator.visitor import PASSWORD, Visitor, words_of
from tests.house import House
from tests.realtime.cast import Socket
from tests.servers import until

ANOTHER = "another way in"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)


def on(someone: Lead, name: str, agent: str = FIREFOX, password: str = PASSWORD) -> Lead:
    """The same person, signed in on another browser."""
    other = Lead(someone.url)
    other.session.headers["User-Agent"] = agent
    assert other.signs_in(email(name), password).status_code == 303
    other.ref = someone.ref
    return other


def listed(someone: Visitor) -> list[str]:
    """What each line of their browsers says."""
    page = someone.opens("/account").text
    section = page[page.index('id="signed-in"') :].partition("</section>")[0]
    return [words_of(line) for line in re.findall(r"(?s)<li.*?</li>", section)]


def is_in(someone: Visitor) -> bool:
    return someone.opens("/home").status_code == 200


def watching(someone: Lead, audience: str = "console") -> Socket:
    auth = {"as": audience, "room": someone.ref, "have": {}}
    return Socket(someone.url, auth=auth, cookies=someone.cookies)


def test_each_browser_is_listed_by_its_day_and_its_name(jo: Lead) -> None:
    ada = comes(jo, "Ada")
    on(ada, "Ada", SAFARI)
    on(ada, "Ada", "a browser that <nobody> knows")
    lines = listed(on(ada, "Ada", EDGE))
    assert [line.partition(" Since")[0] for line in lines[:3]] == [
        "Edge on Windows",
        "A browser",
        "Safari on iPhone",
    ]
    today = dt.datetime.now(dt.UTC).date()
    assert all(f"{today.day}, {today.year}" in line for line in lines)
    assert "This is you, here" in lines[0]
    assert not any("This is you" in line for line in lines[1:])
    assert "127.0.0.1" not in ada.opens("/account").text


def test_one_browser_is_signed_out_and_its_open_pages_close(jo: Lead) -> None:
    bea = comes(jo, "Bea").opens_a_room()
    lost, other = on(bea, "Bea"), on(bea, "Bea", SAFARI)
    pages = [watching(lost), watching(lost, "screen")]
    stays = watching(other)
    (row,) = (line for line in bea.opens("/account").text.split("<li") if "on Linux" in line)
    (action,) = re.findall(r'action="(/account/sign-ins/\d+/delete)"', row)
    assert bea.posts(action, {}, {}).headers["Location"] == "/account?did=one-out"
    assert not is_in(lost)
    assert lost.opens(lost.path, **JSON).status_code == 404
    for one in pages:
        until(lambda one=one: one.gone == "removed" and one.is_closed, 30)  # type: ignore[misc]
    assert is_in(other)
    assert not stays.gone


def test_a_page_that_waits_without_a_socket_is_told_so(jo: Lead) -> None:
    """It holds a reply open, which must not outlive the session that asked for it."""
    cy = comes(jo, "Cy").opens_a_room()
    lost = on(cy, "Cy")
    newest = lost.opens(f"{lost.path}/regions", **JSON).json()["regions"]
    have = ",".join(f"{region['id']}:{region['v']}" for region in newest)
    replies: list[requests.Response] = []

    def waits() -> None:
        replies.append(lost.opens(f"{lost.path}/regions?have={have}&wait=25", **JSON))

    waiting = threading.Thread(target=waits)
    waiting.start()
    assert cy.posts("/account/sign-ins/delete", {}, {}).status_code == 303
    waiting.join(60)
    assert [reply.status_code for reply in replies] == [404]


def test_a_new_password_signs_out_every_other_browser(jo: Lead) -> None:
    dan = comes(jo, "Dan").opens_a_room()
    other = on(dan, "Dan")
    seen = watching(other)
    before = dan.cookies["attune"]
    changed = dan.posts("/account/password", {"current": PASSWORD, "password": ANOTHER}, {})
    assert changed.headers["Location"] == "/account?did=password"
    assert is_in(dan)
    assert not is_in(other)
    until(lambda: seen.gone == "removed" and seen.is_closed, 30)
    copied = Visitor(dan.url)
    copied.session.cookies.set("attune", str(before))
    assert not is_in(copied), "a copy of the cookie from before the change still works"
    assert Visitor(dan.url).signs_in(email("Dan")).status_code == 422
    assert is_in(on(dan, "Dan", password=ANOTHER))


def test_who_does_not_know_the_password_cannot_change_it(jo: Lead) -> None:
    eli = comes(jo, "Eli")
    wrong = eli.posts("/account/password", {"current": "not it at all", "password": ANOTHER}, {})
    assert wrong.status_code == 422
    assert "That is not your password." in words_of(wrong.text)
    assert "not it at all" not in wrong.text
    short = eli.posts("/account/password", {"current": PASSWORD, "password": "short"})
    assert code_of(short) == (422, "invalid")
    assert is_in(on(eli, "Eli"))


def test_guessing_the_password_of_an_open_laptop_is_slowed_down(jo: Lead) -> None:
    flo = comes(jo, "Flo")
    told = [
        flo.posts("/account/password", {"current": f"guess {n}", "password": ANOTHER}).status_code
        for n in range(10)
    ]
    assert told[:8] == [422] * 8
    assert told[-1] == 429


def test_nobody_signs_out_the_browser_of_another(jo: Lead) -> None:
    gil, eve = comes(jo, "Gil"), comes(jo, "Eve")
    other = on(gil, "Gil")
    numbers = re.findall(r"/account/sign-ins/(\d+)/delete", gil.opens("/account").text)
    assert len(numbers) == 1
    assert eve.posts(f"/account/sign-ins/{numbers[0]}/delete", {}, {}).status_code == 303
    assert eve.posts("/account/sign-ins/delete", {}, {}).status_code == 303
    assert is_in(other)


def test_signing_out_is_for_the_server_too(jo: Lead) -> None:
    hal = comes(jo, "Hal")
    copied = Visitor(hal.url)
    copied.session.cookies.set("attune", str(hal.cookies["attune"]))
    assert is_in(copied)
    assert hal.posts("/sign-out", {}, {}).status_code == 303
    assert not is_in(copied)


def test_a_session_is_out_of_date_the_day_after_the_next(house: House) -> None:
    jo = house.facilitator()
    with transaction():
        token = sign_ins.begin(jo, FIREFOX).get_id()
    assert sign_ins.signed_in(token)
    with transaction():
        day = db.session.scalars(sa.select(SignIn.day)).one()
        db.session.execute(sa.update(SignIn).values(day=day - dt.timedelta(days=2)))
    assert sign_ins.signed_in(token) is None
    assert sign_ins.of(jo) == []
    with transaction():
        sign_ins.clear()
    assert db.session.scalars(sa.select(SignIn)).all() == []


def test_no_cookie_can_be_made_from_what_is_stored(house: House) -> None:
    jo = house.facilitator()
    with transaction():
        token = sign_ins.begin(jo).get_id()
        row = db.session.scalars(sa.select(SignIn)).one()
    assert token.encode() not in row.token_hash
    for made in (row.token_hash.hex(), str(row.id), f"{row.id}.{row.token_hash.hex()}", ""):
        assert sign_ins.signed_in(made) is None


def test_the_oldest_browser_makes_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "MOST", 3)
    jo = house.facilitator()
    with transaction():
        tokens = [sign_ins.begin(jo).get_id() for _ in range(5)]
    assert [bool(sign_ins.signed_in(token)) for token in tokens] == [False, False] + [True] * 3


def test_a_password_that_was_changed_meanwhile_signs_nobody_in(house: House) -> None:
    """It is checked outside any transaction; what is written asks again."""
    jo = house.facilitator()
    checked = jo.password_hash
    with transaction():
        accounts.reset_password(accounts.facilitator(jo.id), accounts.hashed(ANOTHER))
    with pytest.raises(accounts.NoMatch):
        accounts.require_unchanged(accounts.facilitator(jo.id), checked)
