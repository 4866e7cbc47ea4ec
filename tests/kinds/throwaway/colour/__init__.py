"""A kind that only the tests have: it shows what a new folder needs, and that it is enough."""

from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator

from attune.frame import Value
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text, largest_bytes

COLOURS = (Category("red", "red"), Category("blue", "blue"), Category("green", "green"))


class Settings(Value):
    why: bool = False


class Answer(Value):
    colour: Literal["red", "blue", "green"]
    because: Annotated[
        Annotated[str, Text(40)] | None, AfterValidator(lambda text: text or None)
    ] = None


def sections(settings: Settings) -> list[Section[Answer]]:
    colour: Section[Answer] = Section(
        "colour", "bars", take=lambda answer: [answer.colour], categories=COLOURS
    )
    because: Section[Answer] = Section(
        "because", "cards", take=lambda answer: answer.because, title="Because", is_text=True
    )
    return [colour, because] if settings.why else [colour]


def some(settings: Settings, random: Random) -> Answer:
    because = random.choice([None, "it is calm"]) if settings.why else None
    return Answer(colour=random.choice(("red", "blue", "green")), because=because)


KIND = Kind(
    title="A colour",
    settings=Settings,
    answer=Answer,
    example=Settings(why=True),
    defaults=Defaults(review="before_show", invitation="Which colour is it?"),
    sections=sections,
    largest=lambda settings: len('{"colour":"green","because":""}') + largest_bytes(40) + 40,
    some=some,
)
