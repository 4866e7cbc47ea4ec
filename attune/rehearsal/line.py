"""One connection over the real socket, as docs/protocol.md has it: what a page's script does.

A thread of its own reads. Nobody else may receive from the socket, or a message is lost.
"""

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import websocket

SECONDS = 15  # until a reply has to be there
PING, PONG, CONNECT, REFUSED, EVENT, ACK = "2", "3", "40", "44", "42", "43"


class NotLetIn(Exception):
    """The server did not take the connection; the message is the protocol's word for why."""


class Told(NamedTuple):
    """What an event was answered with, and how many seconds that took. None: nothing came."""

    reply: Any
    seconds: float


class Line:
    """One page's connection. `regions` holds the newest of each that came, by name."""

    def __init__(
        self, url: str, *, auth: Mapping[str, Any], cookies: Mapping[str, str | None]
    ) -> None:
        self.regions: dict[str, dict[str, Any]] = {}
        self.why_gone = ""
        self.is_over = False
        self._news = threading.Condition()
        self._heard = 0
        self._greeting: str | None = None
        self._replies: dict[int, tuple[Any, float]] = {}
        self._numbers = itertools.count(1)
        self._socket = websocket.create_connection(
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket",
            origin=url,
            cookie="; ".join(f"{name}={value}" for name, value in cookies.items()),
            timeout=SECONDS,
            http_no_proxy=["*"],
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._greets(auth)

    def asks(self, event: str, payload: Mapping[str, Any]) -> Told:
        """Send an event, and wait for what it is told."""
        number, begun = next(self._numbers), time.monotonic()
        with suppress(OSError, websocket.WebSocketException):
            self._socket.send(f"{EVENT}{number}{json.dumps([event, payload])}")
        self._until(lambda: number in self._replies)
        reply, came = self._replies.pop(number, (None, time.monotonic()))
        return Told(reply, came - begun)

    def shows(self, region: str, text: str = "") -> bool:
        return region in self.regions and text in self.regions[region]["html"]

    def waits_for(self, region: str, text: str = "", seconds: float = SECONDS) -> bool:
        """Wait until a region shows this; whether it does."""
        self._until(lambda: self.shows(region, text), seconds)
        return self.shows(region, text)

    def waits(self, heard: int, seconds: float | None) -> int:
        """Wait until more than this was heard, for so long at most; how much has been heard."""
        self._until(lambda: self._heard > heard, seconds)
        return self._heard

    def closes(self) -> None:
        # Not `close`, which waits for a farewell that the reader would get.
        with suppress(OSError):
            if self._socket.sock:
                self._socket.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(SECONDS)
        self._socket.shutdown()  # type: ignore[no-untyped-call]

    def takes(self, regions: list[dict[str, Any]]) -> None:
        """New pictures of regions have come; never one that is older than what is there."""
        for one in regions:
            there = self.regions.get(one["id"])
            if there is None or there["v"] <= one["v"]:
                self.regions[one["id"]] = one

    def _greets(self, auth: Mapping[str, Any]) -> None:
        self._socket.send(CONNECT + json.dumps(auth))
        self._until(lambda: self._greeting is not None)
        greeting = self._greeting
        if greeting is None or greeting.startswith(REFUSED):
            self.closes()
            raise NotLetIn(json.loads(greeting[2:])["data"]["code"] if greeting else "busy")

    def _until(self, condition: Callable[[], bool], seconds: float | None = SECONDS) -> None:
        with self._news:
            self._news.wait_for(lambda: self.is_over or condition(), seconds)

    def _read(self) -> None:
        try:
            while frame := self._socket.recv():
                if frame == PING:
                    self._socket.send(PONG)
                    continue
                with self._news:
                    self._take(str(frame))
                    self._heard += 1
                    self._news.notify_all()
        except (OSError, websocket.WebSocketException):
            pass
        finally:
            with self._news:
                self.is_over = True
                self._news.notify_all()

    def _take(self, frame: str) -> None:
        if frame.startswith((CONNECT, REFUSED)):
            self._greeting = frame
        elif frame.startswith(EVENT):
            name, data = json.loads(frame[2:])
            if name == "regions":
                self.takes(data)
            elif name == "gone":
                self.why_gone = data["why"]
        elif frame.startswith(ACK):
            number, _, body = frame[2:].partition("[")
            (reply,) = json.loads("[" + body)
            self._replies[int(number)] = reply, time.monotonic()
