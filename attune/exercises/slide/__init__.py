"""`slide`: a small piece of teaching, as text (Markdown, see `attune.markdown`)."""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, Message, say
from attune.kinds import Category, Defaults, Kind, Section
from attune.markdown import html
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


class Settings(Value):
    body: Annotated[str, Text(1500, lines=True)] = Field(
        "",
        title=N_("Text on the screen"),
        description=N_(
            "Markdown: **bold**, *italic*, # heading, - list, > quote, [link](address)."
        ),
    )
    phone_text: Annotated[str, Text(300, lines=True)] = Field(
        "", title=N_("Text on phones"), description=N_("Left empty, the same as on the screen.")
    )
    certainty: Annotated[
        Literal["none", "well_supported", "promising", "debated"],
        Words(
            {"none": N_("Say nothing"), **{key: text for key, text in CERTAINTY.items() if text}}
        ),
    ] = Field("none", title=N_("How certain it is"))
    source: Annotated[str, Text(200)] = Field("", title=N_("Where it is from"))
    reactions: bool = Field(default=False, title=N_("Ask: new to me, knew it, I wonder"))


class Answer(Value):
    reaction: Literal["new", "knew", "wonder"] = Field()


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
        "handout": settings.body,
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
