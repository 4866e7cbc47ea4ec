"""Coming in: the code, what people agree to, and the seat.

A code that opens nothing gets one reply, byte for byte, whether it is wrong, its room has ended or
its door is shut: the page carries no token and repeats nothing that was typed. Only failures are
counted: a whole hall joins from one address.
"""

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, codes, refusals, rooms, seats
from attune.db import transaction
from attune.errors import NotYours, Refusal, RoomEnded, TooFast
from attune.i18n import say_n
from attune.models import Room
from attune.security import note_failed_code, too_many_failed_codes
from participant import phone, terms

bp = Blueprint("joins", __name__)


@bp.get("/")
def ask() -> ResponseReturnValue:
    """The one input. The page after a wrong code has no token, and sends it as `?code=`."""
    if code := request.args.get("code"):
        return redirect(url_for(".show", code=code), 303)
    return render_template("participant/code.html", code="", error=None, fresh=True)


@bp.get("/join/<code>")
def show(code: str) -> ResponseReturnValue:
    """What the square code on the screen holds."""
    return _consent(code)


@bp.post("/join")
def create() -> ResponseReturnValue:
    """Without `consent` it only shows what people agree to; with it, it takes a seat."""
    code = request.form.get("code", "")
    if request.form.get("consent") != "yes":
        if missing := _missing(code):
            error = say_n(
                "That is one character short. Add the last one from the screen.",
                "That is %(count)s characters short. Add the last ones from the screen.",
                missing,
            )
            page = render_template("participant/code.html", code=code, error=error, fresh=True)
            return page, NotYours.status
        return _consent(code)
    if room := _room_of_mine(code):
        return redirect(url_for("participant.rooms.show", ref=room.ref), 303)
    try:
        _behind(code)
        with transaction():
            taken = seats.take(code, facilitator_id=_facilitator())
    except NotYours as refusal:
        return _no_such_room(refusal)
    response = redirect(url_for("participant.rooms.show", ref=taken.room.ref), 303)
    phone.give_seat(response, taken.room.ref, taken.token)
    return response


def _consent(code: str) -> ResponseReturnValue:
    if room := _room_of_mine(code):
        return redirect(url_for("participant.rooms.show", ref=room.ref, back="1"), 303)
    try:
        room = _behind(code)
    except NotYours as refusal:
        return _no_such_room(refusal)
    g.language = rooms.settings_of(room).language
    return render_template(
        "participant/consent.html",
        code=codes.normal(code),
        shown=codes.shown(codes.normal(code)),
        **terms.agreed(room),
    )


def _behind(code: str) -> Room:
    """The room behind this code. Raises NotYours, and TooFast for an address that guesses."""
    try:
        return seats.room_behind(code)
    except NotYours:
        address = request.remote_addr or ""
        if too_many_failed_codes(address):
            raise TooFast from None
        note_failed_code(address)
        raise


def _no_such_room(refusal: Refusal) -> ResponseReturnValue:
    if refusals.wants_json():
        return refusals.answer(refusal)
    page = render_template("participant/code.html", code="", error=refusal.message, fresh=False)
    return make_response(page, refusal.status)


def _room_of_mine(code: str) -> Room | None:
    """The room, where this phone has a seat in it already: its door may be shut by now."""
    room = access.room_by_code(codes.normal(code))
    try:
        return phone.seated(room.ref).room if room else None
    except (NotYours, RoomEnded):
        return None


def _facilitator() -> int | None:
    """Somebody signed in on this very browser: who leads the room counts themselves in."""
    return current_user.id if current_user.is_authenticated else None


def _missing(code: str) -> int:
    """How many characters are missing from a code that is right as far as it goes."""
    filled = code
    for missing in range(1, codes.LENGTH):
        filled += codes.ALPHABET[0]
        if codes.normal(filled):
            return missing
    return 0
