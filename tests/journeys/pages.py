"""Rooms on a real server and people at real browsers, for the tests of what a page promises.

Who leads goes over HTTP (`tests.facilitator.session`), and who fills the room are the people of a
rehearsal: only what a test looks at is a browser, since each costs half a second and a hundred
megabytes.
"""

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from random import Random
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, expect

from attune.frame import Frame
from attune.rehearsal.line import Line
from attune.rehearsal.people import Asked, Person
from tests.facilitator.session import Lead
from tests.facilitator.visitor import Visitor
from tests.servers import AttuneServer, until

EMAIL = "jo@rivermead.org"
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}
PROJECTOR = {"width": 1920, "height": 1080}


class Prompt(NamedTuple):
    """A step of a plan, in short."""

    kind: str
    settings: Mapping[str, Any]
    frame: Mapping[str, Any] = {}
    pair_with: int | None = None  # the place of an earlier one, from 0


WEATHER = Prompt(
    "weather",
    {"word": True},
    {"title": "What is the weather in you?", "discuss": ["What do we notice about our sky?"]},
)
CHOICE = Prompt(
    "choice",
    {
        "options": [{"label": label} for label in ("Tea", "Water", "A walk", "A rest")],
        "mode": "multiple",
        "max_picks": 2,
        "allow_other": True,
    },
    {"title": "What would help right now?", "discuss": ["What can we do today?"]},
)
PAIRS = Prompt(
    "pairs",
    {
        "steps": [
            {"label": "One", "prompt": "What went okay this week?", "minutes": 1, "role": "a"},
            {"label": "Two", "prompt": "What helped you?", "minutes": 1, "role": "b"},
        ],
        "capture": "one_line",
    },
    {"title": "With someone near you", "phase": "discuss"},
)
CLOSING = Prompt(
    "closing",
    {"ratings": ["safe", "useful"], "change_ask": True},
    {"title": "Ready to go", "phase": "close"},
)


class Seated(Person):
    """Somebody who fills a room, and is connected for as long as they say something."""

    def sends(self, event: str, number: int, what: Mapping[str, Any]) -> bool:
        self.connects()
        try:
            assert super().sends(event, number, what), self.refused
        finally:
            self.leaves()
        return True

    def tells(self, level: int, meet: str = "here", note: str = "") -> str:
        """Say something to who leads, privately; its id."""
        self.connects()
        try:
            what = {"kind": "support", "level": level, "meet": meet, "note": note}
            reply = self.line.asks("signal", what).reply
        finally:
            self.leaves()
        assert reply["ok"], reply
        return str(reply["id"])

    def marks(self, number: int, card: str) -> None:
        """Say of a card that it is true for oneself, too."""
        self.connects()
        try:
            what = {"round": number, "card": card, "on": True, "idem": secrets.token_hex(16)}
            reply = self.line.asks("resonate", what).reply
        finally:
            self.leaves()
        assert reply["ok"], reply

    def steps_away(self) -> None:
        self.connects()
        try:
            assert self.line.asks("away", {"on": True}).reply["ok"]
        finally:
            self.leaves()


class Room(Lead):
    """Whoever leads a room, with the prompts it was opened for."""

    prompts: Sequence[Prompt] = ()

    def watches(self) -> Line:
        """A console that stays connected, without a page."""
        auth = {"as": "console", "room": self.ref, "have": {}}
        return Line(self.url, auth=auth, cookies=self.cookies)

    def puts_step(self, place: int = 0) -> int:
        """Put the prompt at this place; the number of its round."""
        step = self.plan["steps"][place]["id"]
        reply = self.does("rounds", step=step, seen=len(self.room()["rounds"]))
        assert reply.status_code == 200, reply.text
        return int(reply.json()["rounds"][-1]["n"])

    def must(self, what: str, **fields: Any) -> None:
        reply = self.does(what, **fields)
        assert reply.status_code == 200, (what, reply.status_code, reply.text)

    def closes(self, number: int, grace: int = 0) -> None:
        self.must(f"rounds/{number}/closure", grace=grace)

    def previews(self, number: int) -> None:
        self.must(f"rounds/{number}/preview")

    def shows(self, number: int, form: str = "full", batch: int = 0) -> None:
        """Show it; of a live round, as far as it was read."""
        self.must(f"rounds/{number}/release", form=f"{form}:{batch}")

    def reads(self, batch: int) -> None:
        """So many times something has come in a live round, and this page of hers shows it."""
        field = f'value="full:{batch}"'
        until(lambda: field in self.follows(self.path).text, 30, f"batch {batch}")

    def cards(self) -> list[str]:
        """The cards that can be put in their places, in the order in which they stand."""
        page = self.follows(self.path).text
        return re.findall(r'data-card="([0-9a-f]+)"', page)

    def hides(self, number: int) -> None:
        self.must(f"rounds/{number}/release/delete")

    def ends(self) -> None:
        self.must("ending", seen=len(self.room()["rounds"]))

    def people(self, many: int) -> list[Seated]:
        """So many take a seat, by the join page."""
        code = self.room()["code"]
        seated = [Seated(self.url, self._asked, Random(number)) for number in range(many)]
        for one in seated:
            one.joins(code)
        return seated

    def some_give(self, people: Sequence[Seated], number: int, seed: int = 7) -> None:
        """Each of these gives something plausible; the same for the same seed."""
        random = Random(seed)
        for one in people:
            one.random = random
            one.gives(number, one.some(number))

    def given(self, number: int) -> int:
        return int(self.room()["rounds"][number - 1]["given"])

    def _asked(self, number: int) -> Asked:
        title = self.room()["rounds"][number - 1]["title"]
        place = [step["title"] for step in self.plan["steps"]].index(title)
        return Asked(self.prompts[place].kind, self.prompts[place].settings)


def account_at(server: AttuneServer) -> Visitor:
    """The first account, signed in. Once a server: signing in is limited."""
    jo = Visitor(server.url)
    reply = jo.sets_up(server.setup_link(), email=EMAIL)
    assert reply.status_code == 303, reply.text
    return jo


class Place:
    """One server with one account, and the browsers that look at it."""

    def __init__(self, server: AttuneServer, browser: Browser, account: Visitor) -> None:
        self.server, self.browser, self._account = server, browser, account
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    @property
    def url(self) -> str:
        return self.server.url

    def jo(self) -> Room:
        """The facilitator, signed in."""
        jo = Room(self.url)
        jo.session.cookies.update(self._account.session.cookies)
        return jo

    def programme(self, title: str = "Year 9, Tuesday") -> Room:
        """A room of the programme that ships."""
        jo = self.jo()
        jo.opens_a_room(title)
        raw = self._rows("SELECT kind, settings, frame FROM step ORDER BY id DESC LIMIT 7")
        jo.prompts = [Prompt(k, json.loads(s), json.loads(f)) for k, s, f in reversed(raw)]
        return jo

    def room(
        self, *prompts: Prompt, title: str = "Tuesday group", entry: str = "open", **settings: Any
    ) -> Room:
        """A room of a plan with these steps. The page for writing plans is yet to come."""
        jo = self.jo()
        plan = self._plan(prompts, {"k": 3, **settings})
        reply = jo.posts(f"/plans/{plan}/rooms", {"title": title, "entry": entry}, {})
        assert reply.status_code == 303, reply.text
        jo.ref = reply.headers["Location"].rsplit("/", 1)[-1]
        jo.plan, jo.prompts = jo.asks_for(f"/plans/{plan}"), prompts
        return jo

    def opens(self, *, script: bool = True, **options: Any) -> Page:
        """A browser of somebody's own. What it complains about is kept in `faults`."""
        options = {"viewport": PHONE, **options}
        context = self.browser.new_context(java_script_enabled=script, **options)
        context.set_default_timeout(8000)
        self._contexts.append(context)
        context.on("page", self._listen)
        return context.new_page()

    def joins(self, room: Room, **options: Any) -> Page:
        """A phone that has a seat, and shows the room."""
        page = self.opens(**options)
        page.goto(f"{self.url}/join/{room.room()['code']}")
        page.get_by_role("button", name="Join", exact=True).click()
        page.wait_for_url("**/r/*")
        if options.get("script", True):
            is_on(page)
        return page

    def leads(self, room: Room, path: str | None = None, **options: Any) -> Page:
        """The console, or another page of who leads, at a laptop of their own."""
        page = self.opens(**{"viewport": LAPTOP, **options})
        page.context.add_cookies(
            [
                {"name": cookie.name, "value": cookie.value or "", "url": self.url}
                for cookie in room.session.cookies
            ]
        )
        page.goto(self.url + (room.path if path is None else path))
        if options.get("script", True) and path in (None, f"{room.path}/screen"):
            is_on(page)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda line: self.faults.append(line.text) if "Refused" in line.text else None,
        )

    def _plan(self, prompts: Sequence[Prompt], settings: Mapping[str, Any]) -> int:
        with closing(self._database()) as database, database:
            plan = database.execute(
                "INSERT INTO plan (facilitator_id, title, settings) VALUES (1, 'A plan', ?)",
                [json.dumps(settings)],
            ).lastrowid
            steps: list[int | None] = []
            for position, prompt in enumerate(prompts, 1):
                frame = Frame.model_validate({"title": f"Step {position}"} | dict(prompt.frame))
                pair = None if prompt.pair_with is None else steps[prompt.pair_with]
                made = database.execute(
                    "INSERT INTO step (plan_id, position, kind, frame, settings, pair_with)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        plan,
                        position,
                        prompt.kind,
                        frame.model_dump_json(),
                        json.dumps(prompt.settings),
                        pair,
                    ],
                )
                steps.append(made.lastrowid)
        assert plan
        return plan

    def _rows(self, sql: str) -> list[Any]:
        with closing(self._database()) as database:
            return database.execute(sql).fetchall()

    def _database(self) -> sqlite3.Connection:
        url = self.server.settings["ATTUNE_DATABASE_URL"]
        return sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)


def is_on(page: Page) -> None:
    """Wait until the page is connected."""
    expect(page.locator("html")).to_have_attribute("data-connection", "on", timeout=10_000)


def regions_of(page: Page) -> dict[str, str]:
    """What stands in each region, without what is this person's own or moves by itself."""
    found: dict[str, str] = page.evaluate(REGIONS)
    return found


# Own are: what was chosen, written, or folded open. Moving are a breath's styles and words. A morph
# may leave attributes in another order, and other spaces between elements.
REGIONS = """() => {
  const own = ["style", "checked", "open", "data-keep", "tabindex", "aria-busy", "hidden"]
  const moving = "textarea, [data-cue], [data-air], [data-fill], [data-spoken]"
  const text = "input:not([type=radio], [type=checkbox], [type=hidden])"
  const drawn = node => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent.replace(/\\s+/g, " ").trim()
    if (node.nodeType !== Node.ELEMENT_NODE) return ""
    const attributes = [...node.attributes]
      .filter(({ name }) => !own.includes(name) && !(name === "value" && node.matches(text)))
      .map(({ name, value }) => ` ${name}="${value}"`)
    const inside = node.matches(moving) ? "" : [...node.childNodes].map(drawn).join("")
    return `<${node.localName}${attributes.sort().join("")}>${inside}</>`
  }
  const regions = [...document.querySelectorAll("[data-region]")]
  return Object.fromEntries(regions.map(region => [
    region.id, [...region.childNodes].map(drawn).join(""),
  ]))
}"""


def state_of(page: Page) -> str:
    """What the page says of this phone: none, given or passed."""
    return page.get_attribute("#room", "data-mine") or ""


def focus_of(page: Page) -> str:
    """What has the focus, in a word that tells it from everything else."""
    found: str = page.evaluate(
        "(({ tagName, id, name, value, textContent }) =>"
        " [tagName, id, name, value, textContent.trim()].join('|'))(document.activeElement)"
    )
    return found
