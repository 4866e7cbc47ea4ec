"""What may come over the wire: whose handshake is taken, and which frames reach a handler.

Stock Socket.IO answers nonsense with an exception in the log, or worse: a client that sends the
event `disconnect` runs the server's own handler. So every frame is read here first. What is not
a frame of the protocol goes on as the event `REFUSED`, which is told so like any other mistake.
"""

import json
import math
import re
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import eventlet
from engineio.async_drivers import eventlet as driver
from eventlet.websocket import FailedConnectionError
from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/socket.io/"
LARGEST_MESSAGE = 16 * 1024  # characters; more is refused
LARGEST_FRAME = 64 * 1024  # bytes; more ends the connection
DEEPEST = 32
LONGEST_NUMBER = 32  # digits
CONNECT_SECONDS = 10  # to say who you are, or to go
WINDOW_SECONDS = 10
MOST_FRAMES = 200  # in that time: a page sends some ten
MOST_REFUSED = 20

REFUSED = "?"
EVENTS = ("answer", "take_back", "resonate", "clock", "mine", "signal", "withdraw", "away")

_EVENT = re.compile(r"42(\d{0,9})(.*)", re.DOTALL)


def guard(app: Flask, server: Any, origins: Sequence[str]) -> None:
    """Stand before the socket's server: at its handshake, and at every frame after it."""
    app.wsgi_app = Door(app.wsgi_app, origins)  # type: ignore[method-assign]
    # The one place where a server says what a websocket is; no module is patched.
    server.eio._async = {  # noqa: SLF001
        **server.eio._async,  # noqa: SLF001
        "websocket": lambda handler, _: _Websocket(handler, server),
    }


class Door:
    """Takes a handshake from our own pages only. `X-Forwarded-…` is not asked."""

    def __init__(self, app: "WSGIApplication", origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PATH.rstrip("/")):
            return self._app(environ, start_response)
        # Browsers always send an Origin with a websocket: without one it is no page.
        if environ.get("HTTP_ORIGIN", "").lower() not in self._origins:
            return _refuse(start_response, "403 Forbidden", "not_yours")
        if path != PATH or not _asks_for_a_websocket(environ):
            return _refuse(start_response, "400 Bad Request", "invalid")
        return self._app(environ, start_response)


def _asks_for_a_websocket(environ: "WSGIEnvironment") -> bool:
    query = set(environ.get("QUERY_STRING", "").split("&"))
    return (
        environ.get("REQUEST_METHOD") == "GET"
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and "HTTP_SEC_WEBSOCKET_KEY" in environ
        and {"EIO=4", "transport=websocket"} <= query
        and not any(one.startswith(("sid=", "j=")) for one in query)
    )


def _refuse(start_response: "StartResponse", status: str, code: str) -> list[bytes]:
    body = Json.dumps({"error": {"code": code, "message": "", "field": ""}}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


class Json:
    """The one way in which anything is written to, or read from, the wire."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        return _encoder.encode(value)

    @staticmethod
    def loads(text: str | bytes, **_: object) -> Any:
        """Raises ValueError for what JSON has no word for, what is too deep, and half characters.

        Either would be found only when it is stored, and would take others' answers with it.
        """
        if not isinstance(text, str):
            text = text.decode()
        try:
            value = _decoder.decode(text)
        except RecursionError:
            raise ValueError("too deep") from None
        _require_shallow(value, DEEPEST)
        if "\\u" in text:
            _encoder.encode(value).encode()  # UnicodeEncodeError is a ValueError
        return value


def _require_shallow(value: object, left: int) -> None:
    if isinstance(value, dict | list):
        if not left:
            raise ValueError("too deep")
        for inner in value.values() if isinstance(value, dict) else value:
            _require_shallow(inner, left - 1)


def _no_constant(_: str) -> None:
    raise ValueError("not a number")


def _finite(text: str) -> float:
    number = float(text)
    if len(text) > LONGEST_NUMBER or not math.isfinite(number):
        raise ValueError("not a number for us")
    return number


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("too long")
    return int(text)


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, parse_int=_whole)


class Patience:
    """Bears so much within ten seconds. It counts; it does not remember when."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._since = time.monotonic()

    def bears_one_more(self) -> bool:
        now = time.monotonic()
        if now > self._since + WINDOW_SECONDS:
            self._count, self._since = 0, now
        self._count += 1
        return self._count <= self._most


class _Websocket(driver.WebSocketWSGI):  # type: ignore[misc]
    """The library's websocket, whose handler sees frames of the protocol only."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(lambda ws: handler(Frames(ws, handler.__self__, server)), server.eio)
        self.max_frame_length = LARGEST_FRAME
        self.support_legacy_versions = False

    def _negotiate_permessage_deflate(self, _: object) -> None:
        """Every push would be compressed once for each phone, and phones are many."""


class Frames:
    """What comes in over one connection. `wait` returns None when it is over."""

    def __init__(self, ws: Any, engine: Any, server: Any) -> None:
        self._ws, self._engine, self._server = ws, engine, server
        self.socket = ws.socket  # the library sets its timeout
        self.send, self.close = ws.send, ws.close
        self._frames, self._refused = Patience(MOST_FRAMES), Patience(MOST_REFUSED)
        self._leaving = False
        ws._recv_frame = _bounded(ws)  # noqa: SLF001  # it asks itself for the next one
        eventlet.spawn_after(CONNECT_SECONDS, self._expect_to_know_them)

    def wait(self) -> str | None:
        while not self._leaving:
            frame = self._ws.wait()
            if frame is None or self._engine.closed or not self._frames.bears_one_more():
                return None
            read = self._read(frame) if isinstance(frame, str) else None
            if read is not None:
                return read
            if not self._refused.bears_one_more():
                return None
        return None

    def _read(self, frame: str) -> str | None:
        """The frame, the refusal it becomes, or None when there is nobody to tell."""
        if frame in ("1", "3"):  # close; the answer to a ping
            return frame
        if not self._is_connected:
            return _as_connect(frame) if frame.startswith("40") else None
        if frame == "41":
            self._leaving = True
            return frame
        found = _EVENT.fullmatch(frame)
        return self._as_event(frame, *found.groups()) if found else None

    def _as_event(self, frame: str, number: str, body: str) -> str | None:
        problem = "too_large" if len(frame) > LARGEST_MESSAGE else _problem(body)
        if not problem:
            return frame
        if not number or not self._refused.bears_one_more():
            return None
        return f'42{number}["{REFUSED}","{problem}"]'

    @property
    def _is_connected(self) -> bool:
        return self._server.manager.sid_from_eio_sid(self._engine.sid, "/") is not None

    def _expect_to_know_them(self) -> None:
        if not self._engine.closed and not self._is_connected:
            self._engine.close(wait=False, abort=True)


def _as_connect(frame: str) -> str | None:
    """A CONNECT to the one namespace; without an `auth` where that is nonsense."""
    if frame[2:3] == "/":
        return None
    # A digit would be read as the packet's number, and what is left of it as JSON.
    if frame[2:3] != "{" or len(frame) > LARGEST_MESSAGE:
        return "40"
    try:
        Json.loads(frame[2:])
    except ValueError:
        return "40"
    return frame


def _problem(body: str) -> str:
    """Why this is no event of the protocol; empty when it is one."""
    try:
        sent = Json.loads(body)
    except ValueError:
        return "invalid"
    known = isinstance(sent, list) and sent and isinstance(sent[0], str) and sent[0] in EVENTS
    return "" if known else "invalid"


def _bounded(ws: Any) -> Any:
    """A message in many pieces is bound as a whole too, which the library leaves out."""
    receive = ws._recv_frame  # noqa: SLF001

    def bounded(message: Any = None) -> Any:
        received = receive(message=message)
        if sum(map(len, received.data)) > LARGEST_FRAME:
            raise FailedConnectionError(1009, "Too long.")
        return received

    return bounded
