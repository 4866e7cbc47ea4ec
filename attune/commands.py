"""What `attune` can be told to do. Without a command it serves.

Each command runs inside the application, which `cli` has made by then.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from flask import Flask

from attune import accounts, audit, backup, codes, migrating, programmes, running, second_step
from attune.app import settings
from attune.assets import Assets
from attune.auditing.command import audit as audit_command
from attune.config import Config
from attune.db import db, transaction
from attune.errors import Refusal
from attune.keys import Trouble, keyring
from attune.rehearsal.command import rehearse

LEAST_FREE = 500_000_000  # bytes
OLDEST_NOW = 1_760_000_000  # a clock that is earlier than this version has not been set
PROXY_QUESTION = (
    "proxy: does it log addresses or paths? Turn that off for Attune: its log is the one place "
    "where people's visits would be kept (docs/operating.md)"
)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def attune(context: click.Context) -> None:
    """Attune: live rooms in which a group finds out, safely, what its members think.

    Without a command: serve. Settings are environment variables; docs/operating.md lists them.
    """
    if context.invoked_subcommand is None:
        serve()


attune.add_command(rehearse)
attune.add_command(audit_command)


def serve() -> None:
    """Bring the database up to date, say where everything is, and serve."""
    running.serve(_app(), _say_where)


@attune.command()
def migrate() -> None:
    """Bring the database up to date. Serving does it too."""
    with _app().app_context():
        running.migrate_database()
    click.echo("The database is up to date.")


@attune.command()
def forget() -> None:
    """Forget the rooms that are due. Serving does it every hour."""
    with _app().app_context():
        count = running.forget_due()
    click.echo(f"Rooms forgotten: {count}.")


@attune.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Write a backup to FILE, while rooms are live or not. It has no keys."""
    with _app().app_context(), _refusals_said():
        backup.write(file)
    click.echo(f"{file} has been written. keys/kept is not in it; keys/live never may be.")


@attune.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Bring the backup FILE into an empty database. Put keys/kept in place before."""
    with _app().app_context(), _refusals_said():
        running.migrate_database()
        restored = backup.restore(file)
        running.finish_endings()
        unreadable = backup.forget_unreadable()
        running.forget_due()
    click.echo(f"Restored: {restored.facilitators} who lead, {restored.rooms} rooms.")
    if restored.running:
        click.echo(f"Ended without last results, as they ran at the time: {restored.running}.")
    if unreadable:
        click.echo(
            f"Forgotten, as their keys are not in keys/kept: {unreadable}. If you have a copy of "
            "that folder, put it in place and restore again, into an empty database."
        )
    click.echo("Everybody signs in and joins anew.")


@attune.command()
def check() -> None:
    """Look at settings, database, keys, disk and front end; exit with 1 if anything is wrong."""
    with _app().app_context():
        findings = list(_findings(settings()))
    for finding in findings:
        click.echo(f"{'ok   ' if finding.is_well else 'WRONG'}  {finding.says}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@attune.group()
def facilitator() -> None:
    """Who may sign in: add, disable, reset."""


@facilitator.command()
@click.argument("email")
@click.option("--name", prompt="Name, as rooms will see it", help="What rooms call them.")
def add(email: str, name: str) -> None:
    """Let somebody lead rooms. Asks for their first password, or reads it from standard input."""
    with _app().app_context(), _refusals_said():
        password = accounts.hashed(_password())
        with transaction():
            first = not accounts.is_set_up()
            person = accounts.add(name, email, password, role="owner" if first else "facilitator")
            audit.note(None, "added", whom=person.id)
    click.echo(f"{email} can sign in now.")


@facilitator.command()
@click.argument("email")
def disable(email: str) -> None:
    """Shut somebody out at once. `reset` lets them in again."""
    with _app().app_context(), _refusals_said(), transaction():
        accounts.disable(person := accounts.by_email(email))
        audit.note(None, "disabled", whom=person.id)
    click.echo(f"{email} is shut out.")


@facilitator.command()
@click.argument("email")
@click.option("--without-second-step", is_flag=True, help="Ask for the password alone from now on.")
def reset(email: str, *, without_second_step: bool) -> None:
    """Give somebody a new password, and let them in again if they were shut out."""
    with _app().app_context(), _refusals_said():
        password = accounts.hashed(_password())
        with transaction():
            person = accounts.by_email(email)
            accounts.reset_password(person, password)
            audit.note(None, "reset", whom=person.id)
            if without_second_step:
                second_step.switch_off(person)
    click.echo(f"{email} can sign in with the new password. Everything signed in before is not.")


_WHAT_TO_DO: dict[Trouble, str] = {
    "missing": (
        "{keys} is not there, and the database has rooms whose keys were in it. Mount its volume, "
        "or set ATTUNE_KEYS to where it is. If it is lost for good: mkdir -m 700 -p {keys} "
        "{keys}/live {keys}/kept; rooms that run can then only be ended"
    ),
    "shut": "{keys} cannot be read and written by who runs Attune: chown and chmod 700 it",
    "open": "others on this machine may look into {keys}: chmod -R go= {keys}",
}


class Finding(NamedTuple):
    """One thing that was looked at."""

    is_well: bool
    says: str


def _findings(config: Config) -> Iterator[Finding]:
    yield Finding(is_well=True, says=f"settings: people come to {config.public_url}")
    yield Finding(is_well=True, says=f"programmes: {len(programmes.all_programmes())}")
    if migrating.answers():
        yield Finding(is_well=True, says="database: it answers")
        migrated = migrating.is_current()
        says = "up to date" if migrated else "not up to date; `attune migrate` does it"
        yield Finding(migrated, f"database: its tables are {says}")
    else:
        yield Finding(is_well=False, says="database: it does not answer (ATTUNE_DATABASE_URL)")
    trouble = keyring.trouble()
    says = _WHAT_TO_DO[trouble] if trouble else "can be written, and nobody else reads it"
    yield Finding(trouble is None, f"keys: {says.format(keys=config.keys)}")
    free = shutil.disk_usage(config.instance).free
    yield Finding(free > LEAST_FREE, f"disk: {free // 1_000_000:,} MB are free")
    yield Finding(
        time.time() > OLDEST_NOW, f"clock: it says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )
    missing = Assets().missing
    says = f"not built: {', '.join(missing)}" if missing else "built"
    yield Finding(not missing, f"front end: {says}")
    if config.proxies:
        yield Finding(is_well=True, says=PROXY_QUESTION)


def _say_where(config: Config) -> None:
    click.echo(f"Attune is at {config.public_url}")
    click.echo(f"What it keeps is in {config.instance}; its keys are in {config.keys}.")
    if trouble := keyring.trouble():
        click.echo(f"WRONG  keys: {_WHAT_TO_DO[trouble].format(keys=config.keys)}")
    if not accounts.is_set_up():
        token = codes.setup_token(config.secret_key)
        click.echo("Make the first account here, once (whoever has this link can):")
        click.echo(f"  {config.public_url}/setup?token={token}")
    db.session.remove()
    sys.stdout.flush()


def _password() -> str:
    """Typed twice at a terminal; one line of standard input otherwise."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        return typed
    return sys.stdin.readline().rstrip("\n")


@contextmanager
def _refusals_said() -> Iterator[None]:
    try:
        yield
    except (Refusal, backup.Refused, OSError) as refusal:
        raise click.ClickException(str(refusal)) from None


def _app() -> Flask:
    import wsgi  # noqa: PLC0415  # `cli` has imported it; nothing else may be first

    app: Flask = wsgi.app
    return app
