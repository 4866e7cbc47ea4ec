"""What comes with a later part: telling the facilitator privately, and agreeing with a card.

The addresses are fixed already, and answer `invalid` to a seat and `not_yours` to a stranger.
"""

from typing import NoReturn

from flask import Blueprint

from attune.errors import Invalid
from attune.i18n import say
from participant import phone

bp = Blueprint("signals", __name__)

LATER = say("This comes with a later version of Attune. Speak to the person who leads the room.")


@bp.post("/r/<ref>/signals")
def create(ref: str) -> NoReturn:
    _refuse(ref)


@bp.post("/r/<ref>/rounds/<int:number>/resonances")
def resonate(ref: str, number: int) -> NoReturn:  # noqa: ARG001
    _refuse(ref)


@bp.post("/r/<ref>/rounds/<int:number>/resonances/delete")
def resonate_no_more(ref: str, number: int) -> NoReturn:  # noqa: ARG001
    _refuse(ref)


def _refuse(ref: str) -> NoReturn:
    phone.inside(ref)
    raise Invalid(LATER)
