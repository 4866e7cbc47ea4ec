"""The way in and out: the first account, signing in, signing out. Open to strangers by name.

A session starts empty at sign-in, so that nothing an earlier visitor planted in it lives on.
"""

import hmac
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from attune import accounts, security, sign_ins
from attune.app import settings
from attune.codes import setup_token
from attune.db import transaction
from attune.errors import Invalid, NotYours, Refusal, TooFast
from attune.i18n import say
from attune.models import Facilitator
from attune.refusals import wants_json
from facilitator.door import open_to_all, way_back

TOO_OFTEN = say("Too many tries for now. Wait ten minutes, or choose “I can't get in”.")

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
            begin(accounts.sign_in(email, request.form.get("password", "")))
    except TooFast:
        return said(TooFast(TOO_OFTEN), _sign_in_page)
    except Invalid as problem:
        return said(problem, _sign_in_page)
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


def begin(facilitator: Facilitator) -> None:
    """Sign them in, in a session that starts empty. Raises NoMatch.

    `facilitator` is as it was when they proved who they are: what changed since does count.
    """
    proved = facilitator.password_hash
    with transaction():
        if current_user.is_authenticated:
            sign_ins.end(current_user.id, current_user.sign_in_id)
        accounts.require_unchanged(now := accounts.known(facilitator.id), proved)
        mine = sign_ins.begin(now, request.headers.get("User-Agent", ""))
    session.clear()
    login_user(mine, remember=False)


def said(problem: Refusal, page: Callable[[Refusal | None], str]) -> ResponseReturnValue:
    """The form again with what is wrong; the password is never sent back."""
    if wants_json():
        raise problem
    return page(problem), problem.status


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
    )
