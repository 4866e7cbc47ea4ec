"""Serves: brings the database up to date, starts what sides have asked for, and does the chores.

`attune` calls it, and so does a rehearsal for its own server; what is told once it is up is theirs.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from flask import Flask

from attune import (
    audit,
    batches,
    ending,
    invitations,
    live,
    migrating,
    programmes,
    resets,
    serving,
    sign_ins,
)
from attune.app import settings
from attune.config import Config
from attune.db import db, transaction
from attune.drawing import in_language, tell
from attune.errors import BadSetting, Busy
from attune.models import Room
from attune.rooms import settings_of
from attune.writer import writer

ENDING_SECONDS, HOUR = 10, 3_600


def serve(app: Flask, started: Callable[[Config], object]) -> None:
    """Serve until SIGTERM or SIGINT; `started` is called once pages can be opened."""
    with app.app_context():
        config = settings()
        programmes.all_programmes()  # a wrong file is named now, and not when somebody opens it
        migrate_database()
        writer.start(app)
        for start in _acts(app, "attune_starts"):
            start()
        serving.serve(
            app,
            config,
            started=lambda: started(config),
            stops=[writer.stop, *_acts(app, "attune_stops"), _close_database],
            chores=[
                serving.Chore("ending", ENDING_SECONDS, _in(app, finish_endings)),
                serving.Chore("batches", batches.BEAT_SECONDS, _in(app, live.renew_due)),
                serving.Chore("forgetting", HOUR, _in(app, forget_due)),
            ],
        )


def migrate_database() -> None:
    """Bring the tables to this version's. Raises BadSetting when the database is not there."""
    if not migrating.answers():
        raise BadSetting(
            "ATTUNE_DATABASE_URL: the database does not answer. Check that it runs, that the name "
            "and password are right, and that the folder of a file can be written to."
        )
    if not migrating.is_current():
        migrating.upgrade()


def finish_endings() -> None:
    """Take up what a crash has interrupted: a room that is ending has to reach its end."""
    for room_id in ending.unfinished():
        room = db.session.get(Room, room_id)
        if room:
            # One that cannot be finished now is tried again, and is not in the way of others.
            with suppress(Busy), in_language(settings_of(room).language):
                ending.finish(room_id, tell)


def forget_due() -> int:
    """What is due by the day: links, sign-ins, rooms nobody ended, what is kept of ended ones."""
    today = datetime.now(UTC).date()
    with transaction():
        invitations.clear()
        resets.clear()
        audit.clear(today)
        sign_ins.clear()
        ending.begin_forgotten_open(today)
    finish_endings()
    return ending.forget_due(today)


def _acts(app: Flask, name: str) -> list[Callable[[], object]]:
    """What sides have asked to be done at the start and at the end of serving."""
    return list(app.extensions.get(name, ()))


def _close_database() -> None:
    for engine in db.engines.values():
        engine.dispose()


def _in(app: Flask, act: Callable[[], object]) -> Callable[[], object]:
    """The same, in an application context of its own: that is where database sessions live."""

    def inside() -> object:
        with app.app_context():
            return act()

    return inside
