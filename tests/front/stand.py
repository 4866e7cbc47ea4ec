"""A room of cardboard: the real page and the real script before a server of the standard library.

It has no websocket, so the page takes the way of networks that block them; what is drawn, kept
and sent is the same on both. Nothing here decides what the real server would.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from jinja2 import DictLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.loaders import ChoiceLoader

from tests.browser import ROOT

DIST = ROOT / "attune" / "static" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types attune"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

PAGE = """
{% extends "layout.html" %}
{% block view %}participant{% endblock %}
{% block body_attributes %}data-live data-as="participant" data-room="room"
  {%- if quick_exit %} data-quick-exit{% endif %}{% endblock %}
{% block main_id %}room{% endblock %}
{% block main_attributes %}data-mine="{{ mine }}" data-mine-round="{{ number }}"{% endblock %}
{% block header %}
  {% from "components/leaving.html" import exit %}
  {{ exit("/r/room/seat/delete", "/blank") }}
{% endblock %}
{% block main %}
  {% for id in ["stage", "results", "side", "status"] %}
    <div id="{{ id }}" data-region="{{ id }}" data-v="{{ versions[id] }}">
      {{- regions[id] | safe -}}
    </div>
  {% endfor %}
  <form id="give" method="post" action="/r/room">
    <input type="hidden" name="csrf_token" value="token" />
    <input type="hidden" name="idem" value="" />
  </form>
{% endblock %}
"""

CONSOLE = """
{% extends "layout.html" %}
{% from "components/button.html" import button %}
{% from "components/connection.html" import connection %}
{% from "components/keys.html" import keys_dialog %}
{% block view %}console{% endblock %}
{% block body_attributes %}data-live data-as="console" data-room="room"{% endblock %}
{% block frame %}
  {{ connection("console") }}
  <main id="main">
    <h1>Console</h1>
    <div id="now" data-region="now" data-v="{{ versions.now }}">{{ regions.now | safe }}</div>
    {{ button("Close and preview", "act", key="c", form="act",
              formaction="/rooms/room/rounds/1/closure", name="grace", value="20") }}
    <p class="error" data-act-message hidden></p>
    <label>Private notes <textarea></textarea></label>
    <form id="act" method="post">
      <input type="hidden" name="csrf_token" value="token" />
      <input type="hidden" name="seen" value="1" />
    </form>
  </main>
  {{ keys_dialog() }}
{% endblock %}
"""

STAGE = """
{% from "components/dock.html" import choices, thanks %}
<article data-round="{{ number }}" data-kind="words" data-state="{{ state }}"
         data-closes-at="{{ closes_at }}">
  {% if state == "open" %}
    <div class="ask">
      <h1 class="prompt">{{ title }}</h1>
      <p id="hint">{{ hint }}</p>
      <div class="field"><label for="words-{{ number }}">Your words</label>
        <textarea id="words-{{ number }}" name="words" form="give"></textarea></div>
      <label><input type="radio" name="pick" value="a" form="give" />A</label>
      <label><input type="radio" name="pick" value="b" form="give" />B</label>
      <div data-private hidden>
        <textarea id="private-{{ number }}" aria-label="Only for you"></textarea>
      </div>
      {{ choices("/r/room/rounds/" ~ number ~ "/answer", "/r/room/rounds/" ~ number ~ "/pass") }}
    </div>
    <div class="thanks">{{ thanks() }}</div>
  {% else %}
    <h1 class="prompt">{{ title }}</h1><p>It is closed.</p>
  {% endif %}
</article>
"""


class Stand:
    """What the page is told, and what it sends."""

    def __init__(self) -> None:
        self.versions = {"stage": 0, "results": 0, "side": 0, "status": 0, "now": 0}
        self.regions = dict.fromkeys(self.versions, "")
        self.mine: dict[str, Any] = {}
        self.received: list[tuple[str, dict[str, list[str]]]] = []
        self.refusal: tuple[int, dict[str, str]] | None = None
        self.away = False
        self.quick_exit = False
        self.number = 0
        self.url = ""
        self.console_url = ""
        self._changed = threading.Condition()
        self._templates = _templates()

    def puts(self, title: str, number: int, **values: Any) -> None:
        """Put a prompt, or draw the same one again with other values."""
        self.number = number
        known = {"state": "open", "closes_at": "", "hint": ""} | values
        html = self._templates.get_template("stage").render(title=title, number=number, **known)
        self.draws("stage", html)

    def draws(self, region: str, html: str, *, version: int | None = None) -> None:
        """Send a region, by default as its next version."""
        with self._changed:
            newer = self.versions[region] + 1 if version is None else version
            self.versions[region] = newer
            self.regions[region] = html
            self._changed.notify_all()

    def page(self, name: str) -> str:
        return self._templates.get_template(name).render(
            versions=self.versions,
            regions=self.regions,
            number=self.number,
            mine="given" if str(self.number) in self.mine else "none",
            quick_exit=self.quick_exit,
        )

    def newer(self, have: dict[str, int], seconds: float) -> list[dict[str, Any]]:
        """What has another version than the page says, at the latest after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._other(have), seconds)
            return [
                {"id": name, "v": self.versions[name], "html": self.regions[name]}
                for name in self._other(have)
            ]

    def _other(self, have: dict[str, int]) -> list[str]:
        # An older one too: not drawing it is the page's own duty, which a test looks at.
        return [name for name, v in have.items() if v != self.versions[name]]


def _templates() -> Environment:
    manifest = json.loads((DIST / "manifest.json").read_text())
    templates = Environment(
        loader=ChoiceLoader(
            [
                DictLoader({"page": PAGE, "console": CONSOLE, "stage": STAGE}),
                FileSystemLoader(ROOT / "attune" / "templates"),
            ]
        ),
        undefined=StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, lambda one, more, n: one if n == 1 else more, newstyle=True
    )
    templates.globals.update(
        asset=lambda name: f"/static/dist/{manifest[name]}",
        icon_at=lambda name: f"/static/dist/{manifest['icons'][name]}",
        csrf_token=lambda: "token",
    )
    templates.filters["say"] = str
    return templates


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand: Stand

    def do_GET(self) -> None:  # the library's name for it
        url = urlsplit(self.path)
        if url.path.startswith("/static/dist/"):
            self._file(url.path.rsplit("/", 1)[-1])
        elif url.path == "/blank":
            self._send(200, "text/html", b"<p>Nothing here.</p>")
        elif self.stand.away:
            self._drop()
        elif url.path.endswith("/regions"):
            self._regions(parse_qs(url.query))
        elif url.path == "/r/room/mine":
            self._json(200, {"rounds": self.stand.mine})
        elif url.path == "/r/room":
            self._send(200, "text/html", self.stand.page("page").encode())
        elif url.path == "/rooms/room":
            self._send(200, "text/html", self.stand.page("console").encode())
        else:
            self._send(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.stand.away:
            return self._drop()
        fields: dict[str, list[str]] = {}
        for name, value in parse_qsl(body, keep_blank_values=True):
            fields.setdefault(name, []).append(value)
        self.stand.received.append((self.path.split("/room/", 1)[1], fields))
        if self.stand.refusal:
            status, error = self.stand.refusal
            return self._json(status, {"error": error})
        return self._json(200, {"ok": True, "ver": 1})

    def _regions(self, query: dict[str, list[str]]) -> None:
        pairs = (part.split(":") for part in query["have"][0].split(","))
        have = {name: int(v) for name, v in pairs}
        # Short, so that a stale version is offered again and again and no test waits for it.
        found = self.stand.newer(have, min(0.3, float(query["wait"][0])))
        self._json(200, {"regions": found, "now": time.time() * 1000})

    def _file(self, name: str) -> None:
        kind = TYPES.get(name[name.rfind(".") :], "application/octet-stream")
        self._send(200, kind, (DIST / name).read_bytes())

    def _json(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        with contextlib.suppress(ConnectionError):  # the page has gone on
            self.end_headers()
            self.wfile.write(content)

    def _drop(self) -> None:
        """A network that is gone: no answer at all."""
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing: it would stand between the tests' own lines."""


@contextmanager
def standing() -> Iterator[Stand]:
    stand = Stand()
    handler = type("Handler", (_Handler,), {"stand": stand})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    stand.url = f"http://127.0.0.1:{server.server_address[1]}/r/room"
    stand.console_url = stand.url.replace("/r/", "/rooms/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield stand
    server.shutdown()
    server.server_close()
