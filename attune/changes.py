"""Tells listeners what changed, once a transaction is on disk, and once per transaction.

A verb notes which part of a room changed; it does not know who hears it. Each part belongs to
regions of pages, and their versions are bumped in the same transaction, so that any page can
tell whether it is up to date. Never one counter for two audiences: a phone could read from it
how often something happened that only the console may see.
"""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from attune.db import after_commit, before_commit, db, tell
from attune.models import Version

Audience = Literal["participant", "screen", "console"]
AUDIENCES: tuple[Audience, ...] = ("participant", "screen", "console")

REGIONS: dict[Audience, tuple[str, ...]] = {
    "participant": ("told", "stage", "results", "side", "status"),
    "screen": ("stage", "results", "status"),
    "console": ("now", "counts", "agenda", "people", "results", "signals"),
}

Part = Literal[
    "room",
    "round",
    "results",
    "review",
    "progress",
    "side",
    "agenda",
    "people",
    "told",
    "counts",
    "signals",
    "pause",
]


class Spot(NamedTuple):
    """One region of one audience's page."""

    audience: Audience
    region: str


_ALL = tuple(Spot(audience, region) for audience in AUDIENCES for region in REGIONS[audience])
PARTS: dict[Part, tuple[Spot, ...]] = {
    "room": _ALL,
    "round": tuple(spot for spot in _ALL if spot.region not in ("told", "side", "people")),
    "results": (
        Spot("participant", "results"),
        Spot("participant", "status"),
        Spot("screen", "results"),
        Spot("screen", "status"),
        Spot("console", "now"),
        Spot("console", "counts"),
        Spot("console", "agenda"),
        Spot("console", "results"),
    ),
    "progress": (
        Spot("participant", "results"),
        Spot("participant", "status"),
        Spot("screen", "results"),
        Spot("console", "now"),
    ),
    # What stays open while the room is at another round
    "side": (Spot("participant", "side"), Spot("console", "results")),
    "review": (Spot("console", "now"), Spot("console", "results")),
    "agenda": (Spot("console", "now"), Spot("console", "agenda")),
    "people": (
        Spot("participant", "side"),
        Spot("screen", "status"),
        Spot("console", "people"),
        Spot("console", "counts"),
    ),
    "told": (Spot("participant", "told"), Spot("console", "people")),
    "counts": (Spot("console", "counts"),),
    "pause": (
        Spot("participant", "side"),
        Spot("participant", "status"),
        Spot("screen", "stage"),
        Spot("screen", "results"),
        Spot("screen", "status"),
        Spot("console", "now"),
        Spot("console", "agenda"),
    ),
    # Never a region of phones or of the screen: that something was said is for consoles alone.
    "signals": (Spot("console", "signals"), Spot("console", "counts")),
}


class Change(NamedTuple):
    """A region of a room's pages that is no longer what was drawn last."""

    room_id: int
    spot: Spot


Listener = Callable[[frozenset[Change]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Call this with what changed, after each COMMIT. It must not wait and may not use SQL."""
    _listeners.append(listener)
    return listener


def note(room_id: int, part: Part) -> None:
    """Say, inside a transaction, that this part of the room is changing."""
    info = db.session.info
    if "notes" not in info:
        info["notes"] = set()
        before_commit(_close_notes)
    info["notes"].update(Change(room_id, spot) for spot in PARTS[part])


def _close_notes() -> None:
    changed = frozenset(db.session.info.pop("notes"))
    bump(db.session.connection(), changed)
    after_commit(lambda: tell_all(changed))


def tell_all(changed: frozenset[Change]) -> None:
    """Tell the listeners; the answer writer, which commits by itself, calls it too."""
    tell([lambda listener=listener: listener(changed) for listener in _listeners])  # type: ignore[misc]


def bump(connection: sa.Connection, changed: Iterable[Change]) -> None:
    """Raise the versions of these regions by one, in the transaction of this connection."""
    rows = [
        {"room_id": room_id, "audience": spot.audience, "region": spot.region, "v": 1}
        for room_id, spot in sorted(changed)
    ]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(Version)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["room_id", "audience", "region"], set_={"v": Version.v + 1}
        ),
        rows,
    )
