"""Who comes in: everything on this side is closed unless a view says `open_to_all`.

A stranger who opens a page is led to the sign-in page and back to where they were going; any
other request of theirs hears that there is nothing here. Never lead anywhere but to a page of
this side: an address that somebody else wrote is not a place to send a person who just signed in.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from attune.errors import NotYours
from attune.i18n import OF_FACILITATORS
from attune.refusals import wants_json

View = TypeVar("View", bound=Callable[..., object])

SIDE = "facilitator."


def open_to_all(view: View) -> View:
    """Let strangers reach this view: the few pages one needs before signing in."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def require_facilitator() -> ResponseReturnValue | None:
    """Stand before every request of this side, nested blueprints included."""
    g.language = getattr(current_user, "locale", OF_FACILITATORS)
    view = current_app.view_functions.get(request.endpoint or "")
    if current_user.is_authenticated or getattr(view, "open_to_all", False):
        return None
    if request.method in ("GET", "HEAD") and not wants_json():
        going_to = request.full_path if request.query_string else request.path
        return redirect(url_for("facilitator.signing_in.ask", next=going_to), 303)
    raise NotYours


def way_back(wanted: str) -> str:
    """The page of this side that was asked for before signing in, or the home page."""
    return wanted if _is_own_page(wanted) else url_for("facilitator.home.show")


def _is_own_page(wanted: str) -> bool:
    # Browsers read "//", "/\" and "/<tab>/" as the start of another host.
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return False
    if not wanted.isascii() or not wanted.isprintable() or " " in wanted:
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(wanted).path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return False
    return bool(endpoint.startswith(SIDE)) and not endpoint.startswith(f"{SIDE}signing_in.")
