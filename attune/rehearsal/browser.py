"""A browser without script, of the standard library: it keeps cookies and sends a page's forms.

It follows nothing: where a page leads to is part of what the page says.
"""

from collections.abc import Mapping
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    ProxyHandler,
    Request,
    build_opener,
)

SECONDS = 15  # until a page has to be there


class Page(NamedTuple):
    status: int
    text: str
    led_to: str  # where it leads on to; empty when it does not


class Browser:
    """Keeps cookies, opens pages and sends forms of theirs; the standard library does it all."""

    def __init__(self, url: str) -> None:
        self._url, self._jar = url, CookieJar()
        # No proxy: it is this machine that is asked.
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self._jar), _AsItComes)

    def opens(self, path: str) -> Page:
        return self._asks(Request(self._url + path))  # noqa: S310  # http, and our own server

    def sends(self, path: str, fields: Mapping[str, str]) -> Page:
        body = urlencode(fields).encode()
        return self._asks(Request(self._url + path, body, {"Origin": self._url}))  # noqa: S310

    @property
    def cookies(self) -> dict[str, str | None]:
        return {cookie.name: cookie.value for cookie in self._jar}

    def _asks(self, request: Request) -> Page:
        with self._opener.open(request, timeout=SECONDS) as reply:
            return Page(reply.status, reply.read().decode(), reply.headers.get("Location", ""))


def fields_of(page: str, action: str) -> dict[str, str]:
    """What the form that goes to this address would send along by itself. Empty: no such form."""
    form = _Form(action)
    form.feed(page)
    return form.fields


class _Form(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action, self._is_inside = action, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._is_inside = has.get("action") == self._action
        elif tag == "input" and self._is_inside and has.get("name"):
            self.fields[str(has["name"])] = has.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"


class _AsItComes(HTTPErrorProcessor):
    """Follow nothing, and raise nothing: a page is what the server says."""

    def http_response(self, request: Request, response: Any) -> Any:  # noqa: ARG002
        return response
