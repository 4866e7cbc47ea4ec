"""Draws a kind's templates by themselves, and reads what a browser would see in them.

The form is read as a browser would send it, so a test can say: what is drawn with my answer in
it, sent again, is my answer.
"""

import gettext
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from attune.i18n import Message
from attune.kinds import FOLDER, AnyKind

THROWAWAY = Path(__file__).parent / "throwaway"
VOID = {"input", "br", "img", "hr", "meta", "link"}


@cache  # compiling the templates takes longer than anything else here
def environment(language: gettext.NullTranslations | None = None) -> Environment:
    """What the application's own environment gives to a kind's templates."""
    words = language or gettext.NullTranslations()
    env = Environment(
        loader=PrefixLoader({"exercises": FileSystemLoader([FOLDER, THROWAWAY])}),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]

    def said(message: Message | str) -> str:
        if isinstance(message, str):
            return words.gettext(message) if message else ""
        return message.said_by(words.gettext, words.ngettext)

    env.filters["say"] = said
    return env


def draw(
    kind: AnyKind,
    settings: Any,
    page: str = "ask.html",
    *,
    mine: Mapping[str, Any] | None = None,
    progress: int = 0,
    env: Environment | None = None,
) -> str:
    round = SimpleNamespace(
        number=3,
        kind=kind.name,
        state="open",
        progress=progress,
        last=kind.last(settings),
        starts_at=1_700_000_000_000 if kind.synced else None,
        closes_at=None,
        title="A title of <the> facilitator's",
    )
    return (
        (env or environment())
        .get_template(f"exercises/{kind.name}/{page}")
        .render(settings=settings, facts=kind.facts(settings), round=round, mine=mine, form="give")
    )


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parents: list["Element"]
    text: str = ""

    def inside(self, tag: str = "", attribute: str = "") -> "Element | None":
        for parent in reversed(self.parents):
            if (not tag or parent.tag == tag) and (not attribute or attribute in parent.attributes):
                return parent
        return None


@dataclass
class Seen(HTMLParser):
    """A page as a list of its elements."""

    html: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.html)
        assert not self._open, f"never closed: {[each.tag for each in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, [*self._open])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(
            Element(tag, {name: value or "" for name, value in attrs}, [*self._open])
        )

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def controls(self) -> list[Element]:
        return [
            element
            for element in self.all("input", "textarea", "select")
            if element.attributes.get("type") != "hidden"
        ]

    def fields(self) -> Iterator[tuple[str, str]]:
        """What a browser sends with the form: the controls that belong to it."""
        for element in self.all("input", "textarea"):
            attributes = element.attributes
            if attributes.get("form") != "give" or not attributes.get("name"):
                continue
            if attributes.get("type") in {"radio", "checkbox"} and "checked" not in attributes:
                continue
            value = element.text if element.tag == "textarea" else attributes.get("value", "")
            yield attributes["name"], value

    def label_of(self, control: Element) -> str:
        attributes = control.attributes
        if attributes.get("aria-label"):
            return attributes["aria-label"]
        around = control.inside("label")
        for label in self.all("label"):
            if label is around or label.attributes.get("for", "-") == attributes.get("id"):
                return label.text.strip()
        return ""
