"""Who leads a room: its page, asking others in, handing over, sending away.

What only the lead may do asks `access.room_led_by`, and nothing else asks it differently.
"""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, accounts, audit, invitations, leading
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Invitation, Room
from attune.refusals import wants_json
from facilitator.people import as_json, link_of
from facilitator.rooms import as_json as room_as_json
from facilitator.rooms import number

ROOM = "/rooms/<ref>"

bp = Blueprint("leading", __name__)


@bp.get(f"{ROOM}/facilitators")
def show(ref: str) -> ResponseReturnValue:
    """Who leads the room and who watches over it; for the lead, what can be done about it."""
    return _page(access.room_for(current_user.id, ref))


@bp.post(f"{ROOM}/facilitators")
def ask_in(ref: str) -> ResponseReturnValue:
    """Let another facilitator of this server watch over the room."""
    try:
        with transaction():
            room = access.room_led_by(current_user.id, ref)
            leading.ask_in(room, to := number("facilitator"))
            audit.note(current_user.id, "asked-in", room=room, whom=to)
    except Invalid as problem:
        return _said(problem, ref)
    return _done(ref)


@bp.post(f"{ROOM}/facilitators/<int(max=2147483647):facilitator_id>/delete")
def send_away(ref: str, facilitator_id: int) -> ResponseReturnValue:
    """The lead sends somebody away who watches over it; anybody leaves by themselves."""
    is_me = facilitator_id == current_user.id
    try:
        with transaction():
            room = (access.room_for if is_me else access.room_led_by)(current_user.id, ref)
            if any(one.id == facilitator_id for one in leading.team(room)):
                verb: audit.Verb = "left" if is_me else "sent-away"
                audit.note(current_user.id, verb, room=room, whom=facilitator_id)
            leading.send_away(room, facilitator_id)
    except Invalid as problem:
        return _said(problem, ref)
    if not is_me:
        return _done(ref)
    if wants_json():
        return jsonify(ok=True)
    return redirect(url_for("facilitator.home.show"), 303)


@bp.post(f"{ROOM}/leading")
def hand_over(ref: str) -> ResponseReturnValue:
    """The one of `to` leads from now on, and who led watches over the room."""
    try:
        with transaction():
            access.room_for(current_user.id, ref)
            room = access.room_handed_to(current_user.id, ref, to := number("to"))
            leading.hand_over(room, to)
            audit.note(current_user.id, "handed-over", room=room, whom=to)
    except Invalid as problem:
        return _said(problem, ref)
    return _done(ref)


@bp.post(f"{ROOM}/invitations")
def invite(ref: str) -> ResponseReturnValue:
    """Make a link that lets one facilitator, once signed in, watch over the room."""
    try:
        with transaction():
            room = access.room_led_by(current_user.id, ref)
            me = accounts.facilitator(current_user.id)
            made, token = invitations.make(me, room, request.form.get("name", ""))
            audit.note(me.id, "link", room=room)
    except Invalid as problem:
        return _said(problem, ref)
    return jsonify(as_json(made, token)) if wants_json() else _page(room, made=made, token=token)


@bp.post(f"{ROOM}/invitations/<int(max=2147483647):invitation_id>/delete")
def take_back(ref: str, invitation_id: int) -> ResponseReturnValue:
    with transaction():
        invitations.take_back(access.room_led_by(current_user.id, ref), invitation_id)
    return _done(ref)


def _done(ref: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(room_as_json(access.room_for(current_user.id, ref)))
    return redirect(url_for("facilitator.leading.show", ref=ref), 303)


def _said(problem: Invalid, ref: str) -> ResponseReturnValue:
    """The page again, with what is wrong."""
    if wants_json():
        raise problem
    return _page(access.room_for(current_user.id, ref), problem), problem.status


def _page(
    room: Room, problem: Invalid | None = None, made: Invitation | None = None, token: str = ""
) -> str:
    mine = access.leads(current_user.id, room)
    return render_template(
        "facilitator/leading.html",
        room=room,
        leads=mine,
        team=leading.team(room),
        others=leading.who_could_be_asked(room) if mine else [],
        links=[
            (one, invitations.hours_left(one))
            for one in (invitations.open_ones(room) if mine else ())
        ],
        lines=audit.of_room(room) if mine else [],
        made=made,
        link_made=link_of(token) if token else "",
        problem=problem,
        name=request.form.get("name", "") if problem else "",
    )
