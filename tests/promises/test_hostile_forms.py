"""Every form of every page, and every address there is, with what nobody would send by accident.

The addresses are those of the table of S1, which has to name each one of the url map; what their
forms are called is read from the pages themselves and from the views. So an address that comes is
attacked without a change here. On PostgreSQL, which takes fewer characters and smaller numbers
than SQLite does.
"""

import inspect
import json
import re
import secrets
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException

from tests import hostile
from tests.faulty import server_with
from tests.promises.test_who_reaches_what import LIVE, WHO, Cast, _written, shipped
from tests.realtime.cast import Lead, everybody_leaves, tea
from tests.servers import AttuneServer, driven

EACH = 4  # posts for each address and person
PEOPLE = ("leads it", "in the room", "nobody")
MARK = f"q{secrets.token_hex(5)}"  # in every text, to be looked for in the log

PARTING = re.compile(r"delete|sign-|ending|forgetting|leading|disabling|password|seat")

Fields = Sequence[tuple[str, str]]

NUMBERS = [
    "0",
    "1",
    "2",
    "-1",
    "9" * 19,
    "9" * 5_000,
    "\u0663",
    "\u00b2",
    "1e9",
    "NaN",
    "1.5",
    " 1",
]
NAMES = ["", "a.b.c", "picks.0.1", "picks", "__class__", "x" * 300, "\x00", "frame.title.0", "1"]
PLACES = ["0", "9" * 19, "9" * 5_000, "\u0663", "\u00b2", "\x00", "a\x00b", "..", "\u202e'\"<"]


class Forms(HTMLParser):
    """What the forms of a page call their fields, by where they are sent."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at
        self._open = ""  # the form that the reader stands in
        self._actions: dict[str, str] = {}  # of each form
        # Each with its form, which may come later, and what it holds unseen.
        self._fields: list[tuple[str, str, str]] = []
        self._elsewhere: list[tuple[str, str]] = []  # forms, and where a button of theirs sends

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = has.get("id", f"form {len(self._actions)}")
            self._actions[self._open] = has.get("action", self.at)
        mine = has.get("form", self._open)
        if "name" in has and tag in {"input", "select", "textarea", "button"}:
            hidden = has.get("value", "") if has.get("type") == "hidden" else ""
            self._fields.append((mine, has["name"], hidden))
        if "formaction" in has:
            self._elsewhere.append((mine, has["formaction"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""

    @property
    def fields(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Where each form is sent, and its fields, with what they hold unseen."""
        for form, action in [*self._actions.items(), *self._elsewhere]:
            yield action, {name: hidden for mine, name, hidden in self._fields if mine == form}


class Attack:
    """A server, one of everybody, and what is known of its forms."""

    def __init__(self, server: AttuneServer, app: Flask) -> None:
        self.server, self.app = server, app
        self.cast = Cast(server)
        self.quiet = Lead(server).opens(k=3)
        phones = [self.quiet.phone().connects() for _ in range(3)]
        number = self.quiet.puts()
        assert all(phone.asks("answer", tea(number))["ok"] for phone in phones)
        self.phones = phones
        self.before = self.untouched()
        self.begun = len(server.log_text())
        self.sent = 0
        self.wrong: list[str] = []
        self.statuses: defaultdict[int, int] = defaultdict(int)
        self.drawn_at: dict[str, str] = {}  # a page that has a form for this address
        self.names = self._names()

    def untouched(self) -> Any:
        """What must be as it was whatever is sent: another's plan, room and answers."""
        return [phone.asks("mine") for phone in self.phones], self.quiet.sees()["rounds"]

    @property
    def logged(self) -> list[str]:
        lines = self.server.log_text()[self.begun :].splitlines()
        return [line for line in lines if "Traceback" in line or '"error"' in line]

    def posts(self, address: str, who: str, fields: Fields, how: str) -> None:
        self.asks("POST", self.path(address), f"{address}, {who}, {how}", who, fields, how)

    def path(self, address: str) -> str:
        path = address.split()[1]
        for name, word in self.cast.words.items():
            path = re.sub(rf"\b{name}\b", word, path)
        return path

    def asks(  # noqa: PLR0917
        self, method: str, path: str, what: str, who: str, fields: Fields = (), how: str = "form"
    ) -> None:
        person = self.cast.people[who]
        token = self.cast.token(who)
        headers = {"Origin": person.url, "X-CSRF-Token": token}
        if how == "as JSON":
            headers["Accept"] = "application/json"
        with requests.Session() as browser:
            browser.cookies.update(person.session.cookies)
            body = self._body(fields, how, token) if method == "POST" else {}
            reply = browser.request(
                method, person.url + path, headers=headers, allow_redirects=False, **body
            )
        self.sent += 1
        self.statuses[reply.status_code] += 1
        if reply.status_code >= 500:
            self.wrong.append(f"{what}: {reply.status_code} for {str(fields)[:300]}")
        if "html" in reply.headers.get("Content-Type", "") and hostile.not_inert(reply.text):
            self.wrong.append(f"{what}: {hostile.not_inert(reply.text)} for {str(fields)[:300]}")

    @staticmethod
    def _body(fields: Fields, how: str, token: str) -> dict[str, Any]:
        if how == "JSON":
            return {"json": {**dict(fields), "round": 1}}
        pairs = [("csrf_token", token), *fields]
        if how == "in parts":
            return {
                "files": [
                    (name or "a", (None, text.encode("utf8", "replace"))) for name, text in pairs
                ]
            }
        return {"data": [(name, text) for name, text in pairs]}

    def _names(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {address: set() for address in LIVE}
        for page in self._pages():
            for action, found in page.fields:
                if address := self._address_of(action):
                    names[address] |= set(found)
                    if action == self.path(address):
                        self.drawn_at[address] = page.at
        for rule in self.app.url_map.iter_rules():
            view = inspect.unwrap(self.app.view_functions[rule.endpoint])
            source = inspect.getsource(sys.modules[view.__module__])
            address = f"POST {_written(rule.rule)}"
            if address in names:
                names[address] |= set(
                    re.findall(r'(?:form(?:\.\w+)?[(\[]|number\()"([\w.]+)"', source)
                )
        return {address: found - {"csrf_token"} for address, found in names.items()}

    def _pages(self) -> Iterator[Forms]:
        for address in LIVE:
            if address.startswith("GET") and "socket" not in address:
                for who in ("leads it", "in the room"):
                    yield self._page(self.path(address), who)

    def _page(self, path: str, who: str) -> Forms:
        page = Forms(path)
        reply = self.cast.people[who].session.get(self.server.url + path)
        if "html" in reply.headers.get("Content-Type", ""):
            page.feed(reply.text)
        return page

    def known(self, address: str, who: str) -> dict[str, str]:
        """What fits: as S1 sends it, and what its form holds unseen at this moment."""
        hidden: dict[str, str] = {}
        if address in self.drawn_at:
            for action, found in self._page(self.drawn_at[address], who).fields:
                if action == self.path(address):
                    hidden |= {name: value for name, value in found.items() if value}
        hidden.pop("csrf_token", None)
        return {**self.cast.fields.get(address, {}), **hidden}

    def _address_of(self, action: str) -> str:
        try:
            rule, _ = self.app.url_map.bind("").match(
                action.partition("?")[0], method="POST", return_rule=True
            )
        except HTTPException:
            return ""
        return f"POST {_written(rule.rule)}"


def forms(names: set[str], known: Mapping[str, str]) -> st.SearchStrategy[Fields]:
    """Some of the fields, each as it should be, nearly so, or foul; and some nobody asked for."""
    text = st.one_of(
        st.sampled_from([word + MARK for word in hostile.WORDS.values()]),
        st.sampled_from([*NUMBERS, "", "yes", "a", "open", "full", "x" * 30_000]),
        st.builds(json.dumps, hostile.answers()),
    )
    value = {
        name: st.one_of(text, st.just(known[name])) if name in known else text for name in names
    }
    names_and_more = st.sampled_from(sorted({*names, *NAMES}))
    field = names_and_more.flatmap(lambda name: st.tuples(st.just(name), value.get(name, text)))
    one_foul = st.builds(
        lambda name, foul: [*({**known, name: foul}).items()], names_and_more, text
    )
    whole = st.tuples(*[st.tuples(st.just(name), value[name]) for name in sorted(names)])
    return st.one_of(one_foul, one_foul, whole, st.lists(field, max_size=12))


def is_attacked(attack: Attack) -> None:
    """Each address by everybody, from the top down as a session goes; what ends something last."""
    posts = [address for address in LIVE if address.startswith("POST")]
    for address in sorted(posts, key=lambda each: (bool(PARTING.search(each)), "sign-" in each)):
        for who, told in zip(WHO, LIVE[address], strict=True):
            if who in PEOPLE and told != 404:  # S1 sees to those who are not let in
                _is_counted_wrong(attack, address, who)
                _is_sent(attack, address, who)


def _is_counted_wrong(attack: Attack, address: str, who: str) -> None:
    """Each number of a form, one after the other, as another one."""
    known = attack.known(address, who)
    if "do" in attack.names[address]:
        known["do"] = "frame.discuss.0.remove"  # a button at a row
    for name, value in known.items():
        for number in NUMBERS if re.search(r"\d", value) and len(value) < 30 else ():
            sent = {**known, name: re.sub(r"\d+", number, value, count=1)}
            attack.posts(address, who, list(sent.items()), "form")


def _is_sent(attack: Attack, address: str, who: str) -> None:
    known = attack.known(address, who)
    how = st.sampled_from(["form", "form", "as JSON", "JSON", "in parts"])

    @settings(hostile.SAME_EACH_TIME, max_examples=EACH)
    @given(forms(attack.names[address] | set(known), known), how)
    def post(fields: Fields, how: str) -> None:
        attack.posts(address, who, fields, how)

    post()


def is_asked_for_nonsense(attack: Attack) -> None:
    """Each address with something else where a name, a number or a code should be."""
    for address in LIVE:
        method, path = address.split()
        who = "in the room" if path.startswith(("/r/", "/join")) else "leads it"
        words = [word for word in attack.cast.words if re.search(rf"\b{word}\b", path)]
        for word, place in ((word, place) for word in words for place in PLACES):
            asked = re.sub(rf"\b{word}\b", quote(place), path)
            for name, known in attack.cast.words.items():
                asked = re.sub(rf"\b{name}\b", known, asked)
            attack.asks(method, asked, f"{address}, {word} is {place[:20]!r}", who)
        if method == "GET" and not words:
            for place in PLACES:
                query = f"?token={quote(place)}&code={quote(place)}&next={quote(place)}"
                attack.asks(method, path + query, f"{address} with {place[:20]!r}", who)


@pytest.fixture
def attack(postgres_url: str, tmp_path: Path) -> Iterator[Attack]:
    server = AttuneServer(tmp_path, {"ATTUNE_DATABASE_URL": driven(postgres_url)})
    try:
        yield Attack(server.start(), shipped(tmp_path / "app"))
    finally:
        everybody_leaves()
        server.stop()


@pytest.mark.timeout(600)
def test_no_form_and_no_address_falls_over_whatever_is_sent(attack: Attack) -> None:
    is_asked_for_nonsense(attack)
    is_attacked(attack)
    assert attack.wrong == []
    assert attack.logged == []
    assert MARK not in attack.server.log_text()
    assert attack.untouched() == attack.before
    statuses = ", ".join(f"{n} x {status}" for status, n in sorted(attack.statuses.items()))
    print(f"S4: {attack.sent} hostile requests, 0 failed, 0 logged with content: {statuses}")


def test_a_server_that_falls_over_or_writes_it_down_is_found(tmp_path: Path) -> None:
    server = server_with("falls_over_numbers", tmp_path)
    try:
        attack = Attack(server.start(), shipped(tmp_path / "app"))
        for address in ("POST /rooms/REF/entry", "POST /rooms/REF/notes"):
            _is_counted_wrong(attack, address, "leads it")
            _is_sent(attack, address, "leads it")
        assert [line for line in attack.wrong if "500" in line]
        assert attack.logged
        assert MARK in server.log_text()
    finally:
        everybody_leaves()
        server.stop()
