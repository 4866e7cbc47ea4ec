"""Ready-made programmes: read them as people will see them, and copy one to make it yours."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import accounts, plans
from attune.db import transaction
from attune.errors import NotYours
from attune.programmes import Programme, all_programmes
from facilitator import previews

bp = Blueprint("programmes", __name__)


@bp.get("/programmes")
def index() -> ResponseReturnValue:
    return render_template(
        "facilitator/programmes.html",
        programmes=[(each, plans.outline_of(each)) for each in all_programmes().values()],
    )


@bp.get("/programmes/<slug>")
def show(slug: str) -> ResponseReturnValue:
    programme = _programme(slug)
    return render_template(
        "facilitator/programme.html",
        programme=programme,
        outline=plans.outline_of(programme),
    )


@bp.get("/programmes/<slug>/steps/<int(max=2147483647):position>")
def step(slug: str, position: int) -> ResponseReturnValue:
    """One step, as people will see it."""
    programme = _programme(slug)
    return previews.page(plans.outline_of(programme), position, plan=None, programme=programme)


@bp.post("/programmes/<slug>/plans")
def copy(slug: str) -> ResponseReturnValue:
    """Make a plan of one's own from it."""
    programme = _programme(slug)
    with transaction():
        plan = plans.copy_programme(accounts.facilitator(current_user.id), programme)
    return redirect(url_for("facilitator.plans.show", plan_id=plan.id), 303)


def _programme(slug: str) -> Programme:
    try:
        return all_programmes()[slug]
    except KeyError:
        raise NotYours from None
