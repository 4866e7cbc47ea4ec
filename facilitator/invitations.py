"""Opening a link that somebody was given: to make an account here, or to watch over a room.

Opening it changes nothing, since programs that show a preview open links too; the button uses it
up. A stranger may try, but not often: what fails is counted by address.
"""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, accounts, audit, invitations, rooms, seats
from attune.db import db, transaction
from attune.errors import Invalid, NotYours, Refusal, TooFast
from attune.i18n import say
from attune.models import Invitation, Room
from attune.security import Failures
from facilitator.door import open_to_all
from facilitator.rooms import done
from facilitator.signing_in import begin, said

TOO_OFTEN = say("Too many tries for now. Wait ten minutes.")

# A link is for one account: it is no way to ask about many addresses of mail.
failed_links = Failures("10/10minutes", of_address="40/10minutes")

bp = Blueprint("invitations", __name__)


@bp.get("/invitations/<token>")
@open_to_all
def show(token: str) -> ResponseReturnValue:
    """What the link leads to. One to a room has the person sign in first, and come back."""
    room = _room(_found(token))
    if room is None:
        return _account_page(token)
    if not current_user.is_authenticated:
        back = url_for("facilitator.invitations.show", token=token)
        return redirect(url_for("facilitator.signing_in.ask", next=back), 303)
    return render_template(
        "facilitator/invited.html",
        token=token,
        room=room,
        leader=rooms.leader_of(room),
        is_inside=room in access.rooms_of(current_user.id),
    )


@bp.post("/invitations/<token>")
@open_to_all
def accept(token: str) -> ResponseReturnValue:
    """Use the link up."""
    return _watch_over(token) if _room(_found(token)) else _make_account(token)


def _watch_over(token: str) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        raise NotYours
    with transaction():
        ref = invitations.find_room(token).ref
        seat = seats.token_of(request.cookies.get(seats.cookie_name(ref)))
        me = accounts.facilitator(current_user.id)
        audit.note(me.id, "entered", room=invitations.watch_over(token, me, seat))
    return done(ref)


def _make_account(token: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        # They have an account; the page says so, and the link stays good for somebody else.
        return redirect(url_for("facilitator.invitations.show", token=token), 303)
    page = partial(_account_page, token)
    try:
        with failed_links.counted(token):
            password = accounts.hashed(request.form.get("password", ""))
            with transaction():
                facilitator = invitations.make_account(
                    token, request.form.get("name", ""), request.form.get("email", ""), password
                )
                audit.note(facilitator.id, "came")
    except TooFast:
        return said(TooFast(TOO_OFTEN), page)
    except Invalid as problem:
        return said(problem, page)
    begin(facilitator)
    return redirect(url_for("facilitator.home.show"), 303)


def _found(token: str) -> Invitation:
    """Raises NotYours, and TooFast for an address that guesses."""
    with failed_links.counted():
        return invitations.find(token)


def _room(invitation: Invitation) -> Room | None:
    return db.session.get(Room, invitation.room_id) if invitation.room_id else None


def _account_page(token: str, problem: Refusal | None = None) -> str:
    return render_template(
        "facilitator/join_in.html",
        problem=problem,
        token=token,
        name=request.form.get("name", ""),
        email=request.form.get("email", ""),
        least=accounts.SHORTEST_PASSWORD,
    )
