"""The way in and out: the first account, signing in, signing out. Open to strangers by name.

A session starts empty at sign-in, so that nothing an earlier visitor planted in it lives on.
"""

import hmac
from collections.abc import Callable

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from attune import accounts, second_step, security, sign_ins
from attune.app import settings
from attune.codes import setup_token
from attune.db import transaction
from attune.errors import Invalid, NotYours, Refusal, TooFast
from attune.i18n import say
from attune.models import Facilitator
from attune.refusals import wants_json
from attune.rounds import now_ms
from attune.second_step import Vault
from facilitator.door import open_to_all, way_back

TOO_OFTEN = say("Too many tries for now. Wait ten minutes, or choose “I can't get in”.")

WAITING = "second-step"  # in the session: who has given the password, and has yet to give a code
WAITS_MS = 600_000

bp = Blueprint("signing_in", __name__)


@bp.get("/setup")
@open_to_all
def first() -> ResponseReturnValue:
    """Ask for the first account. A link that was used leads to the sign-in page."""
    if accounts.is_set_up():
        return redirect(url_for("facilitator.signing_in.ask"), 303)
    _check_token()
    return _setup_page()


@bp.post("/setup")
@open_to_all
def set_up() -> ResponseReturnValue:
    """Make the first account and sign it in."""
    if accounts.is_set_up():
        raise NotYours
    _check_token()
    try:
        password = accounts.hashed(request.form.get("password", ""))
        with transaction():
            facilitator = accounts.set_up(
                request.form.get("name", ""), request.form.get("email", ""), password
            )
    except Invalid as problem:
        return said(problem, _setup_page)
    begin(facilitator)
    return redirect(url_for("facilitator.home.show"), 303)


@bp.get("/sign-in")
@open_to_all
def ask() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(way_back(request.args.get("next", "")), 303)
    return _sign_in_page()


@bp.post("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """Begin a session and go back to where the person was going."""
    email = request.form.get("email", "")
    try:
        with security.failed_sign_ins.counted(email):
            facilitator = accounts.sign_in(email, request.form.get("password", ""))
            if second_step.is_on(facilitator):
                return _wait_for_code(facilitator)
            begin(facilitator, code="")
    except TooFast:
        return said(TooFast(TOO_OFTEN), _sign_in_page)
    except Invalid as problem:
        return said(problem, _sign_in_page)
    return redirect(way_back(request.args.get("next", "")), 303)


@bp.get("/sign-in/second-step")
@open_to_all
def ask_for_code() -> ResponseReturnValue:
    """The second half of signing in, for who has just given the right password."""
    try:
        _who_waits()
    except NotYours:
        return _ask_again()
    return _code_page()


@bp.post("/sign-in/second-step")
@open_to_all
def use_code() -> ResponseReturnValue:
    """Begin the session with a code of the app, or a recovery code."""
    try:
        me = _who_waits()
    except NotYours:
        return _ask_again()
    try:
        # From one address, and of this account from wherever.
        with (
            security.failed_second_steps.counted(str(me.id)),
            security.guessed_codes.counted(address=f"account {me.id}"),
        ):
            begin(me, request.form.get("code", ""))
    except TooFast:
        return said(TooFast(TOO_OFTEN), _code_page)
    except Invalid as problem:
        return said(problem, _code_page)
    return redirect(way_back(request.args.get("next", "")), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, for the server too: a copy of the cookie is worth nothing."""
    with transaction():
        sign_ins.end(current_user.id, current_user.sign_in_id)
    session.clear()
    return redirect(url_for("facilitator.signing_in.ask"), 303)


def _check_token() -> None:
    expected = setup_token(settings().secret_key)
    if not hmac.compare_digest(request.args.get("token", "").encode(), expected.encode()):
        raise NotYours


def vault() -> Vault:
    return Vault(settings().secret_key)


def begin(facilitator: Facilitator, code: str | None = None) -> None:
    """Sign them in, in a session that starts empty. Raises NoMatch, WrongCode.

    Without a `code`: who was signed in until now, or has just made the account.

    `facilitator` is as it was when they proved who they are: what changed since does count.
    """
    proved = facilitator.password_hash
    with transaction():
        if current_user.is_authenticated:
            sign_ins.end(current_user.id, current_user.sign_in_id)
        accounts.require_unchanged(now := accounts.known(facilitator.id), proved)
        if code is not None and second_step.is_on(now):
            second_step.use(now, vault(), code)
        mine = sign_ins.begin(now, request.headers.get("User-Agent", ""))
    session.clear()
    login_user(mine, remember=False)


def said(problem: Refusal, page: Callable[[Refusal | None], str]) -> ResponseReturnValue:
    """The form again with what is wrong; the password is never sent back."""
    if wants_json():
        raise problem
    return page(problem), problem.status


def _wait_for_code(facilitator: Facilitator) -> ResponseReturnValue:
    """Remember, in a session that starts empty, that the password was right: for ten minutes."""
    session.clear()
    session[WAITING] = {
        "id": facilitator.id,
        "proved": _proof(facilitator),
        "until": now_ms() + WAITS_MS,
    }
    if wants_json():
        return jsonify(ok=False, second_step=True)
    there = url_for("facilitator.signing_in.ask_for_code", next=request.args.get("next") or None)
    return redirect(there, 303)


def _who_waits() -> Facilitator:
    """Who gave the right password in this session. Raises NotYours: nobody, or too long ago."""
    waiting = session.get(WAITING)
    if not waiting or waiting["until"] < now_ms():
        raise NotYours
    me = accounts.facilitator(waiting["id"])
    if not hmac.compare_digest(_proof(me).encode(), waiting["proved"].encode()):
        raise NotYours
    return me


def _proof(facilitator: Facilitator) -> str:
    """Ties what waits to the password that was given, without telling anything of it."""
    return vault().hashed(facilitator.password_hash, facilitator.id).hex()


def _ask_again() -> ResponseReturnValue:
    if wants_json():
        raise NotYours
    there = url_for("facilitator.signing_in.ask", next=request.args.get("next") or None)
    return redirect(there, 303)


def _code_page(problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/second_step_in.html", problem=problem, going_to=request.args.get("next", "")
    )


def _setup_page(problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/setup.html",
        problem=problem,
        token=request.args.get("token", ""),
        name=request.form.get("name", ""),
        email=request.form.get("email", ""),
        least=accounts.SHORTEST_PASSWORD,
    )


def _sign_in_page(problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/sign_in.html",
        problem=problem,
        going_to=request.args.get("next", ""),
        email=request.form.get("email", ""),
        by_mail=bool(settings().mail_url),
        is_new=request.method == "GET" and request.args.get("new") == "password",
    )
