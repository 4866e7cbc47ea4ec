"""`closing`: one word, and was it safe and useful.

Three parts with three reaches: the word is the group's, the ratings and the wish for next time
are the facilitator's. A low answer about safety must not get lost in an average, so it is said
once, by itself, and nothing more with it.
"""

from collections.abc import Sequence
from random import Random
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, Message, say
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text, largest_bytes

LONGEST_WORD = 30
LONGEST_CHANGE = 200
NOT_SAFE = (1, 2)

Item = Literal["safe", "useful", "heard"]
ITEMS: dict[Item, str] = {
    "safe": N_("I felt safe enough today"),
    "useful": N_("I take something useful with me"),
    "heard": N_("I could be myself here"),
}
STEPS = (
    Category("1", N_("not at all")),
    Category("2", N_("a little")),
    Category("3", N_("partly")),
    Category("4", N_("mostly")),
    Category("5", N_("fully")),
)

Rating = Annotated[int | None, Field(ge=1, le=5)]


class Settings(Value):
    word_ask: Annotated[str, Text(120)] = Field(
        N_("One word you leave with"),
        title=N_("Ask for a word"),
        description=N_("Left empty, no word is asked for."),
    )
    ratings: tuple[Annotated[Item, Words(ITEMS)], ...] = Field(
        ("safe", "useful"), max_length=3, title=N_("Ask how far this is so")
    )
    change_ask: bool = Field(
        default=True, title=N_("Ask for one thing to change next time, for you alone")
    )
    show_help: bool = Field(default=True, title=N_("Say where to find help"))


class Answer(Value):
    word: Annotated[
        Annotated[str, Text(LONGEST_WORD)] | None, AfterValidator(lambda text: text or None)
    ] = None
    safe: Rating = None
    useful: Rating = None
    heard: Rating = None
    change: Annotated[
        Annotated[str, Text(LONGEST_CHANGE)] | None, AfterValidator(lambda text: text or None)
    ] = None


def rating(answer: Answer, item: Item) -> int | None:
    ratings: dict[Item, int | None] = {
        "safe": answer.safe,
        "useful": answer.useful,
        "heard": answer.heard,
    }
    return ratings[item]


def check(settings: Settings, answer: Answer) -> None:
    asked = {
        *(["word"] if settings.word_ask else []),
        *settings.ratings,
        *(["change"] if settings.change_ask else []),
    }
    for field in answer.model_dump(exclude_none=True):
        if field not in asked:
            raise NotAnAnswer(field=field)
    if answer == Answer():
        raise NotAnAnswer(say("Answer at least one of these, or pass."), "word")


def sections(settings: Settings) -> list[Section[Answer]]:
    word: Section[Answer] = Section(
        "word",
        "words",
        take=lambda answer: [answer.word] if answer.word else None,
        title=settings.word_ask,
        is_text=True,
    )
    change: Section[Answer] = Section(
        "change",
        "cards",
        take=lambda answer: answer.change,
        title=N_("One thing to change next time?"),
        reach="facilitator",
        is_text=True,
    )
    return [
        *([word] if settings.word_ask else []),
        *(_strip(item) for item in ITEMS if item in settings.ratings),
        *([change] if settings.change_ask else []),
    ]


def _strip(item: Item) -> Section[Answer]:
    return Section(
        item,
        "strip",
        take=lambda answer: rating(answer, item),
        title=ITEMS[item],
        reach="facilitator",
        tender=True,
        categories=STEPS,
    )


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    word = len('"word":"",') + largest_bytes(LONGEST_WORD) + LONGEST_WORD
    change = len('"change":"",') + largest_bytes(LONGEST_CHANGE) + LONGEST_CHANGE
    return (
        len("{}")
        + (word if settings.word_ask else 0)
        + sum(len(f'"{item}":5,') for item in settings.ratings)
        + (change if settings.change_ask else 0)
    )


def some(settings: Settings, random: Random) -> Answer:
    asked: dict[Item, int | None] = {item: random.randint(3, 5) for item in settings.ratings}
    if not settings.word_ask and not asked:
        return Answer(change="more time in pairs")
    return Answer(
        word=random.choice(["lighter", "hopeful", "tired"]) if settings.word_ask else None,
        safe=asked.get("safe"),
        useful=asked.get("useful"),
        heard=asked.get("heard"),
        change=random.choice([None, "more time in pairs"]) if settings.change_ask else None,
    )


def noticed(settings: Settings, answers: Sequence[Answer]) -> list[Message]:
    if any(answer.safe in NOT_SAFE for answer in answers):
        return [say("At least one person did not feel safe enough.")]
    return []


def asks(settings: Settings) -> bool:
    return bool(settings.word_ask or settings.ratings or settings.change_ask)


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "ratings": [(item, ITEMS[item]) for item in ITEMS if item in settings.ratings],
        "steps": STEPS,
        "longest_word": LONGEST_WORD,
        "longest_change": LONGEST_CHANGE,
        "show_help": settings.show_help,
    }


KIND = Kind(
    title=N_("Closing: one word, and was it safe and useful"),
    settings=Settings,
    answer=Answer,
    example=Settings(ratings=("safe", "useful", "heard")),
    defaults=Defaults(
        phase="close",
        review="before_show",
        minutes=3,
        invitation=N_("One word to leave with."),
    ),
    asks=asks,
    wordless={"word_ask": "", "change_ask": False},
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    noticed=noticed,
    facts=facts,
)
