"""A whole session over HTTP: somebody who leads it, and phones that join by the code.

Everybody is a browser without script. A press of `does` asks for JSON, as the page's script and
other programs do; a press of `presses` gets what a browser without script gets.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from tests.facilitator.visitor import Visitor, token_of

JSON = {"Accept": "application/json"}


class Pressing(Visitor):
    """Somebody who keeps their token, as an open page does."""

    _token = ""

    def posts(
        self, path: str, fields: Mapping[str, Any], headers: Mapping[str, str] = JSON
    ) -> requests.Response:
        self._token = self._token or token_of(self.follows("/sign-in").text)
        return self.session.post(
            self.url + path,
            data={"csrf_token": self._token, **fields},
            headers={"Origin": self.url, **headers},
            allow_redirects=False,
        )


class Phone(Pressing):
    """Somebody in the room."""

    ref = ""

    def joins(self, code: str) -> "Phone":
        reply = self.sends("/join", page="/", code=code, consent="yes")
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        self._token = token_of(self.follows(self.path).text)
        return self

    @property
    def path(self) -> str:
        return f"/r/{self.ref}"

    def gives(self, round: int, answer: Mapping[str, Any]) -> None:
        """Give an answer, and see that it was kept."""
        fields = {"answer": json.dumps(answer), "idem": secrets.token_hex(16)}
        reply = self.posts(f"{self.path}/rounds/{round}/answer", fields)
        assert reply.json()["ok"], reply.text

    def passes(self, round: int) -> None:
        reply = self.posts(f"{self.path}/rounds/{round}/pass", {"idem": secrets.token_hex(16)})
        assert reply.json()["ok"], reply.text


class Lead(Pressing):
    """Whoever leads the room."""

    ref = ""
    plan: Any = None

    def opens_a_room(self, title: str = "Year 9, Tuesday", entry: str = "open") -> "Lead":
        """Copy the programme that ships, and open a room from it."""
        self._token = token_of(self.follows("/home").text)
        plan = self.posts("/programmes/classroom-check-in/plans", {}, {}).headers["Location"]
        reply = self.posts(f"{plan}/rooms", {"title": title, "entry": entry}, {})
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].rsplit("/", 1)[-1]
        self.plan = self.asks_for(plan)
        return self

    @property
    def path(self) -> str:
        return f"/rooms/{self.ref}"

    def also(self) -> "Lead":
        """The same person, at another console."""
        other = Lead(self.url)
        other.session.cookies.update(self.session.cookies)
        other.ref, other.plan, other._token = self.ref, self.plan, self._token
        return other

    def room(self) -> Any:
        return self.asks_for(self.path)

    def last(self) -> Any:
        """The round that was put last, as the room's JSON has it."""
        return self.room()["rounds"][-1]

    def phones(self, many: int) -> Sequence[Phone]:
        code = self.room()["code"]
        return [Phone(self.url).joins(code) for _ in range(many)]

    def step(self, kind: str) -> int:
        """The first step of this kind in the plan."""
        return next(int(step["id"]) for step in self.plan["steps"] if step["kind"] == kind)

    def does(self, what: str, **fields: Any) -> requests.Response:
        return self.posts(f"{self.path}/{what}", fields)

    def presses(self, what: str, **fields: Any) -> requests.Response:
        return self.posts(f"{self.path}/{what}", fields, {"Accept": "text/html"})

    def puts(self, kind: str) -> int:
        """Put the first step of this kind; the number of its round."""
        rounds = self.room()["rounds"]
        reply = self.does("rounds", step=self.step(kind), seen=len(rounds))
        assert reply.status_code == 200, reply.text
        return int(reply.json()["rounds"][-1]["n"])

    def collects(self, kind: str, answers: Sequence[Mapping[str, Any] | None]) -> int:
        """Put a step, let a new phone give each answer (None passes), and close."""
        phones = self.phones(len(answers))
        number = self.puts(kind)
        for phone, answer in zip(phones, answers, strict=True):
            phone.passes(number) if answer is None else phone.gives(number, answer)
        assert self.does(f"rounds/{number}/closure").status_code == 200
        return number

    def regions(self, audience: str = "console") -> dict[str, str]:
        """What is drawn for this audience, by region."""
        reply = self.asks_for(f"{self.path}/regions?as={audience}")
        return {region["id"]: region["html"] for region in reply["regions"]}


def code_of(reply: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return reply.status_code, str(reply.json()["error"]["code"])
