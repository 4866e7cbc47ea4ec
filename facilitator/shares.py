"""Sharing one's own plan with other facilitators of this server, to read or to edit."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, audit, shares
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Plan
from attune.refusals import wants_json
from facilitator.rooms import number

PLAN = "/plans/<int(max=2147483647):plan_id>/shares"

bp = Blueprint("shares", __name__)


@bp.get(PLAN)
def show(plan_id: int) -> ResponseReturnValue:
    """With whom it is shared, and the form that shares it."""
    return _page(access.own_plan(current_user.id, plan_id))


@bp.post(PLAN)
def share(plan_id: int) -> ResponseReturnValue:
    """Share it with one facilitator, or change what they may."""
    try:
        with transaction():
            plan = access.own_plan(current_user.id, plan_id)
            shares.share(plan, to := number("facilitator"), request.form.get("may", ""))
            audit.note(current_user.id, "shared", whom=to)
    except Invalid as problem:
        if wants_json():
            raise
        return _page(access.own_plan(current_user.id, plan_id), problem), problem.status
    return _done(url_for("facilitator.shares.show", plan_id=plan_id))


@bp.post(f"{PLAN}/<int(max=2147483647):facilitator_id>/delete")
def take_back(plan_id: int, facilitator_id: int) -> ResponseReturnValue:
    """Whose plan it is takes it back; with whom it is shared lets go of it by themselves."""
    is_me = facilitator_id == current_user.id
    with transaction():
        plan = (access.plan_to_read if is_me else access.own_plan)(current_user.id, plan_id)
        if shares.take_back(plan, facilitator_id) and not is_me:
            audit.note(current_user.id, "unshared", whom=facilitator_id)
    if is_me:
        return _done(url_for("facilitator.plans.index"))
    return _done(url_for("facilitator.shares.show", plan_id=plan_id))


def _done(there: str) -> ResponseReturnValue:
    return jsonify(ok=True) if wants_json() else redirect(there, 303)


def _page(plan: Plan, problem: Invalid | None = None) -> str:
    return render_template(
        "facilitator/plan_shares.html",
        plan=plan,
        shared=shares.of(plan),
        others=shares.who_could(plan),
        problem=problem,
        at=(problem.field or "") if problem else "",
    )
