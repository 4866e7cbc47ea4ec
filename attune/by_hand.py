"""Adding what was counted by hand to a result: raised hands, cards of those without a phone.

It is added to what enough phones gave, and never helps to reach the need: the facilitator types
it, so it is no answer of anybody. It lies in the sealed result, as counts only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from attune import releases, rooms
from attune.db import db
from attune.display import ByHand, Name, added, text_key
from attune.errors import Conflict, Invalid
from attune.i18n import Message, say
from attune.kinds import Section, kind_of
from attune.models import Room, Round
from attune.releases import TOO_FEW, Body
from attune.rounds import parts_of
from attune.text import clean, length

LONGEST_WORD = 40  # characters, as the longest that phones may send
MOST_WORDS = 40

NOT_YET = say("Look at the result first. What was counted by hand is added to it.")
NOTHING = say("Nothing can be counted by hand here.")


class MovedOn(Conflict):
    """Another page changed the same counts since this one was drawn."""

    default = say(
        "Somebody else who leads this room has changed these numbers. Yours are still here; what "
        "stands now is said beside them."
    )


@dataclass(frozen=True)
class Countable:
    """A section that hands can be counted for, and what there is of it by now."""

    section: str
    title: str
    categories: Sequence[tuple[str, Name]]  # none where people bring words of their own
    several: bool  # one person may count in more than one
    kept: ByHand


def countable(room: Room, round: Round) -> list[Countable]:
    """What hands can be counted for in this round's result. Raises Conflict while there is none."""
    rooms.require_running(room)
    return countable_in(round, _body(room, round))


def countable_in(round: Round, body: Body) -> list[Countable]:
    """The same of a result that is open already."""
    kind, settings, _ = parts_of(round)
    return [
        Countable(
            section.name,
            section.title,
            added.categories(section),
            added.several(section),
            _kept(body, section),
        )
        for section in kind.sections(settings)
        if section.name in body.values and added.can_have(section)
    ]


def can_be_counted(kind: str, settings: object) -> bool:
    """Whether a step like this has anything that hands can be counted for, once it was asked."""
    return any(added.can_have(section) for section in kind_of(kind).sections(settings))


def keep(room: Room, round: Round, counted: Mapping[str, ByHand], seen: str = "") -> None:
    """Keep these counts by hand, for all sections: what is not in it is taken away.

    `seen` is what the page showed (`seen_of`): when somebody else has changed it since, MovedOn is
    raised. Sent twice, the second changes nothing. Raises Invalid with `section.category` for a
    count that cannot be.
    """
    # Two that are sent at once wait for each other here, or the later one would undo the earlier.
    db.session.refresh(round, with_for_update=True)
    rooms.require_running(room)
    body = _body(room, round)
    open_for = {each.section: each for each in countable_in(round, body)}
    if not open_for or not counted.keys() <= open_for.keys():
        raise Invalid(NOTHING, "section")
    kept = {name: _checked(open_for[name], by_hand) for name, by_hand in counted.items()}
    by_hand = {name: asdict(each) for name, each in kept.items() if each.counts}
    if by_hand == body.by_hand:
        return
    if seen and seen != seen_of([*open_for.values()]):
        raise MovedOn
    release = releases.release_of(round)
    if release:
        releases.reseal(room, round, release, replace(body, by_hand=by_hand))


def seen_of(sections: Sequence[Countable]) -> str:
    """What a page has seen, in short: two that have seen the same are alike."""
    return "|".join(
        f"{each.section}:{each.kept.people}:"
        + ",".join(f"{key}={count}" for key, count in sorted(each.kept.counts.items()))
        for each in sections
    )


def words_of(text: str, field: str) -> dict[str, int]:
    """Lines of words as a facilitator types them off cards: `calm 3`, or `calm` for one.

    Raises Invalid, which names the line.
    """
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}  # “Calm” and “calm!” are one word, as they are from phones
    for line in filter(None, clean(text, lines=True).split("\n")):
        word, _, last = line.rpartition(" ")
        word, count = (word, int(last)) if word and _is_number(last) else (line, 1)
        if length(word) > LONGEST_WORD:
            problem = say(
                "“%(line)s” is too long. A word or two for each line, then how many.",
                line=line[:LONGEST_WORD],
            )
            raise Invalid(problem, field)
        word = spelled.setdefault(text_key(word), word)
        counts[word] = counts.get(word, 0) + count
    return counts


def number_of(text: str, field: str) -> int:
    """A count as it was typed; nothing is none. Raises Invalid."""
    text = text.strip()
    if not text:
        return 0
    if not _is_number(text):
        raise Invalid(HOW_MANY, field)
    return int(text)


HOW_MANY: Message = say("A whole number from 0 to %(most)s.", most=added.MOST)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(added.MOST)) + 1


def _checked(section: Countable, by_hand: ByHand) -> ByHand:
    name = section.section
    known = {key for key, _ in section.categories}
    counts = {key: count for key, count in by_hand.counts.items() if count}
    for key, count in counts.items():
        if not 0 < count <= added.MOST:
            raise Invalid(HOW_MANY, f"{name}.{key if known else 'words'}")
    if known and not counts.keys() <= known:
        raise Invalid(NOTHING, name)
    if len(counts) > MOST_WORDS:
        raise Invalid(say("At most %(most)s words.", most=MOST_WORDS), f"{name}.words")
    total = sum(counts.values())
    if not section.several or not counts:
        return ByHand(counts, total)
    least = max(counts.values())
    people = by_hand.people or (total if least == total else 0)
    if not least <= people <= total:
        problem = say(
            "How many people were that? From %(least)s to %(most)s.", least=least, most=total
        )
        raise Invalid(problem, f"{name}.people")
    return ByHand(counts, people)


def _body(room: Room, round: Round) -> Body:
    release = releases.release_of(round)
    if release is None:
        raise Conflict(NOT_YET)
    body = releases.opened(room, round, release)
    if body is None:
        raise Conflict(TOO_FEW)
    return body


def _kept(body: Body, section: Section[Any]) -> ByHand:
    return ByHand(**body.by_hand.get(section.name, {"counts": {}, "people": 0}))
