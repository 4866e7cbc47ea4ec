"""`choice`: pick one or several.

Own words count as one pick, as a category called `other`: the bars would otherwise have fewer
people in them than answered. While the mode is single, `max_picks` is kept and not used, so that
a facilitator can try one mode and go back.
"""

from random import Random
from string import ascii_lowercase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, say, say_n
from attune.kinds import Category, Defaults, Kind, Section
from attune.text import Text, largest_bytes

OTHER = "other"
LONGEST_OTHER = 60


class Option(Value):
    label: Annotated[str, Text(80, least=1)] = Field(title=N_("What it says"))
    note: Annotated[str, Text(140)] = Field("", title=N_("A small note under it"))


class Settings(Value):
    options: tuple[Option, ...] = Field(min_length=2, max_length=12, title=N_("Options"))
    mode: Annotated[
        Literal["single", "multiple"],
        Words({"single": N_("One of them"), "multiple": N_("Several")}),
    ] = Field("single", title=N_("People choose"))
    max_picks: int | None = Field(  # None: as many as there are
        None,
        ge=1,
        le=12,
        title=N_("Several: how many at most"),
        description=N_("Left empty, as many as there are."),
    )
    allow_other: bool = Field(default=False, title=N_("Something else, in people's own words"))
    order: Annotated[
        Literal["as_written", "shuffled"],
        Words({"as_written": N_("As written"), "shuffled": N_("Different on each phone")}),
    ] = Field("as_written", title=N_("Order"))
    display: Annotated[
        Literal["counts", "words"],
        Words({"counts": N_("As bars with numbers"), "words": N_("In words: most, some, a few")}),
    ] = Field("counts", title=N_("How results are shown"))

    @model_validator(mode="after")
    def labels_differ(self) -> "Settings":
        labels = [option.label.casefold() for option in self.options]
        if len(set(labels)) < len(labels):
            raise ValueError("Two options say the same. Give each its own words.")
        return self


class Answer(Value):
    picks: tuple[Annotated[str, Field(pattern="^[a-l]$")], ...] = Field((), max_length=12)
    other: Annotated[
        Annotated[str, Text(LONGEST_OTHER)] | None, AfterValidator(lambda text: text or None)
    ] = None


def ids(settings: Settings) -> str:
    return ascii_lowercase[: len(settings.options)]


def limit(settings: Settings) -> int:
    """How many may be picked, own words included."""
    if settings.mode == "single":
        return 1
    on_offer = len(settings.options) + settings.allow_other
    return min(settings.max_picks or on_offer, on_offer)


def chosen(answer: Answer) -> list[str]:
    return [*answer.picks, *([OTHER] if answer.other else [])]


def check(settings: Settings, answer: Answer) -> None:
    picked, most = chosen(answer), limit(settings)
    if answer.other and not settings.allow_other:
        raise NotAnAnswer(field=OTHER)
    if set(answer.picks) - set(ids(settings)) or len(set(picked)) < len(picked):
        raise NotAnAnswer(field="picks")
    if not picked:
        raise NotAnAnswer(say("Choose something, or pass."), "picks")
    if len(picked) > most:
        text = say_n("Choose only one, or pass.", "Choose %(count)s at most, or pass.", most)
        raise NotAnAnswer(text, "picks")


def sections(settings: Settings) -> list[Section[Answer]]:
    categories = [
        Category(id, option.label)
        for id, option in zip(ids(settings), settings.options, strict=True)
    ]
    if settings.allow_other:
        categories.append(Category(OTHER, N_("Something else")))
    picks: Section[Answer] = Section(
        "picks",
        "bars",
        take=chosen,
        categories=tuple(categories),
        multiple=limit(settings) > 1,
        said=settings.display == "words",
    )
    other: Section[Answer] = Section(
        OTHER,
        "cards",
        take=lambda answer: answer.other,
        title=N_("Something else, in people's own words"),
        is_text=True,
    )
    return [picks, other] if settings.allow_other else [picks]


def largest(settings: Settings) -> int:
    """Quotes and backslashes take a byte more in JSON: one for each character at most."""
    picks = len('{"picks":[]}') + len('"a",') * len(settings.options)
    other = len(',"other":""') + largest_bytes(LONGEST_OTHER) + LONGEST_OTHER
    return picks + (other if settings.allow_other else 0)


def some(settings: Settings, random: Random) -> Answer:
    most = limit(settings)
    if settings.allow_other and random.random() < 0.15:  # noqa: PLR2004
        return Answer(other=random.choice(["a walk outside", "tea", "music, quietly"]))
    picks = random.sample(ids(settings), random.randint(1, min(most, len(settings.options))))
    return Answer(picks=tuple(sorted(picks)))


def facts(settings: Settings) -> dict[str, Any]:
    return {
        "options": list(zip(ids(settings), settings.options, strict=True)),
        "limit": limit(settings),
        "longest_other": LONGEST_OTHER,
    }


KIND = Kind(
    title=N_("Pick one or several"),
    settings=Settings,
    answer=Answer,
    example=Settings(
        options=(
            Option(label="A quiet start"),
            Option(label="Moving around a bit", note="We can use the hall."),
            Option(label="Working with someone"),
        ),
        mode="multiple",
        max_picks=2,
        allow_other=True,
    ),
    defaults=Defaults(
        phase="explore",
        review="before_show",
        minutes=2,
        invitation=N_("Pick what fits best for you."),
        discuss=(N_("What do you notice?"), N_("What might be missing from this list?")),
    ),
    wordless={"allow_other": False},
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
)
