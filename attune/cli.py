"""The command `attune`.

The application is imported before anything else that does something: eventlet has to come
first, and only `wsgi` may bring it. A rehearsal is the exception: importing the application would
already make a folder and a secret key, and its server is a process of its own.
"""

import sys


def main() -> None:
    """Do what the command line says; exit with 2 when a setting is wrong."""
    from attune.errors import BadSetting  # noqa: PLC0415

    try:
        if sys.argv[1:2] == ["rehearse"]:
            from attune.rehearsal.command import rehearse  # noqa: PLC0415

            rehearse(sys.argv[2:], prog_name="attune rehearse")
        if not {"--help", "-h"} & set(sys.argv[1:]):
            import wsgi  # noqa: F401, PLC0415
        from attune.commands import attune  # noqa: PLC0415

        attune(prog_name="attune")
    except BadSetting as problem:
        print(f"Attune cannot start.\n{problem}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
