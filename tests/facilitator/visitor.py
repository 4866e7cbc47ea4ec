"""A browser without script: it keeps cookies, sends forms with their token, follows nothing."""

import re
from html import unescape
from typing import Any

import requests

PASSWORD = "rooted together"


class Visitor:
    """Somebody at one server, signed in or not."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def opens(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(self.url + path, headers=headers, allow_redirects=False)

    def follows(self, path: str) -> requests.Response:
        return self.session.get(self.url + path)

    def sends(self, path: str, *, page: str = "/sign-in", **fields: str) -> requests.Response:
        """A form of `page`, sent to `path`."""
        return self.session.post(
            self.url + path,
            data={"csrf_token": token_of(self.follows(page).text), **fields},
            headers={"Origin": self.url},
            allow_redirects=False,
        )

    def signs_in(self, email: str, password: str = PASSWORD, to: str = "") -> requests.Response:
        path = "/sign-in" + to
        return self.sends(path, page=path, email=email, password=password)

    def sets_up(self, link: str, **fields: str) -> requests.Response:
        path = link[link.index("/setup") :]
        given = {"name": "Jo Marsh", "email": "jo@rivermead.org", "password": PASSWORD}
        return self.sends(path, page=path, **{**given, **fields})

    def asks_for(self, path: str) -> Any:
        return self.opens(path, Accept="application/json").json()

    @property
    def cookies(self) -> dict[str, str | None]:
        return dict(self.session.cookies)


def token_of(page: str) -> str:
    """The token that forms of this page carry; empty when it has none."""
    found = re.search(r'name="csrf-token" content="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def words_of(page: str) -> str:
    """What a person reads on it, in one line."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())
