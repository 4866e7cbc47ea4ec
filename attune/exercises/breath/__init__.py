"""`breath`: one breath on all screens.

Nothing measures whether anybody breathes along. The server says once when it began; each page
works out from its estimate of the server's clock where the breath is now, so that a locked
phone or a lost network never restarts it (`play.js`).
"""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, Message, say
from attune.kinds import Category, Defaults, Kind, Section

SLOWEST, FASTEST = 4, 12  # breaths a minute
LONGEST = 6  # minutes

AFTER = (
    Category("more", N_("more settled")),
    Category("same", N_("about the same")),
    Category("less", N_("less settled")),
)

Hold = Annotated[float, Field(ge=0, le=4, multiple_of=0.5)]


class Settings(Value):
    inhale_s: float = Field(4, ge=2, le=8, multiple_of=0.5, title=N_("In-breath, in seconds"))
    hold_in_s: Hold = Field(0, title=N_("Hold after the in-breath, in seconds"))
    exhale_s: float = Field(
        5,
        ge=2,
        le=10,
        multiple_of=0.5,
        title=N_("Out-breath, in seconds"),
        description=N_("Longer than the in-breath settles more."),
    )
    hold_out_s: Hold = Field(0, title=N_("Hold after the out-breath, in seconds"))
    cycles: int = Field(12, ge=3, le=40, title=N_("Breaths"))
    lead_in_s: float = Field(
        8, ge=5, le=20, multiple_of=0.5, title=N_("Time to arrive before the first, in seconds")
    )
    guide: Annotated[
        Literal["circle", "bar", "words"],
        Words({"circle": N_("A circle"), "bar": N_("A bar"), "words": N_("Words alone")}),
    ] = Field("circle", title=N_("What moves"))
    sound: bool = Field(default=False, title=N_("A soft sound, on the screen alone"))
    after_check: bool = Field(default=False, title=N_("Ask afterwards how settled people are"))

    @model_validator(mode="after")
    def is_gentle(self) -> "Settings":
        per_minute = 60 / cycle(self)
        if not SLOWEST <= per_minute <= FASTEST:
            text = (
                f"This makes {per_minute:.1f} breaths a minute. "
                f"Choose times that make {SLOWEST} to {FASTEST}."
            )
            raise ValueError(text)
        if minutes(self) > LONGEST:
            text = (
                f"This takes {minutes(self):.1f} minutes. "
                f"Choose fewer breaths: {LONGEST} minutes is the most."
            )
            raise ValueError(text)
        return self


class Answer(Value):
    after: Literal["more", "same", "less"]


def cycle(settings: Settings) -> float:
    """Seconds from one in-breath to the next."""
    return settings.inhale_s + settings.hold_in_s + settings.exhale_s + settings.hold_out_s


def minutes(settings: Settings) -> float:
    return cycle(settings) * settings.cycles / 60


def check(settings: Settings, answer: Answer) -> None:
    if not settings.after_check:
        raise NotAnAnswer(field="after")


def sections(settings: Settings) -> list[Section[Answer]]:
    after: Section[Answer] = Section(
        "after",
        "bars",
        take=lambda answer: [answer.after],
        title=N_("After breathing"),
        categories=AFTER,
    )
    return [after] if settings.after_check else []


def warnings(settings: Settings) -> list[Message]:
    found = []
    if settings.exhale_s < settings.inhale_s:
        found.append(say("The out-breath is shorter than the in-breath. Longer settles more."))
    if settings.hold_in_s or settings.hold_out_s:
        found.append(say("Holding the breath unsettles some people."))
    return found


def _short(seconds: float) -> str:
    return f"{seconds:g}"


def facts(settings: Settings) -> dict[str, Any]:
    return {
        # Milliseconds, as whole numbers: what the page's clock counts in.
        "pattern": [
            round(seconds * 1000)
            for seconds in (
                settings.inhale_s,
                settings.hold_in_s,
                settings.exhale_s,
                settings.hold_out_s,
            )
        ],
        "about": say(
            "In for about %(in_s)s, out for about %(out_s)s. Your own pace is the right one.",
            in_s=_short(settings.inhale_s),
            out_s=_short(settings.exhale_s),
        ),
        "lead_in": round(settings.lead_in_s * 1000),
        "count_in": list(range(1, round(settings.inhale_s) + 1)),
        "count_out": list(range(1, round(settings.exhale_s) + 1)),
        "after": AFTER,
        "warnings": warnings(settings),
        "console_note": say(
            "Some people feel worse when they slow their breath. That is common. "
            "Offer feet, sounds, or a look out of the window."
        ),
    }


def _after(random: Random) -> Literal["more", "same", "less"]:
    return random.choice(("more", "more", "same", "less"))


KIND = Kind(
    title=N_("Breathe together"),
    settings=Settings,
    answer=Answer,
    example=Settings(after_check=True),
    defaults=Defaults(
        phase="ground",
        minutes=2,
        invitation=N_("Breathe softly with the shape, in your own way, or just watch."),
        discuss=(N_("How is the room now?"),),
    ),
    asks=lambda settings: settings.after_check,
    check=check,
    sections=sections,
    largest=lambda settings: len('{"after":"more"}'),
    some=lambda settings, random: Answer(after=_after(random)),
    facts=facts,
    synced=True,
)
