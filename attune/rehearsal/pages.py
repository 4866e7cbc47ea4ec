"""The page that shows console, screen and phone side by side. Only a rehearsal's server has it.

There alone pages of ours may stand in frames of ours; everywhere else nothing may frame them. And
its session has a cookie of another name: browsers keep one jar for all ports of a host, and a
rehearsal must not sign anybody out of the Attune beside it.
"""

import hmac
import secrets
from dataclasses import dataclass, field

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user
from werkzeug import Response

from attune import accounts, security, sign_ins
from attune.app import settings
from attune.db import transaction
from attune.errors import NotYours
from attune.i18n import say

NAME = "rehearsal"
USED = say("This address works once, and in one browser. Start another rehearsal for a new one.")

bp = Blueprint(NAME, __name__, template_folder="templates")


@dataclass
class Rehearsed:
    """The one room of a rehearsal, and the key that signs whoever has it in, once."""

    people: int
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lead: int = 0
    ref: str = ""
    code: str = ""
    need: int = 0

    @property
    def path(self) -> str:
        return f"/{NAME}?key={self.key}"


def attach(app: Flask, people: int) -> Rehearsed:
    """Give the application this page; the room is named once there is one."""
    rehearsed = Rehearsed(people)
    app.extensions[NAME] = rehearsed
    app.config["SESSION_COOKIE_NAME"] = f"attune-{NAME}"
    app.register_blueprint(bp)
    app.after_request(_let_frames)
    return rehearsed


@bp.get(f"/{NAME}")
def show() -> ResponseReturnValue:
    """With the key: sign in, and come back without it. Raises NotYours to all others."""
    rehearsed = _rehearsed()
    if "key" in request.args:
        if not current_user.is_authenticated:
            _sign_in(rehearsed, request.args["key"])
        return redirect(address_of(".show"), 303)
    if not current_user.is_authenticated:
        raise NotYours(USED)
    g.language = current_user.locale
    return render_template("rehearsal/page.html", rehearsed=rehearsed)


def _sign_in(rehearsed: Rehearsed, key: str) -> None:
    if not rehearsed.key or not hmac.compare_digest(key.encode(), rehearsed.key.encode()):
        raise NotYours(USED)
    rehearsed.key = ""
    with transaction():
        mine = sign_ins.begin(accounts.facilitator(rehearsed.lead))
    session.clear()
    login_user(mine, remember=False)


def _rehearsed() -> Rehearsed:
    rehearsed: Rehearsed = current_app.extensions[NAME]
    return rehearsed


def _let_frames(response: Response) -> Response:
    for name, value in security.headers(settings(), in_frames=True):
        response.headers.setdefault(name, value)
    return response
