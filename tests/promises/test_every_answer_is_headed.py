"""S9: what every answer of the server says to the browser, whoever asks for it.

`tests/test_security.py` holds each header for strangers. Here a real server is asked by people
who are known: a page of theirs may not bring a weaker policy of its own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.promises.test_who_reaches_what import LIVE, Cast, Cell
from tests.realtime.cast import everybody_leaves
from tests.servers import AttuneServer

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types attune",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
SWITCHED_OFF = ("camera", "microphone", "geolocation", "display-capture", "accelerometer")
ASKING = ("nobody", "in the room", "at its door", "leads it", "shut out")


@pytest.fixture
def cast(server: Callable[..., AttuneServer]) -> Iterator[Cast]:
    yield Cast(server())
    everybody_leaves()


def unheaded(cast: Cast) -> list[str]:
    """The answers that do not say all of it, and what they leave out."""
    found = []
    for address in LIVE:
        for who in ASKING:
            cast.asks(Cell(address, who))
            found += [f"{address}, {who}: {what}" for what in _missing(cast.reply)]
    return found


def _missing(reply: requests.Response) -> Iterator[str]:
    for name, value in HEADERS.items():
        if reply.headers.get(name) != value:
            yield f"{name}: {reply.headers.get(name)}"
    # Of what is asked by its tag, somebody beside the phone could learn whether it changed.
    yield from (f"{name} is there" for name in ("ETag", "Last-Modified") if name in reply.headers)
    policy = reply.headers.get("Content-Security-Policy", "").split("; ")
    # The one line that depends on the instance: its own sockets, and nobody else's.
    sockets = {line for line in policy if line.startswith("connect-src 'self' ws://127.0.0.1:")}
    if len(policy) != len(POLICY) + 1 or set(policy) - sockets != POLICY:
        yield f"Content-Security-Policy: {policy}"
    off = reply.headers.get("Permissions-Policy", "")
    yield from (f"{feature} is on" for feature in SWITCHED_OFF if f"{feature}=()" not in off)


def test_every_answer_is_headed_whoever_asks(cast: Cast) -> None:
    assert unheaded(cast) == []
    print(f"S9: {len(LIVE) * len(ASKING)} answers, all headed")


def test_every_page_goes_without_a_script_or_a_style_of_its_own(cast: Cast) -> None:
    """The policy would refuse them; a page that needs them would be broken in silence."""
    for address in LIVE:
        if address.startswith("GET"):
            cast.asks(Cell(address, "leads it"))
            page = cast.reply.text
            assert "<style" not in page, address
            assert " style=" not in page, address
            assert "<script>" not in page, address
            assert "javascript:" not in page, address


def test_a_page_with_a_policy_of_its_own_is_found(tmp_path: Path) -> None:
    mistake = (
        "from flask import request\n"
        "@wsgi.app.after_request\n"
        "def weaker(response):\n"
        "    if request.path == '/home':\n"
        "        response.headers['Content-Security-Policy'] = \"default-src 'self'\"\n"
        "    return response\n"
    )
    server = AttuneServer(tmp_path)
    server.program = ("-c", f"import wsgi\n{mistake}\nfrom attune.cli import main\nmain()")
    try:
        found = unheaded(Cast(server.start()))
        assert {line.partition(",")[0] for line in found} == {"GET /home"}
    finally:
        everybody_leaves()
        server.stop()
