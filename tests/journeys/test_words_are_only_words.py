"""What tries to be more than words, in every text of every kind, is words on every page and file.

One room has a step of each kind, each of its texts a hostile one, and people write such answers.
Each page is read as it was sent, and stands in a browser that would run whatever is in it.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from attune.errors import Refusal
from attune.kinds import kind_of
from tests.figures import Tell
from tests.hostile import WORDS, not_inert
from tests.journeys.pages import PROJECTOR, Place, Prompt, Room
from tests.kinds.cases import SETTINGS

RAN = "() => window.evil !== undefined || !!document.querySelector('evil-tag, [data-evil]')"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
FRAME = {"title": 80, "invitation": 300, "facilitator_note": 300, "alternative": 200}  # characters
LENGTHS = (300, 120, 60, 38, 18)  # characters: the longest that a field takes is tried first
Fits = Callable[[Any], bool]


def texts_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there are texts in it."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in inside:
            yield from texts_in(one, (*path, name))


def with_text(value: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    changed = value.copy()
    changed[path[0]] = with_text(value[path[0]], path[1:], text)
    return changed


def spoiled(value: Any, fits: Fits, words: Iterator[str]) -> Any:
    """The same with a hostile text in each place that takes one, cut to what it takes."""
    for path in texts_in(value):
        for _ in WORDS:
            word = next(words)
            tried = (with_text(value, path, word[:length]) for length in LENGTHS)
            taken = next((one for one in tried if fits(one)), None)
            if taken is not None:
                value = taken
                break
    return value


def accepts(read: Callable[[Any], object]) -> Fits:
    def fits(value: Any) -> bool:
        try:
            read(value)
        except Refusal:
            return False
        return True

    return fits


def prompt(name: str, words: Iterator[str]) -> Prompt:
    kind = kind_of(name)
    settings = spoiled(SETTINGS[name][-1], accepts(kind.read_settings), words)
    frame: dict[str, Any] = {field: f"{name} {next(words)}"[:most] for field, most in FRAME.items()}
    frame["discuss"] = [next(words)[:160] for _ in range(3)]
    return Prompt(name, json.loads(kind.read_settings(settings).model_dump_json()), frame)


def answer(step: Prompt, random: Random, words: Iterator[str]) -> Any:
    kind = kind_of(step.kind)
    settings = kind.read_settings(dict(step.settings))
    plausible = json.loads(kind.some(settings, random).model_dump_json(exclude_none=True))
    return spoiled(plausible, accepts(lambda raw: kind.read_answer(settings, raw)), words)


def asks(step: Prompt) -> bool:
    kind = kind_of(step.kind)
    return kind.asks(kind.read_settings(dict(step.settings)))


class Looks:
    """Every page of a room, as it was sent and in a browser that stays open."""

    def __init__(self, place: Place, room: Room) -> None:
        self.room, self.read, self.evil = room, 0, list[str]()
        self.phone, self.console = place.joins(room), place.leads(room)
        self.screen = place.leads(room, f"{room.path}/screen", viewport=PROJECTOR)

    def at(self, where: str, *paths: str) -> None:
        """At each page where the room is now, after whatever was pushed to it."""
        for page in (self.phone, self.console, self.screen):
            self._has_run(page, where)
            came = page.reload(wait_until="load")
            assert came
            self._has_run(page, where)
            self._reads(page.url, came.text(), where)
        for path in paths:
            self._reads(path, self.room.follows(path).text, where)

    def _has_run(self, page: Page, where: str) -> None:
        if page.evaluate(RAN):
            self.evil.append(f"{where}: something ran on {page.url}")

    def _reads(self, name: str, text: str, where: str) -> None:
        self.read += 1
        self.evil += [f"{where}: {found} on {name}" for found in not_inert(text)]


@pytest.mark.timeout(300)
def test_hostile_words_in_every_text_are_inert_on_every_page_and_in_every_file(
    place: Place, tell: Tell
) -> None:
    words = cycle(WORDS.values())
    prompts = [prompt(name, words) for name in SETTINGS]
    room = place.room(
        *prompts, title="<script>window.evil=1</script>", help_text=WORDS["a picture"]
    )
    looks, people = Looks(place, room), room.people(5)
    for position, step in enumerate(prompts):
        number = room.puts_step(position)
        paper = f"/plans/{room.plan['id']}/steps/{position + 1}"
        looks.at(f"{step.kind} open", paper, f"{paper}/preview", f"{paper}/print")
        if not asks(step):
            continue
        for somebody in people:
            somebody.gives(number, answer(step, somebody.random, words))
        room.closes(number)
        room.previews(number)
        room.does(f"rounds/{number}/release", form="full")
        looks.at(f"{step.kind} shown", f"{room.path}/rounds/{number}/by-hand")
    room.ends()
    summary = f"{room.path}/summary"
    looks.at("ended", summary, f"{summary}?part=group", "/home", "/plans")
    assert looks.evil == []
    cells = 0
    for part in ("facilitator", "group"):
        reply = room.opens(f"{summary}.csv?part={part}")
        reply.encoding = "utf-8"
        for row in csv.reader(io.StringIO(reply.text.lstrip("\ufeff"))):
            cells += len(row)
            assert [cell for cell in row if cell.startswith(BEGINS_A_FORMULA)] == []
        assert json.loads(room.opens(f"{summary}.json?part={part}").text)["steps"]
    assert cells > 100
    tell("S5", f"{len(WORDS)} sorts of hostile words", f"{looks.read} pages, 0 in which any ran")


def test_a_page_that_believes_what_people_write_is_found(place: Place) -> None:
    page = place.opens()
    page.set_content("".join(f"<p>{word}</p>" for word in WORDS.values()))
    assert page.evaluate(RAN)
    assert not_inert(page.content())
