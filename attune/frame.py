"""The fields that every step has, whatever its kind (docs/vocabulary.md).

A field's `title` and `description` are what a form says of it; `Words` says what it calls each
value that may be chosen (attune/forms).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from attune.i18n import LANGUAGES, N_, Language
from attune.text import Text

Phase = Literal["arrive", "ground", "explore", "discuss", "repair", "close"]
Reach = Literal["private", "facilitator", "group"]
Reveal = Literal["never", "on_show", "live_batches"]
Entry = Literal["open", "admit", "locked"]

PHASES: tuple[Phase, ...] = ("arrive", "ground", "explore", "discuss", "repair", "close")
# The fewest answers a tender section may be drawn from, whatever the room asks for.
TENDER_NEED = 5
LEAST_K = 3


class Value(BaseModel):
    """A checked, frozen value; unknown fields are refused, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


@dataclass(frozen=True)
class Words:
    """What a form calls the values of a field: `Annotated[Phase, Words({"arrive": ...})]`."""

    of: Mapping[str, str]


class Frame(Value):
    """What a facilitator sets for a step beside the kind's own settings."""

    title: Annotated[str, Text(80, least=1)] = Field(
        title=N_("What you ask"),
        description=N_("Short and open. Ask about now, not about always."),
    )
    invitation: Annotated[str, Text(600, lines=True)] = Field(
        "",
        title=N_("A few words under it"),
        description=N_("What people are invited to do. An invitation, never “you must”."),
    )
    facilitator_note: Annotated[str, Text(1000, lines=True)] = Field(
        "",
        title=N_("Note to yourself"),
        description=N_("Only the console shows it: what to say, what to look out for."),
    )
    discuss: tuple[Annotated[str, Text(160, least=1)], ...] = Field(
        (), max_length=3, title=N_("To talk about afterwards")
    )
    phase: Annotated[
        Phase,
        Words(
            {
                "arrive": N_("Arriving"),
                "ground": N_("Grounding"),
                "explore": N_("Exploring"),
                "discuss": N_("Discussing"),
                "repair": N_("Repairing"),
                "close": N_("Closing"),
            }
        ),
    ] = Field("explore", title=N_("Where on the way it stands"))
    content_note: Annotated[str, Text(200)] = Field(
        "",
        title=N_("Content note"),
        description=N_(
            "Short and plain. People read it first and may sit the step out. For example: "
            "This one asks about conflict at work."
        ),
    )
    alternative: Annotated[str, Text(300)] = Field(
        "",
        title=N_("For whoever sits it out"),
        description=N_("Something else to do meanwhile. Left empty, the words of the exercise."),
    )
    reach: Annotated[
        Reach,
        Words(
            {
                "private": N_("Nobody: it stays with the person"),
                "facilitator": N_("You alone, as totals"),
                "group": N_("The group, as totals"),
            }
        ),
    ] = Field("group", title=N_("Who sees what was answered"))
    reveal: Annotated[
        Reveal,
        Words(
            {
                "never": N_("Never"),
                "on_show": N_("When you show it"),
                "live_batches": N_("Some at a time, while people answer"),
            }
        ),
    ] = Field("on_show", title=N_("When the group sees it"))
    show_on: Annotated[
        Literal["both", "screen", "phones"],
        Words(
            {
                "both": N_("On the screen and on phones"),
                "screen": N_("On the screen alone"),
                "phones": N_("On phones alone"),
            }
        ),
    ] = Field("both", title=N_("Where the group sees it"))
    min_people: int | None = Field(
        None,
        ge=3,
        le=30,
        title=N_("Show results from"),
        description=N_(
            "People. Left empty, as many as the room asks for. Never lower than 3: small groups "
            "are easy to guess."
        ),
    )
    tender: bool = Field(
        default=False,
        title=N_("This touches something tender: show results more carefully, from 5 answers"),
    )
    review: Annotated[
        Literal["none", "before_show"],
        Words({"none": N_("Not needed"), "before_show": N_("Before the group sees it")}),
    ] = Field("none", title=N_("You read it first"))
    revise: bool = Field(default=True, title=N_("People may change their answer until it closes"))
    minutes: float = Field(
        2,
        ge=0,
        le=60,
        multiple_of=0.5,
        title=N_("Suggested minutes"),
        description=N_("Only you see this. Nobody gets a countdown."),
    )
    time_hint: Annotated[
        Literal["none", "words", "quiet_bar"],
        Words(
            {
                "none": N_("Nothing"),
                "words": N_("“About 3 minutes, no rush”"),
                "quiet_bar": N_("A quiet bar without numbers"),
            }
        ),
    ] = Field("words", title=N_("What phones say about time"))
    optional: bool = Field(default=False, title=N_("Can be left out when time is short"))


OwnWords = Literal["usual", "yes", "no"]
OWN_WORDS = Words(
    {
        "usual": N_("As usual: children choose from what is there, all others may write"),
        "yes": N_("People may write"),
        "no": N_("Only prepared answers: nobody writes anything"),
    }
)


class RoomChoices(Value):
    """What a plan says about the rooms that are opened from it."""

    k: int = Field(  # people: no result is drawn from fewer
        4,
        ge=LEAST_K,
        le=12,
        title=N_("Show results from"),
        description=N_("People who answered. Never lower than 3: small groups are easy to guess."),
    )
    age_band: Annotated[
        Literal["adult", "teen", "child"],
        Words({"adult": N_("Adults"), "teen": N_("Teenagers"), "child": N_("Children")}),
    ] = Field("adult", title=N_("Who comes"))
    language: Annotated[Language, Words(LANGUAGES)] = Field(
        "en", title=N_("Language of phones and screen")
    )
    signals: bool = Field(
        default=True,
        title=N_("People can tell you privately that they need something, while you are there"),
    )
    quick_exit: bool = Field(
        default=False,
        title=N_("Esc twice leaves at once"),
        description=N_(
            "Every phone has “Leave now”, which clears the room from it and opens another page. "
            "With this, pressing Esc twice within a second does the same."
        ),
    )
    own_words: Annotated[OwnWords, OWN_WORDS] = Field(
        "usual",
        title=N_("People's own words"),
        description=N_("For young or lively groups: steps that ask for words are asked without."),
    )
    mixed_power: bool = Field(
        default=False,
        title=N_("Some here have a say over others"),
        description=N_(
            "Staff and who manages them, a teacher and pupils, couples. Esc twice leaves at once "
            "then, and the console reminds you of what makes it safer. Show results from 5 or more."
        ),
    )


class RoomSettings(RoomChoices):
    """What holds for the whole room; kept with it, so a change of plan does not reach it."""

    help_text: Annotated[str, Text(1000, lines=True)] = ""
    help_is_checked: bool = False  # whether whoever leads has looked at it
    keep_days: int = Field(30, ge=0, le=365)
    called: Annotated[str, Text(80)] = ""  # the name of whoever leads, unless it is written here
    duty: Annotated[str, Text(300)] = ""  # when they must act, unless it is the usual sentence

    @property
    def takes_own_words(self) -> bool:
        return self.own_words == "yes" or (self.own_words == "usual" and self.age_band != "child")

    @property
    def leaves_by_keys(self) -> bool:
        return self.quick_exit or self.mixed_power
