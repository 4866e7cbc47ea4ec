"""`questions`: an open list of questions, and a place where no thread is lost.

Everybody's whole list is one answer, so a second question never deletes the first. Questions come
in batches, are read by whoever leads before the group sees them, and stand under the state that
they are in: waiting, open, talked about now, answered, parked, for next time. The door stays open
on later prompts, if the step says so; people agree with a question and with nobody's name.
"""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, say, say_n
from attune.kinds import LARGEST_ANSWER, Category, Defaults, Kind, Resonating, Section
from attune.text import Text, largest_bytes, length

MOST_ASKS = 5
LONGEST = 300
# Longer than any round allows, so that `check` can say by how much a question is too long here.
READ_TO = 500
SECTION = "asks"

STATES = (
    Category("now", N_("We are talking about it")),
    Category("open", N_("Open")),
    Category("parked", N_("Parked for later today")),
    Category("next_time", N_("For next time")),
    Category("answered", N_("Answered")),
)

ANYBODYS = (
    "What if I am the one who needs calming?",
    "How long does it take until this feels natural?",
    "What do I say when somebody does not want to talk?",
    "Does this work by phone, too?",
    "And what if the other person is my boss?",
    "Why do I get so tired afterwards?",
    "Where can I read more about this?",
    "Can a whole class do this at once?",
    "What if I do not believe it?",
    "Is it okay to laugh?",
)


class Settings(Value):
    max_per_person: int = Field(2, ge=1, le=MOST_ASKS, title=N_("How many questions a person asks"))
    max_chars: int = Field(
        200, ge=20, le=LONGEST, title=N_("How long a question may be, in characters")
    )
    upvote: bool = Field(default=True, title=N_("People mark the questions that are theirs too"))
    upvote_label: Annotated[str, Text(40, least=1)] = Field(
        N_("I'd like to hear about this too"), title=N_("What that button says")
    )
    max_upvotes: int = Field(5, ge=1, le=20, title=N_("How many questions a person may mark"))
    stay_open: bool = Field(
        default=True, title=N_("Questions can be asked during the steps that follow")
    )
    sort: Annotated[
        Literal["shuffled", "votes"],
        Words({"shuffled": N_("Mixed"), "votes": N_("Those that many marked first")}),
    ] = Field("shuffled", title=N_("In which order questions stand"))

    @model_validator(mode="after")
    def questions_fit(self) -> "Settings":
        if largest(self) > LARGEST_ANSWER:
            raise ValueError(
                "So many questions of that length are too much. Make them fewer, or shorter."
            )
        return self


def written(asks: tuple[str, ...]) -> tuple[str, ...]:
    """Boxes left empty ask nothing, and a question that stands twice is asked once."""
    return tuple(dict.fromkeys(ask for ask in asks if ask))


class Answer(Value):
    asks: Annotated[
        tuple[Annotated[str, Text(READ_TO)], ...],
        Field(max_length=MOST_ASKS),
        AfterValidator(written),
    ] = ()


def check(settings: Settings, answer: Answer) -> None:
    if not answer.asks:
        raise NotAnAnswer(say("Write a question, or pass."), "asks")
    if len(answer.asks) > settings.max_per_person:
        text = say_n(
            "Ask one question only, or pass.",
            "Ask %(count)s questions at most, or pass.",
            settings.max_per_person,
        )
        raise NotAnAnswer(text, "asks")
    over = max(length(ask) for ask in answer.asks) - settings.max_chars
    if over > 0:
        text = say_n(
            "A question is too long. Shorten it by %(count)s character.",
            "A question is too long. Shorten it by %(count)s characters.",
            over,
        )
        raise NotAnAnswer(text, "asks")
    if max(len(ask.encode()) for ask in answer.asks) > largest_bytes(settings.max_chars):
        raise NotAnAnswer(say("This takes too much room. Shorten it."), "asks")


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    ask = len('"",') + largest_bytes(settings.max_chars) + settings.max_chars
    return len('{"asks":[]}') + settings.max_per_person * ask


def sections(settings: Settings) -> list[Section[Answer]]:
    return [
        Section(
            SECTION,
            "cards",
            take=lambda answer: [[ask, None] for ask in answer.asks] or None,
            categories=STATES,
            placed=True,
            first="open",
            by_marks=settings.sort == "votes",
            is_text=True,
        )
    ]


def some(settings: Settings, random: Random) -> Answer:
    fitting = [ask for ask in ANYBODYS if length(ask) <= settings.max_chars] or ["Why?", "How?"]
    many = random.randint(1, min(settings.max_per_person, len(fitting), 2))
    return Answer(asks=tuple(random.sample(fitting, many)))


def facts(settings: Settings) -> dict[str, Any]:
    return {"places": range(1, settings.max_per_person + 1), "send": N_("Ask")}


KIND = Kind(
    title=N_("Open questions"),
    settings=Settings,
    answer=Answer,
    example=Settings(),
    defaults=Defaults(
        phase="discuss",
        reveal="live_batches",
        review="before_show",
        minutes=5,
        invitation=N_("Ask anything. Tap a question if you would like to hear about it too."),
        discuss=(N_("Which one shall we start with?"),),
    ),
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
    stays=lambda settings: settings.stay_open,
    resonating=Resonating(
        SECTION,
        label=lambda settings: settings.upvote_label,
        most=lambda settings: settings.max_upvotes if settings.upvote else 0,
        closes=False,
    ),
)
