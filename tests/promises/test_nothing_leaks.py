"""A5: of what the facilitator's side is sent during a session, nothing tells who gave what, and
nothing tells a text before its result is made; and nobody's marks are left in the log.

Everything is scanned: every address that the table of `test_who_reaches_what` lets who leads open,
as a page and as JSON, files, every frame of a console's and a screen's socket, and of a phone that
only looks on, the log. The same scans have to find what a server with a fault on purpose sends or
writes.
"""

import base64
import json
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session
from websocket import WebSocketException

from attune.models import Release, Room, Round
from attune.sealing import Key, about_release
from attune.seats import cookie_name, token_of
from tests.faulty import server_with
from tests.figures import Tell
from tests.house import Prompt
from tests.promises.test_who_reaches_what import GO, LIVE, WHO
from tests.realtime.cast import (
    CONNECTED,
    EVENT,
    SECONDS,
    Lead,
    Phone,
    Refused,
    Socket,
    everybody_leaves,
    idem,
)
from tests.servers import AttuneServer, until

OWN_WORDS = Prompt(
    "choice",
    {"options": [{"label": "Tea"}, {"label": "Water"}], "allow_other": True},
    {"title": "What would help?"},
)
CLOSING = Prompt("closing", {"ratings": ["safe"], "change_ask": True}, {"title": "One word"})
WALL = Prompt("wall", {"max_cards": 2}, {"title": "On the wall"})
NEED = 4

LEADS = WHO.index("leads it")
SIGNING_OUT = ("/socket.io/",)  # a socket's first words; those are heard as frames
FOR_THE_GROUP = ("screen", "part=group", "of the phone", "/r/")

CARD = re.compile(r'value="([0-9a-f]{6})"')  # the button of a card that can be marked

Marks = Mapping[str, bytes]  # what to look for, by a name for it


def found(where: str, content: bytes, marks: Marks) -> list[str]:
    """Which marks are in the content, in any form in which it could be written."""
    return [
        f"{name} in {where}"
        for name, mark in marks.items()
        if any(form in content for form in written(mark))
    ]


def written(mark: bytes) -> set[bytes]:
    """As it is, and as hex, base64 and Python would write it; half of a number is enough."""
    forms = {mark, mark.hex().encode(), mark.hex().upper().encode(), repr(mark)[2:-1].encode()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms.add(encode(mark).rstrip(b"="))
    if len(mark) in (16, 32) and not mark.isalnum():
        forms |= {mark[:8], mark[:8].hex().encode()}
    return forms


# --- A5 -----------------------------------------------------------------------------------------


def plan_of(lead: Lead) -> int:
    with Session(lead.engine) as session:
        plan = session.scalar(sa.select(Room.plan_id).where(Room.ref == lead.ref))
    assert plan
    return plan


def a_text() -> str:
    return f"q{secrets.token_hex(6)}"


@dataclass
class Scanner:
    """Hears all that the facilitator's side is sent, and looks through it again and again."""

    lead: Lead
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    who: dict[str, bytes] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    scanned: int = 0
    answers: int = 0

    def __post_init__(self) -> None:
        self.lead.session.hooks["response"].append(self._hear)
        self.console, self.screen = self.lead.watches("console"), self.lead.watches("screen")
        self.onlooker = self.lead.phone()
        self.onlooker.session.hooks["response"].append(self._hear)
        self.phone = self.onlooker.connects()
        self.plan = plan_of(self.lead)
        self._read = {"console": 0, "screen": 0, "phone": 0}

    def _hear(self, reply: requests.Response, *_: Any, **__: Any) -> None:
        # One's own cookie is of the session that signed in, and no seat's.
        head = {name: value for name, value in reply.headers.items() if name != "Set-Cookie"}
        self.answers += 1
        self.heard.append((str(reply.request.path_url), str(head).encode() + reply.content))

    def looks(self, before: Mapping[str, str], unseen: Mapping[str, str] | None = None) -> None:
        """Open the room's main pages.

        `before`: texts that nobody may read yet; `unseen`: texts that the console may, and the
        group's pages and files may not.
        """
        at = f"/rooms/{self.lead.ref}"
        regions = [f"{at}/regions?as={audience}" for audience in ("console", "screen")]
        files = [f"{at}/summary.json?part={part}" for part in ("facilitator", "group")]
        self._opens([at, f"{at}/screen", *regions, *files], before, unseen)

    def looks_everywhere(
        self, before: Mapping[str, str], unseen: Mapping[str, str] | None = None
    ) -> None:
        """Open whatever there is to open, as a page and as JSON."""
        paths = [*self._paths()]
        for path in paths:
            self.lead.session.get(self.lead.url + path, headers={"Accept": "application/json"})
        self._opens(paths, before, unseen)

    def _opens(
        self, paths: Sequence[str], before: Mapping[str, str], unseen: Mapping[str, str] | None
    ) -> None:
        self.lead.sees()
        for path in paths:
            self.lead.session.get(self.lead.url + path)
        for path in ("", "/regions", "/mine"):
            self.onlooker.session.get(f"{self.lead.url}/r/{self.lead.ref}{path}")
        self._note_who()
        self._scan(before, unseen or {})

    def _paths(self) -> Iterator[str]:
        """Whatever who leads may open, with all that stands in for the words of an address."""
        asked = sorted(address for address, row in LIVE.items() if row[LEADS] in (200, GO))
        for address in asked:
            method, path = address.split()
            if method == "GET" and path not in SIGNING_OUT:
                yield from sorted(self._filled(path))

    def _filled(self, path: str) -> set[str]:
        words = {
            "REF": [self.lead.ref],
            "SLUG": ["classroom-check-in"],
            "ENDING": ["md", "csv", "json"],
            "ID": [str(self.plan)],
            "N": ["1", "2", "3"],
        }
        found = {path}
        for name, values in words.items():
            found = {re.sub(rf"\b{name}\b", value, each) for each in found for value in values}
        for each in [*found]:
            if each.endswith("/regions"):
                found |= {f"{each}?as={audience}" for audience in ("console", "screen")}
            if "/summary" in each:
                found |= {f"{each}?part={part}" for part in ("facilitator", "group")}
        return {
            each for each in found if not re.search("[A-Z]{4}", each.replace(self.lead.ref, ""))
        }

    def _scan(self, before: Mapping[str, str], unseen: Mapping[str, str]) -> None:
        everywhere = self.who | {name: text.encode() for name, text in before.items()}
        for_group = {name: text.encode() for name, text in unseen.items()}
        for where, content in [*self._frames(), *self.heard]:
            self.scanned += len(content)
            self.hits += found(where, content, everywhere)
            if any(name in where for name in FOR_THE_GROUP):
                self.hits += found(where, content, for_group)
        self.heard.clear()

    def _frames(self) -> Iterator[tuple[str, bytes]]:
        watched_by = {"console": self.console, "screen": self.screen, "phone": self.phone}
        for name, watched in watched_by.items():
            frames = watched.frames[self._read[name] :]
            self._read[name] += len(frames)
            for frame in frames:
                yield f"a frame of the {name}", frame.encode()

    def _note_who(self) -> None:
        """Every number in the database by which a seat or its answer could be found."""
        file = self.lead.server.settings["ATTUNE_DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as database:
            for (pid,) in database.execute("SELECT pid FROM answer"):
                self.who[f"pid {pid.hex()[:4]}"] = pid
            for key, token_hash in database.execute("SELECT key, token_hash FROM seat"):
                self.who[f"seat key {key.hex()[:4]}"] = key
                self.who[f"token hash {key.hex()[:4]}"] = token_hash
        for kind in ("live", "kept"):
            path = Path(self.lead.server.settings["ATTUNE_KEYS"]) / kind / self.lead.ref
            if path.exists():
                self.who[f"{kind} key"] = path.read_bytes()
        self._note_authors()

    def _note_authors(self) -> None:
        """The tags that say, to an author's own phone alone, whose a card is."""
        with Session(self.lead.engine) as session:
            mine = (
                sa.select(Release)
                .join(Round, Round.id == Release.round_id)
                .join(Room, Room.id == Round.room_id)
                .where(Room.ref == self.lead.ref, Release.body.is_not(None))
            )
            for release in session.scalars(mine):
                assert release.body
                place = (release.round_id, release.act, release.number)
                about = about_release(self.lead.ref, *place)
                body = json.loads(Key(self.who["live key"]).open(release.body, about))
                for card in body.get("values", {}).get("cards", ()):
                    self.who[f"author {card['by'][:4]}"] = card["by"].encode()

    def knows(self, phones: list[Phone]) -> None:
        for number, phone in enumerate(phones):
            token = token_of(phone.cookies[cookie_name(phone.ref)])
            assert token
            self.who[f"token of {number}"] = token


def id_of(lead: Lead, text: str) -> str:
    """What the console calls a text in its buttons."""
    page = lead.follows(f"/rooms/{lead.ref}").text
    buttons = re.findall(r"<button[^>]*>", page)
    button = next(each for each in buttons if f'aria-label="Keep back: {text}"' in each)
    found = re.search(r'value="hide:\w+:(\w+)"', button)
    assert found
    return found[1]


def gives(phone: Phone, socket: Socket, number: int, **answer: object) -> None:
    sent = {"round": number, "idem": idem(), "answer": answer}
    assert socket.asks("answer", sent)["ok"]


def a_wall(
    scanner: Scanner,
    people: list[tuple[Phone, Socket]],
    never: Mapping[str, str],
    kept: Mapping[str, str],
) -> dict[str, str]:
    """Cards, one of them kept back, and then marked by those they are true for; what is kept."""
    lead, number = scanner.lead, scanner.lead.puts(1)
    cards = {f"card {place}": a_text() for place in range(len(people) + 1)}
    texts = list(cards.values())
    gives(*people[0], number, cards=[{"text": texts[0]}, {"text": texts[-1]}])
    for (phone, socket), text in zip(people[1:], texts[1:], strict=False):
        gives(phone, socket, number, cards=[{"text": text}])
    scanner.looks({**never, **cards}, kept)
    lead.closes(number)
    lead.does(f"/rounds/{number}/preview")
    hidden = {"a card kept back": texts[1]}
    kept_back = f"hide:cards:{id_of(lead, texts[1])}"
    assert lead.does(f"/rounds/{number}/release/edits", edit=kept_back) == GO
    assert lead.does(f"/rounds/{number}/release", form="full") == GO
    assert lead.does(f"/rounds/{number}/progress", to=1) == GO
    for _, socket in people:
        until(lambda one=socket: CARD.search(one.regions["results"]["html"]), SECONDS, "cards")  # type: ignore[misc]
        shown = CARD.findall(socket.regions["results"]["html"])
        for card in shown[:2]:
            sent = {"round": number, "card": card, "on": True, "idem": idem()}
            socket.asks("resonate", sent)  # one's own is refused
    scanner.looks(never, {**kept, **hidden})
    assert lead.does(f"/rounds/{number}/progress", to=2) == GO
    marks = f"/rooms/{lead.ref}/rounds/{number}/release"
    assert lead.sends(marks, page="/plans", form="full", act="1").status_code == GO
    scanner.looks(never, {**kept, **hidden})
    return hidden


def a_session(server: AttuneServer, *, everywhere: bool = True) -> Scanner:
    """A room with texts: given, changed, taken back, held, shown, kept back; then its end."""
    lead = Lead(server).opens(OWN_WORDS, WALL, CLOSING, k=NEED)
    scanner = Scanner(lead)
    phones = [lead.phone() for _ in range(6)]
    sockets = [phone.connects() for phone in phones]
    scanner.knows(phones)

    number = lead.puts(0)
    given = [a_text() for _ in phones]
    changed, taken = a_text(), a_text()
    gives(phones[0], sockets[0], number, other=changed)
    gives(phones[1], sockets[1], number, other=taken)
    assert sockets[1].asks("take_back", {"round": number, "idem": idem()})["ok"]
    for phone, socket, text in zip(phones, sockets, given, strict=True):
        gives(phone, socket, number, other=text)
    never = {"a changed text": changed, "a text taken back": taken}
    texts = {f"text {place}": text for place, text in enumerate(given)}
    until(lambda: scanner.console.shows("counts", "6 of 7"), SECONDS, "the counts")
    scanner.looks(never | texts)
    lead.closes(number)
    (scanner.looks_everywhere if everywhere else scanner.looks)(never | texts)
    lead.does(f"/rounds/{number}/preview")
    kept = {"a text kept back": given[5]}
    lead.does(f"/rounds/{number}/release/edits", edit=f"hide:other:{id_of(lead, given[5])}")
    scanner.looks(never, texts)
    lead.does(f"/rounds/{number}/release", form="full")
    until(lambda: scanner.screen.shows("results", given[0]), SECONDS, "the texts")
    scanner.looks(never, kept)
    lead.does(f"/rounds/{number}/release/delete")
    until(lambda: not scanner.screen.shows("results", given[0]), SECONDS, "nothing any more")

    kept |= a_wall(scanner, list(zip(phones, sockets, strict=True)), never, kept)
    number = lead.puts(2)
    held = {f"held text {place}": a_text() for place in range(NEED - 1)}
    for phone, socket, text in zip(phones, sockets, held.values(), strict=False):
        gives(phone, socket, number, word=text, change=text[::-1], safe=1)
    never |= held | {f"{name}, its wish": text[::-1] for name, text in held.items()}
    lead.closes(number)
    lead.does(f"/rounds/{number}/preview")
    scanner.looks(never, kept)
    lead.ends()
    (scanner.looks_everywhere if everywhere else scanner.looks)(never | kept, texts)
    scanner.hits += found("the log", server.log_text().encode(), scanner.who)
    return scanner


@contextmanager
def running(server: AttuneServer) -> Iterator[AttuneServer]:
    try:
        yield server.start()
    finally:
        everybody_leaves()
        server.stop()


@pytest.mark.timeout(300)  # some five hundred pages
def test_the_facilitators_side_is_sent_nothing_of_anybody(tmp_path: Path, tell: Tell) -> None:
    with running(AttuneServer(tmp_path)) as server:
        scanner = a_session(server)
    assert len(scanner.who) > 6 * 3 + 6
    assert scanner.hits == []
    size = scanner.scanned // 1_000
    figure = f"{size:,} kB of {scanner.answers} answers and {sum(scanner._read.values())} frames"
    tell("A5", "console, screen and a phone", f"{figure}; {len(scanner.who)} numbers: 0 hits")


@pytest.mark.timeout(300)
def test_the_same_scan_catches_a_leak(tmp_path: Path, tell: Tell) -> None:
    with running(server_with("draws_answers", tmp_path)) as server:
        scanner = a_session(server, everywhere=False)
    for name in ("text", "pid"):
        assert [hit for hit in scanner.hits if hit.startswith(name)]
    assert [hit for hit in scanner.hits if "a frame of the console" in hit]
    tell("A5", "caught: a console that draws answers", f"{len(scanner.hits)} hits")


# --- the log ------------------------------------------------------------------------------------

ADDRESS = "203.0.113.77"


def a_marked_journey(server: AttuneServer) -> dict[str, bytes]:
    """A session in which everything that people are, type and send is marked; the marks."""
    marks = {name: f"m{secrets.token_hex(8)}" for name in MARKED}
    from_there = {"X-Forwarded-For": ADDRESS, "User-Agent": marks["browser"]}
    lead = Lead(server)
    lead.session.headers.update(from_there)
    lead.signs_in(f"{marks['email']}@example.org", marks["password"])
    lead.opens(OWN_WORDS, CLOSING, k=NEED)
    console = lead.watches(headers=[f"X-Forwarded-For: {ADDRESS}"])
    phones = []
    for _ in range(NEED):
        phone = Phone(server.url)
        phone.session.headers.update(from_there)
        phones.append(phone.joins(lead.code))
    mistakes(phones[0], marks)
    number = lead.puts(0)
    for phone in phones:
        socket = phone.connects(headers=[f"X-Forwarded-For: {ADDRESS}"])
        gives(phone, socket, number, other=marks["text"])
    hostile(phones[0], marks)
    page = f"/r/{lead.ref}"
    phone = phones[1]
    phone.sends(f"{page}/rounds/{number}/answer", page=page, other=marks["form"], idem=idem())
    phone.sends(f"{page}/rounds/{number}/answer", page=page, other=marks["long"] * 20, idem=idem())
    cookies = {
        f"cookie {place}": each.cookies[cookie_name(each.ref)] for place, each in enumerate(phones)
    }
    cookies["session"] = lead.cookies["attune"]
    lead.closes(number)
    lead.does(f"/rounds/{number}/release", form="full")
    until(lambda: console.shows("now", marks["form"]), SECONDS, "the texts")
    lead.ends()
    phone.opens(page)
    return {
        **{name: mark.encode() for name, mark in marks.items()},
        **{name: str(cookie).encode() for name, cookie in cookies.items()},
        "address": ADDRESS.encode(),
        "ref": lead.ref.encode(),
        "code": lead.code.encode(),
        "bare code": lead.code.replace("-", "").encode(),
    }


MARKED = (
    *("browser", "email", "password", "text", "form", "long", "wrong code", "path", "query"),
    *("frame", "event", "field", "body", "other seat"),
)


def mistakes(phone: Phone, marks: Mapping[str, str]) -> None:
    """Whatever goes wrong on the way, over HTTP."""
    phone.sends("/join", page="/", code=marks["wrong code"])
    phone.opens(f"/join/{marks['wrong code']}")
    phone.opens(f"/r/{marks['path']}?q={marks['query']}")
    phone.opens(f"/rooms/{marks['path']}/regions?have={marks['query']}")
    page = f"/r/{phone.ref}"
    phone.sends(f"{page}/rounds/1/answer", page=page, **{marks["field"]: marks["body"]})
    phone.session.post(f"{phone.url}{page}/rounds/1/answer", data=marks["body"] * 20_000)
    phone.session.post(f"{phone.url}{page}/rounds/1/answer", json={"answer": marks["body"]})


def hostile(phone: Phone, marks: Mapping[str, str]) -> None:
    """And over a socket: nothing of it is a protocol."""
    with pytest.raises(Refused):
        phone.connects(auth={"room": marks["other seat"]})
    socket = phone.connects(connects=False)
    socket.sends(f'{CONNECTED}{{"as": "{marks["frame"]}"')
    for body in (
        f'{EVENT}7["{marks["event"]}", {{"a": "{marks["frame"]}"}}]',
        f'{EVENT}8["answer", {{"round": 1, "answer": "{marks["frame"]}"}}]',
        f"{EVENT}9[{marks['frame']}",
        marks["frame"].encode(),
    ):
        other = phone.connects()
        other.sends(body)
        with suppress(OSError, WebSocketException):  # sent away for it
            other.asks("clock", {"t0": 0})  # it has been read by now
        other.closes()


SETTINGS = {"ATTUNE_LOG": "debug", "ATTUNE_PROXIES": "1"}


def test_the_log_has_nothing_of_anybody(tmp_path: Path, tell: Tell) -> None:
    with running(AttuneServer(tmp_path, SETTINGS)) as server:
        marks = a_marked_journey(server)
    log = server.log_text()
    assert found("the log", log.encode(), marks) == []
    tell("A5", "the log", f"{len(log.splitlines())} lines, {len(marks)} marks: 0 found")


def test_the_same_look_catches_a_line_too_many(tmp_path: Path) -> None:
    with running(server_with("logs_forms", tmp_path, SETTINGS)) as server:
        marks = a_marked_journey(server)
    names = {hit.partition(" in ")[0] for hit in found("log", server.log_text().encode(), marks)}
    assert {"password", "form"} <= names
    assert names & {"code", "bare code"}
