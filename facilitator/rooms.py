"""The room and its console: the page, what is newer on it, the door, beginning, ending.

A verb is called inside one transaction, and its answer is the console again, or the room as JSON.
The room's own state is the only truth: a command that came too late changes nothing, and the
page it gets back shows where the room is now, with the reason.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, get_args

from flask import (
    Blueprint,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import (
    access,
    asking,
    audit,
    codes,
    drawing,
    ending,
    knocking,
    leading,
    notes,
    presence,
    refusals,
    releases,
    rooms,
    rounds,
    seats,
    sign_ins,
)
from attune.changes import REGIONS, Audience
from attune.db import transaction
from attune.errors import Busy, Conflict, Invalid, NotYours, Refusal
from attune.i18n import say
from attune.keys import keyring
from attune.models import Room, Round
from attune.refusals import wants_json

LONGEST_WAIT = 25  # seconds; proxies commonly cut an idle reply at 30 or 60
LOOK_AGAIN = 1  # second; so soon is out who may no longer look
LARGEST = 2**31 - 1  # of the databases' whole numbers

bp = Blueprint("rooms", __name__)


@bp.get("/rooms/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """The console; once the room has ended, what is kept of it."""
    room = access.room_for(current_user.id, ref)
    if wants_json():
        return jsonify(as_json(room))
    if room.state == "ending":
        return render_template("facilitator/ending.html", room=room, left=ending.left(room))
    if room.state == "ended":
        return redirect(url_for("facilitator.summaries.show", ref=ref), 303)
    _count_in(room)
    presence.console_asked(room.id)
    return console(room)


@bp.get("/rooms/<ref>/regions")
def regions(ref: str) -> ResponseReturnValue:
    """What is newer than the page has, at once or as soon as there is something."""
    audience, have, until = _audience(), _have(), time.monotonic() + _wait()
    while True:
        # Asked anew each time: who waits may be shut out meanwhile, or signed out elsewhere.
        if not sign_ins.signed_in(current_user.get_id()):
            raise NotYours
        room = access.room_for(current_user.id, ref)
        if audience == "console":
            presence.console_asked(room.id)
        newer = drawing.newer(room, audience, have)
        left = until - time.monotonic()
        if newer or left <= 0:
            break
        drawing.wait_for_news(room.id, audience, min(left, LOOK_AGAIN))
    return jsonify(regions=[asdict(region) for region in newer], now=rounds.now_ms())


@bp.post("/rooms/<ref>/opening")
def begin(ref: str) -> ResponseReturnValue:
    with transaction():
        rooms.start(access.room_for(current_user.id, ref))
    return done(ref)


@bp.post("/rooms/<ref>/entry")
def set_entry(ref: str) -> ResponseReturnValue:
    with transaction():
        room = access.room_for(current_user.id, ref)
        knocking.set_entry(room, request.form.get("entry", ""))
        audit.note(current_user.id, "door", room=room)
    return done(ref)


@bp.post("/rooms/<ref>/admissions")
def admit(ref: str) -> ResponseReturnValue:
    """Let in the one at the door who has this label, or everybody."""
    with transaction():
        room = access.room_for(current_user.id, ref)
        if label := request.form.get("label"):
            knocking.admit(room, label)
        else:
            knocking.admit_all(room)
    return done(ref)


@bp.post("/rooms/<ref>/admissions/delete")
def turn_away(ref: str) -> ResponseReturnValue:
    """Somebody at the door who is not of this group."""
    with transaction():
        room = access.room_for(current_user.id, ref)
        knocking.turn_away(room, request.form.get("label", ""))
    return done(ref)


@bp.post("/rooms/<ref>/code")
def renew_code(ref: str) -> ResponseReturnValue:
    """A new code for the same room: everybody knocks again."""
    with transaction():
        room = access.room_for(current_user.id, ref)
        knocking.knock_again(room)
        audit.note(current_user.id, "code", room=room)
    return done(ref)


@bp.get("/rooms/<ref>/ending")
def ask_to_end(ref: str) -> ResponseReturnValue:
    """What ending deletes and what it keeps, and the button; for others, whose button it is."""
    room = access.room_for(current_user.id, ref)
    if not access.leads(current_user.id, room):
        return redirect(url_for("facilitator.leading.show", ref=ref), 303)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    return _ask_to_end(room)


@bp.post("/rooms/<ref>/ending")
def end(ref: str) -> ResponseReturnValue:
    with transaction():
        room = access.room_led_by(current_user.id, ref)
        if room.state in ("lobby", "live"):
            audit.note(current_user.id, "ended", room=room)
        ending.begin(room, number("seen"))
    finish_ending(room)
    return done(ref)


@bp.post("/rooms/<ref>/forgetting")
def forget(ref: str) -> ResponseReturnValue:
    with transaction():
        ending.forget(access.room_led_by(current_user.id, ref))
        audit.note(current_user.id, "forgot")  # which one it was has gone with it
    ending.forgotten(ref)
    if wants_json():
        return jsonify(ref=ref, state="forgotten")
    return redirect(url_for("facilitator.home.show"), 303)


# --- what the other views of a room share -----------------------------------------------------


def finish_ending(room: Room) -> None:
    """Bring a locked room to its end now; what cannot be done now is tried again by itself."""
    with suppress(Busy), drawing.in_language(rooms.settings_of(room).language):
        ending.finish(room.id, drawing.tell)


def console(room: Room, refusal: Refusal | None = None) -> str:
    """The console as the room is now; with the reason, where something was not done."""
    seen, drawn = drawing.page(room, "console")
    return render_template(
        "facilitator/room.html",
        room=seen.room,
        stage=seen,
        regions=drawn,
        refusal=refusal,
        has_key=keyring.has_live(room.ref),
        offered=asking.offered(),
        covered="cover" in session,
        notes=notes.notes_of(room, current_user.id),
    )


def done(ref: str) -> ResponseReturnValue:
    """The answer to a command: back to the console, or the room as it is now."""
    if wants_json():
        return jsonify(as_json(access.room_for(current_user.id, ref)))
    return redirect(url_for("facilitator.rooms.show", ref=ref), 303)


def moved_on(refusal: Conflict) -> ResponseReturnValue:
    """The answer to a command that does not fit the room as it is: the true state, and why."""
    room = access.room_for(current_user.id, (request.view_args or {})["ref"])
    if wants_json() or room.state not in ("lobby", "live"):
        return refusals.answer(refusal)
    page = (
        _ask_to_end(room, refusal)
        if request.endpoint == "facilitator.rooms.end"
        else console(room, refusal)
    )
    return make_response(page, refusal.status)


bp.register_error_handler(Conflict, moved_on)


def as_json(room: Room) -> dict[str, Any]:
    return {
        "ref": room.ref,
        "code": codes.shown(room.code) if room.code else None,
        "state": room.state,
        "entry": room.entry,
        "paused": room.is_paused,
        "k": rooms.settings_of(room).k,
        "rounds": [_round_as_json(round) for round in rooms.rounds_of(room)],
        "people": rooms.people(room) | {"here": presence.here(room.id)},
    }


def _count_in(room: Room) -> None:
    """Somebody who was asked in may have a seat on this very browser: they answer too."""
    seat = seats.token_of(request.cookies.get(seats.cookie_name(room.ref)))
    if not leading.is_counted(room, current_user.id, seat):
        with transaction():
            leading.count_in(access.room_for(current_user.id, room.ref), current_user.id, seat)


def number(name: str) -> int:
    """A whole number of the form. Raises Invalid, with the field."""
    text = request.form.get(name, "")
    digits = text.lstrip("0")
    # Python reads no number of thousands of digits, and no database keeps one of twenty.
    is_known = text.isascii() and text.isdigit() and len(digits) <= len(str(LARGEST))
    found = int(digits or "0") if is_known else LARGEST + 1
    if found > LARGEST:
        raise Invalid(say("A whole number is missing here."), name)
    return found


def _round_as_json(round: Round) -> dict[str, Any]:
    release = releases.release_of(round)
    return {
        "n": round.number,
        "kind": round.kind,
        "title": round.frame["title"],
        "state": round.state,
        "reveal": round.frame.get("reveal", "on_show"),
        "given": rounds.given(round),
        "release": {"state": release.state, "form": release.form} if release else None,
    }


def _ask_to_end(room: Room, refusal: Refusal | None = None) -> str:
    last = rooms.current_round(room)
    return render_template(
        "facilitator/end.html",
        room=room,
        refusal=refusal,
        seen=last.number if last else 0,
        open_title=last.frame["title"] if last and last.state == "open" else "",
        phones=presence.here(room.id),
        keep_days=rooms.settings_of(room).keep_days,
    )


def _audience() -> Audience:
    wanted = request.args.get("as", "console")
    for audience in get_args(Audience):
        if audience == wanted and audience != "participant":
            return audience  # type: ignore[no-any-return]
    raise Invalid(field="as")


def _have() -> Mapping[str, int]:
    """`now:3,counts:1` as versions by region. Raises Invalid."""
    have = {}
    known = {region for regions in REGIONS.values() for region in regions}
    for part in filter(None, request.args.get("have", "").split(",")):
        region, _, version = part.partition(":")
        if region not in known or not version.isascii() or not version.isdigit():
            raise Invalid(field="have")
        have[region] = int(version[:18])
    return have


def _wait() -> float:
    text = request.args.get("wait", "0")
    if not text.isascii() or not text.isdigit():
        raise Invalid(field="wait")
    return min(int(text[:6]), LONGEST_WAIT)
