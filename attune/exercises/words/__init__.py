"""`words`: a word or a few from each person, drawn as a cloud and a list.

What is tallied is people, and one person's words are one value: writing a word five times says
it once, and the need counts authors. Boxes left empty are dropped before anything is counted,
so which box was used is never part of an answer.
"""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, say, say_n
from attune.kinds import Defaults, Kind, Section
from attune.text import Text, largest_bytes, length

MOST_WORDS = 5
LONGEST_STARTER = 20
# Longer than any round allows, so that `check` can say by how much a word is too long here.
READ_TO = 200

ANYBODYS = (
    "hopeful", "tired", "curious", "calm", "a full diary", "distracted", "a bit tired",
    "glad to be here", "rain", "ok", "so-so", "fine",
)  # fmt: skip


class Settings(Value):
    max_words: int = Field(3, ge=1, le=MOST_WORDS, title=N_("How many words at most"))
    max_chars: int = Field(20, ge=3, le=30, title=N_("How long a word may be, in characters"))
    display: Annotated[
        Literal["both", "list", "cloud"],
        Words(
            {
                "both": N_("As a cloud and a list"),
                "list": N_("As a list"),
                "cloud": N_("As a cloud"),
            }
        ),
    ] = Field("both", title=N_("How results are shown"))
    starters: tuple[Annotated[str, Text(LONGEST_STARTER, least=1)], ...] = Field(
        (),
        max_length=12,
        title=N_("Words to begin with"),
        description=N_("People tap one to use it: for children, and whoever freezes."),
    )

    @model_validator(mode="after")
    def starters_can_be_used(self) -> "Settings":
        for starter in self.starters:
            if length(starter) > self.max_chars:
                text = f"“{starter}” is longer than a word may be here."
                raise ValueError(text)
        if len({starter.casefold() for starter in self.starters}) < len(self.starters):
            raise ValueError("Two starters say the same. Leave one of them out.")
        return self


def written(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word)


class Answer(Value):
    words: Annotated[
        tuple[Annotated[str, Text(READ_TO)], ...],
        Field(max_length=MOST_WORDS),
        AfterValidator(written),
    ] = ()


def check(settings: Settings, answer: Answer) -> None:
    if not answer.words:
        raise NotAnAnswer(say("Write a word, or pass."), "words")
    if len(answer.words) > settings.max_words:
        text = say_n(
            "Write one word only, or pass.",
            "Write %(count)s words at most, or pass.",
            settings.max_words,
        )
        raise NotAnAnswer(text, "words")
    over = max(length(word) for word in answer.words) - settings.max_chars
    if over > 0:
        text = say_n(
            "A word is too long. Shorten it by %(count)s character.",
            "A word is too long. Shorten it by %(count)s characters.",
            over,
        )
        raise NotAnAnswer(text, "words")
    if max(len(word.encode()) for word in answer.words) > largest_bytes(settings.max_chars):
        raise NotAnAnswer(say("This takes too much room. Shorten it."), "words")


def sections(settings: Settings) -> list[Section[Answer]]:
    return [
        Section(
            "words",
            "words",
            take=lambda answer: list(answer.words) or None,
            look=settings.display,
            is_text=True,
        )
    ]


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    word = len('"",') + largest_bytes(settings.max_chars) + settings.max_chars
    return len('{"words":[]}') + settings.max_words * word


def some(settings: Settings, random: Random) -> Answer:
    known = [word for word in (*ANYBODYS, *settings.starters) if length(word) <= settings.max_chars]
    how_many = random.randint(1, min(settings.max_words, len(known)))
    return Answer(words=tuple(random.sample(known, how_many)))


def facts(settings: Settings) -> dict[str, Any]:
    return {"places": range(1, settings.max_words + 1)}


KIND = Kind(
    title=N_("Short words"),
    settings=Settings,
    answer=Answer,
    example=Settings(starters=("hopeful", "tired", "curious", "a bit lost")),
    defaults=Defaults(
        phase="arrive",
        review="before_show",
        minutes=2,
        invitation=N_("A word or two is enough."),
        discuss=(N_("Which word would you like to hear more about?"),),
    ),
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
)
