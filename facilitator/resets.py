"""A new password for who cannot get in: by a link, from the owner or by mail.

Who asks by mail gets the same reply whether there is such an account. It is made before anybody
looks: the search and the mail happen in a greenlet of their own, so not even time tells.
"""

from functools import partial

import eventlet
from eventlet.semaphore import Semaphore
from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from attune import accounts, audit, logs, resets
from attune.app import path_for, settings
from attune.db import transaction
from attune.drawing import tell
from attune.errors import Invalid, NotYours, Refusal, TooFast
from attune.i18n import Message, say
from attune.models import Facilitator
from attune.security import Failures
from facilitator.door import open_to_all
from facilitator.invitations import TOO_OFTEN, failed_links
from facilitator.signing_in import said

MOST_WAITING = 50  # mails that wait for a slow server; who asks then gets none, and asks again

# Each counts, not only what fails: nobody is to be bothered by mails that a stranger asks for.
asked = Failures("3/10minutes", of_address="20/10minutes")
mailed = Failures("", of_address="6/day", salt_seconds=24 * 3600)

bp = Blueprint("resets", __name__)
_mailing = Semaphore(2)
_waiting: set[object] = set()


@bp.get("/resets")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask for a link by mail. Without a mail server there is no such page."""
    _require_mail()
    return _ask_page()


@bp.post("/resets")
@open_to_all
def send() -> ResponseReturnValue:
    """One reply for every address there can be."""
    _require_mail()
    email = request.form.get("email", "")
    if asked.too_many(request.remote_addr or "", email):
        return said(TooFast(TOO_OFTEN), _ask_page)
    try:
        accounts.read_address(email)
    except Invalid as problem:
        return said(problem, _ask_page)
    asked.note(request.remote_addr or "", email)
    if len(_waiting) < MOST_WAITING:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        eventlet.spawn_n(_mail, app, email)
    return _ask_page(is_sent=True)


@bp.get("/resets/<token>")
@open_to_all
def show(token: str) -> ResponseReturnValue:
    """Ask for the new password. Opening the link uses nothing up."""
    return _page(token, _person(token))


@bp.post("/resets/<token>")
@open_to_all
def use(token: str) -> ResponseReturnValue:
    """Use the link up. Signing in comes after it, with a second step where there is one."""
    person = _person(token)
    try:
        password = accounts.hashed(request.form.get("password", ""))
    except Invalid as problem:
        return said(problem, partial(_page, token, person))
    with transaction():
        audit.note(resets.use(token, password).id, "reset-used")
    return redirect(url_for("facilitator.signing_in.ask", new="password"), 303)


def link_of(token: str) -> str:
    """The whole address: it is sent to somebody, so it cannot come from this request."""
    return settings().public_url + path_for("facilitator.resets.show", token=token)


def _require_mail() -> None:
    if not settings().mail_url:
        raise NotYours


def _person(token: str) -> Facilitator:
    """Raises NotYours, and TooFast for an address that guesses."""
    with failed_links.counted():
        return resets.find(token)


def _mail(app: Flask, email: str) -> None:
    """Look whether there is such an account, and send it a link."""
    ticket = object()
    _waiting.add(ticket)
    try:
        with _mailing, app.app_context():
            _find_and_send(email)
    except Exception as error:  # noqa: BLE001  # whatever a mail server does; nobody waits for it
        logs.failed("mail", error)
    finally:
        _waiting.discard(ticket)


def _find_and_send(email: str) -> None:
    with transaction():
        made = resets.make_by_mail(email)
    outbox = settings().outbox
    if made is None or outbox is None:
        return
    person, token = made
    account = f"account {person.id}"
    if mailed.too_many(account):
        return
    mailed.note(account)
    outbox.send(person.email, tell(SUBJECT), tell(_text(person.name, link_of(token))))


SUBJECT = say("A new password for Attune")


def _text(name: str, link: str) -> Message:
    return say(
        "Hello %(name)s,\n\n"
        "somebody asked for a new password for your account. If it was you, open this link within "
        "an hour. It works once:\n\n%(link)s\n\n"
        "If it was not you, there is nothing to do: your password stays as it is.\n",
        name=name,
        link=link,
    )


def _ask_page(problem: Refusal | None = None, *, is_sent: bool = False) -> str:
    return render_template(
        "facilitator/reset_by_mail.html",
        problem=problem,
        is_sent=is_sent,
        email=request.form.get("email", "") if problem else "",
    )


def _page(token: str, person: Facilitator, problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/reset.html",
        problem=problem,
        token=token,
        name=person.name,
        least=accounts.SHORTEST_PASSWORD,
    )
