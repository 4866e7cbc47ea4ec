"""What is in memory alone and soon gone: pace signals, and how long a private signal has waited.

Nothing of it is ever written down: a restart forgets it, and everybody may simply say it again.
Who said something stands here as a number that only their phone can make (`sealing.Key.signal`).
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Pace = Literal["slower", "pause", "lost"]
PACES: tuple[Pace, ...] = ("slower", "pause", "lost")
# From how many people on the console is told: one alone who is lost should not be looked for.
FROM: dict[Pace, int] = {"slower": 2, "pause": 1, "lost": 2}
PACE_SECONDS = 120

clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class _Asked:
    until: float
    round: int


@dataclass
class _Room:
    pace: dict[tuple[Pace, bytes], _Asked] = field(default_factory=dict)
    told: dict[bytes, float] = field(default_factory=dict)  # signal -> since when it waits


_rooms: defaultdict[int, _Room] = defaultdict(_Room)


def ask_pace(room_id: int, kind: Pace, who: bytes, round: int) -> None:
    """Somebody asks for it now; again while it stands changes nothing."""
    asked = _rooms[room_id].pace
    if not _stands(asked.get((kind, who)), round):
        asked[kind, who] = _Asked(clock() + PACE_SECONDS, round)


def ask_no_more(room_id: int, kind: Pace, who: bytes) -> None:
    _rooms[room_id].pace.pop((kind, who), None)


def asks(room_id: int, who: bytes, round: int) -> tuple[Pace, ...]:
    """What this one phone asks for, and nobody else is told so."""
    pace = _rooms[room_id].pace if room_id in _rooms else {}
    return tuple(kind for kind in PACES if _stands(pace.get((kind, who)), round))


def pace(room_id: int, round: int) -> tuple[Pace, ...]:
    """What the console is told: each that enough people ask for. Never how many."""
    asked = _rooms[room_id].pace if room_id in _rooms else {}
    standing = [kind for (kind, _), one in asked.items() if _stands(one, round)]
    return tuple(kind for kind in PACES if standing.count(kind) >= FROM[kind])


def wait_from_now(room_id: int, signal: bytes) -> None:
    _rooms[room_id].told[signal] = clock()


def waits(room_id: int, signal: bytes) -> float:
    """For how many seconds; for ever, if that was before this server started."""
    since = _rooms[room_id].told.get(signal) if room_id in _rooms else None
    return clock() - since if since is not None else float("inf")


def forget(room_id: int) -> None:
    """The room has ended."""
    _rooms.pop(room_id, None)


def faded() -> list[int]:
    """The rooms in which somebody's wish for another pace has faded since this was asked."""
    changed = []
    for room_id, room in _rooms.items():
        over = [place for place, asked in room.pace.items() if asked.until <= clock()]
        for place in over:
            del room.pace[place]
        if over:
            changed.append(room_id)
    return changed


def _stands(asked: _Asked | None, round: int) -> bool:
    return asked is not None and asked.round == round and clock() < asked.until
