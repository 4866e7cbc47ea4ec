"""Where templates are found, and their compiled form, which is kept beside Python's own.

Compiling all of them takes most of a second of CPU. Without this the first people of a new
installation would wait for it, each time a step of a kind is put that was not put before.
"""

import contextlib
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
)
from jinja2.bccache import Bucket

from attune import logs

ROOT = Path(__file__).parent
KEPT = Path(cache_from_source(__file__)).parent
# Raise it when `prepare` compiles differently: what is kept is known by its source alone.
HOW = 1


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder, or nowhere if this process may not write there."""

    def __init__(self, folder: Path) -> None:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder), f"template-{HOW}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        # Also where Python is told to keep no modules: each start would take half as long again.
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def finds(*kind_folders: Path) -> ChoiceLoader:
    """The core's templates; a kind's own are `exercises/<kind>/ask.html` and so on."""
    return ChoiceLoader(
        [
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader({"exercises": FileSystemLoader(kind_folders)}),
        ]
    )


def prepare(environment: Environment, kept: Path = KEPT) -> None:
    """Set how templates are read, and where they are kept once they are compiled."""
    # What a template was not given is a mistake, and never an empty place on the page.
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.bytecode_cache = Compiled(kept)


def read_all(environment: Environment) -> None:
    """Compile or read every template there is. One that is broken is named in the log.

    It stays broken for whoever opens what it draws; that is no reason to shut the other rooms.
    """
    for name in environment.list_templates(extensions=("html", "svg")):
        try:
            environment.get_template(name)
        except (TemplateError, OSError) as error:
            logs.failed(f"template {name}", error)
