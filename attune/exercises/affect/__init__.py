"""`affect`: how pleasant and how full of energy it is right now.

A word alone is enough: each has a place. A word and another place are both kept, since people
know better than a list where they are. There is no average point anywhere: the mean of an
agitated and a calm person is a place where nobody is.
"""

from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field

from attune.errors import NotAnAnswer
from attune.frame import Value, Words
from attune.i18n import N_, Message, say
from attune.kinds import Axes, Defaults, Kind, Section
from attune.text import Text

# Each word's place on a grid of seven; x is how pleasant, y how full of energy.
WORDS: dict[str, tuple[int, int]] = {
    N_("excited"): (2, 3),
    N_("joyful"): (3, 2),
    N_("playful"): (2, 2),
    N_("proud"): (2, 1),
    N_("hopeful"): (2, 1),
    N_("curious"): (1, 2),
    N_("eager"): (1, 3),
    N_("surprised"): (0, 3),
    N_("alert"): (0, 2),
    N_("touched"): (1, 0),
    N_("grateful"): (3, 0),
    N_("content"): (2, -1),
    N_("calm"): (2, -2),
    N_("peaceful"): (3, -2),
    N_("relieved"): (2, -1),
    N_("cosy"): (3, -3),
    N_("safe"): (3, -1),
    N_("tender"): (1, -1),
    N_("quiet"): (0, -2),
    N_("thoughtful"): (0, -1),
    N_("okay"): (0, 0),
    N_("mixed"): (0, 0),
    N_("sleepy"): (0, -3),
    N_("tired"): (-1, -3),
    N_("flat"): (-1, -2),
    N_("bored"): (-1, -2),
    N_("lonely"): (-2, -2),
    N_("sad"): (-2, -2),
    N_("down"): (-3, -2),
    N_("worn out"): (-2, -3),
    N_("disappointed"): (-2, -1),
    N_("left out"): (-2, -1),
    N_("uneasy"): (-1, 1),
    N_("restless"): (-1, 2),
    N_("worried"): (-2, 1),
    N_("tense"): (-2, 2),
    N_("annoyed"): (-2, 2),
    N_("overwhelmed"): (-3, 2),
    N_("scared"): (-3, 3),
    N_("angry"): (-3, 3),
}
SEVEN = 3  # how far a grid of seven reaches from its middle

Place = Annotated[int, Field(ge=-4, le=4)]
End = Annotated[str, Text(24, least=1)]


class Settings(Value):
    cells: Annotated[
        Literal[3, 5, 7, 9],
        Words({"3": N_("3 by 3"), "5": N_("5 by 5"), "7": N_("7 by 7"), "9": N_("9 by 9")}),
    ] = Field(7, title=N_("Squares"), description=N_("Fewer are easier; 3 by 3 for children."))
    x_low: End = Field(N_("unpleasant"), title=N_("Word at the left"))
    x_high: End = Field(N_("pleasant"), title=N_("Word at the right"))
    y_low: End = Field(N_("low energy"), title=N_("Word at the bottom"))
    y_high: End = Field(N_("high energy"), title=N_("Word at the top"))
    words: bool = Field(default=True, title=N_("People may choose a feeling word instead"))
    ask_wish: bool = Field(default=False, title=N_("Ask as well where they would like to be"))


class Wish(Value):
    x: Place | None = None
    y: Place | None = None


class Answer(Value):
    x: Place | None = None
    y: Place | None = None
    word: str | None = Field(None, max_length=16)
    wish: Wish | None = None


def reach(settings: Settings) -> int:
    """How many cells there are on each side of the middle."""
    return (settings.cells - 1) // 2


def place_of(settings: Settings, word: str) -> tuple[int, int]:
    x, y = WORDS[word]
    return round(x * reach(settings) / SEVEN), round(y * reach(settings) / SEVEN)


def point(settings: Settings, answer: Answer) -> list[int] | None:
    if answer.x is not None and answer.y is not None:
        return [answer.x, answer.y]
    return list(place_of(settings, answer.word)) if answer.word else None


def wish(answer: Answer) -> list[int] | None:
    there = answer.wish
    return [there.x, there.y] if there and there.x is not None and there.y is not None else None


def check(settings: Settings, answer: Answer) -> None:
    if answer.word is not None and (not settings.words or answer.word not in WORDS):
        raise NotAnAnswer(field="word")
    if answer.wish and not settings.ask_wish:
        raise NotAnAnswer(field="wish")
    _check_place(settings, answer.x, answer.y, "x")
    if answer.wish:
        _check_place(settings, answer.wish.x, answer.wish.y, "wish.x")
    if point(settings, answer) is None:
        if settings.words:
            raise NotAnAnswer(say("Choose a place or a word, or pass."), "x")
        raise NotAnAnswer(say("Choose a place, or pass."), "x")


def _check_place(settings: Settings, x: int | None, y: int | None, field: str) -> None:
    if (x is None) != (y is None):
        raise NotAnAnswer(say("A place needs both lines. Set the other one too."), field)
    if any(abs(line) > reach(settings) for line in (x, y) if line is not None):
        raise NotAnAnswer(field=field)


def sections(settings: Settings) -> list[Section[Answer]]:
    axes = Axes(
        settings.cells, (settings.x_low, settings.x_high), (settings.y_low, settings.y_high)
    )
    found: list[Section[Answer]] = [
        Section(
            "point",
            "grid",
            take=lambda answer: point(settings, answer),
            title=N_("Where we are"),
            field="",
            axes=axes,
            compared=True,
        )
    ]
    if settings.words:
        found.append(
            Section(
                "word",
                "words",
                take=lambda answer: [answer.word] if answer.word else None,
                title=N_("Words people chose"),
                named_from=2,
            )
        )
    if settings.ask_wish:
        found.append(
            Section("wish", "grid", take=wish, title=N_("Where we would like to be"), axes=axes)
        )
    return found


def largest(settings: Settings) -> int:
    word = len(',"word":""') + max(len(word.encode()) for word in WORDS)
    wish = len(',"wish":{"x":-4,"y":-4}')
    return len('{"x":-4,"y":-4}') + settings.words * word + settings.ask_wish * wish


def some(settings: Settings, random: Random) -> Answer:
    word = random.choice(list(WORDS))
    x, y = place_of(settings, word)
    far = reach(settings)
    wish = Wish(x=random.randint(0, far), y=random.randint(-far, far))
    return Answer(
        x=x,
        y=y,
        word=word if settings.words and random.random() < 0.6 else None,  # noqa: PLR2004
        wish=wish if settings.ask_wish else None,
    )


def facts(settings: Settings) -> dict[str, Any]:
    xs = _line(settings, settings.x_low, settings.x_high)
    ys = _line(settings, settings.y_low, settings.y_high)
    return {
        "xs": xs,
        "ys": ys,
        "rows": list(reversed(ys)),  # the grid is drawn from much energy down
        **_questions(settings),
        "words": [(word, *place_of(settings, word)) for word in WORDS],
    }


def _questions(settings: Settings) -> dict[str, Any]:
    """What each line asks; other ends are asked for by their own words."""
    own = Settings.model_fields
    x_is_ours = settings.x_low == own["x_low"].default and settings.x_high == own["x_high"].default
    y_is_ours = settings.y_low == own["y_low"].default and settings.y_high == own["y_high"].default
    x = {"low": say(settings.x_low), "high": say(settings.x_high)}
    y = {"low": say(settings.y_low), "high": say(settings.y_high)}
    between = N_("From “%(low)s” to “%(high)s”")
    return {
        "x_ask": say("How pleasant is it?") if x_is_ours else say(between, **x),
        "y_ask": say("How much energy is there?") if y_is_ours else say(between, **y),
        "x_ends": (x["low"], x["high"]),
        "y_ends": (y["low"], y["high"]),
    }


def _line(settings: Settings, low: str, high: str) -> list[tuple[int, Message]]:
    far = reach(settings)
    return [(at, _spoken(at, far, low, high)) for at in range(-far, far + 1)]


def _spoken(at: int, far: int, low: str, high: str) -> Message:
    """A place on a line, said so that it needs no picture. Ends are the facilitator's words."""
    if at == 0:
        return say("between %(low)s and %(high)s", low=say(low), high=say(high))
    end = say(low if at < 0 else high)
    if far == 1:
        return end
    return say("%(end)s, %(place)s of %(places)s", end=end, place=abs(at), places=far)


KIND = Kind(
    title=N_("Pleasantness and energy"),
    settings=Settings,
    answer=Answer,
    example=Settings(ask_wish=True),
    defaults=Defaults(
        phase="arrive",
        minutes=3,
        invitation=N_("Find the place, or the word, that is closest to now."),
        discuss=(
            N_("What do we see as a group?"),
            N_("What does a room like this need?"),
        ),
    ),
    easier={"cells": 3},
    check=check,
    sections=sections,
    largest=largest,
    some=some,
    facts=facts,
)
