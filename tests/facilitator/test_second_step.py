"""The second step at signing in: codes of an app, recovery codes, and who tries to go without."""

import base64
import re
import time
from html import unescape

import pytest
import requests
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from attune import accounts, second_step
from attune.db import transaction
from attune.models import Facilitator
from attune.second_step import Vault, WrongCode
from attune.security import Failures
from tests.facilitator.people import comes, email
from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import PASSWORD, Visitor, words_of
from tests.house import House
from tests.servers import AttuneServer

VAULT = Vault("a secret key of thirty-two characters")
PATH = "/account/second-step"


class App:
    """An authenticator: it has the secret from the page, and the time of this machine."""

    def __init__(self, secret: bytes) -> None:
        self._totp = TOTP(secret, 6, SHA1(), 30)

    def shows(self, later: int = 0) -> str:
        """The code of now, or of so many half minutes later."""
        return self._totp.generate(int(time.time()) + 30 * later).decode()

    def another_than(self) -> str:
        """Six digits that none of the codes of these minutes are."""
        near = {self.shows(later) for later in range(-4, 5)}
        return next(f"{n:06}" for n in range(20) if f"{n:06}" not in near)


def offer_of(page: str) -> tuple[str, bytes]:
    """What the page carries, and the secret as somebody types it into their app."""
    (offer,) = re.findall(r'name="offer" value="([^"]+)"', page)
    (secret,) = re.findall(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)
    return unescape(offer), base64.b32decode(secret.replace(" ", ""))


def switches_on(someone: Lead) -> tuple[App, list[str]]:
    """With the code of now. Signing in takes the next, which is good already, and longer."""
    offer, secret = offer_of(someone.opens(PATH).text)
    app = App(secret)
    told = someone.posts(PATH, {"password": PASSWORD, "offer": offer, "code": app.shows()}, {})
    assert told.status_code == 200, told.text
    codes = re.findall(r"<li><code>([^<]+)</code>", told.text)
    assert len(codes) == second_step.RECOVERY_CODES
    return app, codes


def gives_the_password(someone: Lead, name: str, to: str = "") -> Lead:
    """The first half of signing in, on a browser of their own."""
    other = Lead(someone.url)
    led = other.signs_in(email(name), to=to)
    assert led.status_code == 303
    assert led.headers["Location"].startswith("/sign-in/second-step")
    return other


def gives_a_code(someone: Visitor, code: str, to: str = "") -> requests.Response:
    path = "/sign-in/second-step" + to
    return someone.sends(path, page=path, code=code)


def is_in(someone: Visitor) -> bool:
    return someone.opens("/home").status_code == 200


def test_a_password_alone_lets_nobody_in_any_more(jo: Lead) -> None:
    ada = comes(jo, "Ada2")
    app, _ = switches_on(ada)
    other = gives_the_password(ada, "Ada2", to="?next=/plans")
    for path in ("/home", "/account", PATH, "/people"):
        assert other.opens(path).headers["Location"].startswith("/sign-in?next="), path
    assert gives_a_code(other, app.another_than()).status_code == 422
    assert not is_in(other)
    entered = gives_a_code(other, app.shows(1), to="?next=/plans")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/plans")
    assert is_in(other)


def test_switching_it_on_signs_out_what_came_in_by_the_password(jo: Lead) -> None:
    bo = comes(jo, "Bo2")
    other = Lead(jo.url)
    assert other.signs_in(email("Bo2")).status_code == 303
    assert is_in(other)
    switches_on(bo)
    assert is_in(bo)
    assert not is_in(other)


def test_a_code_works_once_on_whichever_browser(jo: Lead) -> None:
    """Somebody looked over a shoulder, and is as quick as the person."""
    cleo = comes(jo, "Cleo2")
    app, _ = switches_on(cleo)
    code = app.shows(1)
    mine, eves = gives_the_password(cleo, "Cleo2"), gives_the_password(cleo, "Cleo2")
    assert gives_a_code(mine, code).status_code == 303
    again = gives_a_code(eves, code)
    assert again.status_code == 422
    assert "doesn't fit, or it was used already" in words_of(again.text)
    assert not is_in(eves)


def test_a_recovery_code_stands_in_once(jo: Lead) -> None:
    dov = comes(jo, "Dov2")
    _, codes = switches_on(dov)
    typed = codes[3].lower().replace("-", " ")
    first, second = gives_the_password(dov, "Dov2"), gives_the_password(dov, "Dov2")
    assert gives_a_code(first, typed).status_code == 303
    assert gives_a_code(second, typed).status_code == 422
    assert "9 recovery codes are left" in words_of(dov.opens("/account").text)
    new = dov.posts("/account/recovery-codes", {"password": PASSWORD}, {})
    assert codes[4] not in new.text
    assert gives_a_code(second, codes[4]).status_code == 422
    (last, *_) = re.findall(r"<li><code>([^<]+)</code>", new.text)
    assert gives_a_code(second, last).status_code == 303


def test_guessing_codes_is_slowed_down_and_a_right_one_does_not_help_then(jo: Lead) -> None:
    eli = comes(jo, "Eli2")
    app, codes = switches_on(eli)
    guesser = gives_the_password(eli, "Eli2")
    told = [gives_a_code(guesser, app.another_than()).status_code for _ in range(10)]
    assert told[:8] == [422] * 8
    assert told[-1] == 429
    assert gives_a_code(guesser, app.shows(1)).status_code == 429
    assert gives_a_code(guesser, codes[0]).status_code == 429
    assert not is_in(guesser)


def test_guessing_from_many_addresses_is_counted_for_the_account() -> None:
    """Three codes fit at a time: a day of this is one chance in seven hundred."""
    guessed = Failures("", of_address="20/hour", salt_seconds=24 * 3600)
    for _ in range(20):
        with pytest.raises(WrongCode), guessed.counted(address="account 7"):
            raise WrongCode
    assert guessed.too_many("account 7")
    assert not guessed.too_many("account 8")


def test_who_waits_for_a_code_holds_nothing_that_was_planted(jo: Lead) -> None:
    """A session planted in somebody's browser is not the one they sign in with, at either half."""
    fay = comes(jo, "Fay2")
    app, _ = switches_on(fay)
    victim = Lead(fay.url)
    victim.opens("/sign-in")
    planted = str(victim.cookies["attune"])
    assert victim.signs_in(email("Fay2")).status_code == 303
    halfway = str(victim.cookies["attune"])
    assert gives_a_code(victim, app.shows(1)).status_code == 303
    for cookie in (planted, halfway):
        eve = Visitor(fay.url)
        eve.session.cookies.set("attune", cookie)
        assert not is_in(eve)


def test_the_half_before_a_new_password_is_worth_nothing_after(jo: Lead) -> None:
    gus = comes(jo, "Gus2")
    app, _ = switches_on(gus)
    eve = gives_the_password(gus, "Gus2")
    changed = gus.posts("/account/password", {"current": PASSWORD, "password": "another way"}, {})
    assert changed.status_code == 303
    refused = gives_a_code(eve, app.shows(1))
    assert (refused.status_code, refused.headers["Location"]) == (303, "/sign-in")
    assert not is_in(eve)


def test_switching_it_off_or_on_takes_the_password(jo: Lead) -> None:
    """An open laptop is no proof of who sits at it."""
    hana = comes(jo, "Hana2")
    offer, secret = offer_of(hana.opens(PATH).text)
    sent = {"offer": offer, "code": App(secret).shows()}
    assert code_of(hana.posts(PATH, {**sent, "password": "not it at all"})) == (422, "invalid")
    switches_on(hana)
    for path in (f"{PATH}/delete", "/account/recovery-codes"):
        assert code_of(hana.posts(path, {"password": "not it at all"})) == (422, "invalid")
    assert "It is on." in words_of(hana.opens(PATH).text)
    assert hana.posts(f"{PATH}/delete", {"password": PASSWORD}, {}).status_code == 303
    assert Lead(jo.url).signs_in(email("Hana2")).headers["Location"] == "/home"


def test_nobody_chooses_a_secret_or_uses_the_offer_of_another(jo: Lead) -> None:
    ivo, eve = comes(jo, "Ivo2"), comes(jo, "Eve2")
    offer, secret = offer_of(eve.opens(PATH).text)
    for made in (offer, base64.urlsafe_b64encode(b"x" * 64).decode(), "", "é", "x" * 9):
        sent = {"password": PASSWORD, "offer": made, "code": App(secret).shows()}
        assert code_of(ivo.posts(PATH, sent)) == (422, "invalid"), made
    assert Lead(jo.url).signs_in(email("Ivo2")).headers["Location"] == "/home"


def test_opening_the_page_changes_nothing(jo: Lead) -> None:
    jun = comes(jo, "Jun2")
    first, second = (offer_of(jun.opens(PATH).text)[1] for _ in range(2))
    assert first != second
    assert Lead(jo.url).signs_in(email("Jun2")).headers["Location"] == "/home"


def test_a_lost_phone_is_helped_by_the_command(jo: Lead, lead_server: AttuneServer) -> None:
    kay = comes(jo, "Kay2")
    switches_on(kay)
    done = lead_server.command("facilitator", "reset", email("Kay2"), typed=PASSWORD)
    assert done.returncode == 0, done.stderr
    gives_the_password(kay, "Kay2")
    done = lead_server.command(
        "facilitator", "reset", email("Kay2"), "--without-second-step", typed=PASSWORD
    )
    assert done.returncode == 0, done.stderr
    assert Lead(jo.url).signs_in(email("Kay2")).headers["Location"] == "/home"


# --- the rules themselves -------------------------------------------------------------------------


def person(house: House) -> tuple[Facilitator, App, list[str]]:
    """Somebody with a second step, which began with the code of now."""
    jo = house.facilitator()
    with transaction():
        now = accounts.facilitator(jo.id)
        offer = second_step.offer(VAULT, now)
        secret = second_step.offered(VAULT, now, offer)
        codes = second_step.switch_on(now, VAULT, offer, App(secret).shows())
    return jo, App(secret), codes


def uses(jo: Facilitator, code: str, vault: Vault = VAULT) -> None:
    with transaction():
        second_step.use(accounts.facilitator(jo.id), vault, code)


def test_no_code_up_to_the_last_one_works_again(house: House) -> None:
    jo, app, _ = person(house)
    uses(jo, app.shows(1))
    for earlier in (1, 0, -1):
        with pytest.raises(WrongCode):
            uses(jo, app.shows(earlier))


def test_a_code_far_from_now_does_not_work(house: House) -> None:
    jo, app, _ = person(house)
    for later in (-4, 4):
        with pytest.raises(WrongCode):
            uses(jo, app.shows(later))


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "é" * 6, "\udc80", "x" * 5000])
def test_what_is_no_code_is_refused_like_a_wrong_one(sqlite_house: House, code: str) -> None:
    jo, _, _ = person(sqlite_house)
    with pytest.raises(WrongCode) as refused:
        uses(jo, code)
    assert refused.value.field == "code"


def test_every_code_is_compared_whichever_fits(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timing by construction: the same number of comparisons for a right and a wrong code."""
    jo, app, _ = person(sqlite_house)
    compared = 0

    def counted(one: bytes, other: bytes) -> bool:
        nonlocal compared
        compared += 1
        return one == other

    monkeypatch.setattr("attune.second_step.hmac.compare_digest", counted)
    uses(jo, app.shows(1))
    right, compared = compared, 0
    with pytest.raises(WrongCode):
        uses(jo, app.another_than())
    assert right == compared == 3


def test_the_database_alone_makes_no_code(house: House) -> None:
    jo, app, codes = person(house)
    with transaction():
        row = accounts.facilitator(jo.id)
        totp, last = row.totp, row.totp_last
    assert totp
    assert len(totp) == second_step.SEALED_BYTES
    assert last
    for elsewhere in (Vault("another key of at least thirty-two letters"),):
        with pytest.raises(WrongCode):
            uses(jo, app.shows(1), elsewhere)
        with pytest.raises(WrongCode):
            uses(jo, codes[0], elsewhere)
    uses(jo, codes[0])


def test_one_persons_recovery_code_is_not_anothers(house: House) -> None:
    jo, _, _ = person(house)
    _, _, codes = person(house)
    with pytest.raises(WrongCode):
        uses(jo, codes[0])
