"""Whether this server works: `/healthz` and `/readyz`.

Ready means able to take answers: the database answers, its tables are today's, and the writer
of answers lives. Nobody learns more than that from outside.
"""

from flask import Flask
from flask.typing import ResponseReturnValue

from attune import migrating
from attune.writer import writer


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> ResponseReturnValue:
    """Whether the process answers at all."""
    return {"ok": True}


def readyz() -> ResponseReturnValue:
    found = {"database": migrating.is_current(), "writer": writer.is_alive}
    ready = all(found.values())
    return {"ok": ready, **found}, 200 if ready else 503
