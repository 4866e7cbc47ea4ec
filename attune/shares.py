"""Plans that are shared with other facilitators of this server: to read, or to edit.

To read is to look through a plan and to copy it; to edit is also to change it and to open rooms
from it. Sharing it, taking it back and deleting it stays with whose plan it is. What somebody may
is decided in `access`, not here.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa

from attune.db import db
from attune.errors import Invalid
from attune.i18n import say
from attune.models import Facilitator, Plan, PlanShare

May = Literal["read", "edit"]


@dataclass(frozen=True)
class Shared:
    """With whom a plan is shared, and what they may."""

    id: int
    name: str
    may: str
    is_shut_out: bool


def of(plan: Plan) -> list[Shared]:
    """With whom it is shared, by name."""
    rows = db.session.execute(
        sa.select(Facilitator, PlanShare.may)
        .join(PlanShare, PlanShare.facilitator_id == Facilitator.id)
        .where(PlanShare.plan_id == plan.id)
        .order_by(Facilitator.name, Facilitator.id)
    )
    return [Shared(one.id, one.name, may, one.is_disabled) for one, may in rows]


def with_me(facilitator_id: int) -> list[tuple[Plan, str, str]]:
    """The plans that others share with this facilitator, whose they are, and what one may."""
    rows = db.session.execute(
        sa.select(Plan, Facilitator.name, PlanShare.may)
        .join(PlanShare, PlanShare.plan_id == Plan.id)
        .join(Facilitator, Facilitator.id == Plan.facilitator_id)
        .where(PlanShare.facilitator_id == facilitator_id)
        .order_by(Plan.id.desc())
    )
    return [(plan, name, may) for plan, name, may in rows]


def who_could(plan: Plan) -> list[Facilitator]:
    """Facilitators of this server whose plan it is not, by name."""
    return list(
        db.session.scalars(
            sa.select(Facilitator)
            .where(Facilitator.is_disabled.is_(False), Facilitator.id != plan.facilitator_id)
            .order_by(Facilitator.name, Facilitator.id)
        )
    )


def share(plan: Plan, facilitator_id: int, may: str) -> None:
    """They may read it, or edit it, from now on, whatever it was before. Raises Invalid."""
    if may not in get_args(May):
        raise Invalid(say("Choose whether they may read or edit it."), "may")
    person = db.session.get(Facilitator, facilitator_id)
    if person is None or person.is_disabled or person.id == plan.facilitator_id:
        raise Invalid(say("Choose somebody from the list."), "facilitator")
    found = db.session.get(PlanShare, (plan.id, person.id))
    if found is None:
        db.session.add(PlanShare(plan_id=plan.id, facilitator_id=person.id, may=may))
        db.session.flush()
    else:
        found.may = may


def take_back(plan: Plan, facilitator_id: int) -> bool:
    """They see it no more. Whether anything was to be taken back."""
    found = db.session.get(PlanShare, (plan.id, facilitator_id))
    if found:
        db.session.delete(found)
    return found is not None
