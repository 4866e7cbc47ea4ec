"""Pushes regions: what changed is marked at once, drawn a moment later, once for each audience.

One greenlet draws everything, so nobody is ever sent something older after something newer, and
a phone that comes while it draws is simply next. A lost push costs nothing: the next one carries
the newest version, and `look_again` finds what no one was told of.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import eventlet
import sqlalchemy as sa
from eventlet.event import Event
from flask import Flask

from attune import changes, drawing, logs
from attune.changes import REGIONS, Change
from attune.db import db
from attune.drawing import Drawn
from attune.models import Room, Version
from realtime import connections
from realtime.connections import Connection, Place

AGAIN_SECONDS = 1.0  # after a failure
NEWER_THAN_ANY = 1 << 62


class Pace(NamedTuple):
    """How often a region is pushed: so many at once, and then one in so many seconds."""

    seconds: float
    at_once: int


# Put, close, look, show and on to the next: none of these waits for the one before, however quick
# somebody is. Who holds a key down does wait, and so do two hundred who come in together.
ACTS = Pace(0.25, at_once=5)
COUNTS = Pace(1.0, at_once=1)  # a number that moves with every tap is a tick to watch

Pushed = list[dict[str, Any]]


class Drawer:
    """What has to be drawn, for whom, and what everybody has by now."""

    def __init__(self, app: Flask, server: Any) -> None:
        self._app, self._server = app, server
        self._dirty: defaultdict[Place, set[str]] = defaultdict(set)
        self._seats: set[int] = set()  # rooms in which somebody came, went or was let in
        self._arrivals: list[Connection] = []
        # The version that everybody who is connected there has.
        self._shown: defaultdict[Place, dict[str, int]] = defaultdict(dict)
        # When all that was pushed is paid off, at one in `Pace.seconds`.
        self._paid_at: dict[tuple[Place, str], float] = {}
        self._woken = Event()

    def hear(self, changed: Iterable[Change]) -> None:
        """Something has changed. It neither waits nor asks the database."""
        for room_id, (audience, region) in changed:
            place = Place(room_id, audience)
            if connections.at(place):
                self._dirty[place].add(region)
            if region == "people" and connections.at(Place(room_id, "participant")):
                self._seats.add(room_id)
        if self._dirty or self._seats:
            self._wake()

    def welcome(self, connection: Connection) -> None:
        """Somebody came: send what is newer than what they have."""
        self._arrivals.append(connection)
        self._wake()

    def draw_for_ever(self) -> None:
        while True:
            with eventlet.Timeout(self._until_next(), exception=False):
                self._woken.wait()
            if self._woken.ready():
                self._woken = Event()
            self.draw()

    def draw(self) -> None:
        """Draw and push all that is due now. One room's failure is not another's."""
        seats, self._seats = self._seats, set()
        for room_id in seats:
            with self._trying_again(partial(self._seats.add, room_id)):
                self._recheck(room_id)
        newcomers = defaultdict(list)
        arrivals, self._arrivals = self._arrivals, []
        for connection in arrivals:
            newcomers[connection.place].append(connection)
        due = self._take_due()
        for place in {**due, **newcomers}:
            regions, new = due.get(place, set()), newcomers[place]
            with self._trying_again(partial(self._put_back, place, regions, new)):
                self._push(place, regions, new)
            eventlet.sleep(0)
        self._forget_the_empty()

    def look_again(self) -> None:
        """Find changes that nobody was told of: those of another process, such as a command."""
        at = connections.places()
        if not at:
            return
        rows = db.session.execute(
            sa.select(Version.room_id, Version.audience, Version.region, Version.v).where(
                Version.room_id.in_({place.room_id for place in at})
            )
        ).all()
        newest = {(room_id, audience, region): v for room_id, audience, region, v in rows}
        self.hear(
            Change(place.room_id, changes.Spot(place.audience, region))
            for place in at
            for region, shown in self._shown.get(place, {}).items()
            if newest.get((*place, region), 0) > shown
        )

    @contextmanager
    def _trying_again(self, put_back: Callable[[], None]) -> Iterator[None]:
        """Log a failure by its type, and try the same a moment later."""
        try:
            yield
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001
            logs.failed("drawing", error)
            put_back()
            eventlet.spawn_after(AGAIN_SECONDS, self._wake)

    def _put_back(self, place: Place, regions: set[str], newcomers: list[Connection]) -> None:
        self._arrivals += newcomers
        if regions:
            self._dirty[place] |= regions
        for region in regions:
            pace = _pace(region)
            self._paid_at[place, region] = (
                time.monotonic() + AGAIN_SECONDS + pace.seconds * (pace.at_once - 1)
            )

    def _recheck(self, room_id: int) -> None:
        with self._app.app_context():
            connections.recheck(self._server, self, room_id)

    def _push(self, place: Place, regions: set[str], newcomers: list[Connection]) -> None:
        for_all, whole, is_over = self._drawn(place, regions, with_whole=bool(newcomers))
        if for_all:
            self._server.emit("regions", for_all, to=place.channel)
        for connection in newcomers:
            newer = [one for one in whole if one["v"] > connection.have.get(one["id"], -1)]
            if newer:
                self._server.emit("regions", newer, to=connection.sid)
        if is_over:
            for connection in list(connections.at(place)):
                connections.send_away(self._server, connection, "ended")

    def _drawn(
        self, place: Place, regions: set[str], *, with_whole: bool
    ) -> tuple[Pushed, Pushed, bool]:
        """What to send to all, the whole page for who just came, and whether this is the end."""
        shown, now = self._shown[place], time.monotonic()
        with self._app.app_context():
            room = db.session.get(Room, place.room_id)
            if room is None or room.state == "forgotten":
                return [], [], True
            ends = ("ended",) if place.audience == "console" else ("ending", "ended")
            is_over = room.state in ends
            # The last picture is whole: what waits for its pace would come after the farewell.
            have = shown if is_over else _but(place, regions, shown)
            newest = drawing.newer(room, place.audience, have)
            whole = drawing.newer(room, place.audience, {}) if with_whole else []
        for drawn in newest:
            shown[drawn.id] = drawn.v
            paid = max(now, self._paid_at.get((place, drawn.id), 0))
            self._paid_at[place, drawn.id] = paid + _pace(drawn.id).seconds
        for drawn in whole:
            shown.setdefault(drawn.id, drawn.v)
        return _pushed(newest), _pushed(whole), is_over

    def _take_due(self) -> dict[Place, set[str]]:
        now = time.monotonic()
        due = {}
        for place, regions in list(self._dirty.items()):
            ready = {region for region in regions if self._due_at(place, region) <= now}
            if ready:
                due[place] = ready
            self._dirty[place] = regions - ready
            if not self._dirty[place]:
                del self._dirty[place]
        return due

    def _until_next(self) -> float | None:
        """Seconds until something is due; None when nothing waits."""
        at = [
            self._due_at(place, region)
            for place, regions in self._dirty.items()
            for region in regions
        ]
        return max(0, min(at) - time.monotonic()) if at else None

    def _due_at(self, place: Place, region: str) -> float:
        pace = _pace(region)
        return self._paid_at.get((place, region), 0) - pace.seconds * (pace.at_once - 1)

    def _forget_the_empty(self) -> None:
        for place in [place for place in self._shown if not connections.at(place)]:
            del self._shown[place]
            self._dirty.pop(place, None)
            for region in REGIONS[place.audience]:
                self._paid_at.pop((place, region), None)

    def _wake(self) -> None:
        if not self._woken.ready():
            self._woken.send()


def _pace(region: str) -> Pace:
    return COUNTS if region == "counts" else ACTS


def _but(place: Place, regions: set[str], shown: Mapping[str, int]) -> dict[str, int]:
    """As if one had all but these regions, and of these what everybody has."""
    return {
        name: shown.get(name, -1) if name in regions else NEWER_THAN_ANY
        for name in REGIONS[place.audience]
    }


def _pushed(drawn: Iterable[Drawn]) -> Pushed:
    return [{"id": one.id, "v": one.v, "html": one.html} for one in drawn]
