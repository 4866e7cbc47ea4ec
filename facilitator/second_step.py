"""Switching one's own second step on and off, and its recovery codes.

Each press asks for the password once more. A new secret stands sealed in the page until its first
code came: opening the page changes nothing, and nobody can choose a secret.
"""

from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import accounts, audit, second_step, security, sign_ins
from attune.app import settings
from attune.db import transaction
from attune.errors import Invalid, Refusal, TooFast
from attune.refusals import wants_json
from facilitator.account import TOO_OFTEN, done, proved
from facilitator.pictures import qr
from facilitator.signing_in import vault

bp = Blueprint("second_step", __name__)


@bp.get("/account/second-step")
def show() -> ResponseReturnValue:
    """Switch it on, by a picture for the app; once it is on, what can be done about it."""
    return _page()


@bp.post("/account/second-step")
def switch_on() -> ResponseReturnValue:
    """Ask for it from now on. The reply has the recovery codes, once."""
    offer, code = request.form.get("offer", ""), request.form.get("code", "")
    try:
        me = proved("password")
        with security.failed_second_steps.counted(str(me.id)), transaction():
            accounts.require_unchanged(now := accounts.facilitator(me.id), me.password_hash)
            if second_step.is_on(now):
                return redirect(url_for("facilitator.second_step.show"), 303)
            made = second_step.switch_on(now, vault(), offer, code)
            audit.note(now.id, "second-step-on")
            sign_ins.end_all(now.id, but=current_user.sign_in_id)
    except (Invalid, TooFast) as problem:
        return _refused(problem, offer)
    return _told(made)


@bp.post("/account/second-step/delete")
def switch_off() -> ResponseReturnValue:
    """Ask for the password alone."""
    try:
        me = proved("password")
    except (Invalid, TooFast) as problem:
        return _refused(problem)
    with transaction():
        second_step.switch_off(accounts.facilitator(me.id))
        audit.note(me.id, "second-step-off")
    return done(did="step-off")


@bp.post("/account/recovery-codes")
def renew_codes() -> ResponseReturnValue:
    """New recovery codes, on the page that answers and never again; the old ones are void."""
    try:
        me = proved("password")
    except (Invalid, TooFast) as problem:
        return _refused(problem)
    with transaction():
        now = accounts.facilitator(me.id)
        made = second_step.renew_codes(now, vault()) if second_step.is_on(now) else []
    if not made:
        return redirect(url_for("facilitator.second_step.show"), 303)
    return _told(made, renewed=True)


def _told(made: list[str], *, renewed: bool = False) -> ResponseReturnValue:
    if wants_json():
        return jsonify(recovery_codes=made, renewed=renewed)
    return render_template("facilitator/recovery_codes.html", codes=made, renewed=renewed)


def _refused(problem: Refusal, offer: str = "") -> ResponseReturnValue:
    if wants_json():
        raise problem
    if isinstance(problem, TooFast):
        problem = TooFast(TOO_OFTEN)
    return _page(problem, offer), problem.status


def _page(problem: Refusal | None = None, offer: str = "") -> str:
    me = accounts.facilitator(current_user.id)
    at = getattr(problem, "field", "") or ""
    if second_step.is_on(me):
        return render_template(
            "facilitator/second_step.html",
            problem=problem,
            at=at,
            is_on=True,
            codes_left=second_step.codes_left(me),
        )
    try:
        secret = second_step.offered(vault(), me, offer)
    except second_step.WrongCode:
        offer = second_step.offer(vault(), me)
        secret = second_step.offered(vault(), me, offer)
    address = second_step.address(secret, me.email, urlsplit(settings().public_url).netloc)
    return render_template(
        "facilitator/second_step.html",
        problem=problem,
        at=at,
        is_on=False,
        offer=offer,
        address=address,
        picture=qr(address),
        secret=second_step.written(secret),
    )
