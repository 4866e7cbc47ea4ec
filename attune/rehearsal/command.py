"""`attune rehearse`: starts a server for one room, brings people, and leaves nothing behind.

It imports as little as it can, so that the server starts at once; what people need is read while
that is starting. However it ends, the server notices and cleans up (`house`), and if both were
killed at the same moment, the next rehearsal does (`folder`).
"""

import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue

import click

from attune.rehearsal import folder

PROGRAMMES = Path(__file__).parents[1] / "programmes_data"
FIRST = "classroom-check-in"
MANY = ("3", "8", "30")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("programme", default=FIRST)
@click.option(
    "--people", type=click.Choice(MANY), default="8", show_default=True, help="How many come."
)
def rehearse(programme: str, people: str) -> None:
    """Try a programme with simulated people, in a room of which nothing is kept.

    PROGRAMME is the name of a ready programme, or the path of a YAML file.
    """
    file = file_of(programme)
    # From here on nothing ends this process but itself: a signal is a wish, heard in its turn.
    wishes: SimpleQueue[str] = SimpleQueue()
    for name in SIGNALS:
        signal.signal(name, lambda *_: wishes.put("stop"))
    with folder.made() as made:
        from attune.rehearsal.session import Session  # noqa: PLC0415

        sys.exit(Session(made, file, int(people), wishes).plays())


def file_of(programme: str) -> Path:
    """The file of a ready programme or a path. Raises BadParameter with what there is."""
    there = sorted(file.stem for file in PROGRAMMES.glob("*.yaml"))
    if programme in there:
        return PROGRAMMES / f"{programme}.yaml"
    path = Path(programme).absolute()
    if path.is_file():
        return path
    if path.suffix in (".yaml", ".yml") or os.sep in programme:
        raise click.BadParameter(f"there is no file {path}.", param_hint="PROGRAMME")
    text = f"there is no programme “{programme}”. There are: {', '.join(there)}. A file works too."
    raise click.BadParameter(text, param_hint="PROGRAMME")
