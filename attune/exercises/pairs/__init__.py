"""`pairs`: reflect with a partner; the talk happens off the screen.

Place 0 inside a round is finding one another; place 1 is the first step of the talk. Nothing
says who talked with whom, and nothing ever leaves a private note's box.
"""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, Message, say, say_n
from attune.kinds import Defaults, Kind, Section
from attune.text import Text, largest_bytes

LONGEST_LINE = 140
HALF = 0.5

MODES = (
    ("pair", N_("With a partner")),
    ("three", N_("In a three")),
    ("solo", N_("On my own")),
)
# Who has the word in a step.
TURNS = {
    "all": N_("Everyone, in turn. One talks, the others listen, then change over."),
    "a": N_("The first person talks. The others listen."),
    "b": N_("Change over. The next person talks, the others listen."),
    "c": N_("Change over again. In a three, the third person talks."),
}


class TalkStep(Value):
    label: Annotated[str, Text(40, least=1)] = Field(title=N_("Name of this part"))
    prompt: Annotated[str, Text(240, least=1)] = Field(title=N_("What to talk about"))
    minutes: float = Field(2, ge=0.5, le=10, multiple_of=0.5, title=N_("Minutes"))
    role: Annotated[
        Literal["all", "a", "b", "c"],
        Words(
            {
                "all": N_("Everyone, in turn"),
                "a": N_("The first person"),
                "b": N_("The second person"),
                "c": N_("The third person"),
            }
        ),
    ] = Field("all", title=N_("Who talks"))


class Settings(Value):
    form: Annotated[
        Literal["pairs", "triads", "own_choice"],
        Words(
            {
                "pairs": N_("In pairs"),
                "triads": N_("In threes"),
                "own_choice": N_("As people like"),
            }
        ),
    ] = Field("pairs", title=N_("How people sit together"))
    matching: Annotated[
        Literal["neighbours", "facilitator"],
        Words({"neighbours": N_("Whoever sits near"), "facilitator": N_("You say who")}),
    ] = Field("neighbours", title=N_("Who talks with whom"))
    steps: tuple[TalkStep, ...] = Field(min_length=1, max_length=6, title=N_("Parts of the talk"))
    capture: Annotated[
        Literal["none", "one_line"],
        Words({"none": N_("Nothing"), "one_line": N_("One line, if they like")}),
    ] = Field("none", title=N_("What they bring back"))
    listening_hint: Annotated[str, Text(160)] = Field(
        N_("Listen to understand. No fixing, no advice, no follow-up quiz."),
        title=N_("A word on listening"),
    )


class Answer(Value):
    """`mode` may stay open: being ready is all that is counted."""

    mode: Literal["pair", "three", "solo"] | None = None
    ready: bool = True
    line: Annotated[
        Annotated[str, Text(LONGEST_LINE)] | None, AfterValidator(lambda text: text or None)
    ] = None


def check(settings: Settings, answer: Answer) -> None:
    if answer.line and settings.capture == "none":
        raise NotAnAnswer(field="line")


def sections(settings: Settings) -> list[Section[Answer]]:
    ready: Section[Answer] = Section(
        "ready",
        "count",
        take=lambda answer: answer.ready or None,
        title=N_("Ready"),
        reach="facilitator",
    )
    line: Section[Answer] = Section(
        "line",
        "cards",
        take=lambda answer: answer.line,
        title=N_("What pairs would like to share"),
        # The talk itself is never shown; a line that was written to be shared is.
        reveal="on_show",
        is_text=True,
    )
    return [ready, line] if settings.capture == "one_line" else [ready]


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    ready = len('{"mode":"three","ready":false}')
    line = len(',"line":""') + largest_bytes(LONGEST_LINE) + LONGEST_LINE
    return ready + (line if settings.capture == "one_line" else 0)


def some(settings: Settings, random: Random) -> Answer:
    line = None
    if settings.capture == "one_line":
        line = random.choice([None, "We both calm down by walking", "Being asked helps"])
    return Answer(mode=random.choice(("pair", "pair", "three", "solo")), line=line)


def about(minutes: float) -> Message:
    """How long a step may take, said so that nobody feels timed."""
    if minutes == HALF:
        return say("About half a minute each, no rush. In a three, take a little longer.")
    if minutes % 1:
        text = N_(
            "About %(whole)s and a half minutes each, no rush. In a three, take a little longer."
        )
        return say(text, whole=int(minutes))
    return say_n(
        "About a minute each, no rush. In a three, take a little longer.",
        "About %(count)s minutes each, no rush. In a three, take a little longer.",
        int(minutes),
    )


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "modes": MODES,
        "turns": TURNS,
        "steps": [(step, about(step.minutes)) for step in settings.steps],
        "longest_line": LONGEST_LINE,
        "send": N_("We're ready"),
    }


KIND = Kind(
    title=N_("Talk with a partner"),
    settings=Settings,
    answer=Answer,
    example=Settings(
        steps=(
            TalkStep(label="One talks", prompt="What helped you this week?", role="a"),
            TalkStep(label="Change over", prompt="What helped you this week?", role="b"),
        ),
        capture="one_line",
    ),
    defaults=Defaults(
        phase="discuss",
        reveal="never",
        review="before_show",
        minutes=8,
        invitation=N_("With a partner, in a three, or on your own. Share only what you want to."),
        discuss=(N_("What do you take from being listened to?"),),
    ),
    wordless={"capture": "none"},
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
    last=lambda settings: len(settings.steps),
)
