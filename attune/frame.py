"""The fields that every step has, whatever its kind (docs/vocabulary.md)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

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


class Frame(Value):
    """What a facilitator sets for a step beside the kind's own settings."""

    title: Annotated[str, Text(80, least=1)]
    invitation: Annotated[str, Text(600, lines=True)] = ""
    facilitator_note: Annotated[str, Text(1000, lines=True)] = ""
    discuss: tuple[Annotated[str, Text(160, least=1)], ...] = Field((), max_length=3)
    phase: Phase = "explore"
    content_note: Annotated[str, Text(200)] = ""
    alternative: Annotated[str, Text(300)] = ""
    reach: Reach = "group"
    reveal: Reveal = "on_show"
    show_on: Literal["both", "screen", "phones"] = "both"
    min_people: int | None = Field(None, ge=3, le=30)  # None: the room's k
    tender: bool = False
    review: Literal["none", "before_show"] = "none"
    revise: bool = True
    minutes: float = Field(2, ge=0, le=60, multiple_of=0.5)
    time_hint: Literal["none", "words", "quiet_bar"] = "words"
    optional: bool = False


class RoomSettings(Value):
    """What holds for the whole room; kept with it, so a change of plan does not reach it."""

    k: int = Field(4, ge=LEAST_K, le=12)  # people: no result is drawn from fewer
    age_band: Literal["adult", "teen", "child"] = "adult"
    language: Literal["en"] = "en"
    help_text: Annotated[str, Text(1000, lines=True)] = ""
    quick_exit: bool = False
    keep_days: int = Field(30, ge=0, le=365)
