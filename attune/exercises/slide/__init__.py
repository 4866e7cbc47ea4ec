"""`slide`: a small piece of teaching, as text.

What a facilitator writes is Markdown and becomes HTML here, in one place, of which only the
listed elements survive. No pictures: a remote one would tell its host who is in the room.
"""

from random import Random
from typing import Annotated, Any, Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from pydantic import Field

from attune.errors import NotAnAnswer
from attune.frame import Value
from attune.i18n import N_, Message, say
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text

MOST_WORDS = 60  # on a screen

CERTAINTY = {
    "none": "",
    "well_supported": N_("Well supported"),
    "promising": N_("Promising"),
    "debated": N_("Still debated"),
}
REACTIONS = (
    Category("new", N_("New to me")),
    Category("knew", N_("Knew it")),
    Category("wonder", N_("I wonder…")),
)
ELEMENTS = {"h2", "h3", "h4", "p", "strong", "em", "ul", "ol", "li", "blockquote", "a", "br"}


class Settings(Value):
    body: Annotated[str, Text(1500, lines=True)] = ""
    phone_text: Annotated[str, Text(300, lines=True)] = ""
    certainty: Literal["none", "well_supported", "promising", "debated"] = "none"
    source: Annotated[str, Text(200)] = ""
    reactions: bool = False


class Answer(Value):
    reaction: Literal["new", "knew", "wonder"] = Field()


def _one_level_down(state: StateCore) -> None:
    """The page's own heading is the first level; a slide's begin at the second."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "hr"])
_MARKDOWN.core.ruler.push("one_level_down", _one_level_down)


def html(markdown: str) -> Markup:
    """Markdown as safe HTML. A link opens beside the room and carries nothing along."""
    return Markup(  # noqa: S704  # cleaned on the next line
        nh3.clean(
            _MARKDOWN.render(markdown),
            tags=ELEMENTS,
            attributes={"a": {"href"}, "ol": {"start"}},
            set_tag_attribute_values={"a": {"target": "_blank"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener noreferrer",
        ).strip()
    )


def check(settings: Settings, answer: Answer) -> None:
    if not settings.reactions:
        raise NotAnAnswer(field="reaction")


def sections(settings: Settings) -> list[Section[Answer]]:
    reaction: Section[Answer] = Section(
        "reaction", "bars", take=lambda answer: [answer.reaction], categories=REACTIONS
    )
    return [reaction] if settings.reactions else []


def warnings(settings: Settings) -> list[Message]:
    if len(settings.body.split()) <= MOST_WORDS:
        return []
    text = N_("More than %(most)s words are hard to read on a screen. Make two slides of it.")
    return [say(text, most=MOST_WORDS)]


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "body": html(settings.body),
        "phone": html(settings.phone_text or settings.body),
        "certainty": CERTAINTY[settings.certainty],
        "reactions": REACTIONS,
        "warnings": warnings(settings),
    }


def _reaction(random: Random) -> Literal["new", "knew", "wonder"]:
    return random.choice(("new", "knew", "wonder"))


KIND = Kind(
    title=N_("A small piece of teaching"),
    settings=Settings,
    answer=Answer,
    example=Settings(
        body="A steady person can help another **settle**.\n\n> Voice, face, closeness.",
        certainty="well_supported",
        reactions=True,
    ),
    defaults=Defaults(
        phase="explore",
        minutes=2,
        invitation=N_("Read at your own pace."),
        discuss=(N_("What fits with your own life?"), N_("What does not?")),
    ),
    asks=lambda settings: settings.reactions,
    check=check,
    sections=sections,
    largest=lambda settings: len('{"reaction":"wonder"}'),
    some=lambda settings, random: Answer(reaction=_reaction(random)),
    facts=facts,
)
