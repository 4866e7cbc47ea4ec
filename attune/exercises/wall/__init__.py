"""`wall`: open cards, and then, card by card, whom else it is true for.

Two acts. In the first each person writes a few cards; the whole list is one answer, so that
sending it again changes it and adds nothing. In the second, once the cards are shown, people mark
what is true for them too. By then writing is over: nobody agrees with a card that changes.
"""

from random import Random
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value
from attune.i18n import N_, say, say_n
from attune.kinds import LARGEST_ANSWER, Category, Defaults, Kind, Resonating, Section
from attune.text import Text, largest_bytes, length

MOST_CARDS = 5
LONGEST = 400
LONGEST_COLUMN = 40
# Longer than any round allows, so that `check` can say by how much a card is too long here.
READ_TO = 600
SECTION = "cards"

ANYBODYS = (
    "I went quiet and nobody asked",
    "Somebody stayed with me and did not try to fix it",
    "A text the next morning: thinking of you",
    "We laughed about it on the way to the bus",
    "I was told I could decide tomorrow",
    "She made tea and asked nothing",
    "He said sorry before I had finished",
    "They kept walking round the block with me",
    "The radio on low",
    "Somebody remembered that it was my first week back",
)  # fmt: skip


class Settings(Value):
    columns: tuple[Annotated[str, Text(LONGEST_COLUMN, least=1)], ...] = Field(
        (),
        max_length=4,
        title=N_("Headings to choose from"),
        description=N_("People put each note under one of them. Left empty, there are none."),
    )
    max_cards: int = Field(2, ge=1, le=MOST_CARDS, title=N_("How many notes at most"))
    max_chars: int = Field(
        180, ge=40, le=LONGEST, title=N_("How long a note may be, in characters")
    )
    resonate: bool = Field(
        default=True, title=N_("Afterwards people mark the notes that are true for them too")
    )
    resonate_label: Annotated[str, Text(40, least=1)] = Field(
        N_("True for me too"), title=N_("What that button says")
    )
    max_resonates: int = Field(5, ge=1, le=10, title=N_("How many notes a person may mark"))
    page_size: int = Field(6, ge=4, le=12, title=N_("Notes on the screen at a time"))

    @model_validator(mode="after")
    def columns_differ(self) -> "Settings":
        if len({column.casefold() for column in self.columns}) < len(self.columns):
            raise ValueError("Two headings say the same. Give each its own words.")
        return self

    @model_validator(mode="after")
    def notes_fit(self) -> "Settings":
        if largest(self) > LARGEST_ANSWER:
            raise ValueError(
                "So many notes of that length are too much. Make them fewer, or shorter."
            )
        return self


class Card(Value):
    text: Annotated[str, Text(READ_TO, least=1)]
    col: Annotated[str, Field(pattern="^c[1-4]$")] | None = None


def written(cards: object) -> object:
    """Boxes left empty are no cards, whatever heading was chosen for them."""
    if not isinstance(cards, (list, tuple)):
        return cards
    return tuple(
        card
        for card in cards
        if not isinstance(card, dict)
        or not isinstance(card.get("text", ""), str)
        or card.get("text", "").strip()
    )


class Answer(Value):
    cards: Annotated[tuple[Card, ...], Field(max_length=MOST_CARDS), BeforeValidator(written)] = ()


def columns(settings: Settings) -> tuple[Category, ...]:
    return tuple(Category(f"c{place}", label) for place, label in enumerate(settings.columns, 1))


def check(settings: Settings, answer: Answer) -> None:
    if not answer.cards:
        raise NotAnAnswer(say("Write a note, or pass."), "cards.0.text")
    if len(answer.cards) > settings.max_cards:
        text = say_n("Write one note only.", "Write %(count)s notes at most.", settings.max_cards)
        raise NotAnAnswer(text, "cards.0.text")
    offered = {column.id for column in columns(settings)}
    for place, card in enumerate(answer.cards):
        over = length(card.text) - settings.max_chars
        if over > 0:
            text = say_n(
                "A note is too long by %(count)s character.",
                "A note is too long by %(count)s characters.",
                over,
            )
            raise NotAnAnswer(text, f"cards.{place}.text")
        if len(card.text.encode()) > largest_bytes(settings.max_chars):
            raise NotAnAnswer(say("A note takes too much room. Shorten it."), f"cards.{place}.text")
        if card.col is not None and card.col not in offered:
            raise NotAnAnswer(field=f"cards.{place}.col")


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    around = len('{"text":"","col":"c1"},' if settings.columns else '{"text":""},')
    card = around + largest_bytes(settings.max_chars) + settings.max_chars
    return len('{"cards":[]}') + settings.max_cards * card


def sections(settings: Settings) -> list[Section[Answer]]:
    return [
        Section(
            SECTION,
            "cards",
            take=lambda answer: [[card.text, card.col] for card in answer.cards] or None,
            categories=columns(settings),
            is_text=True,
        )
    ]


def some(settings: Settings, random: Random) -> Answer:
    fitting = [text for text in ANYBODYS if length(text) <= settings.max_chars]
    many = random.randint(1, min(settings.max_cards, 2))
    offered = [column.id for column in columns(settings)]
    return Answer(
        cards=tuple(
            Card(text=text, col=random.choice([None, *offered]))
            for text in random.sample(fitting, many)
        )
    )


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "columns": columns(settings),
        "places": range(settings.max_cards),
        "send": N_("Put it up"),
        "page_size": settings.page_size,
    }


KIND = Kind(
    title=N_("Open notes on a wall"),
    settings=Settings,
    answer=Answer,
    example=Settings(columns=("At work", "At home"), max_cards=3),
    defaults=Defaults(
        phase="explore",
        review="before_show",
        minutes=5,
        invitation=N_("A sentence is plenty. Leave out names and places."),
        discuss=(N_("What do you hear in these?"), N_("What would have helped?")),
    ),
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
    resonating=Resonating(
        SECTION,
        label=lambda settings: settings.resonate_label,
        most=lambda settings: settings.max_resonates if settings.resonate else 0,
    ),
)
