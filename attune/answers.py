"""Giving, changing, passing and taking back: checked here, written by `writer`.

The seat and the answer meet in memory only, for as long as it takes to seal one under a number
that the other alone can work out again.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from attune import batches, releases
from attune.db import db
from attune.errors import Invalid, NotAnAnswer, RoundClosed
from attune.i18n import say
from attune.keys import KeyMissing, keyring
from attune.kinds import DIGEST_BYTES, AnyKind, kind_of, to_json
from attune.models import Answer, Room, Round
from attune.rounds import ACT
from attune.sealing import Key, Unreadable, about_answer

IDEM = re.compile(r"[0-9a-f]{32}")
DIGESTS = 3  # a second tab's late retry must not overwrite what came after it


@dataclass(frozen=True)
class Given:
    """What one seat gives to one round, ready for the writer. It knows no seat."""

    room_id: int
    ref: str
    round_id: int
    pid: bytes
    digest: str  # of (idem, content): the same again changes nothing
    content: bytes | None  # JSON of the answer, or None for a pass
    body_size: int
    revise: bool  # whether an answer that is there already may be changed; a pass always may
    tag: str | None = None  # what ties it to the same seat's answer in the other round of a pair
    takes_back: bool = False
    live: bool = False  # shown in batches: what is taken back leaves a row until the next of them
    act: int = ACT
    mark: tuple[str, bool] | None = (
        None  # of the second act: a card, and whether it is true or no more
    )
    most: int = 0  # of the second act: how many cards may be marked at once
    is_stopped: bool = False  # its author gives no more in this round: it is as good as closed


def answer(room: Room, number: int, token: bytes, idem: str, raw: object) -> Given:
    """An answer as JSON. Raises NotAnAnswer, TooLarge, Invalid, RoundClosed."""
    round, kind, settings = _asked(room, number)
    return _given(room, round, token, idem, to_json(kind.read_answer(settings, raw)))


def answer_from_form(
    room: Room, number: int, token: bytes, idem: str, fields: Iterable[tuple[str, str]]
) -> Given:
    """An answer as a plain form sends it."""
    round, kind, settings = _asked(room, number)
    return _given(room, round, token, idem, to_json(kind.read_form(settings, fields)))


def a_pass(room: Room, number: int, token: bytes, idem: str) -> Given:
    """A pass: in every way that can be seen from outside, an answer."""
    round, _, _ = _asked(room, number)
    return _given(room, round, token, idem, None)


def taken_back(room: Room, number: int, token: bytes, idem: str) -> Given:
    """Let go of what was given to an open round."""
    round, _, _ = _asked(room, number)
    return _given(room, round, token, idem, None, takes_back=True)


def live_key(room: Room) -> Key:
    """The key that seals this room's answers. Raises RoundClosed when it is gone."""
    try:
        return keyring.live(room.ref)
    except KeyMissing as error:
        raise RoundClosed from error


def digest_of(idem: object, content: bytes) -> str:
    """By what a repeat is known. Raises Invalid for an `idem` that no page of ours sends."""
    if not isinstance(idem, str) or not IDEM.fullmatch(idem):
        raise Invalid(say("That was not sent as this page sends it. Reload it."), "idem")
    digest = hashlib.sha256(idem.encode() + b"|" + content)
    return digest.digest()[:DIGEST_BYTES].hex()


def mine(room: Room, token: bytes) -> dict[str, dict[str, Any]]:
    """What this phone has in rounds whose result has not been made, by round number.

    `{"3": {"pass": false, "answer": {...}}}`. Read by the phone alone, never pushed.
    """
    try:
        key = keyring.live(room.ref)
    except KeyMissing:
        return {}
    rounds = db.session.execute(
        sa.select(Round.id, Round.number).where(Round.room_id == room.id)
    ).all()
    pids = {key.pid(token, round_id, ACT): number for round_id, number in rounds}
    rows = db.session.execute(
        sa.select(Answer.round_id, Answer.pid, Answer.body).where(
            Answer.round_id.in_([round_id for round_id, _ in rounds]),
            Answer.act == ACT,
            Answer.pid.in_(pids),
        )
    )
    found: dict[str, dict[str, Any]] = {}
    for round_id, pid, body in rows:
        try:
            sealed = key.open_json(body, about_answer(room.ref, round_id, ACT, pid))
        except Unreadable:
            continue
        if sealed.get("x"):
            continue  # taken back; what is left of it says what a picture has of it
        content = sealed["a"]
        found[str(pids[pid])] = {"pass": content is None, "answer": content}
    return found


def _asked(room: Room, number: int) -> tuple[Round, AnyKind, Any]:
    round = db.session.scalar(
        sa.select(Round).where(Round.room_id == room.id, Round.number == number)
    )
    if round is None:
        raise Invalid(say("There is no such question in this room."), "round")
    kind, settings = _settings(round.id, round.kind, json.dumps(round.settings))
    if not kind.asks(settings):
        raise NotAnAnswer(say("There is nothing to answer here."))
    return round, kind, settings


@lru_cache(maxsize=256)
def _settings(_round_id: int, kind_name: str, settings: str) -> tuple[AnyKind, Any]:
    kind = kind_of(kind_name)
    return kind, kind.settings.model_validate_json(settings)


def _given(  # noqa: PLR0913
    room: Room,
    round: Round,
    token: bytes,
    idem: str,
    content: bytes | None,
    *,
    takes_back: bool = False,
) -> Given:
    key = live_key(room)
    pid = key.pid(token, round.id, ACT)
    return Given(
        room_id=room.id,
        ref=room.ref,
        round_id=round.id,
        pid=pid,
        digest=digest_of(idem, content or b"pass"),
        content=content,
        body_size=round.body_size,
        revise=bool(round.frame["revise"]),
        # Of a pass nothing is compared, so it has none; it is padded to the same size.
        tag=key.tag(token, round.pair_id) if round.pair_id and content is not None else None,
        takes_back=takes_back,
        live=batches.is_live(round),
        is_stopped=_is_stopped(room, round, key, pid),
    )


def is_stopped(key: Key, body: releases.Body, pid: bytes) -> bool:
    """Whether a facilitator lets the author with this number give no more in this round."""
    return any(
        hmac.compare_digest(by, key.author(pid, section, card))
        for section, card, by in body.stopped
    )


def _is_stopped(room: Room, round: Round, key: Key, pid: bytes) -> bool:
    # While a round takes answers it has a result only where results come in batches.
    release = releases.release_of(round) if round.frame["reveal"] == "live_batches" else None
    body = releases.opened(room, round, release) if release else None
    return body is not None and is_stopped(key, body, pid)
