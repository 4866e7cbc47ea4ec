"""Changing a plan: its name, what its rooms start with, and its steps.

Each change counts the plan's `revision` up, and a page sends the one that it was drawn from: who
would undo what somebody else did meanwhile hears so first, and nothing is lost on either side.
Rooms that are open keep their rounds as they were put; only what they have not put yet changes.
"""

from functools import cache
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field, create_model

from attune import changes, forms, pairing, plans
from attune.db import db
from attune.errors import Invalid, NotYours, PlanChanged, PlanInUse
from attune.forms import Typed, Unfit
from attune.frame import Frame, RoomChoices, Value
from attune.i18n import N_, say
from attune.kinds import AnyKind, kind_of
from attune.models import Facilitator, Plan, Room, Step
from attune.plans import LONGEST_TITLE, Outline, Outlined
from attune.text import Text

MOST_STEPS = 40


class PlanForm(Value):
    """What is asked about a plan as a whole."""

    title: Annotated[str, Text(LONGEST_TITLE, least=1)] = Field(title=N_("What the plan is called"))
    settings: RoomChoices = Field(RoomChoices(), title=N_("Rooms opened from it"))


def step_form(kind: AnyKind) -> type[Value]:
    """What is asked about a step of this kind: the common fields, and its own."""
    settings: type[Value] = kind.settings
    return _step_form(settings, pairing.can_be_compared(kind))


@cache  # one model for each kind: its shapes are kept by it
def _step_form(settings: type[Value], can_be_compared: bool) -> type[Value]:  # noqa: FBT001
    fields: dict[str, Any] = {"frame": (Frame, Field()), "settings": (settings, Field())}
    if can_be_compared:
        fields["pair_with"] = (int | None, PAIR_WITH)
    return create_model("StepForm", __base__=Value, **fields)


PAIR_WITH = Field(
    None,
    title=N_("Compare with an earlier step"),
    description=N_(
        "Both times are then shown together, and how many moved, never who. Both steps have to ask "
        "the same. Plan it before the first is put: people are told so when they answer."
    ),
)


def typed_plan(plan: Plan) -> Typed:
    """The plan, as its form would have been typed."""
    return forms.typed_of(PlanForm, {"title": plan.title, "settings": plan.settings})


def typed_step(step: Step) -> Typed:
    """The step, as its form would have been typed. Raises Invalid: its kind is gone."""
    data = {"frame": step.frame, "settings": step.settings, "pair_with": step.pair_with}
    return forms.typed_of(step_form(kind_of(step.kind)), data)


def typed_example(kind: AnyKind, title: str) -> Typed:
    """A step that begins with what its kind is by default, and its example."""
    usual = ("phase", "reach", "reveal", "tender", "review", "minutes", "invitation", "discuss")
    frame = {name: getattr(kind.defaults, name) for name in usual}
    settings = kind.example.model_dump(mode="json")
    return forms.typed_of(
        step_form(kind), {"frame": {"title": title, **frame}, "settings": settings}
    )


def copy(facilitator: Facilitator, plan: Plan) -> Plan:
    """Make another plan like this one. Its name gets a number."""
    made = Plan(
        facilitator_id=facilitator.id,
        title=plans.free_title(facilitator, plan.title),
        programme=plan.programme,
        settings=dict(plan.settings),
        steps=[
            Step(
                position=step.position,
                kind=step.kind,
                frame=dict(step.frame),
                settings=dict(step.settings),
            )
            for step in plan.steps
        ],
    )
    db.session.add(made)
    db.session.flush()
    steps = plan.steps
    plans.pair_up(made, [step.id for step in steps], [step.pair_with for step in steps])
    return made


def change(plan: Plan, typed: Typed, revision: int) -> None:
    """Rename the plan, or change what its rooms start with. Raises Unfit, PlanChanged."""
    value = forms.checked(PlanForm, typed)
    _lock(plan)
    chosen = value.settings.model_dump(mode="json", exclude_unset=True)
    if typed == typed_plan(plan):
        return
    _require(plan, revision)
    plan.title = value.title
    plan.settings = {**plan.settings, **chosen}
    _count(plan)


def add(plan: Plan, kind: AnyKind, typed: Typed, position: int | None, revision: int) -> Step:
    """Add a step, at the end or at this place. Raises Unfit, PlanChanged."""
    parts = _parts(kind, typed)
    _lock(plan)
    _require(plan, revision)
    if len(plan.steps) >= MOST_STEPS:
        raise Invalid(say("A plan has %(most)s steps at most.", most=MOST_STEPS), "kind")
    last = len(plan.steps) + 1
    place = last if position is None else position
    _require_place(place, last, "position")
    _require_pair(plan, kind, typed, place)
    step = Step(kind=kind.name, **parts)
    plan.steps.insert(place - 1, step)
    _renumber(plan)
    _count(plan, step)
    _tell_rooms(plan, "round")
    db.session.flush()
    return step


def change_step(plan: Plan, step: Step, typed: Typed, revision: int) -> None:
    """Keep what was typed. Raises Unfit, and PlanChanged where it would undo another's change."""
    kind = kind_of(step.kind)
    parts = {"pair_with": None} | _parts(kind, typed)
    _lock(plan)
    _require_pair(plan, kind, typed, step.position, step)
    if parts == {
        "frame": step.frame,
        "settings": step.settings,
        "pair_with": step.pair_with,
    }:
        return
    if step.revision > revision:
        raise PlanChanged
    step.frame, step.settings = parts["frame"], parts["settings"]
    step.pair_with = parts["pair_with"]
    _count(plan, step)
    _tell_rooms(plan, "agenda")


def move(plan: Plan, step: Step, to: int, revision: int) -> None:
    """Give the step this place; those between make room. Raises Invalid, PlanChanged."""
    _lock(plan)
    _require(plan, revision)
    _require_place(to, len(plan.steps), "to")
    if step.position == to:
        return
    plan.steps.remove(step)
    plan.steps.insert(to - 1, step)
    _renumber(plan)
    _count(plan)
    _tell_rooms(plan, "round")


def remove(plan: Plan, step: Step, revision: int) -> None:
    """Take the step out of the plan. A room that has put it keeps its round. Raises PlanChanged."""
    _lock(plan)
    _require(plan, revision)
    plan.steps.remove(step)
    _renumber(plan)
    _count(plan)
    _tell_rooms(plan, "round")


def is_in_use(plan: Plan) -> bool:
    """Whether a room that has not ended follows it."""
    return db.session.scalar(_running(plan).limit(1)) is not None


def delete(plan: Plan, revision: int) -> None:
    """Delete the plan and its steps. Raises PlanInUse as long as a room follows it, PlanChanged.

    Rooms that have ended keep their summary, which has in it all that it tells.
    """
    _lock(plan)
    if is_in_use(plan):
        raise PlanInUse
    _require(plan, revision)
    db.session.execute(sa.update(Room).where(Room.plan_id == plan.id).values(plan_id=None))
    db.session.delete(plan)


def step_at(plan: Plan, position: int, step_id: int | None = None) -> Step:
    """The step at this place; with its number, wherever it is by now.

    Raises NotYours: there is none at this place; PlanChanged: it was removed.
    """
    for step in plan.steps:
        if (step.id == step_id) if step_id is not None else (step.position == position):
            return step
    raise NotYours if step_id is None else PlanChanged


def outlined(
    plan: Plan, kind: AnyKind, typed: Typed, position: int, step: Step | None = None
) -> tuple[Outline, Outlined]:
    """The plan as it would be with what was typed, for a new step or for `step`. Raises Unfit."""
    value: Any = forms.checked(step_form(kind), forms.tidied(step_form(kind), typed))
    shown = Outlined(
        position,
        value.frame,
        kind,
        value.settings,
        plans.settings_of(plan).k,
        key=step.id if step else None,
        pair_with=getattr(value, "pair_with", None),
    )
    outline = plans.outline(plan).with_step(shown, instead=step is not None)
    return outline, shown


def _require_pair(
    plan: Plan, kind: AnyKind, typed: Typed, position: int, step: Step | None = None
) -> None:
    outline, shown = outlined(plan, kind, typed, position, step)
    if wrong := outline.wrong_pair(shown):
        raise Unfit({"pair_with": wrong})


def _parts(kind: AnyKind, typed: Typed) -> dict[str, Any]:
    return forms.checked(step_form(kind), typed).model_dump(mode="json")


def _lock(plan: Plan) -> None:
    db.session.refresh(plan, with_for_update=True)


def _require(plan: Plan, revision: int) -> None:
    if plan.revision != revision:
        raise PlanChanged


def _require_place(place: int, last: int, field: str) -> None:
    if not 1 <= place <= last:
        raise Invalid(say("There is no such place in the plan."), field)


def _renumber(plan: Plan) -> None:
    for position, step in enumerate(plan.steps, 1):
        step.position = position


def _count(plan: Plan, *changed: Step) -> None:
    plan.revision += 1
    for step in changed:
        step.revision = plan.revision


def _tell_rooms(plan: Plan, part: Literal["round", "agenda"]) -> None:
    """Pages of rooms that follow the plan show its steps, or how many there are."""
    for room_id in db.session.scalars(_running(plan)):
        changes.note(room_id, part)


def _running(plan: Plan) -> sa.Select[int]:
    return sa.select(Room.id).where(Room.plan_id == plan.id, Room.state.in_(("lobby", "live")))
