"""One's own account: the password, and what one is signed in on.

Who changes something that protects the account gives the password once more: an open laptop is no
proof of who sits at it. Such a try is counted like one at the door.
"""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from attune import accounts, audit, second_step, security, sign_ins
from attune.db import transaction
from attune.errors import Invalid, Refusal, TooFast
from attune.i18n import say
from attune.models import Facilitator
from attune.refusals import wants_json
from facilitator.signing_in import begin

TOO_OFTEN = say("Too many tries for now. Wait ten minutes.")
NOT_IT = say("That is not your password. Try again.")
SIGN_IN = "/account/sign-ins/<int(max=2147483647):sign_in_id>"

bp = Blueprint("account", __name__)


@bp.get("/account")
def show() -> ResponseReturnValue:
    """Who one is here, the password, and the browsers one is signed in on."""
    return page()


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Take a new password. Every other browser is signed out; this one is signed in anew."""
    try:
        me = proved("current")
        old, password = me.password_hash, accounts.hashed(request.form.get("password", ""))
        with transaction():
            accounts.change_password(me := accounts.facilitator(me.id), old, password)
            audit.note(me.id, "password")
    except (Invalid, TooFast) as problem:
        return refused(problem)
    begin(me)
    return done(did="password")


@bp.post(f"{SIGN_IN}/delete")
def sign_out(sign_in_id: int) -> ResponseReturnValue:
    """Sign out one of one's browsers: its pages at the next request, what is open in a second."""
    with transaction():
        sign_ins.end(current_user.id, sign_in_id)
    return done(did="one-out")


@bp.post("/account/sign-ins/delete")
def sign_out_others() -> ResponseReturnValue:
    """Sign out every browser of one's own but this."""
    with transaction():
        sign_ins.end_all(current_user.id, but=current_user.sign_in_id)
    return done(did="all-out")


def proved(field: str) -> Facilitator:
    """Who asks, once they have given their password in this field. Raises Invalid, TooFast."""
    try:
        with security.failed_sign_ins.counted(current_user.email):
            return accounts.sign_in(current_user.email, request.form.get(field, ""))
    except accounts.NoMatch:
        raise Invalid(NOT_IT, field) from None
    except TooFast:
        raise TooFast(TOO_OFTEN) from None


def refused(problem: Refusal) -> ResponseReturnValue:
    if wants_json():
        raise problem
    return page(problem), problem.status


def done(did: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(ok=True)
    return redirect(url_for("facilitator.account.show", did=did), 303)


def page(problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/account.html",
        problem=problem,
        at=getattr(problem, "field", "") or "",
        did="" if problem else request.args.get("did", ""),
        least=accounts.SHORTEST_PASSWORD,
        has_second_step=second_step.is_on(me := accounts.facilitator(current_user.id)),
        lines=audit.about(me.id),
        codes_left=second_step.codes_left(me),
        sign_ins=[(one, format_date(one.day, "long")) for one in sign_ins.of(me)],
    )
