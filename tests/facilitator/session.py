"""A whole session over HTTP: somebody who leads it, and phones that join by the code.

Everybody is a browser without script. People write down what they gave, so that a test can
compare.
"""

import re
from collections.abc import Sequence
from typing import Any

import requests

from tests.facilitator.visitor import Visitor
from tests.servers import AttuneServer


class Phone(Visitor):
    """Somebody in the room."""

    ref = ""

    def joins(self, code: str) -> "Phone":
        reply = self.sends("/join", page="/", code=code, consent="yes")
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].rstrip("/").rsplit("/", 1)[-1]
        return self

    def gives(self, round: int, **fields: Any) -> requests.Response:
        return self.sends(f"/r/{self.ref}/rounds/{round}/answer", page=f"/r/{self.ref}", **fields)

    def passes(self, round: int) -> requests.Response:
        return self.sends(f"/r/{self.ref}/rounds/{round}/pass", page=f"/r/{self.ref}")


class Lead(Visitor):
    """Whoever leads the room; `does` is one press of a button."""

    ref = ""

    def opens_a_room(self, title: str = "Year 9, Tuesday", **fields: str) -> "Lead":
        """Copy the programme that ships, and open a room from it."""
        plan = self.sends("/programmes/classroom-check-in/plans").headers["Location"]
        reply = self.sends(f"{plan}/rooms", title=title, **{"entry": "open", **fields})
        assert reply.status_code == 303, reply.text
        self.ref = reply.headers["Location"].rsplit("/", 1)[-1]
        self.plan = self.asks_for(plan)
        return self

    @property
    def path(self) -> str:
        return f"/rooms/{self.ref}"

    def room(self) -> Any:
        return self.asks_for(self.path)

    def step(self, kind: str) -> int:
        """The first step of this kind in the plan."""
        return next(int(step["id"]) for step in self.plan["steps"] if step["kind"] == kind)

    def does(self, what: str, **fields: Any) -> requests.Response:
        """A press, as a program would send it: the answer is JSON."""
        return self.posts(what, {"Accept": "application/json"}, fields)

    def presses(self, what: str, **fields: Any) -> requests.Response:
        """A press without script: the answer is a page, or the way to one."""
        return self.posts(what, {}, fields)

    def posts(
        self, what: str, headers: dict[str, str], fields: dict[str, Any]
    ) -> requests.Response:
        return self.session.post(
            f"{self.url}{self.path}/{what}",
            data={"csrf_token": self.token(), **fields},
            headers={"Origin": self.url, **headers},
            allow_redirects=False,
        )

    def token(self) -> str:
        page = self.follows("/home").text
        found = re.search(r'name="csrf-token" content="([^"]*)"', page)
        assert found
        return found[1]

    def puts(self, kind: str) -> int:
        """Put the first step of this kind; the number of its round."""
        rounds = self.room()["rounds"]
        seen = rounds[-1]["n"] if rounds else 0
        reply = self.does("rounds", step=self.step(kind), seen=seen)
        assert reply.status_code == 200, reply.text
        return int(reply.json()["rounds"][-1]["n"])

    def regions(self, audience: str = "console", have: str = "") -> dict[str, str]:
        """What is drawn for this audience, by region."""
        reply = self.asks_for(f"{self.path}/regions?as={audience}&have={have}")
        return {region["id"]: region["html"] for region in reply["regions"]}

    def last(self) -> Any:
        return self.room()["rounds"][-1]


def a_session(server: AttuneServer, phones: int = 0, **room: str) -> tuple[Lead, Sequence[Phone]]:
    """Somebody signed in who has opened a room, and so many phones in it."""
    lead = Lead(server.url)
    lead.sets_up(server.setup_link())
    lead.opens_a_room(**room)
    code = lead.room()["code"]
    return lead, [Phone(server.url).joins(code) for _ in range(phones)]
