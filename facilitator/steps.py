"""The steps of one's own plans: add, change, move and remove them.

A page that is sent back always holds what was typed, whatever was wrong with it. `do` says which
button was pressed: those of rows change the page and save nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, editing, forms, plans
from attune.db import transaction
from attune.drawing import tell
from attune.errors import NotYours, PlanChanged, Refusal
from attune.forms import Choices, Drawn, NoSuchRow, Typed, Unfit
from attune.frame import Value
from attune.i18n import N_, Message
from attune.kinds import AnyKind, kind_of
from attune.models import Plan, Step
from attune.plans import Outline, Outlined
from attune.refusals import answer, wants_json
from facilitator import previews
from facilitator.plans import page_after
from facilitator.rooms import number

SAVES = {"": 0, "save": 0, "up": -1, "down": 1}  # buttons that save, and where they move the step

# How the common fields are grouped on the page. What is named nowhere stands in the last group.
FIRST = ("title", "invitation")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        N_("With care"),
        ("facilitator_note", "discuss", "content_note", "alternative"),
    ),
    (
        N_("What is shown, and to whom"),
        ("reach", "reveal", "show_on", "min_people", "review", "pair_with", "tender"),
    ),
    (N_("Time and place"), ("phase", "minutes", "time_hint", "revise", "optional")),
)

NOT_COMPARED = N_("Nothing: it stands for itself")
NOT_IN_THE_PLAN = N_("A step that is no longer in the plan")

bp = Blueprint("steps", __name__, url_prefix="/plans/<int(max=2147483647):plan_id>/steps")


@dataclass(frozen=True)
class Editor:
    """One step, being written."""

    plan: Plan
    kind: AnyKind
    typed: Typed
    revision: int
    step: Step | None = None  # None: it is not in the plan, or not any more
    position: int | None = None  # of one that is not in it: where it is to go

    @property
    def model(self) -> type[Value]:
        return editing.step_form(self.kind)


@bp.post("")
def add(plan_id: int) -> ResponseReturnValue:
    """Add a step of some kind: an example, unless more than its kind is sent."""
    plan = access.plan_for(current_user.id, plan_id)
    kind = kind_of(request.form.get("kind", ""))
    position = number("position") if request.form.get("position") else None
    before = editing.typed_example(kind, tell(kind.title))
    editor = Editor(plan, kind, _read(kind, before), number("revision"), position=position)
    if (do := request.form.get("do", "")) not in SAVES:
        return _rearranged(editor, do)
    editor = _tidied(editor)
    try:
        with transaction():
            plan = access.plan_for(current_user.id, plan_id)
            step = editing.add(plan, kind, editor.typed, position, editor.revision)
    except (Unfit, PlanChanged) as refusal:
        if wants_json() or "frame.title" not in request.form:
            raise
        return _refused(_anew(editor), refusal)
    return _done(plan, url_for("facilitator.steps.show", plan_id=plan.id, position=step.position))


@bp.get("/<int(max=2147483647):position>")
def show(plan_id: int, position: int) -> ResponseReturnValue:
    """One step, to be changed."""
    plan = access.plan_for(current_user.id, plan_id)
    step = editing.step_at(plan, position)
    typed = editing.typed_step(step)
    return _page(Editor(plan, kind_of(step.kind), typed, plan.revision, step))


@bp.post("/<int(max=2147483647):position>")
def change(plan_id: int, position: int) -> ResponseReturnValue:
    """Keep what was typed, or do what a button of the form says."""
    plan = access.plan_for(current_user.id, plan_id)
    do, revision = request.form.get("do", ""), number("revision")
    try:
        step = _step(plan, position)
    except PlanChanged:
        if wants_json() or not request.form.get("kind"):
            raise
        return _orphan(plan, position)
    kind = kind_of(step.kind)
    editor = Editor(plan, kind, _read(kind, editing.typed_step(step)), revision, step)
    if do not in SAVES:
        return _rearranged(editor, do)
    editor = _tidied(editor)
    try:
        with transaction():
            plan = access.plan_for(current_user.id, plan_id)
            step = _step(plan, position)
            editing.change_step(plan, step, editor.typed, revision)
            if SAVES[do]:
                to = step.position + SAVES[do]
                editing.move(plan, step, to, plan.revision)
    except (Unfit, PlanChanged) as refusal:
        if wants_json():
            raise
        return _refused(_anew(editor), refusal)
    moved = do if SAVES[do] else None
    there = url_for(
        "facilitator.steps.show", plan_id=plan.id, position=step.position, saved="yes", did=moved
    )
    return _done(plan, there)


@bp.post("/<int(max=2147483647):position>/position")
def move(plan_id: int, position: int) -> ResponseReturnValue:
    """Give the step another place."""
    to = number("to")
    with transaction():
        plan = access.plan_for(current_user.id, plan_id)
        editing.move(plan, _step(plan, position), to, number("revision"))
    way = "up" if to < position else "down"
    return _done(plan, url_for("facilitator.plans.show", plan_id=plan.id, moved=to, way=way))


@bp.post("/<int(max=2147483647):position>/delete")
def remove(plan_id: int, position: int) -> ResponseReturnValue:
    """Take the step out of the plan."""
    with transaction():
        plan = access.plan_for(current_user.id, plan_id)
        editing.remove(plan, _step(plan, position), number("revision"))
    return _done(plan, url_for("facilitator.plans.show", plan_id=plan.id, removed="yes"))


@bp.get("/<int(max=2147483647):position>/preview")
def preview(plan_id: int, position: int) -> ResponseReturnValue:
    """One step, as people will see it."""
    plan = access.plan_to_read(current_user.id, plan_id)
    return previews.page(plans.outline(plan), position, plan=plan, programme=None)


@bp.errorhandler(PlanChanged)
def show_as_it_is(refusal: PlanChanged) -> ResponseReturnValue:
    """Nothing was typed: the plan as it is now says enough."""
    if wants_json():
        return answer(refusal)
    assert request.view_args
    return page_after(access.plan_for(current_user.id, request.view_args["plan_id"]), refusal)


def _step(plan: Plan, position: int) -> Step:
    """The step that was meant, where it is now. Raises NotYours, PlanChanged."""
    if request.form.get("step"):
        return editing.step_at(plan, position, number("step"))
    step = editing.step_at(plan, position)
    if plan.revision != number("revision"):
        raise PlanChanged  # who knows which step stood there
    return step


def _read(kind: AnyKind, before: Typed) -> Typed:
    return forms.read(editing.step_form(kind), request.form.items(multi=True), before)


def _tidied(editor: Editor) -> Editor:
    return replace(editor, typed=forms.tidied(editor.model, editor.typed))


def _anew(editor: Editor) -> Editor:
    """With the plan and the step as they are now."""
    plan = access.plan_for(current_user.id, editor.plan.id)
    mine = editor.step.id if editor.step else None
    return replace(
        editor, plan=plan, step=next((step for step in plan.steps if step.id == mine), None)
    )


def _done(plan: Plan, to: str) -> ResponseReturnValue:
    return jsonify(plans.as_json(plan)) if wants_json() else redirect(to, 303)


def _rearranged(editor: Editor, do: str) -> ResponseReturnValue:
    """The page again, with what was typed. Nothing is saved."""
    if do == "look":  # of a page's script, while somebody writes
        return render_template(
            "facilitator/_look.html", plan=editor.plan, step=editor.step, **_look(editor)
        )
    if do == "preview":
        return _page(editor, unsaved=True)
    try:
        typed, at = forms.rearranged(editor.model, editor.typed, do)
    except NoSuchRow as refusal:
        return _page(editor, problems={"": refusal.message}, unsaved=True), refusal.status
    return _page(replace(editor, typed=typed), unsaved=True, did=do.rpartition(".")[2], at=at)


def _refused(editor: Editor, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, Unfit):
        page = _page(editor, problems=refusal.problems, unsaved=True)
    else:
        # What is saved now stands beside what was typed: sending it again replaces that.
        saved = editing.typed_step(editor.step) if editor.step else None
        newest = replace(editor, revision=editor.plan.revision)
        page = _page(newest, saved=saved, unsaved=True, changed=True)
    return page, refusal.status


def _orphan(plan: Plan, position: int) -> ResponseReturnValue:
    """The step was removed while it was being written: it can be added again."""
    kind = kind_of(request.form["kind"])
    typed = _read(kind, editing.typed_example(kind, ""))
    place = min(position, len(plan.steps) + 1)
    editor = Editor(plan, kind, typed, plan.revision, position=place)
    return _page(editor, unsaved=True, changed=True), PlanChanged.status


def _page(
    editor: Editor,
    *,
    problems: dict[str, Message] | None = None,
    saved: Typed | None = None,
    **values: Any,
) -> str:
    outline = plans.outline(editor.plan)
    offered, wrong = _pairs(editor)
    form = forms.drawn(editor.model, editor.typed, problems or wrong, saved, offered)
    return render_template(
        "facilitator/edit_step.html",
        editor=editor,
        plan=editor.plan,
        step=editor.step,
        outline=outline,
        form=form,
        groups=_groups(form),
        problems=forms.problems_at(form) if problems else [],
        second=_second(editor, outline),
        **_look(editor),
        **{"unsaved": False, "changed": False, "did": "", "at": "", **values},
    )


def _groups(form: Drawn) -> list[tuple[str, Sequence[Drawn]]]:
    """The common fields after the first, by group."""
    fields = {**form.fields["frame"].fields}
    if "pair_with" in form.fields:
        fields["pair_with"] = form.fields["pair_with"]
    named = {*FIRST, *(name for _, names in GROUPS for name in names)}
    *groups, (last, names) = GROUPS
    names = (*names, *(name for name in fields if name not in named))
    return [
        (title, [fields[name] for name in names if name in fields])
        for title, names in (*groups, (last, names))
    ]


def _look(editor: Editor) -> dict[str, Any]:
    """What people will see of what was typed; of what is saved, when that does not fit yet."""
    fits = True
    try:
        outline, _ = _outlined(editor)
    except Unfit:
        outline = plans.outline(editor.plan)
        fits = False
    try:
        look = previews.look(outline, _position(editor))
    except NotYours:
        look = None
    return {"look": look, "fits": fits}


def _outlined(editor: Editor) -> tuple[Outline, Outlined]:
    """The plan as it would be with what was typed. Raises Unfit."""
    return editing.outlined(editor.plan, editor.kind, editor.typed, _position(editor), editor.step)


def _position(editor: Editor) -> int:
    return editor.step.position if editor.step else editor.position or len(editor.plan.steps) + 1


def _pairs(editor: Editor) -> tuple[dict[str, Choices], dict[str, Message]]:
    """What the step can be compared with, and what is wrong with what it is compared with."""
    if "pair_with" not in editor.typed:
        return {}, {}
    typed = editor.typed["pair_with"]
    found, wrong = {"": tell(NOT_COMPARED)}, {}
    try:
        outline, shown = _outlined(editor)
        for first in outline.may_be_compared_with(shown):
            found[str(first.id)] = first.frame.title
        if problem := outline.wrong_pair(shown):
            wrong["pair_with"] = problem
    except Unfit:
        pass  # until the rest fits, what is chosen stays as it is
    if typed and typed not in found:
        titles = {str(step.id): step.frame["title"] for step in editor.plan.steps}
        found[typed] = titles.get(typed) or tell(NOT_IN_THE_PLAN)
    return {"pair_with": [*found.items()]}, wrong


def _second(editor: Editor, outline: Outline) -> str:
    """The title of a later step that is compared with this one."""
    mine = [step for step in outline.steps if editor.step and step.id == editor.step.id]
    later = outline.second_of(mine[0]) if mine else None
    return later.frame.title if later else ""
