"""The server of a rehearsal, a process of its own: `python -m attune.rehearsal.house FILE PEOPLE`.

It is the ordinary server with one more page, on settings that the command has made for it. It
lives as long as whoever started it: when the other end of its standard input is gone, it stops
and takes the folder away, however the command came to its end.
"""

import json
import os
import signal
import sys
from pathlib import Path

import wsgi  # first: it brings eventlet

# isort: split
import click
import eventlet
from eventlet import hubs

from attune import accounts, plans, programmes, rooms, running
from attune.app import settings
from attune.config import Config
from attune.db import db, transaction
from attune.errors import BadSetting
from attune.i18n import OF_FACILITATORS
from attune.models import Facilitator
from attune.rehearsal import folder, pages

LEAD = "Jo"
NOBODYS_PASSWORD = accounts.PasswordHash("-")  # no password has this hash


def main(file: Path, people: int) -> None:
    """Serve until the command is gone. Exits with 2 when the programme is wrong."""
    try:
        programme = programmes.read(file)
        page = pages.attach(wsgi.app, people)
        running.serve(wsgi.app, lambda config: _opens(config, programme, page))
    except BadSetting as problem:
        click.echo(problem, err=True)
        sys.exit(2)
    finally:
        folder.remove(Path.cwd())


def _opens(config: Config, programme: programmes.Programme, page: pages.Rehearsed) -> None:
    """Make an account and a room, say so to the command, and watch over it from now on."""
    with transaction():
        lead = _account()
        plan = plans.copy_programme(lead, programme)
        room = rooms.open_room(
            lead,
            plan,
            title=plan.title,
            help_text=settings().help_text,
            keep_days=config.retention_days,
        )
        page.lead, page.ref, page.code = lead.id, room.ref, room.code or ""
        page.need = rooms.settings_of(room).k
    db.session.remove()
    told = {"address": f"{config.public_url}{page.path}", "code": page.code, "title": plan.title}
    click.echo(json.dumps(told))
    eventlet.spawn(_stops_with_the_command)


def _account() -> Facilitator:
    facilitator = Facilitator(
        email="jo@rehearsal.invalid",
        name=LEAD,
        password_hash=NOBODYS_PASSWORD,
        role="owner",
        locale=OF_FACILITATORS,
    )
    db.session.add(facilitator)
    db.session.flush()
    return facilitator


def _stops_with_the_command() -> None:
    hubs.trampoline(sys.stdin.fileno(), read=True)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
