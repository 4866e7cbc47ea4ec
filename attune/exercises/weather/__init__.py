"""`weather`: say how you are by a picture of weather, ground or pace.

No set is ordered from good to bad, and every picture weighs the same. The pictures are the
symbols of `icons.svg`, drawn by us, so that they look alike on every phone.
"""

from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Annotated, Any, Literal, get_args
from xml.etree import ElementTree as ET

from markupsafe import Markup
from pydantic import AfterValidator, Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, say
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text, largest_bytes

LONGEST_WORD = 30
FEWEST_TILES = 3
_SVG = "http://www.w3.org/2000/svg"

SETS: dict[str, dict[str, str]] = {
    "sky": {
        "clear": N_("clear"),
        "clouds": N_("bits of cloud"),
        "grey": N_("grey"),
        "drizzle": N_("drizzle"),
        "storm": N_("storm"),
        "fog": N_("fog"),
        "wind": N_("wind"),
        "still": N_("still"),
        "after_rain": N_("sun after rain"),
    },
    "ground": {
        "hill": N_("hill"),
        "valley": N_("valley"),
        "forest": N_("forest"),
        "field": N_("open field"),
        "river": N_("river"),
        "bridge": N_("bridge"),
        "cave": N_("cave"),
    },
    "pace": {
        "stopped": N_("stopped"),
        "slow": N_("slow"),
        "steady": N_("steady"),
        "fast": N_("fast"),
        "all_over": N_("all over"),
    },
}

Icon = Literal[
    "clear", "clouds", "grey", "drizzle", "storm", "fog", "wind", "still", "after_rain",
    "hill", "valley", "forest", "field", "river", "bridge", "cave",
    "stopped", "slow", "steady", "fast", "all_over",
]  # fmt: skip


PICTURE_NAMES = {id: label for pictures in SETS.values() for id, label in pictures.items()}


class Own(Value):
    label: Annotated[str, Text(24, least=1)] = Field(title=N_("What it is called"))
    icon: Annotated[Icon, Words(PICTURE_NAMES)] = Field(title=N_("Picture"))


class Settings(Value):
    set: Annotated[
        Literal["sky", "ground", "pace", "own"],
        Words(
            {
                "sky": N_("The sky"),
                "ground": N_("The ground"),
                "pace": N_("The pace"),
                "own": N_("A set of your own"),
            }
        ),
    ] = Field("sky", title=N_("Pictures"))
    own_set: tuple[Own, ...] = Field((), max_length=12, title=N_("A set of your own"))
    leave_out: tuple[Annotated[str, Words(PICTURE_NAMES)], ...] = Field(
        (), max_length=12, title=N_("Leave out, of the set above")
    )
    word: bool = Field(default=False, title=N_("Ask for a word as well"))

    @model_validator(mode="after")
    def enough_is_left(self) -> "Settings":
        if self.set == "own" and len(self.own_set) < 4:  # noqa: PLR2004
            raise ValueError("A set of your own needs 4 to 12 pictures.")
        unknown = sorted({*self.leave_out} - {*_names(self)})
        if unknown:
            text = f"“{unknown[0]}” is not in this set, so it cannot be left out."
            raise ValueError(text)
        if len(categories(self)) < FEWEST_TILES:
            text = f"Leave at least {FEWEST_TILES} pictures to choose from."
            raise ValueError(text)
        return self


class Answer(Value):
    pick: str = Field(max_length=16)
    word: Annotated[
        Annotated[str, Text(LONGEST_WORD)] | None, AfterValidator(lambda text: text or None)
    ] = None


def categories(settings: Settings) -> tuple[Category, ...]:
    """What is offered, in order. The ids of an own set are a, b, c…"""
    return tuple(
        Category(id, label, icon)
        for id, (label, icon) in _names(settings).items()
        if id not in settings.leave_out
    )


def _names(settings: Settings) -> dict[str, tuple[str, str]]:
    if settings.set == "own":
        return {
            id: (own.label, own.icon)
            for id, own in zip(ascii_lowercase, settings.own_set, strict=False)
        }
    return {id: (label, id) for id, label in SETS[settings.set].items()}


def _pictures() -> dict[str, Markup]:
    """The inside of each symbol, to be drawn into an `<svg viewBox="0 0 48 48">`."""
    ET.register_namespace("", _SVG)
    svg = ET.parse(Path(__file__).with_name("icons.svg")).getroot()  # noqa: S314  # our own file
    found = {
        symbol.attrib["id"]: Markup("").join(_shape(part) for part in symbol) for symbol in svg
    }
    unlike = set(get_args(Icon)) ^ set(found)
    assert not unlike, f"icons.svg and the sets disagree about {sorted(unlike)}"
    return found


def _shape(part: ET.Element) -> Markup:
    text = ET.tostring(part, "unicode").strip()
    return Markup(text.replace(f' xmlns="{_SVG}"', ""))  # noqa: S704  # our own file


PICTURES = _pictures()


def check(settings: Settings, answer: Answer) -> None:
    if answer.pick not in {category.id for category in categories(settings)}:
        raise NotAnAnswer(say("Choose one of the pictures, or pass."), "pick")
    if answer.word and not settings.word:
        raise NotAnAnswer(field="word")


def sections(settings: Settings) -> list[Section[Answer]]:
    pick: Section[Answer] = Section(
        "pick",
        "icons",
        take=lambda answer: [answer.pick],
        categories=categories(settings),
        compared=True,
    )
    word: Section[Answer] = Section(
        "word",
        "words",
        take=lambda answer: [answer.word] if answer.word else None,
        title=N_("In a word"),
        is_text=True,
    )
    return [pick, word] if settings.word else [pick]


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    pick = len('{"pick":""}') + max(len(category.id) for category in categories(settings))
    word = len(',"word":""') + largest_bytes(LONGEST_WORD) + LONGEST_WORD
    return pick + (word if settings.word else 0)


def some(settings: Settings, random: Random) -> Answer:
    word = random.choice([None, "sleepy", "okay", "a bit of everything", "bright"])
    return Answer(pick=random.choice(categories(settings)).id, word=word if settings.word else None)


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "tiles": categories(settings),
        "pictures": PICTURES,
        "longest_word": LONGEST_WORD,
    }


KIND = Kind(
    title=N_("Weather report"),
    settings=Settings,
    answer=Answer,
    example=Settings(word=True),
    defaults=Defaults(
        phase="arrive",
        review="before_show",
        minutes=2,
        invitation=N_("If how you are were weather, what would it be? All weather is welcome."),
        discuss=(N_("What do you notice about our sky?"),),
    ),
    wordless={"word": False},
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
)
