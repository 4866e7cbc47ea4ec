"""The way in and out, as strangers and facilitators meet it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import eventlet
import pytest

from attune import accounts, sign_ins
from attune.db import transaction
from attune.errors import Invalid, NotYours
from tests.facilitator.visitor import PASSWORD, Visitor, token_of, words_of
from tests.house import House
from tests.servers import AttuneServer, until

JO = "jo@rivermead.org"
NO_MATCH = "That email and password don't match. Try again, or choose “I can't get in”."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttuneServer]:
    """A server at which Jo has made the first account."""
    server = AttuneServer(tmp_path_factory.mktemp("attune")).start()
    Visitor(server.url).sets_up(server.setup_link())
    yield server
    server.stop()


@pytest.fixture
def stranger(place: AttuneServer) -> Visitor:
    return Visitor(place.url)


@pytest.fixture
def jo(place: AttuneServer) -> Visitor:
    visitor = Visitor(place.url)
    assert visitor.signs_in(JO).status_code == 303
    return visitor


def test_the_setup_link_makes_the_first_account_and_signs_it_in(
    server: Callable[[], AttuneServer],
) -> None:
    one = server()
    mara = Visitor(one.url)
    wrong = mara.opens("/setup?token=" + "x" * 43)
    assert (wrong.status_code, mara.opens("/setup").status_code) == (404, 404)

    short = mara.sets_up(one.setup_link(), password="too short")
    assert short.status_code == 422
    assert "Use at least 10 characters." in words_of(short.text)
    assert "Jo Marsh" in short.text
    assert "jo@rivermead.org" in short.text
    assert "too short" not in short.text

    made = mara.sets_up(one.setup_link())
    assert (made.status_code, made.headers["Location"]) == (303, "/home")
    assert "Hello, Jo Marsh" in words_of(mara.opens("/home").text)


def test_the_setup_link_works_once(place: AttuneServer, stranger: Visitor) -> None:
    link = place.setup_link()
    again = stranger.opens(link[link.index("/setup") :])
    assert (again.status_code, again.headers["Location"]) == (303, "/sign-in")
    sent = stranger.sends(
        link[link.index("/setup") :], name="Eve", email="eve@example.org", password=PASSWORD
    )
    assert sent.status_code == 404
    assert NO_MATCH in words_of(stranger.signs_in("eve@example.org").text)


def test_an_address_counts_in_any_case_and_a_password_in_none(stranger: Visitor) -> None:
    assert stranger.signs_in(f"  {JO.upper()} ").status_code == 303
    assert Visitor(stranger.url).signs_in(JO, PASSWORD.upper()).status_code == 422


def test_an_address_without_its_end_is_explained_at_its_field(stranger: Visitor) -> None:
    page = stranger.signs_in("jo@rivermead").text
    assert "Add the part after the dot, for example jo@rivermead.org" in words_of(page)
    assert 'aria-describedby="f-email-error"' in page


def test_nobody_can_tell_an_unknown_address_from_a_wrong_password(place: AttuneServer) -> None:
    def reply(email: str) -> tuple[int, str, list[str]]:
        visitor = Visitor(place.url)
        answer = visitor.signs_in(email, "not the password")
        page = answer.text.replace(token_of(answer.text), "").replace(email, "")
        return answer.status_code, page, sorted(answer.headers)

    known, unknown = reply(JO), reply("no@rivermead.org")
    assert known == unknown
    assert known[0] == 422
    assert NO_MATCH in words_of(known[1])


def test_an_unknown_address_costs_the_same_work_as_a_known_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash at the same price either way. A clock would say so only on a quiet machine."""
    against: list[str] = []

    def counted(one: str, password: str) -> bool:
        against.append(one)
        return bool(verified(one, password))

    verified = accounts._verified
    monkeypatch.setattr(accounts, "_verified", counted)
    hashed = accounts.hashed(PASSWORD)
    with transaction():
        accounts.set_up("Jo", JO, hashed)
    for email in (JO, "no@rivermead.org"):
        with pytest.raises(accounts.NoMatch):
            accounts.sign_in(email, "not the password")
    assert against == [hashed, accounts._NOBODYS]
    known, unknown = map(argon2.extract_parameters, against)
    assert known == unknown


@pytest.fixture
def hashing() -> None:
    """Starts the threads that hash, so that no test counts their start."""
    accounts.hashed(PASSWORD)


@pytest.mark.usefixtures("hashing")
def test_others_go_on_while_a_password_is_hashed() -> None:
    turns = 0

    def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            eventlet.sleep(0)

    running = eventlet.spawn(other)
    eventlet.sleep(0)
    before = turns
    accounts.hashed(PASSWORD)
    running.kill()
    assert turns > before + 10


@pytest.mark.parametrize("password", ["nine char", "🙂" * 9, "x" * 201, ""])
def test_a_password_is_10_to_200_characters(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.hashed(password)
    assert refused.value.field == "password"


def test_a_letter_counts_the_same_from_every_keyboard() -> None:
    made = accounts.hashed("caf\u00e9 au lait")
    assert accounts._verified(made, "cafe\u0301 au lait")


def test_guessing_is_slowed_down_and_said_so(place: AttuneServer) -> None:
    guesser = Visitor(place.url)
    answers = [guesser.signs_in("ana@rivermead.org", f"guess number {n}") for n in range(10)]
    assert [answer.status_code for answer in answers[:8]] == [422] * 8
    assert answers[-1].status_code == 429
    assert "Too many tries for now." in words_of(answers[-1].text)
    # It is the guessed account that waits, not everybody at this address.
    assert guesser.signs_in(JO).status_code == 303


def test_a_session_from_before_is_worth_nothing_after(place: AttuneServer) -> None:
    victim = Visitor(place.url)
    planted = token_of(victim.opens("/sign-in").text)
    before = str(victim.cookies["attune"])
    assert victim.signs_in(JO).status_code == 303
    assert victim.cookies["attune"] != before

    attacker = Visitor(place.url)
    attacker.session.cookies.set("attune", before)
    assert attacker.opens("/home").headers["Location"].startswith("/sign-in")
    forged = victim.session.post(
        f"{place.url}/sign-out", data={"csrf_token": planted}, allow_redirects=False
    )
    assert forged.status_code == 400
    assert victim.opens("/home").status_code == 200


def test_the_cookie_stays_out_of_scripts_and_other_sites(stranger: Visitor) -> None:
    cookie = stranger.signs_in(JO).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


@pytest.mark.parametrize("path", ["/home", "/plans", "/programmes/classroom-check-in?a=b"])
def test_a_stranger_is_led_to_sign_in_and_back(stranger: Visitor, path: str) -> None:
    led = stranger.opens(path)
    assert led.status_code == 303
    assert led.headers["Location"].startswith("/sign-in?next=/")
    way = led.headers["Location"].removeprefix("/sign-in")
    back = stranger.signs_in(JO, to=way)
    assert (back.status_code, back.headers["Location"]) == (303, path)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/plans",
        "/\\evil.example/plans",
        "/%09/evil.example",
        "/plans\\@evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "/sign-in?next=/sign-in",
        "/no/such/page",
        "plans",
    ],
)
def test_nobody_is_led_off_the_site(stranger: Visitor, elsewhere: str) -> None:
    way = "?" + "next=" + elsewhere.replace("%", "%25").replace("?", "%3F").replace("\t", "%09")
    assert stranger.signs_in(JO, to=way).headers["Location"] == "/home"
    assert stranger.opens("/sign-in" + way).headers["Location"] == "/home"


@pytest.mark.parametrize("path", ["/sign-out", "/programmes/classroom-check-in/plans"])
def test_a_stranger_changes_nothing(stranger: Visitor, path: str) -> None:
    assert stranger.sends(path).status_code == 404


def test_a_stranger_who_asks_for_data_hears_that_nothing_is_there(stranger: Visitor) -> None:
    answer = stranger.opens("/plans/1", Accept="application/json")
    assert answer.status_code == 404
    assert json.loads(answer.text)["error"]["code"] == "not_yours"


def test_signing_out_is_a_form_and_ends_the_session(jo: Visitor) -> None:
    assert jo.opens("/sign-out").status_code == 405
    out = jo.sends("/sign-out", page="/home")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert jo.opens("/home").status_code == 303


def test_a_form_without_its_token_changes_nothing(jo: Visitor) -> None:
    for path in ("/sign-out", "/sign-in", "/programmes/classroom-check-in/plans"):
        assert jo.session.post(jo.url + path, allow_redirects=False).status_code == 400
    assert jo.opens("/home").status_code == 200


def test_who_is_shut_out_is_out_at_the_next_request(server: Callable[[], AttuneServer]) -> None:
    one = server()
    jo = Visitor(one.url)
    jo.sets_up(one.setup_link())
    assert jo.opens("/home").status_code == 200
    done: subprocess.CompletedProcess[str] = one.command("facilitator", "disable", JO)
    assert done.returncode == 0, done.stderr
    until(lambda: jo.opens("/home").status_code == 303, 1)
    assert jo.opens("/sign-in").status_code == 200
    assert NO_MATCH in words_of(Visitor(one.url).signs_in(JO).text)


def test_a_new_password_ends_what_was_signed_in_with_the_old_one(tmp_path: Path) -> None:
    with House(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}").open():
        first, second = accounts.hashed(PASSWORD), accounts.hashed("another password")
        with transaction():
            person = accounts.set_up("Jo", JO, first)
            session = sign_ins.begin(person).get_id()
        signed_in = sign_ins.signed_in(session)
        assert signed_in
        assert (signed_in.id, signed_in.role) == (person.id, "owner")
        with transaction():
            accounts.reset_password(accounts.by_email(JO), second)
        assert sign_ins.signed_in(session) is None
        assert accounts.sign_in(JO, "another password").id == person.id
        with pytest.raises(accounts.NoMatch):
            accounts.sign_in(JO, PASSWORD)
        with transaction():
            accounts.disable(accounts.by_email(JO))
        with pytest.raises(accounts.NoMatch):
            accounts.sign_in(JO, "another password")


@pytest.mark.parametrize("session", ["", "1", "1.", "x.y", "-1.a", "\u0661.a", "9" * 30 + ".a"])
def test_a_session_that_was_made_up_belongs_to_nobody(tmp_path: Path, session: str) -> None:
    with House(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}").open():
        with transaction():
            accounts.set_up("Jo", JO, accounts.PasswordHash("-"))
        assert sign_ins.signed_in(session) is None


def test_there_is_one_first_account_and_one_account_an_address(tmp_path: Path) -> None:
    with House(tmp_path, f"sqlite:///{tmp_path / 'a.sqlite'}").open():
        unused = accounts.PasswordHash("-")
        with transaction():
            accounts.set_up("Jo", JO, unused)
        with pytest.raises(NotYours), transaction():
            accounts.set_up("Eve", "eve@example.org", unused)
        with pytest.raises(Invalid, match="already"), transaction():
            accounts.add("Jo again", JO.upper(), unused)
        with pytest.raises(Invalid), transaction():
            accounts.add("  ", "ana@example.org", unused)


def test_no_password_is_kept_as_it_was_typed(place: AttuneServer) -> None:
    kept = [file for file in Path(place.folder).rglob("*") if file.is_file()]
    assert kept
    assert not [file for file in kept if PASSWORD.encode() in file.read_bytes()]
