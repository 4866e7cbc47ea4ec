"""What holds in a room and people agree to: read as they read it, and changed where it may be."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, forms, rooms, terms
from attune.app import settings
from attune.db import transaction
from attune.forms import Typed, Unfit
from attune.models import Room
from attune.refusals import wants_json
from attune.terms import Terms

bp = Blueprint("terms", __name__)


@bp.get("/rooms/<ref>/terms")
def show(ref: str) -> ResponseReturnValue:
    room = access.room_for(current_user.id, ref)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    return _page(room, terms.typed(room))


@bp.post("/rooms/<ref>/terms")
def change(ref: str) -> ResponseReturnValue:
    """Change them. What is not sent stays; every phone is told."""
    room = access.room_for(current_user.id, ref)
    rooms.require_running(room)
    written = forms.read(Terms, request.form.items(multi=True), terms.typed(room))
    try:
        with transaction():
            terms.change(access.room_for(current_user.id, ref), written)
    except Unfit as refusal:
        if wants_json():
            raise
        return _page(access.room_for(current_user.id, ref), written, refusal), refusal.status
    if wants_json():
        return jsonify(terms.typed(access.room_for(current_user.id, ref)))
    return redirect(url_for(".show", ref=ref, saved="yes"), 303)


def _page(room: Room, written: Typed, refusal: Unfit | None = None) -> str:
    known = rooms.settings_of(room)
    form = forms.drawn(Terms, written, refusal.problems if refusal else None, None)
    return render_template(
        "facilitator/terms.html",
        room=room,
        form=form,
        problems=forms.problems_at(form),
        is_general=known.help_text == settings().help_text and not known.help_is_checked,
        k=known.k,
    )
