"""Speaking to everybody in a room at once, on their phones; the screen shows nothing of it."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, drawing, rooms, telling
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Room
from attune.refusals import wants_json

bp = Blueprint("telling", __name__)


@bp.get("/rooms/<ref>/announcement")
def write(ref: str) -> ResponseReturnValue:
    """Ready words, or what is said now, to be changed before it goes out."""
    room = access.room_for(current_user.id, ref)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    ready = telling.READY.get(request.args.get("words", ""))
    return _page(room, _ready(room, ready) if ready else telling.spoken(room))


@bp.post("/rooms/<ref>/announcement")
def speak(ref: str) -> ResponseReturnValue:
    text = request.form.get("text", "")
    try:
        with transaction():
            telling.speak(access.room_for(current_user.id, ref), text)
    except Invalid as problem:
        if wants_json():
            raise
        return _page(access.room_for(current_user.id, ref), text, problem), problem.status
    return _done(ref)


@bp.post("/rooms/<ref>/announcement/delete")
def say_no_more(ref: str) -> ResponseReturnValue:
    with transaction():
        telling.say_no_more(access.room_for(current_user.id, ref))
    return _done(ref)


def _done(ref: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(text=telling.spoken(access.room_for(current_user.id, ref)))
    return redirect(url_for("facilitator.rooms.show", ref=ref), 303)


def _ready(room: Room, words: str) -> str:
    """In the language of the room; after the first, whom people can turn to."""
    known = rooms.settings_of(room)
    said = drawing.tell_in(words, known.language)
    if words != telling.SOMEBODY_WROTE:
        return said
    return f"{said}\n\n{drawing.tell_in(known.help_text, known.language)}"[: telling.LONGEST]


def _page(room: Room, text: str, problem: Invalid | None = None) -> str:
    return render_template(
        "facilitator/announcement.html",
        room=room,
        text=text,
        spoken=telling.spoken(room),
        ready={name: _ready(room, words) for name, words in telling.READY.items()},
        problem=problem,
        most=telling.LONGEST,
    )
