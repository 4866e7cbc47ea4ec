"""Who may sign in here: for the owner of the server. They invite, shut out and let in again.

A link that lets somebody in is on the page that answers its making, and never again: only its
fingerprint is kept.
"""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from attune import access, accounts, audit, ending, invitations, leading, resets, second_step
from attune.app import path_for, settings
from attune.db import transaction
from attune.errors import Invalid
from attune.models import Facilitator, Invitation
from attune.refusals import wants_json
from facilitator.resets import link_of as reset_link
from facilitator.rooms import finish_ending

PERSON = "/people/<int(max=2147483647):facilitator_id>"
INVITATION = "/invitations/<int(max=2147483647):invitation_id>"

bp = Blueprint("people", __name__)


bp.app_template_filter("day")(lambda day: format_date(day, "long"))


@bp.get("/people")
def show() -> ResponseReturnValue:
    """Everybody who has an account, and the links that are open."""
    access.owner(current_user.id)
    return _page()


@bp.get("/audit")
def show_audit() -> ResponseReturnValue:
    """What facilitators did, day by day, for the owner. Which rooms it was about is not said."""
    access.owner(current_user.id)
    return render_template("facilitator/audit.html", lines=audit.everything())


@bp.post("/invitations")
def invite() -> ResponseReturnValue:
    """Make a link that lets one person make an account."""
    try:
        with transaction():
            owner = access.owner(current_user.id)
            made, token = invitations.make(owner, None, request.form.get("name", ""))
            audit.note(owner.id, "invited")
    except Invalid as problem:
        if wants_json():
            raise
        return _page(problem), problem.status
    return (
        jsonify(as_json(made, token))
        if wants_json()
        else _page(made=made, link_made=link_of(token))
    )


@bp.post(f"{INVITATION}/delete")
def take_back(invitation_id: int) -> ResponseReturnValue:
    with transaction():
        access.owner(current_user.id)
        invitations.take_back(None, invitation_id)
    return _done()


@bp.post(f"{PERSON}/disabling")
def shut_out(facilitator_id: int) -> ResponseReturnValue:
    """Shut somebody out: at their next request, and from every open page within a second."""
    with transaction():
        accounts.shut_out(access.owner(current_user.id), facilitator_id)
        audit.note(current_user.id, "shut-out", whom=facilitator_id)
    return _done()


@bp.post(f"{PERSON}/disabling/delete")
def let_in_again(facilitator_id: int) -> ResponseReturnValue:
    with transaction():
        access.owner(current_user.id)
        accounts.let_in_again(facilitator_id)
        audit.note(current_user.id, "let-in", whom=facilitator_id)
    return _done()


@bp.post(f"{PERSON}/resets")
def make_reset(facilitator_id: int) -> ResponseReturnValue:
    """Make a link with which they choose a new password."""
    without = request.form.get("without_second_step") == "yes"
    with transaction():
        owner = access.owner(current_user.id)
        token = resets.make(owner, facilitator_id, without_second_step=without)
        person = accounts.facilitator(facilitator_id)
        audit.note(owner.id, "reset-made", whom=person.id)
    link = reset_link(token)
    return jsonify(link=link) if wants_json() else _page(reset_for=person, link_made=link)


@bp.post(f"{PERSON}/endings")
def end_left_alone(facilitator_id: int) -> ResponseReturnValue:
    """End the rooms that nobody can lead since they were shut out; nobody looks into them."""
    with transaction():
        access.owner(current_user.id)
        alone = ending.begin_left_alone(accounts.known(facilitator_id))
        if alone:
            audit.note(current_user.id, "ended-alone", whom=facilitator_id)
    for room in alone:
        finish_ending(room)
    return _done()


def link_of(token: str) -> str:
    """The whole address: it is sent to somebody, so it cannot come from this request."""
    return settings().public_url + path_for("facilitator.invitations.show", token=token)


def as_json(made: Invitation, token: str) -> dict[str, object]:
    return {"id": made.id, "link": link_of(token), "until": made.until}


def _done() -> ResponseReturnValue:
    if wants_json():
        return jsonify(ok=True)
    return redirect(url_for("facilitator.people.show"), 303)


def _page(
    problem: Invalid | None = None,
    made: Invitation | None = None,
    *,
    reset_for: Facilitator | None = None,
    link_made: str = "",
) -> str:
    return render_template(
        "facilitator/people.html",
        people=[
            (person, len(leading.left_alone(person)), second_step.is_on(person))
            for person in accounts.everybody()
        ],
        links=[(one, invitations.hours_left(one)) for one in invitations.open_ones(None)],
        made=made or reset_for,
        link_made=link_made,
        is_reset=reset_for is not None,
        problem=problem,
        name=request.form.get("name", "") if problem else "",
    )
