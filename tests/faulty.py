"""Attune with a fault in it, on purpose: what a test of a promise has to catch.

A server that is started in a folder with a `wsgi.py` of its own runs that instead of the real
one. Nothing of the application is changed for these: they stand around it.
"""

import importlib.util
import logging
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, has_request_context, request
from jinja2 import ChoiceLoader, DictLoader

from tests.servers import ROOT, AttuneServer


def server_with(fault: str, folder: Path, settings: dict[str, str] | None = None) -> AttuneServer:
    """A server, not started yet, whose application `fault` (a function here) has spoiled."""
    source = f"from tests import faulty\n\napp = faulty.spoiled({fault!r})\n"
    (folder / "wsgi.py").write_text(source)
    return AttuneServer(folder, {"PYTHONPATH": str(ROOT), **(settings or {})})


def spoiled(fault: str) -> Flask:
    app: Flask = _real().app
    spoil: Callable[[Flask], None] = globals()[fault]
    spoil(app)
    return app


def draws_answers(app: Flask) -> None:
    """The console's counts also say what came, and under which numbers it lies."""
    from attune.access import room_by_ref  # noqa: PLC0415  # only after the library is patched
    from attune.db import db  # noqa: PLC0415
    from attune.keys import keyring  # noqa: PLC0415
    from attune.models import Answer, Round  # noqa: PLC0415
    from attune.sealing import about_answer  # noqa: PLC0415

    def leaked(ref: str) -> str:
        room = room_by_ref(ref)
        assert room
        rows = db.session.query(Answer, Round).filter(
            Answer.round_id == Round.id, Round.room_id == room.id
        )
        key = keyring.live(ref)
        told = [
            answer.pid.hex()
            + key.open(answer.body, about_answer(ref, round.id, answer.act, answer.pid)).decode()
            for answer, round in rows
        ]
        return " ".join(told)

    name, loader = "stage/console/counts.html", app.jinja_env.loader
    assert loader
    source, *_ = loader.get_source(app.jinja_env, name)
    app.jinja_env.globals["leaked"] = leaked
    spoiled = DictLoader({name: source + "{{ leaked(room.ref) }}"})
    app.jinja_env.loader = ChoiceLoader([spoiled, loader])


def draws_who_asks(app: Flask) -> None:
    """Each region is drawn anew for each who asks, and a phone's status has something of it."""
    from attune import drawing  # noqa: PLC0415

    class Forgetful(OrderedDict[Any, Any]):
        def __contains__(self, place: object) -> bool:
            return False

    drawing._kept = Forgetful()
    name, loader = "stage/participant/status.html", app.jinja_env.loader
    assert loader
    source, *_ = loader.get_source(app.jinja_env, name)
    app.jinja_env.globals["asking"] = lambda: (
        "|".join(sorted(request.cookies.values())) if has_request_context() else ""
    )
    spoiled = DictLoader({name: source + "<p>{{ asking() }}</p>"})
    app.jinja_env.loader = ChoiceLoader([spoiled, loader])


def logs_forms(app: Flask) -> None:
    """A line for each form, as one adds it to find a fault and forgets it."""
    app.before_request(
        lambda: logging.getLogger("attune.forms").warning("sent: %s", dict(request.form))
    )


def falls_over_numbers(app: Flask) -> None:
    """Whatever looks like a number is read as one, and what was sent is written down."""
    logs_forms(app)

    def read() -> None:
        for text in request.form.values():
            if text.isdigit():
                int(text)

    app.before_request(read)


def _real() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_wsgi", ROOT / "wsgi.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tells_everybody(_: Flask) -> None:
    """An answer to what was said privately goes to every phone."""
    from attune import signals  # noqa: PLC0415

    everything = signals.everything

    def keys_of(room: Any, _: bytes) -> list[bytes]:
        return [said.key for said in everything(room)]

    from realtime import notes  # noqa: PLC0415

    spoiled = ModuleType("signals")
    vars(spoiled).update({**vars(signals), "keys_of": keys_of})
    vars(notes)["signals"] = spoiled
