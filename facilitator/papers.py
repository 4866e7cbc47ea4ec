"""A step on paper: for whoever has no phone, and for the day on which technology fails.

It is what phones show, drawn by the kind itself, without script: nothing folds out on paper.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, by_hand, drawing, plans
from facilitator import previews

bp = Blueprint("papers", __name__)


@bp.get("/plans/<int(max=2147483647):plan_id>/steps/<int(max=2147483647):position>/print")
def show(plan_id: int, position: int) -> ResponseReturnValue:
    """One step to be printed, in the language of the plan's rooms."""
    plan = access.plan_to_read(current_user.id, plan_id)
    with drawing.in_language(plans.settings_of(plan).language):
        seen = previews.look(plans.outline(plan), position)
        return render_template(
            "facilitator/paper.html",
            plan=plan,
            round=seen.round,
            takes_by_hand=by_hand.can_be_counted(seen.round.kind, seen.round.settings),
            ask=seen.preview.ask.replace("<details", "<details open"),
        )
