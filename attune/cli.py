"""The command `attune`.

The application is imported before anything else that does something: eventlet has to come
first, and only `wsgi` may bring it. Exceptions are a rehearsal, whose server is a process of its
own, and the audit of a file: importing the application would already make a folder and a key.
"""

import sys
from pathlib import Path


def main() -> None:
    """Do what the command line says; exit with 2 when a setting is wrong."""
    from attune.errors import BadSetting  # noqa: PLC0415

    try:
        if sys.argv[1:2] == ["rehearse"]:
            from attune.rehearsal.command import rehearse  # noqa: PLC0415

            rehearse(sys.argv[2:], prog_name="attune rehearse")
        if not ({"--help", "-h"} & set(sys.argv[1:]) or _is_of_a_file(sys.argv[1:])):
            import wsgi  # noqa: F401, PLC0415
        from attune.commands import attune  # noqa: PLC0415

        attune(prog_name="attune")
    except BadSetting as problem:
        print(f"Attune cannot start.\n{problem}", file=sys.stderr)
        sys.exit(2)


def _is_of_a_file(typed: list[str]) -> bool:
    return typed[:1] == ["audit"] and any(Path(word).is_file() for word in typed[1:])


if __name__ == "__main__":
    main()
