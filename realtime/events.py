"""What clients send, and what they are told: one reply for each, and never before COMMIT.

Handlers are the library's own, outside of Flask's requests: for an event it would make one for
the whole handshake, cookies and all. What a handler returns is the acknowledgement; it waits for
the writer in the greenlet of its own client, so nobody else waits.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from flask import Flask, g
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from attune import access, answers, drawing, logs, pace, presence, resonating, seats, signals
from attune.db import transaction
from attune.errors import Busy, Invalid, NotYours, Refusal, TooFast, TooLarge
from attune.models import Room
from attune.refusals import Broken, as_json
from attune.rounds import now_ms
from attune.writer import writer
from realtime import connections
from realtime.connections import Connection
from realtime.wire import REFUSED

Reply = dict[str, Any]
Act = Callable[[Connection, Any], Reply]
Model = TypeVar("Model", bound=BaseModel)

# What somebody's mistake or haste may end a connection for; a closed round is neither.
TRYING = {"invalid", "too_large", "too_fast", "not_yours"}

_giving: set[bytes] = set()  # seats that have an answer on its way


class Sent(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    round: int = Field(ge=1, le=100_000)
    idem: str = Field(pattern="^[0-9a-f]{32}$")


class AnswerSent(Sent):
    """An answer as JSON, as the fields of the page's form, or a pass: one of them."""

    answer: dict[str, Any] | None = None
    form: list[Annotated[list[str], Field(min_length=2, max_length=2)]] | None = Field(
        None, max_length=500
    )
    passes: Literal[True] | None = Field(None, alias="pass")

    @model_validator(mode="after")
    def is_one_of_them(self) -> "AnswerSent":
        if [self.answer, self.form, self.passes].count(None) != 2:  # noqa: PLR2004
            raise ValueError("exactly one of them")
        return self


class Marked(Sent):
    card: str = Field(max_length=16)
    on: bool


class ClockAsked(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    t0: int | float


class SignalSent(BaseModel):
    """`level`, `meet` and `note` go with `support` alone."""

    model_config = ConfigDict(strict=True, extra="forbid")

    kind: Literal["support", "slower", "pause", "lost"]
    level: int = 1
    meet: str = ""
    note: str = ""


class Withdrawn(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(max_length=64)


class Away(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    on: bool


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


def init_app(app: Flask, server: Any) -> None:
    acts: dict[str, Act] = {
        "answer": answer,
        "take_back": take_back,
        "resonate": resonate,
        "clock": clock,
        "mine": mine,
        "signal": signal,
        "withdraw": withdraw,
        "away": away,
        REFUSED: refused,
    }
    for event, act in acts.items():
        server.on(event, partial(handle, app, server, act))


def handle(app: Flask, server: Any, act: Act, sid: str, *sent: object) -> Reply:
    """Do it, and return what the client is told. Raises nothing."""
    with app.app_context():
        connection = connections.find(sid)
        if connection is None:  # just sent away
            return {"ok": False, **as_json(NotYours())}
        g.language = connection.language
        try:
            return act(connection, _payload(sent))
        except Refusal as refusal:
            reply = refusal
        except (OperationalError, InterfaceError, TimeoutError) as error:
            logs.failed("database", error)
            reply = Busy()
        except Exception as error:  # noqa: BLE001  # a fault of ours must not end the connection
            logs.failed("event", error)
            reply = Broken()
        if reply.code in TRYING and not connection.patience.bears_one_more():
            connections.close(server, sid)
        return {"ok": False, **as_json(reply)}


def answer(connection: Connection, payload: object) -> Reply:
    """Give, change or pass."""
    room = _room(connection)
    sent = _read(AnswerSent, payload)
    seat = connection.token
    if sent.form is not None:
        fields = [(name, value) for name, value in sent.form]
        given = answers.answer_from_form(room, sent.round, seat, sent.idem, fields)
    elif sent.passes:
        given = answers.a_pass(room, sent.round, seat, sent.idem)
    else:
        given = answers.answer(room, sent.round, seat, sent.idem, sent.answer)
    return {"ok": True, "ver": _save(connection, given)}


def take_back(connection: Connection, payload: object) -> Reply:
    """Let go of what was given to an open round."""
    room = _room(connection)
    sent = _read(Sent, payload)
    _save(connection, answers.taken_back(room, sent.round, connection.token, sent.idem))
    return {"ok": True}


def resonate(connection: Connection, payload: object) -> Reply:
    """A card is true for this one too, or no more."""
    room = _room(connection)
    sent = _read(Marked, payload)
    token = connection.token
    _save(connection, resonating.mark(room, sent.round, token, sent.idem, sent.card, on=sent.on))
    return {"ok": True}


def clock(_: Connection, payload: object) -> Reply:
    """What the server's clock shows, for exercises in which everybody moves together."""
    came = now_ms()
    sent = _read(ClockAsked, payload)
    return {"t0": sent.t0, "t1": came, "t2": now_ms()}


def mine(connection: Connection, payload: object) -> Reply:
    """What this phone itself has given, and nobody else is told."""
    room = _room(connection)
    _read(Nothing, payload)
    return {
        "ok": True,
        **resonating.all_of(room, connection.token),
        **signals.as_json(room, connection.token, drawing.tell),
        "away": presence.is_away(room.id, connection.seat_key),
    }


def signal(connection: Connection, payload: object) -> Reply:
    """Say something to who leads, privately."""
    _room(connection)
    sent = _read(SignalSent, payload)
    pace.check(connection.seat_key)
    with transaction():
        room = _room(connection)
        if sent.kind != "support":
            signals.ask_pace(room, connection.token, sent.kind)
            return {"ok": True, "id": sent.kind}
        told = signals.read(signals.Told, sent.model_dump(exclude={"kind"}))
        return {"ok": True, "id": signals.tell(room, connection.token, told).id}


def withdraw(connection: Connection, payload: object) -> Reply:
    """Take it back."""
    _room(connection)
    sent = _read(Withdrawn, payload)
    pace.check(connection.seat_key)
    with transaction():
        signals.withdraw(_room(connection), connection.token, sent.id)
    return {"ok": True}


def away(connection: Connection, payload: object) -> Reply:
    """Step away for a while, or come back."""
    _room(connection)
    sent = _read(Away, payload)
    pace.check(connection.seat_key)
    with transaction():
        room, seat = access.seat_for(connection.ref, connection.token)
        seats.step_away(room, seat, on=sent.on)
    return {"ok": True}


def refused(_: Connection, problem: object) -> Reply:
    """What was no event at all (`wire`)."""
    raise TooLarge if problem == "too_large" else Invalid


def _room(connection: Connection) -> Room:
    """The room of this phone. Raises NotYours, RoomEnded: consoles and screens give nothing."""
    if connection.place.audience != "participant":
        raise NotYours
    room, seat = access.seat_for(connection.ref, connection.token)
    if seat.state != "in":
        raise NotYours
    return room


def _payload(sent: Sequence[object]) -> object:
    """The one thing that comes with an event; nothing is as good as an empty one."""
    if len(sent) > 1:
        raise Invalid
    return sent[0] if sent and sent[0] is not None else {}


def _read(model: type[Model], payload: object) -> Model:
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False)[0]["loc"]
        raise Invalid(field=str(place[0]) if place else "") from None


def _save(connection: Connection, given: answers.Given) -> int:
    """One at a time and not too many of one seat. Raises TooFast, and whatever became of it."""
    key = connection.seat_key
    if key in _giving:
        raise TooFast
    pace.check(key)
    _giving.add(key)
    try:
        return writer.save(given).ver
    finally:
        _giving.discard(key)
