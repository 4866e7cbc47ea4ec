"""Getting in again: links from the owner, and by mail over a real mail server; misused, too."""

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import AsyncMessage

from attune import accounts, resets
from attune.db import db, transaction
from attune.errors import Invalid, NotYours
from attune.models import PasswordReset
from tests.facilitator.people import comes, email, number_of
from tests.facilitator.session import Lead, code_of
from tests.facilitator.test_second_step import gives_the_password, switches_on
from tests.facilitator.visitor import PASSWORD, Visitor, token_of, words_of
from tests.house import House
from tests.realtime.cast import Socket
from tests.servers import AttuneServer, free_port, until

NEW = "a way back in"
NOWHERE = "This link leads nowhere."


class Mailbox(AsyncMessage):
    """What came to the mail server, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    async def handle_message(self, message: Any) -> None:
        self.mails.append(message)

    def to(self, address: str) -> list[Any]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server of this machine, and its port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def mailing(
    mailbox: tuple[Mailbox, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttuneServer]:
    """An Attune that sends its mail there."""
    settings = {"ATTUNE_MAIL_URL": f"smtp://127.0.0.1:{mailbox[1]}?from=attune@rivermead.org"}
    server = AttuneServer(tmp_path_factory.mktemp("mailing"), settings).start()
    Visitor(server.url).sets_up(server.setup_link())
    yield server
    server.stop()


def link_for(jo: Lead, name: str, **fields: str) -> str:
    """The path of a link to a new password, as the owner's page shows it."""
    page = jo.posts(f"/people/{number_of(jo, name)}/resets", fields, {})
    assert page.status_code == 200, page.text
    return unescape(re.findall(r'value="https?://[^/"]+(/resets/[^"]+)"', page.text)[0])


def uses(link: str, at: Visitor, password: str = NEW) -> tuple[int, str]:
    reply = at.sends(link, page=link, password=password)
    return reply.status_code, reply.headers.get("Location", "")


def gets_in(url: str, name: str, password: str) -> bool:
    return Visitor(url).signs_in(email(name), password).status_code == 303


# --- from the owner -------------------------------------------------------------------------------


def test_the_owners_link_gives_a_new_password_and_signs_out_everywhere(jo: Lead) -> None:
    ann = comes(jo, "Ann3").opens_a_room()
    auth = {"as": "console", "room": ann.ref, "have": {}}
    seen = Socket(ann.url, auth=auth, cookies=ann.cookies)
    link = link_for(jo, "Ann3")
    someone = Visitor(jo.url)
    assert "For the account of Ann3." in words_of(someone.opens(link).text)
    short = someone.sends(link, page=link, password="short")
    assert (short.status_code, "Use at least 10" in words_of(short.text)) == (422, True)
    assert gets_in(jo.url, "Ann3", PASSWORD)
    assert uses(link, someone) == (303, "/sign-in?new=password")
    assert someone.opens("/home").status_code == 303  # not signed in by it
    assert ann.opens("/home").status_code == 303
    until(lambda: seen.gone == "removed" and seen.is_closed, 30)
    assert not gets_in(jo.url, "Ann3", PASSWORD)
    assert gets_in(jo.url, "Ann3", NEW)


def test_a_link_works_once(jo: Lead) -> None:
    comes(jo, "Bob3")
    link = link_for(jo, "Bob3")
    eve = Visitor(jo.url)
    token = token_of(eve.opens(link).text)
    assert uses(link, Visitor(jo.url))[0] == 303
    late = eve.session.post(
        eve.url + link,
        data={"csrf_token": token, "password": "what eve wants"},
        headers={"Origin": eve.url},
        allow_redirects=False,
    )
    assert late.status_code == 404
    assert NOWHERE in words_of(late.text)
    assert gets_in(jo.url, "Bob3", NEW)


def test_used_replaced_and_made_up_links_get_one_reply(jo: Lead) -> None:
    comes(jo, "Cat3")
    used = link_for(jo, "Cat3")
    assert uses(used, Visitor(jo.url))[0] == 303
    replaced, last = link_for(jo, "Cat3"), link_for(jo, "Cat3")

    def reply(path: str) -> tuple[int, str]:
        answer = Visitor(jo.url).opens(path)
        return answer.status_code, re.sub(r'content="[^"]*"', "", answer.text)

    made_up = reply("/resets/" + "x" * 43)
    assert reply(used) == reply(replaced) == made_up
    assert made_up[0] == 404
    assert Visitor(jo.url).opens(last).status_code == 200


def test_a_second_step_stays_unless_the_owner_says_so(jo: Lead) -> None:
    dee = comes(jo, "Dee3")
    switches_on(dee)
    assert uses(link_for(jo, "Dee3"), Visitor(jo.url))[0] == 303
    led = Lead(jo.url).signs_in(email("Dee3"), NEW)
    assert led.headers["Location"].startswith("/sign-in/second-step")
    link = link_for(jo, "Dee3", without_second_step="yes")
    assert uses(link, Visitor(jo.url), PASSWORD)[0] == 303
    assert Lead(jo.url).signs_in(email("Dee3")).headers["Location"] == "/home"
    with pytest.raises(AssertionError):
        gives_the_password(dee, "Dee3")


def test_only_the_owner_makes_links_and_none_for_themselves(jo: Lead) -> None:
    eli = comes(jo, "Eli3")
    number = number_of(jo, "Eli3")
    assert code_of(eli.posts("/people/1/resets", {})) == (404, "not_yours")
    assert code_of(eli.posts(f"/people/{number}/resets", {})) == (404, "not_yours")
    assert code_of(jo.posts("/people/1/resets", {})) == (422, "invalid")


def test_the_link_is_on_one_page_once_and_in_no_log(lead_server: AttuneServer, jo: Lead) -> None:
    comes(jo, "Fin3")
    link = link_for(jo, "Fin3")
    assert link not in jo.opens("/people").text
    Visitor(jo.url).opens(link)
    assert link.rpartition("/")[2] not in lead_server.log_text()


def test_without_a_mail_server_nothing_is_mailed_or_offered(jo: Lead) -> None:
    assert Visitor(jo.url).opens("/resets").status_code == 404
    assert "Send me a link" not in words_of(Visitor(jo.url).opens("/sign-in").text)


# --- the rules themselves -------------------------------------------------------------------------


def test_a_link_is_worth_no_more_than_who_made_it(house: House) -> None:
    owner, person = house.facilitator(), house.facilitator("Pat")
    with transaction():
        token = resets.make(accounts.facilitator(owner.id), person.id)
    assert resets.find(token).id == person.id
    with transaction():
        accounts.disable(accounts.known(owner.id))
    with pytest.raises(NotYours):
        resets.find(token)


def test_a_link_of_who_was_shut_out_lets_nobody_in(house: House) -> None:
    owner, person = house.facilitator(), house.facilitator("Pat")
    with transaction():
        token = resets.make(accounts.facilitator(owner.id), person.id)
        accounts.disable(accounts.known(person.id))
    with pytest.raises(NotYours):
        resets.use(token, accounts.PasswordHash("-"))


def test_an_old_link_leads_nowhere_and_is_cleared_away(house: House) -> None:
    owner, person = house.facilitator(), house.facilitator("Pat")
    with transaction():
        token = resets.make(accounts.facilitator(owner.id), person.id)
        db.session.execute(sa.update(PasswordReset).values(until=int(time.time() * 1000)))
    with pytest.raises(NotYours):
        resets.find(token)
    with transaction():
        resets.clear()
    assert db.session.scalars(sa.select(PasswordReset)).all() == []


def test_a_mail_that_a_stranger_asks_for_voids_no_link_of_the_owner(house: House) -> None:
    owner, person = house.facilitator(), house.facilitator("Pat")
    with transaction():
        theirs = resets.make(accounts.facilitator(owner.id), person.id)
        first = resets.make_by_mail(person.email)
        second = resets.make_by_mail(person.email)
    assert resets.find(theirs)
    assert first
    assert second
    assert resets.find(second[1])
    with pytest.raises(NotYours):
        resets.find(first[1])


def test_nobody_makes_a_link_to_themselves_or_by_mail_for_who_is_shut_out(house: House) -> None:
    owner = house.facilitator()
    with transaction():
        me = accounts.facilitator(owner.id)
        with pytest.raises(Invalid):
            resets.make(me, me.id)
        accounts.disable(me)
        assert resets.make_by_mail(owner.email) is None
        assert resets.make_by_mail("no@rivermead.org") is None


# --- by mail --------------------------------------------------------------------------------------


def asks(url: str, address: str) -> tuple[int, str]:
    """Somebody asks for a mail; what they are told, without the token of the form."""
    visitor = Visitor(url)
    reply = visitor.sends("/resets", page="/resets", email=address)
    return reply.status_code, reply.text.replace(token_of(reply.text), "")


def link_in(mail: EmailMessage) -> str:
    text = mail.get_payload()
    return str(re.findall(r"http://\S+?(/resets/\S+)", str(text).replace("=\n", ""))[0])


def test_a_link_comes_by_mail_and_works_once(
    mailing: AttuneServer, mailbox: tuple[Mailbox, int]
) -> None:
    box, _ = mailbox
    page = Visitor(mailing.url).opens("/sign-in").text
    assert "Send me a link for a new password" in words_of(page)
    before = len(box.to("jo@rivermead.org"))
    assert asks(mailing.url, " JO@rivermead.org")[0] == 200
    mail = until(lambda: box.to("jo@rivermead.org")[before:], 60)[0]
    assert mail["From"] == "attune@rivermead.org"
    assert mail["Subject"] == "A new password for Attune"
    assert "Hello Jo Marsh" in mail.get_payload()
    link = link_in(mail)
    assert uses(link, Visitor(mailing.url)) == (303, "/sign-in?new=password")
    assert Visitor(mailing.url).opens(link).status_code == 404
    assert Visitor(mailing.url).signs_in("jo@rivermead.org", NEW).status_code == 303
    log = mailing.log_text()
    assert link.rpartition("/")[2] not in log
    assert "rivermead" not in log


def test_whether_there_is_an_account_is_told_to_nobody(
    mailing: AttuneServer, mailbox: tuple[Mailbox, int]
) -> None:
    box, _ = mailbox
    before = len(box.to("jo@rivermead.org"))
    known, unknown = asks(mailing.url, "jo@rivermead.org"), asks(mailing.url, "no@rivermead.org")
    assert known == unknown
    assert known[0] == 200
    until(lambda: len(box.to("jo@rivermead.org")) == before + 1, 60)
    assert box.to("no@rivermead.org") == []


def test_the_reply_is_made_before_anybody_looks() -> None:
    """Timing by construction: the view itself asks neither the database nor the mail server."""
    from facilitator.resets import send  # noqa: PLC0415

    names = set(send.__code__.co_names)
    assert "spawn_n" in names
    assert not names & {"transaction", "make_by_mail", "by_email", "outbox", "_find_and_send"}


def test_nobody_is_bothered_by_many_mails(mailing: AttuneServer) -> None:
    told = [asks(mailing.url, "pest@rivermead.org")[0] for _ in range(4)]
    assert told == [200, 200, 200, 429]


def test_a_mail_server_that_is_gone_is_logged_without_a_name(
    server: Callable[..., AttuneServer],
) -> None:
    one = server(ATTUNE_MAIL_URL=f"smtp://127.0.0.1:{free_port()}?from=attune@rivermead.org")
    Visitor(one.url).sets_up(one.setup_link())
    assert asks(one.url, "jo@rivermead.org")[0] == 200
    until(lambda: '"event": "mail"' in one.log_text(), 60)
    assert "rivermead" not in one.log_text()
    assert Visitor(one.url).signs_in("jo@rivermead.org").status_code == 303
