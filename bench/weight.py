"""What a phone fetches, byte for byte as it came over the wire, headers included.

Each page is opened by a real browser that has seen nothing of Attune before. The bytes are those
that its network layer counted, so whatever the server does not compress is in them as it is.
"""

# ruff: noqa: T201  # it talks to whoever called

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser import running_browser
from tests.journeys.pages import Place, account_at
from tests.servers import AttuneServer

GOAL = 60_000  # bytes
KINDS = ("Document", "Stylesheet", "Script", "Font", "Image", "Other")


@dataclass
class Wire:
    """What came, in bytes, by what the browser took it for."""

    page: str
    goal: int | None = GOAL
    came: dict[str, int] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    _named: dict[str, tuple[str, str]] = field(default_factory=dict)

    def listens(self, page: Page) -> "Wire":
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", self._named_by)
        network.on("Network.loadingFinished", self._counts)
        return self

    @property
    def total(self) -> int:
        return sum(self.came.values())

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.total <= self.goal

    def of(self, kind: str) -> int:
        return self.came.get(kind, 0)

    def _named_by(self, event: Mapping[str, Any]) -> None:
        kind = event["type"] if event["type"] in KINDS else "Other"
        self._named[event["requestId"]] = (kind, event["response"]["url"])

    def _counts(self, event: Mapping[str, Any]) -> None:
        kind, url = self._named.get(event["requestId"], ("Other", ""))
        size = int(event["encodedDataLength"])
        self.came[kind] = self.came.get(kind, 0) + size
        self.fetched.append(f"{size:>7,}  {url.split('/', 3)[-1]}")


def pages() -> Iterator[Wire]:
    """The join page, each step of the programme on a phone, then the console and the screen."""
    with a_place() as place:
        room = place.programme()
        phone = place.joins(room)
        address, seat = phone.url, phone.context.cookies()
        jo = place.leads(room).context.cookies()
        yield weigh(place, "join page", f"{place.url}/")
        yield weigh(place, "room, waiting", address, seat)
        for number, prompt in enumerate(room.prompts):
            room.puts_step(number)
            yield weigh(place, f"room, {prompt.kind}", address, seat)
        console = place.url + room.path
        yield weigh(place, "console", console, jo, goal=None)
        yield weigh(place, "screen", f"{console}/screen", jo, goal=None)


@contextmanager
def a_place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        server = AttuneServer(Path(folder)).start()
        try:
            with running_browser() as browser:
                place = Place(server, browser, account_at(server))
                yield place
                place.leave()
        finally:
            server.stop()


def weigh(
    place: Place, name: str, address: str, cookies: Any = (), goal: int | None = GOAL
) -> Wire:
    page = place.opens()
    page.context.add_cookies(cookies)
    wire = Wire(name, goal).listens(page)
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.wait_for_load_state("networkidle")
    page.context.close()
    return wire


def main() -> int:
    heads = ("all", *KINDS, "")
    print(f"{'bytes on the wire, first visit':<32}" + "".join(f"{head:>11}" for head in heads))
    missed = 0
    for wire in pages():
        row = "".join(f"{size:>11,}" for size in (wire.total, *map(wire.of, KINDS)))
        missed += not wire.is_met
        print(f"{wire.page:<32}{row}{'' if wire.is_met else '  MISSED'}", flush=True)
        if "--files" in sys.argv:
            print(*wire.fetched, sep="\n")
    print(f"\nA phone's first page: at most {GOAL:,} bytes in all; {missed} above it.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
