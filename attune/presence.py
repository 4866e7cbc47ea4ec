"""How many phones are here, and whether a console is: numbers in memory, never stored.

A phone is here while it has a socket, or asked for news without one in the last 30 to 60 seconds.
Nothing here knows when a phone came, only since when one has stepped away; who asks without a
socket stands in one of two sets, which change places.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

SLOT_SECONDS = 30
LONG_AWAY_SECONDS = 600
CONSOLE_SECONDS = 60  # that a console may be gone, as while its page is loaded anew


clock: Callable[[], float] = time.monotonic


@dataclass
class _Room:
    sockets: Counter[bytes] = field(default_factory=Counter)  # seat key -> open sockets
    asked: set[bytes] = field(default_factory=set)  # seat keys, this slot
    asked_before: set[bytes] = field(default_factory=set)
    away: dict[bytes, float] = field(default_factory=dict)  # seat keys, and since when
    slot: int = 0
    consoles: int = 0
    console_at: float = float("-inf")  # when one was last here, by a clock that never jumps

    def turn(self) -> None:
        slot = int(time.monotonic() / SLOT_SECONDS)
        if slot != self.slot:
            self.asked_before = self.asked if slot == self.slot + 1 else set()
            self.asked, self.slot = set(), slot


_rooms: defaultdict[int, _Room] = defaultdict(_Room)


def came(room_id: int, seat_key: bytes) -> None:
    _rooms[room_id].sockets[seat_key] += 1


def went(room_id: int, seat_key: bytes) -> None:
    sockets = _rooms[room_id].sockets
    sockets[seat_key] -= 1
    if sockets[seat_key] <= 0:
        del sockets[seat_key]


def asked(room_id: int, seat_key: bytes) -> None:
    """A phone without a socket has asked for the page or for what is newer."""
    room = _rooms[room_id]
    room.turn()
    room.asked.add(seat_key)


def left(room_id: int, seat_key: bytes) -> None:
    """The seat was given up: it is not here any more, however it was connected."""
    room = _rooms[room_id]
    room.sockets.pop(seat_key, None)
    room.asked.discard(seat_key)
    room.asked_before.discard(seat_key)
    room.away.pop(seat_key, None)


def here(room_id: int) -> int:
    """How many phones are here now; who has stepped away is, or the number would tell of it."""
    if room_id not in _rooms:
        return 0
    room = _rooms[room_id]
    room.turn()
    return len(room.sockets.keys() | room.asked | room.asked_before | room.away.keys())


def step_away(room_id: int, seat_key: bytes) -> None:
    _rooms[room_id].away.setdefault(seat_key, clock())


def come_back(room_id: int, seat_key: bytes) -> None:
    _rooms[room_id].away.pop(seat_key, None)


def is_away(room_id: int, seat_key: bytes) -> bool:
    return room_id in _rooms and seat_key in _rooms[room_id].away


def away(room_id: int) -> int:
    """How many have stepped away."""
    return len(_rooms[room_id].away) if room_id in _rooms else 0


def long_away(room_id: int) -> int:
    """How many of them did so ten minutes ago or more."""
    since = _rooms[room_id].away.values() if room_id in _rooms else ()
    return sum(clock() - one >= LONG_AWAY_SECONDS for one in since)


def console_came(room_id: int) -> None:
    _rooms[room_id].consoles += 1


def console_went(room_id: int) -> None:
    _rooms[room_id].consoles -= 1
    console_asked(room_id)


def console_asked(room_id: int) -> None:
    """A console without a socket has asked for the page or for what is newer."""
    _rooms[room_id].console_at = clock()


def console_here(room_id: int) -> bool:
    return room_id in _rooms and _rooms[room_id].consoles > 0


def console_near(room_id: int) -> bool:
    """Whether a console is here, or was a moment ago: what people are offered must not flicker."""
    if room_id not in _rooms:
        return False
    return console_here(room_id) or clock() - _rooms[room_id].console_at < CONSOLE_SECONDS


def forget(room_id: int) -> None:
    """The room has ended."""
    _rooms.pop(room_id, None)


def live_rooms() -> list[int]:
    """Rooms that somebody has been in since the start."""
    return list(_rooms)
