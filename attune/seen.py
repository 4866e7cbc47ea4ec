"""The values that pages are drawn from: a closed set, plain and frozen.

A template gets these and nothing else: no row of a table, no seat, nothing of what one person did.
What is in them is decided in `stage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attune.changes import Audience
from attune.display import Form, Picture
from attune.edits import Item
from attune.i18n import N_, Message

PHASE_NAMES = {
    "arrive": N_("Arriving"),
    "ground": N_("Grounding"),
    "explore": N_("Exploring"),
    "discuss": N_("Discussing"),
    "repair": N_("Repairing"),
    "close": N_("Closing"),
}


@dataclass(frozen=True)
class RoomSeen:
    """The room, as anybody in it may know it."""

    ref: str
    title: str
    leader: str
    state: str
    entry: str
    language: str
    k: int
    age_band: str
    quick_exit: bool
    help_text: str
    tells: str  # whom people can tell something privately; empty while nobody would see it
    is_paused: bool  # everybody sees a calm page
    phones: int  # how many are here
    watching: tuple[str, ...]  # the names of those who watch over it with who leads
    told: Message | None  # what was changed of who sees what
    spoken: str  # what who leads says to everybody
    lacks_help: bool  # the help text is still the general one, and nobody has looked at it
    mixed_power: bool
    code: str  # as written on the screen; empty once it has ended


@dataclass(frozen=True)
class RoundSeen:
    """The round that was put last, with everything its kind's templates draw from."""

    number: int
    kind: str
    kind_title: str
    state: str
    progress: int
    last: int
    marks: int  # how many cards one person may mark in a second act; 0: there is none
    marking: bool  # cards can be marked now
    beside: bool  # cards are marked while others are still being written
    mark_label: str  # what the button of a card says
    starts_at: int | None  # server milliseconds
    closes_at: int | None  # server milliseconds
    title: str
    invitation: str
    discuss: tuple[str, ...]
    phase: str
    phase_name: str
    phase_number: int  # 0 to 5, the place on the arc
    content_note: str
    alternative: str
    minutes: float
    time_hint: str
    revise: bool
    reviewed: bool
    live: bool  # results come while people answer, some at a time
    compared: str  # first: asked again later, and compared; second: with the time before; or ""
    asks: bool  # whether people answer at all
    to_group: bool  # whether the group may ever see something of it
    to_facilitator: bool  # whether some of it is for the facilitator alone
    need: int  # how many answers the part that the group sees needs; the least of them
    step: int | None  # its place in the plan, from 1
    steps: int  # how many the plan has
    settings: Any  # the kind's own, frozen
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Text:
    """Somebody's own words in a result, as the facilitator reviews them."""

    item: Item
    stopped: bool  # whoever wrote it gives no more in this round


@dataclass(frozen=True)
class Reviewed:
    """A part of a result that is in people's own words."""

    section: str
    title: str
    cards: bool  # each by itself; else words, of which the same are one
    themed: bool  # cards that can be put in themes
    texts: tuple[Text, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """A card that whoever leads can put under another of the kind's headings."""

    id: str
    text: str
    place: str
    pinned: bool
    also: int  # for how many others it is true, as far as that was counted


@dataclass(frozen=True)
class Results:
    """The result of the round, as far as this audience may see it."""

    state: str  # held, review or shown
    form: Form
    pictures: tuple[Picture, ...]
    answers: int | None = None  # the console alone, and never when held
    passes: int | None = None
    noticed: tuple[str, ...] = ()
    again: bool = False
    showable: bool = False  # the console alone: there is something for the group in it
    texts: tuple[Reviewed, ...] = ()  # the console alone: words to read first
    undo: str = ""  # the console alone: what the last change of a text was
    page: int = 0  # of cards on the screen
    placed: tuple[Placed, ...] = ()  # the console alone: cards to be put in their places
    places: tuple[tuple[str, str], ...] = ()  # the same: id and name of each
    marks: str = ""  # the console alone: the result of the second act is held, review or shown
    countable: bool = False  # the console alone: hands can be counted for some of it
    batch: int = 0  # the console alone, of a live round: how many pictures there have been
    unsettled: bool = False  # the same: closed, and what came last is not in it yet
    left: Message | None = None  # the console alone: that somebody's came into no picture, and why
    unread: int = 0  # the console alone: how many texts nobody has let in yet
    elsewhere: bool = False  # it is shown, but the step keeps it to the screen or to phones


@dataclass(frozen=True)
class Aside:
    """A round that stays open at the side, such as questions, while the room is at another."""

    round: RoundSeen
    results: Results | None  # what the group sees of it
    preview: Results | None  # the console alone


@dataclass(frozen=True)
class AgendaStep:
    """A line of the console's agenda: a step of the plan, or what was asked in between."""

    id: int | None  # the step's; None when it was asked in between
    round: int | None  # the number of the round it was asked in; None for a step of the plan
    position: int
    title: str
    kind_title: str
    phase: str
    phase_name: str
    minutes: float
    optional: bool
    state: str  # done, now or ahead
    again: bool  # it has been put before


@dataclass(frozen=True)
class Signal:
    """What somebody said privately, as far as it says who they are: not at all, or as they wish."""

    id: str
    level: int
    meet: str
    note: str
    seen_by: str
    replies: tuple[Message | str, ...]


@dataclass(frozen=True)
class Console:
    """What only the facilitator sees."""

    sees: Message  # the one line that says what the room sees
    counts: Message
    responded: int
    waiting: tuple[tuple[str, Message], ...]  # labels at the door, and how they are said
    seats: int
    watching: tuple[str, ...]  # the names of those who watch over it with who leads
    note: str  # the facilitator's own note for this step
    agenda: tuple[AgendaStep, ...]
    next: AgendaStep | None
    back: AgendaStep | None
    preview: Results | None  # in the form that would be shown
    seen: int  # the number of the round on this page
    signals: tuple[Signal, ...]  # what was said privately and is not cared for yet
    pace: tuple[str, ...]  # what enough people ask for: slower, pause, lost
    away: int  # how many have stepped away
    long_away: int  # how many of them for ten minutes


@dataclass(frozen=True)
class Stage:
    """Everything that one audience sees of a room."""

    audience: Audience
    room: RoomSeen
    round: RoundSeen | None
    results: Results | None
    status: Message
    console: Console | None = None
    aside: Aside | None = None
