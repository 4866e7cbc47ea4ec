"""Giving, passing and taking back, by a plain form or as JSON: the same verbs as over a socket.

A form without script that is refused gets its page again, with everything that was typed.
"""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from attune import answers, pace, refusals, resonating
from attune.answers import Given
from attune.errors import Invalid, NotAnAnswer, Refusal
from attune.refusals import PageTooOld
from attune.writer import writer
from participant import pages, phone
from participant.pages import Fields, Refused
from participant.phone import Here

bp = Blueprint("answers", __name__)

NOT_OF_THE_ANSWER = {"csrf_token", "idem", "answer"}


@bp.post("/r/<ref>/rounds/<int(max=2147483647):number>/answer")
def give(ref: str, number: int) -> ResponseReturnValue:
    """Give an answer, or change it."""

    def given(here: Here) -> Given:
        if request.is_json or "answer" in request.form:
            raw = _sent().get("answer")
            return answers.answer(here.room, number, here.token, _idem(), raw)
        return answers.answer_from_form(here.room, number, here.token, _idem(), _fields())

    return _save(ref, number, given)


@bp.post("/r/<ref>/rounds/<int(max=2147483647):number>/pass")
def pass_(ref: str, number: int) -> ResponseReturnValue:
    """In every way that can be seen from outside, an answer."""
    return _save(ref, number, lambda here: answers.a_pass(here.room, number, here.token, _idem()))


@bp.post("/r/<ref>/rounds/<int(max=2147483647):number>/answer/delete")
def take_back(ref: str, number: int) -> ResponseReturnValue:
    """Let go of what was given, while the round is open."""
    return _save(
        ref, number, lambda here: answers.taken_back(here.room, number, here.token, _idem())
    )


@bp.post("/r/<ref>/rounds/<int(max=2147483647):number>/resonances")
def mark(ref: str, number: int) -> ResponseReturnValue:
    """This card is true for me too."""
    return _mark(ref, number, on=True)


@bp.post("/r/<ref>/rounds/<int(max=2147483647):number>/resonances/delete")
def mark_no_more(ref: str, number: int) -> ResponseReturnValue:
    return _mark(ref, number, on=False)


def _mark(ref: str, number: int, *, on: bool) -> ResponseReturnValue:
    def marked(here: Here) -> Given:
        card = _sent().get("card", "")
        return resonating.mark(here.room, number, here.token, _idem(), card, on=on)

    return _save(ref, number, marked)


@bp.errorhandler(CSRFError)
def too_old(_: CSRFError) -> ResponseReturnValue:
    """The page lay open longer than its token holds: draw it anew, with what was typed."""
    values = request.view_args or {}
    try:
        return pages.refuse(values["ref"], Refused(PageTooOld(), values["number"], _fields()))
    except Refusal:
        return refusals.answer(PageTooOld())  # whoever it is, they learn no more than that


def _save(ref: str, number: int, given: Callable[[Here], Given]) -> ResponseReturnValue:
    try:
        here = phone.inside(ref)
        pace.check(here.seat.key)
        kept = writer.save(given(here))
    except Refusal as refusal:
        return pages.refuse(ref, Refused(refusal, number, _fields()))
    if refusals.wants_json():
        return jsonify({"ok": True, "ver": kept.ver})
    return redirect(url_for("participant.rooms.show", ref=ref), 303)


def _fields() -> Fields:
    """The form's own fields, in order. JSON has none: a script keeps its words itself."""
    if request.is_json:
        return []
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NOT_OF_THE_ANSWER
    ]


def _idem() -> Any:
    return _sent().get("idem", "")


def _sent() -> dict[str, Any]:
    """What came, as a mapping: JSON as it is, a form with its `answer` read as JSON."""
    if not request.is_json:
        sent: dict[str, Any] = {name: request.form.get(name, "") for name in ("idem", "card")}
        if "answer" in request.form:
            sent["answer"] = _json(request.form["answer"])
        return sent
    body = _json(request.get_data(as_text=True))
    if not isinstance(body, dict):
        raise Invalid
    return body


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAnAnswer from error
