"""Tells people that what they said privately was seen or answered: the sockets of one seat alone.

What was said knows no seat. So every phone that is connected to the room is asked in turn whether
it could have made that number, in memory, and what comes of it is kept nowhere.
"""

from typing import Any

import eventlet
from flask import Flask

from attune import changes, drawing, logs, rooms, signals
from attune.changes import Change, Spot
from attune.db import db
from attune.models import Room
from attune.signals import Reply, Said
from realtime import connections
from realtime.connections import Place

SIGNALS = Spot("console", "signals")

Told = dict[bytes, tuple[str, tuple[Reply, ...]]]  # by number of what was said


class Teller:
    """What was told already in rooms that run, so that each is told once."""

    def __init__(self, app: Flask, server: Any) -> None:
        self._app, self._server = app, server
        self._told: dict[int, Told] = {}

    def start(self) -> None:
        changes.listen(self.hear)

    def hear(self, changed: frozenset[Change]) -> None:
        """Something has changed. It neither waits nor asks the database."""
        for room_id, spot in changed:
            if spot != SIGNALS:
                continue
            if room_id in self._told or connections.at(Place(room_id, "participant")):
                eventlet.spawn_n(self._tell, room_id)

    def _tell(self, room_id: int) -> None:
        try:
            with self._app.app_context():
                self._tell_of(room_id)
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001  # they read it on their page
            logs.failed("notes", error)

    def _tell_of(self, room_id: int) -> None:
        room = db.session.get(Room, room_id)
        if room is None or room.state not in ("lobby", "live"):
            self._told.pop(room_id, None)
            return
        told = self._told.setdefault(room_id, {})
        news = {said.key: said for said in signals.everything(room) if _is_news(said, told)}
        if not news:
            return
        with drawing.in_language(rooms.settings_of(room).language):
            notes = {key: _note(room, said) for key, said in news.items()}
        for connection in list(connections.at(Place(room_id, "participant"))):
            eventlet.sleep(0)  # a hall has a thousand of them
            for key in notes.keys() & set(signals.keys_of(room, connection.token)):
                self._server.emit("note", notes[key], to=connection.sid)


def _is_news(said: Said, told: Told) -> bool:
    now = (said.state, said.replies)
    if said.state not in ("seen", "cared") or now == told.get(said.key):
        return False
    told[said.key] = now
    return True


def _note(room: Room, said: Said) -> dict[str, str]:
    replies = signals.replies(room, said)
    return {
        "id": said.id,
        "state": said.state,
        "text": drawing.tell(replies[-1][1]) if replies else "",
    }
