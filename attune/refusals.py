"""Says no, in one place: each refusal becomes a status with a page, or JSON for a program.

What is shown is the refusal's own message. Of what went wrong inside, nothing is shown and only
the type is logged.
"""

from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from attune import drawing, logs
from attune.errors import Busy, Invalid, NotYours, Refusal, TooFast, TooLarge
from attune.i18n import Message, say

LAST_RESORT = "<!DOCTYPE html><html lang=en><title>Attune</title><h1>Something went wrong here</h1>"
RETRY_SECONDS = {429: 10, 503: 2}


class PageTooOld(Invalid):
    status = 400
    default = say("This page was open for too long, so nothing was done. Load it again.")


class NotDone(Invalid):
    """The request makes no sense as it is: another method, or something malformed."""

    status = 400


class NoSuchAct(Invalid):
    status = 405
    default = say("That cannot be done here. Go back to the page you came from.")


class Broken(Busy):
    """A fault of ours. The page may try again with the same words."""

    status = 500
    default = say("Something went wrong on our side. Nothing you did caused it. Try again.")


_OF_STATUS: dict[int, type[Refusal]] = {
    404: NotYours,
    405: NoSuchAct,
    413: TooLarge,
    429: TooFast,
    503: Busy,
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(CSRFError, lambda _: answer(PageTooOld()))
    app.register_error_handler(HTTPException, _http)
    for fault in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(fault, _database)
    app.register_error_handler(Exception, _broken)


def wants_json() -> bool:
    """Whether whoever asks prefers JSON to a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or request.is_json


def as_json(refusal: Refusal) -> dict[str, Any]:
    """The refusal as sockets and programs are told it."""
    error = {"code": refusal.code, "message": _said(refusal.message), "field": refusal.field}
    return {"error": error}


def answer(refusal: Refusal) -> ResponseReturnValue:
    """The refusal as the reply to this request."""
    response = jsonify(as_json(refusal)) if wants_json() else _page(refusal)
    response.status_code = refusal.status
    if refusal.status in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[refusal.status])
    return response


def of_language() -> dict[str, str]:
    """What `<html lang dir>` says."""
    locale = get_locale()
    if locale is None:
        return {"language": "en", "direction": "ltr"}
    return {"language": str(locale).replace("_", "-"), "direction": locale.text_direction}


def _page(refusal: Refusal) -> Response:
    return _drawn("errors/refused.html", message=refusal.message, status=refusal.status)


def _drawn(name: str, **values: Any) -> Response:
    """A page that asks neither the session nor the database who is looking: they may be broken."""
    try:
        template = current_app.jinja_env.get_template(name)
        of_participants = not (request.blueprint or "").startswith("facilitator")
        page = template.render(**of_language(), of_participants=of_participants, **values)
        return make_response(page)
    except Exception as error:  # noqa: BLE001  # the page that says so must not fail itself
        logs.failed("error page", error)
        return make_response(LAST_RESORT)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # noqa: PLR2004  # a redirect, or a reply of its own
        return error
    refusal = _OF_STATUS.get(error.code, Broken if error.code >= 500 else NotDone)()  # noqa: PLR2004
    return answer(refusal)


def _database(error: Exception) -> ResponseReturnValue:
    """Locked, full or gone: nothing was kept, and it may work in a moment."""
    logs.failed("database", error)
    return answer(Busy())


def _broken(error: Exception) -> ResponseReturnValue:
    logs.failed("request", error)
    if wants_json():
        return answer(Broken())
    response = _drawn("errors/failed.html")
    response.status_code = Broken.status
    return response


def _said(message: Message) -> str:
    return drawing.tell(message)
