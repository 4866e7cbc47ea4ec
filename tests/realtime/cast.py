"""People at a real server: a facilitator at the console, and phones with a socket.

The socket is spoken by hand, frame by frame, since the tests have to see every byte that comes
and to send what no library would.
"""

import contextlib
import itertools
import json
import queue
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import websocket
from sqlalchemy.orm import Session

from attune.codes import normal
from attune.frame import Frame
from attune.models import Facilitator, Plan, Step
from attune.rehearsal.line import Line
from tests.facilitator.visitor import Visitor
from tests.house import CHOICE, Prompt
from tests.servers import AttuneServer, until

SECONDS = 15
PING, PONG, CONNECTED, REFUSED, EVENT, ACK = "2", "3", "40", "44", "42", "43"


_open: list["Socket | Line | Visitor"] = []


def opened(one: "Socket | Line | Visitor") -> None:
    """To be closed when everybody leaves."""
    _open.append(one)


def everybody_leaves() -> None:
    """Close what a test has opened."""
    while _open:
        one = _open.pop()
        if isinstance(one, Socket | Line):
            one.closes()
        else:
            one.session.close()


class Refused(Exception):
    """The server did not take the connection; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Socket:
    """One connection. `regions` holds the newest of each that came, `frames` all that did."""

    def __init__(
        self,
        url: str,
        *,
        auth: object = None,
        cookies: Mapping[str, str | None] | None = None,
        origin: str | None = "",
        headers: Sequence[str] = (),
        connects: bool = True,
    ) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        self.ws = websocket.create_connection(
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket",
            origin=url if origin == "" else origin,
            suppress_origin=origin is None,
            cookie=cookie or None,
            header=list(headers),
            timeout=SECONDS,
        )
        opened(self)
        self.frames: list[str] = []
        self.regions: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, Any]] = []
        self.is_closed = False
        self._acks: dict[int, Any] = {}
        self._ids = itertools.count(1)
        self._greeting: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if connects:
            self.connects(auth)

    def connects(self, auth: object) -> None:
        self.sends(CONNECTED + ("" if auth is None else json.dumps(auth)))
        answer = self._greeting.get(timeout=SECONDS)
        if answer.startswith(REFUSED):
            raise Refused(json.loads(answer[2:])["data"]["code"])

    def sends(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.ws.send_binary(frame)
        else:
            self.ws.send(frame)

    def asks(self, event: str, *payload: object, seconds: float = SECONDS) -> Any:
        """Send an event and wait for what it is told."""
        return self.asks_for(json.dumps([event, *payload]), seconds)

    def asks_for(self, body: str, seconds: float = SECONDS) -> Any:
        number = next(self._ids)
        self.sends(f"{EVENT}{number}{body}")
        return self.hears(number, seconds)

    def hears(self, number: int, seconds: float = SECONDS) -> Any:
        until(lambda: number in self._acks or self.is_closed, seconds, f"the reply {number}")
        return self._acks.get(number)

    @property
    def heard(self) -> int:
        """How many replies came."""
        return len(self._acks)

    def shows(self, region: str, text: str = "", *, v: int = 0) -> bool:
        found = self.regions.get(region)
        return bool(found and text in found["html"] and found["v"] >= v)

    @property
    def gone(self) -> str:
        """Why it was sent away; empty while it was not."""
        return next((data["why"] for name, data in self.events if name == "gone"), "")

    def closes(self) -> None:
        # Not `close`, which waits for a farewell that the reader in its thread would get.
        if self.ws.sock:
            with contextlib.suppress(OSError):
                self.ws.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(SECONDS)
        self.ws.shutdown()  # type: ignore[no-untyped-call]

    def _read(self) -> None:
        try:
            while frame := self.ws.recv():
                self._take(str(frame))
        except (OSError, websocket.WebSocketException):
            pass
        finally:
            self.is_closed = True

    def _take(self, frame: str) -> None:
        if frame == PING:
            self.ws.send(PONG)
            return
        self.frames.append(frame)
        if frame.startswith((CONNECTED, REFUSED)):
            self._greeting.put(frame)
        elif frame.startswith(EVENT):
            name, data = json.loads(frame[2:])
            self.events.append((name, data))
            if name == "regions":
                for one in data:
                    before = self.regions.get(one["id"])
                    assert before is None or before["v"] <= one["v"], "older after newer"
                    self.regions[one["id"]] = one
        elif frame.startswith(ACK):
            number, _, body = frame[2:].partition("[")
            (self._acks[int(number)],) = json.loads("[" + body)


class Phone(Visitor):
    """Somebody in a room, by the real join page, with as many sockets as they open."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        opened(self)

    def joins(self, code: str) -> "Phone":
        code = normal(code)
        reply = self.sends("/join", page=f"/join/{code}", code=code, consent="yes")
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].rpartition("/r/")[2]
        return self

    def connects(self, **more: Any) -> Socket:
        auth = {"as": "participant", "room": self.ref, "have": {}} | more.pop("auth", {})
        return Socket(self.url, auth=auth, cookies=self.cookies, **more)

    def leaves(self) -> None:
        self.sends(f"/r/{self.ref}/seat/delete", page=f"/r/{self.ref}")


class Lead(Visitor):
    """A facilitator who is signed in, and one room of theirs."""

    def __init__(self, server: AttuneServer) -> None:
        super().__init__(server.url)
        opened(self)
        self.server = server
        self.ref = self.code = ""
        self.email = f"lead-{secrets.token_hex(4)}@example.org"
        if "Jo Marsh" not in self._names():
            self.sets_up(server.setup_link(), email=self.email)
        else:
            self._adds_an_account()
        assert self.signs_in(self.email).status_code == 303

    def opens(  # type: ignore[override]
        self, *prompts: Prompt, entry: str = "open", k: int = 4, **settings: Any
    ) -> "Lead":
        """Open a room of a plan with these steps."""
        plan, self.steps = self._plan(prompts or (CHOICE,), {"k": k, **settings})
        reply = self.sends(
            f"/plans/{plan}/rooms", page="/plans", title="Tuesday group", entry=entry
        )
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].rpartition("/rooms/")[2]
        self.code = self.sees()["code"]
        return self

    def sees(self) -> Any:
        return self.session.get(
            f"{self.url}/rooms/{self.ref}", headers={"Accept": "application/json"}
        ).json()

    def does(self, act: str, **fields: object) -> int:
        """A command about the room; its status."""
        sent = {name: str(value) for name, value in fields.items()}
        reply = self.sends(f"/rooms/{self.ref}{act}", page="/plans", **sent)
        return reply.status_code

    def puts(self, step: int = 0) -> int:
        """Put a step, and return the number of its round."""
        seen = len(self.sees()["rounds"])
        assert self.does("/rounds", step=self.steps[step], seen=seen) == 303
        return seen + 1

    def closes(self, number: int, grace: int = 0) -> None:
        assert self.does(f"/rounds/{number}/closure", grace=grace) == 303

    def ends(self) -> None:
        assert self.does("/ending", seen=len(self.sees()["rounds"])) == 303

    def watches(self, audience: str = "console", **more: Any) -> Socket:
        auth = {"as": audience, "room": self.ref, "have": {}} | more.pop("auth", {})
        return Socket(self.url, auth=auth, cookies=self.cookies, **more)

    def phone(self) -> Phone:
        return Phone(self.url).joins(self.code)

    @property
    def engine(self) -> sa.Engine:
        return sa.create_engine(self.server.settings["ATTUNE_DATABASE_URL"])

    def _names(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(Facilitator.name)).scalars())

    def _adds_an_account(self) -> None:
        """The same password as the first, so that nothing has to be typed at a terminal."""
        with Session(self.engine) as session, session.begin():
            first = session.scalars(sa.select(Facilitator)).first()
            assert first
            session.add(
                Facilitator(
                    email=self.email,
                    name="Kim",
                    password_hash=first.password_hash,
                    role="facilitator",
                    locale="en",
                )
            )

    def _plan(
        self, prompts: Sequence[Prompt], settings: Mapping[str, Any]
    ) -> tuple[int, list[int]]:
        """Preparing is another page's business; the rows are enough here."""
        with Session(self.engine) as session, session.begin():
            me = session.scalars(
                sa.select(Facilitator).where(Facilitator.email == self.email)
            ).one()
            steps = [
                Step(
                    position=position,
                    kind=prompt.kind,
                    frame=Frame.model_validate(
                        {"title": f"Step {position}"} | dict(prompt.frame)
                    ).model_dump(mode="json"),
                    settings=dict(prompt.settings),
                )
                for position, prompt in enumerate(prompts, 1)
            ]
            plan = Plan(facilitator_id=me.id, title="A plan", settings=dict(settings), steps=steps)
            session.add(plan)
            session.flush()
            return plan.id, [step.id for step in steps]


def idem() -> str:
    return secrets.token_hex(16)


def tea(number: int, pick: str = "a", **more: object) -> dict[str, object]:
    """An answer to the round of `CHOICE`."""
    return {"round": number, "idem": idem(), "answer": {"picks": [pick]}, **more}
