"""A phone without script: it keeps its cookies, reads pages, sends their forms."""

import re
import secrets
from html import unescape
from typing import Any

import requests

from attune.seats import cookie_name


class Phone:
    """Somebody's browser at one server, with a seat in one room once they have joined."""

    def __init__(self, url: str, ref: str = "") -> None:
        self.url, self.ref = url, ref
        self.session = requests.Session()

    def opens(self, path: str = "", **headers: str) -> requests.Response:
        place = path or f"/r/{self.ref}"
        return self.session.get(self.url + place, headers=headers, allow_redirects=False)

    def joins(self, code: str) -> requests.Response:
        """By way of the page that says what is stored."""
        page = self.opens(f"/join/{code}").text
        return self.posts("/join", page, code=code, consent="yes")

    def posts(self, path: str, page: str = "", **fields: Any) -> requests.Response:
        """A form of this page (of the room, unless another is given)."""
        page = page or self.opens().text
        hidden = {"csrf_token": token_of(page), "idem": secrets.token_hex(16)}
        return self.session.post(
            self.url + path,
            data={**hidden, **fields},
            headers={"Origin": self.url},
            allow_redirects=False,
        )

    def gives(self, number: int, page: str = "", **fields: Any) -> requests.Response:
        return self.posts(f"/r/{self.ref}/rounds/{number}/answer", page, **fields)

    def passes(self, number: int) -> requests.Response:
        return self.posts(f"/r/{self.ref}/rounds/{number}/pass")

    def takes_back(self, number: int) -> requests.Response:
        return self.posts(f"/r/{self.ref}/rounds/{number}/answer/delete")

    def sends(self, path: str, body: Any) -> requests.Response:
        """JSON, as a program does."""
        return self.session.post(
            self.url + path,
            json=body,
            headers={"Origin": self.url, "X-CSRF-Token": token_of(self.opens().text)},
        )

    @property
    def mine(self) -> Any:
        return self.opens(f"/r/{self.ref}/mine").json()["rounds"]

    @property
    def has_seat(self) -> bool:
        return cookie_name(self.ref) in self.session.cookies


def token_of(page: str) -> str:
    found = re.search(r'name="csrf[_-]token" (?:content|value)="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def state_of(page: str) -> str:
    """What the page says of this phone: none, given or passed."""
    found = re.search(r'data-mine="(\w+)"', page)
    return found[1] if found else ""


def words_of(page: str) -> str:
    """What a person reads on it, in one line."""
    body = re.sub(r"(?s)<(script|style|head|template)\b.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def regions_of(page: str) -> dict[str, str]:
    """What stands in each region of the page."""
    page = page.partition('<p class="small without-script">')[0]
    parts = re.split(r'<div id="(\w+)" data-region="\w+" data-v="\d+"[^>]*>', page)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def versions_of(page: str) -> dict[str, int]:
    """The version of each region of the page."""
    found = re.findall(r'<div id="(\w+)" data-region="\w+" data-v="(\d+)"[^>]*>', page)
    return {name: int(v) for name, v in found}
