"""One's own plans: read them, copy and change them, and open a room."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, accounts, audit, editing, forms, plans, rooms, shares
from attune.app import settings
from attune.db import transaction
from attune.drawing import tell
from attune.editing import PlanForm
from attune.errors import Invalid, NoKeys, PlanChanged, PlanInUse, Refusal
from attune.forms import Drawn, Typed, Unfit
from attune.i18n import LANGUAGES
from attune.kinds import kinds
from attune.models import Plan
from attune.programmes import Programme, all_programmes
from attune.refusals import wants_json
from facilitator.rooms import number

bp = Blueprint("plans", __name__)


@bp.get("/plans")
def index() -> ResponseReturnValue:
    mine = plans.plans_of(current_user.id)
    return render_template(
        "facilitator/plans.html",
        plans=[(plan, plans.outline(plan)) for plan in mine],
        shared=[
            (plan, plans.outline(plan), whose, may)
            for plan, whose, may in shares.with_me(current_user.id)
        ],
    )


@bp.get("/plans/<int(max=2147483647):plan_id>")
def show(plan_id: int) -> ResponseReturnValue:
    plan = access.plan_to_read(current_user.id, plan_id)
    if wants_json():
        return jsonify(plans.as_json(plan))
    return _page(plan) if access.may_edit(current_user.id, plan) else _page_to_read(plan)


@bp.post("/plans/<int(max=2147483647):plan_id>")
def change(plan_id: int) -> ResponseReturnValue:
    """Rename it, or change what its rooms start with. What was typed is never lost."""
    plan = access.plan_for(current_user.id, plan_id)
    pairs = request.form.items(multi=True)
    typed = forms.read(PlanForm, pairs, editing.typed_plan(plan))
    try:
        with transaction():
            plan = access.plan_for(current_user.id, plan_id)
            editing.change(plan, typed, number("revision"))
    except (Unfit, PlanChanged) as refusal:
        if wants_json():
            raise
        plan = access.plan_for(current_user.id, plan_id)
        return _page(plan, form=_form(plan, typed, refusal), changed=refusal), refusal.status
    if wants_json():
        return jsonify(plans.as_json(plan))
    return redirect(url_for("facilitator.plans.show", plan_id=plan.id, saved="yes"), 303)


@bp.post("/plans/<int(max=2147483647):plan_id>/copies")
def copy(plan_id: int) -> ResponseReturnValue:
    """Make another plan like it."""
    with transaction():
        facilitator = accounts.facilitator(current_user.id)
        made = editing.copy(facilitator, access.plan_to_read(current_user.id, plan_id))
    if wants_json():
        return jsonify(plans.as_json(made))
    return redirect(url_for("facilitator.plans.show", plan_id=made.id, copied="yes"), 303)


@bp.get("/plans/<int(max=2147483647):plan_id>/delete")
def ask_to_delete(plan_id: int) -> ResponseReturnValue:
    """What goes with it and what stays, and the button."""
    return _ask_to_delete(access.own_plan(current_user.id, plan_id))


@bp.post("/plans/<int(max=2147483647):plan_id>/delete")
def delete(plan_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            editing.delete(access.own_plan(current_user.id, plan_id), number("revision"))
    except (PlanChanged, PlanInUse) as refusal:
        if wants_json():
            raise
        plan = access.plan_for(current_user.id, plan_id)
        return _ask_to_delete(plan, refusal), refusal.status
    if wants_json():
        return jsonify(id=plan_id, deleted=True)
    return redirect(url_for("facilitator.plans.index", deleted="yes"), 303)


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
                language=request.form.get("language", ""),
                help_text=settings().help_text,
                keep_days=settings().retention_days,
            )
            audit.note(current_user.id, "opened", room=room)
    except (Invalid, NoKeys) as problem:
        if wants_json():
            raise
        return _page(access.plan_for(current_user.id, plan_id), problem=problem), problem.status
    return redirect(url_for("facilitator.rooms.show", ref=room.ref), 303)


def page_after(plan: Plan, refusal: Refusal) -> ResponseReturnValue:
    """The plan as it is now, with the reason why nothing was changed."""
    return _page(plan, changed=refusal), refusal.status


def _page_to_read(plan: Plan) -> str:
    return render_template(
        "facilitator/shared_plan.html",
        plan=plan,
        outline=plans.outline(plan),
        whose=accounts.known(plan.facilitator_id).name,
    )


def _ask_to_delete(plan: Plan, refusal: Refusal | None = None) -> str:
    return render_template(
        "facilitator/delete_plan.html",
        plan=plan,
        outline=plans.outline(plan),
        rooms=[room for room in access.rooms_of(current_user.id) if room.plan_id == plan.id],
        in_use=editing.is_in_use(plan),
        refusal=refusal,
    )


def _form(plan: Plan, typed: Typed, refusal: Refusal | None = None) -> Drawn:
    problems = refusal.problems if isinstance(refusal, Unfit) else None
    saved = editing.typed_plan(plan) if isinstance(refusal, PlanChanged) else None
    return forms.drawn(PlanForm, typed, problems, saved)


def _page(
    plan: Plan,
    *,
    problem: Invalid | NoKeys | None = None,
    form: Drawn | None = None,
    changed: Refusal | None = None,
) -> str:
    is_mine = plan.facilitator_id == current_user.id
    outline = plans.outline(plan)
    form = form or _form(plan, editing.typed_plan(plan))
    shown = {step.position for step in outline.steps}
    return render_template(
        "facilitator/plan.html",
        plan=plan,
        outline=outline,
        lost=[step for step in plan.steps if step.position not in shown],
        form=form,
        changed=changed,
        problems=forms.problems_at(form),
        did="",
        whose="" if is_mine else accounts.known(plan.facilitator_id).name,
        is_shared=is_mine and bool(shares.of(plan)),
        kinds=sorted((tell(kind.title), name) for name, kind in kinds().items()),
        most=editing.MOST_STEPS,
        settings=plans.settings_of(plan),
        programme=_programme_of(plan),
        problem=problem,
        title=request.form.get("title", plan.title) if problem else plan.title,
        entry=request.form.get("entry", "open"),
        languages=LANGUAGES,
        language=request.form.get("language", plans.settings_of(plan).language),
    )


def _programme_of(plan: Plan) -> Programme | None:
    """What it was copied from, for its notes; a programme may be gone."""
    return all_programmes().get(plan.programme or "")
