"""What people said privately: seen, answered, cared for. All of it is for consoles alone.

A ready sentence is a button of the console; own words have a page of their own, which the
console's dialog sends its form to.
"""

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, signals
from attune.db import transaction
from attune.errors import Invalid
from attune.refusals import wants_json
from facilitator.rooms import done

SIGNAL = "/rooms/<ref>/signals/<signal_id>"

bp = Blueprint("signals", __name__)


@bp.post("/rooms/<ref>/cover")
def cover(ref: str) -> ResponseReturnValue:
    """This console can be seen by the room: what is private is out of sight, on it alone."""
    access.room_for(current_user.id, ref)
    session["cover"] = True
    return done(ref)


@bp.post("/rooms/<ref>/cover/delete")
def uncover(ref: str) -> ResponseReturnValue:
    access.room_for(current_user.id, ref)
    session.pop("cover", None)
    return done(ref)


@bp.post(f"{SIGNAL}/acknowledgement")
def see(ref: str, signal_id: str) -> ResponseReturnValue:
    """Its sender reads who has seen it."""
    with transaction():
        signals.see(access.room_for(current_user.id, ref), signal_id, current_user.name)
    return done(ref)


@bp.post(f"{SIGNAL}/care")
def care_for(ref: str, signal_id: str) -> ResponseReturnValue:
    with transaction():
        signals.care_for(access.room_for(current_user.id, ref), signal_id, current_user.name)
    return done(ref)


@bp.get(f"{SIGNAL}/replies")
def write(ref: str, signal_id: str) -> ResponseReturnValue:
    """Own words to whoever sent it."""
    return _page(ref, signal_id)


@bp.post(f"{SIGNAL}/replies")
def answer(ref: str, signal_id: str) -> ResponseReturnValue:
    """One of the ready sentences (`ready`), or own words (`text`)."""
    sent = {name: request.form[name] for name in ("ready", "text") if name in request.form}
    try:
        answered = signals.read(signals.Answered, sent)
        with transaction():
            room = access.room_for(current_user.id, ref)
            signals.answer(room, signal_id, current_user.name, answered)
    except Invalid as problem:
        if wants_json():
            raise
        return _page(ref, signal_id, problem), problem.status
    return done(ref)


def _page(ref: str, signal_id: str, problem: Invalid | None = None) -> str:
    room = access.room_for(current_user.id, ref)
    return render_template(
        "facilitator/reply.html",
        room=room,
        said=signals.one_waiting(room, signal_id),
        levels=signals.LEVELS,
        text=request.form.get("text", ""),
        problem=problem,
    )
