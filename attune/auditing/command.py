"""`attune audit REF|FILE`: what somebody with the database sees of a room."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from attune.auditing import source, words
from attune.auditing.report import report, rooms_in
from attune.db import READING, db
from attune.keys import keyring


@click.command("audit")
@click.argument("target", metavar="REF|FILE")
@click.option("--room", help="Of a FILE: this room alone, by its REF.")
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
def audit(target: str, room: str, *, as_json: bool) -> None:
    """Say what is stored of a room, what of it is sealed, and try to find out who gave what.

    REF is a room of this server, as in the address of its pages; FILE a copy of a SQLite database,
    or a backup, for which no settings and no keys are needed. Exit code 1: something was found
    that must not be.
    """
    try:
        with _opened(target) as opened:
            wanted = [room] if room else _rooms(opened, target)
            reports = [report(opened, ref, _keys(target, ref)) for ref in wanted]
    except source.NoDatabase as problem:
        raise click.ClickException(str(problem)) from None
    found = [one for one in reports if one is not None]
    if not found:
        raise click.ClickException("There is no such room, and no such file.")
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join("\n".join(words.words(one)) for one in found))
    if any(words.has_a_fault(one) for one in found):
        raise SystemExit(1)


@contextmanager
def _opened(target: str) -> Iterator[source.Source]:
    if Path(target).is_file():
        with source.of_file(Path(target)) as one:
            yield one
        return
    import wsgi  # noqa: PLC0415  # `cli` has imported it; nothing else may be first

    with wsgi.app.app_context(), source.of_engine(db.engines[READING]) as one:
        yield one


def _rooms(opened: source.Source, target: str) -> list[str]:
    return rooms_in(opened) if Path(target).is_file() else [target]


def _keys(target: str, ref: str) -> dict[str, bool] | None:
    """Which keys of the room this server has; of a file nobody looks."""
    if Path(target).is_file():
        return None
    return {name: ref in keyring.refs(name) for name in ("live", "kept")}
