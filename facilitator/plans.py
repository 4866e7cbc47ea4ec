"""One's own plans: read them, see each step as people will, and open a room."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, accounts, plans, rooms
from attune.app import settings
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Plan
from attune.programmes import Programme, all_programmes
from attune.refusals import wants_json
from facilitator import previews

bp = Blueprint("plans", __name__)


@bp.get("/plans")
def index() -> ResponseReturnValue:
    mine = plans.plans_of(current_user.id)
    return render_template(
        "facilitator/plans.html", plans=[(plan, plans.outline(plan)) for plan in mine]
    )


@bp.get("/plans/<int(max=2147483647):plan_id>")
def show(plan_id: int) -> ResponseReturnValue:
    plan = access.plan_for(current_user.id, plan_id)
    if wants_json():
        return jsonify(plans.as_json(plan))
    return _page(plan)


@bp.get("/plans/<int(max=2147483647):plan_id>/steps/<int:position>")
def step(plan_id: int, position: int) -> ResponseReturnValue:
    """One step, as people will see it."""
    plan = access.plan_for(current_user.id, plan_id)
    return previews.page(plans.outline(plan), position, plan=plan, programme=None)


@bp.post("/plans/<int(max=2147483647):plan_id>/rooms")
def open_room(plan_id: int) -> ResponseReturnValue:
    """Open a room from the plan. What does not fit is said beside its field."""
    try:
        with transaction():
            room = rooms.open_room(
                accounts.facilitator(current_user.id),
                access.plan_for(current_user.id, plan_id),
                title=request.form.get("title", ""),
                entry=request.form.get("entry", "open"),
                help_text=settings().help_text,
                keep_days=settings().retention_days,
            )
    except Invalid as problem:
        if wants_json():
            raise
        return _page(access.plan_for(current_user.id, plan_id), problem), problem.status
    return redirect(url_for("facilitator.rooms.show", ref=room.ref), 303)


def _page(plan: Plan, problem: Invalid | None = None) -> str:
    return render_template(
        "facilitator/plan.html",
        plan=plan,
        outline=plans.outline(plan),
        settings=plans.settings_of(plan),
        programme=_programme_of(plan),
        problem=problem,
        title=request.form.get("title", plan.title),
        entry=request.form.get("entry", "open"),
    )


def _programme_of(plan: Plan) -> Programme | None:
    """What it was copied from, for its notes; a programme may be gone."""
    return all_programmes().get(plan.programme or "")
