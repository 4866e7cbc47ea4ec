"""The facilitator's side: prepare, lead, look back. It is closed as a whole (`door`).

A new module of views is named in `_VIEWS`; that is all it takes to stand behind the door.
"""

from flask import Blueprint, Flask

from attune import sign_ins
from attune.app import login
from facilitator import (
    account,
    asking,
    by_hand,
    following_up,
    home,
    invitations,
    leading,
    notes,
    papers,
    pauses,
    people,
    plans,
    programmes,
    releases,
    resets,
    review,
    rooms,
    rounds,
    screens,
    second_step,
    shares,
    signals,
    signing_in,
    sorting,
    steps,
    summaries,
    telling,
    terms,
)
from facilitator.door import require_facilitator

_VIEWS = (
    *(signing_in, account, second_step, home, people, invitations, resets),
    *(programmes, plans, steps, papers, shares),
    *(rooms, leading, rounds, asking, releases, review, by_hand, notes, signals, pauses),
    *(screens, sorting, summaries, terms, telling, following_up),
)

bp = Blueprint("facilitator", __name__, template_folder="templates")
bp.before_request(require_facilitator)
for views in _VIEWS:
    bp.register_blueprint(views.bp)


def init_app(app: Flask) -> None:
    login.user_loader(sign_ins.signed_in)
    app.register_blueprint(bp)
