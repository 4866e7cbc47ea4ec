"""What goes on by itself while the server runs: drawing, closing rounds whose time is over,
looking for what was missed, noticing who is here.

Each of these runs for ever. One that fails is logged by its type and goes on, since a room whose
pushes have silently stopped looks just like a quiet one.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import eventlet
import sqlalchemy as sa
from flask import Flask

from attune import changes, fleeting, logs, presence, rounds
from attune.db import db, transaction
from attune.models import Room
from realtime import connections
from realtime.fragments import AGAIN_SECONDS, Drawer
from realtime.notes import Teller

FLUSH_SECONDS = 2.0
MOST_UNREAD = 64  # messages for one client that does not read; it may come back for the newest


class Chore(NamedTuple):
    name: str
    seconds: float  # from the end of one time to the next
    act: Callable[[], object]


class Running:
    """The greenlets of one application. `start` them once there is a hub."""

    def __init__(self, app: Flask, server: Any, drawer: Drawer) -> None:
        self._app, self._server, self._drawer = app, server, drawer
        self._greenlets: list[Any] = []
        self._here: dict[int, tuple[int, bool]] = {}
        self._long: dict[int, int] = {}  # how many were away for long

    def start(self) -> None:
        changes.listen(self._drawer.hear)
        Teller(self._app, self._server).start()
        chores = (
            Chore("closing", 1, close_due),
            Chore("facilitators", 0.5, lambda: connections.recheck_facilitators(self._server)),
            Chore("presence", 2, self.note_who_is_here),
            Chore("fading", 1, lambda: note_in_rooms(fleeting.faded(), "signals")),
            Chore("missed", 5, self._drawer.look_again),
            Chore("slow clients", 5, self.close_the_slow),
        )
        self._greenlets = [eventlet.spawn(self._again_and_again, chore) for chore in chores]
        self._greenlets.append(eventlet.spawn(self._draw))

    def stop(self) -> None:
        """End, once what was said is on its way. Pages come back to the next server."""
        for greenlet in self._greenlets:
            greenlet.kill()
        with eventlet.Timeout(FLUSH_SECONDS, exception=False):
            while any(self._unread().values()):
                eventlet.sleep(0.02)

    def _draw(self) -> None:
        while True:
            try:
                self._drawer.draw_for_ever()
            except (Exception, eventlet.Timeout) as error:  # noqa: BLE001
                logs.failed("drawing", error)
                eventlet.sleep(AGAIN_SECONDS)

    def _again_and_again(self, chore: Chore) -> None:
        while True:
            try:
                with self._app.app_context():
                    chore.act()
            except (Exception, eventlet.Timeout) as error:  # noqa: BLE001
                logs.failed(chore.name, error)
            eventlet.sleep(chore.seconds)

    def note_who_is_here(self) -> None:
        """Tell pages how many phones there are, and whether a console is, when that changed."""
        here = {
            room_id: (presence.here(room_id), presence.console_near(room_id))
            for room_id in presence.live_rooms()
        }
        nobody = (0, False)
        note_in_rooms(
            [room_id for room_id in here if here[room_id] != self._here.get(room_id, nobody)],
            "people",
        )
        self._here = here
        long_away = {room_id: presence.long_away(room_id) for room_id in here}
        note_in_rooms(
            [room_id for room_id in here if long_away[room_id] != self._long.get(room_id, 0)],
            "signals",
        )
        self._long = long_away

    def close_the_slow(self) -> None:
        """What piles up for a client that does not read is memory that the others need."""
        for eio_sid, unread in self._unread().items():
            if unread > MOST_UNREAD:
                eventlet.spawn_n(self._server.eio.disconnect, eio_sid)

    def _unread(self) -> dict[str, int]:
        return {
            eio_sid: socket.queue.qsize()
            for eio_sid, socket in list(self._server.eio.sockets.items())
            if not socket.closed
        }


def init_app(app: Flask, server: Any, drawer: Drawer) -> None:
    running = Running(app, server, drawer)
    app.extensions.setdefault("attune_starts", []).append(running.start)
    app.extensions.setdefault("attune_stops", []).append(running.stop)


def note_in_rooms(room_ids: Sequence[int], part: changes.Part) -> None:
    """Say that this part has changed in those of the rooms that still run."""
    if not room_ids:
        return
    with transaction():
        running = sa.select(Room.id).where(Room.id.in_(room_ids), Room.state.in_(("lobby", "live")))
        for room_id in db.session.scalars(running).all():
            changes.note(room_id, part)


def close_due() -> None:
    """Close the rounds whose grace is over. A second in which there is none writes nothing."""
    if rounds.any_due():
        with transaction():
            rounds.close_due()
