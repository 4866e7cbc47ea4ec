"""Reading people's own words: keeping back, covering, grouping, joining, and undoing each of it."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, review
from attune.db import transaction
from attune.errors import Conflict, Invalid
from attune.models import Room, Round
from facilitator.rooms import done, moved_on
from facilitator.rounds import ROUND

bp = Blueprint("review", __name__)
bp.register_error_handler(Conflict, moved_on)

Place = tuple[Room, Round, str]  # and the section


@bp.post(f"{ROUND}/release/edits")
def edit(ref: str, n: int) -> ResponseReturnValue:
    """Change what is seen of texts: `edit` says what, `DO:SECTION` and what it is done to."""
    do, section, rest = (*request.form.get("edit", "").split(":", 2), "", "")[:3]
    if do not in _EDITS:
        raise Invalid(field="edit")
    with transaction():
        _EDITS[do]((*access.round_for(current_user.id, ref, n), section), rest)
    return done(ref)


@bp.post(f"{ROUND}/release/edits/delete")
def undo(ref: str, n: int) -> ResponseReturnValue:
    """Undo the last of them."""
    with transaction():
        review.undo(*access.round_for(current_user.id, ref, n))
    return done(ref)


@bp.post(f"{ROUND}/release/stops")
def stop(ref: str, n: int) -> ResponseReturnValue:
    """Take nothing more in this round of whoever wrote this card: `card` is `SECTION:ID`."""
    return _stop(ref, n, stopped=True)


@bp.post(f"{ROUND}/release/stops/delete")
def go_on(ref: str, n: int) -> ResponseReturnValue:
    return _stop(ref, n, stopped=False)


def _stop(ref: str, n: int, *, stopped: bool) -> ResponseReturnValue:
    section, _, id = request.form.get("card", "").partition(":")
    with transaction():
        room, round = access.round_for(current_user.id, ref, n)
        review.stop(room, round, section, id, stopped=stopped)
    return done(ref)


def _hide(place: Place, id: str) -> None:
    review.keep_back(*place, id)


def _show(place: Place, id: str) -> None:
    review.keep_back(*place, id, hidden=False)


def _cover(place: Place, rest: str) -> None:
    id, _, word = rest.partition(":")
    review.cover(*place, id, word)


def _uncover(place: Place, rest: str) -> None:
    id, _, word = rest.partition(":")
    review.cover(*place, id, word, covered=False)


def _theme(place: Place, name: str) -> None:
    """In the theme that the button names; without a name, in none."""
    review.put_in_theme(*place, _ticked(place), name)


def _name(place: Place, _: str) -> None:
    """In the theme whose name was typed."""
    name = request.form.get("name", "")
    if not name.strip():
        raise Invalid(review.NO_NAME, "name")
    review.put_in_theme(*place, _ticked(place), name)


def _join(place: Place, _: str) -> None:
    review.join(*place, _ticked(place))


def _ticked(place: Place) -> list[str]:
    """What was ticked in this section: each is `SECTION:ID`."""
    *_, section = place
    ticked = (each.partition(":") for each in request.form.getlist("card"))
    return [id for where, _, id in ticked if where == section]


_EDITS: dict[str, Callable[[Place, str], None]] = {
    "hide": _hide,
    "show": _show,
    "cover": _cover,
    "uncover": _uncover,
    "theme": _theme,
    "name": _name,
    "join": _join,
}
