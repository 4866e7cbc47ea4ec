"""A room on paper: its rules without storage, so that ten thousand sequences take seconds.

It decides by the functions that the verbs decide by (`attune.difference`, `attune.display.change`)
and remembers in plain lists. That it tells the truth is tested: the same sequences run in a room
of the real database, and both must show the same after every act.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from attune import difference
from attune.display import change

PEOPLE = 9
K = 4
NOTHING: Mapping[str, str] = {}


class Step(NamedTuple):
    """A step of the plan: which words it asks in, its parts, and with which step it is compared."""

    words: str
    needs: Mapping[str, int]
    before: int | None = None  # the place of the step that it is compared with


class Act(NamedTuple):
    """What somebody does: `who` gives `what`; or a facilitator, to the round `back` rounds ago."""

    does: str
    who: tuple[int, ...] = ()
    what: Mapping[str, str] = NOTHING
    step: int = 0
    back: int = 0


class Part(NamedTuple):
    """One part of a picture: what is in it, and, for the judge alone, whose it is."""

    values: tuple[str, ...]
    by: tuple[tuple[int, str], ...]


class Seen(NamedTuple):
    """A picture that somebody could look at, the facilitator alone included."""

    number: int
    words: str
    exact: tuple[str, ...]  # parts in which single answers can be seen: not softened in any way
    needs: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, Part], ...]
    compared: int = 0  # the number of the round that it is compared with


@dataclass
class Paper:
    """A round on paper."""

    number: int
    step: int
    asked: Step
    needs: Mapping[str, int]
    state: str = "open"
    given: dict[int, Mapping[str, str] | None] = field(default_factory=dict)  # None is a pass
    release: str | None = None
    form: str = "full"
    again: bool = False
    parts: dict[str, Part] = field(default_factory=dict)
    pair: int | None = None  # the number of the first of two that are compared
    compared: int = 0  # with the result of which round it was, once it was made
    counted: dict[str, Mapping[str, int] | None] = field(default_factory=dict)
    soft: set[str] = field(default_factory=set)  # parts that must not be exact for what they tell


class Room:
    """Acts that are refused change nothing, as everywhere."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.rounds: list[Paper] = []
        self.leads_answering = 0
        self.over = False

    def does(self, act: Act) -> None:
        if not self.over:
            getattr(self, act.does)(act)

    def state(self) -> list[tuple[object, ...]]:
        """What can be known of each round, in a form that can be compared with a real one."""
        return [
            (
                round.state,
                round.release,
                round.form if round.release in ("review", "shown") else "",
                round.again,
                {name: part.values for name, part in round.parts.items()},
                {name: dict(counts) if counts else None for name, counts in round.counted.items()},
                len(round.given),
            )
            for round in self.rounds
        ]

    def pictures(self) -> Iterator[Seen]:
        for round in self.rounds:
            if round.parts:
                single = round.form == "full" and not round.again
                yield Seen(
                    round.number,
                    round.asked.words,
                    tuple(name for name in round.parts if single and name not in round.soft),
                    tuple(round.needs.items()),
                    tuple(round.parts.items()),
                    round.compared,
                )

    # --- people -----------------------------------------------------------------------------

    def give(self, act: Act) -> None:
        if self.rounds and self.rounds[-1].state == "open":
            known = self.rounds[-1].needs
            answer = {name: value for name, value in act.what.items() if name in known}
            self.rounds[-1].given |= dict.fromkeys(act.who, answer or None)

    def skip(self, act: Act) -> None:
        if self.rounds and self.rounds[-1].state == "open":
            self.rounds[-1].given |= dict.fromkeys(act.who)

    def take_back(self, act: Act) -> None:
        if self.rounds and self.rounds[-1].state == "open":
            for person in act.who:
                self.rounds[-1].given.pop(person, None)

    # --- who leads --------------------------------------------------------------------------

    def take_a_seat(self, _act: Act) -> None:
        self.leads_answering = 1

    def put(self, act: Act) -> None:
        self._begin(act.step)

    def put_again(self, act: Act) -> None:
        round = self._at(act)
        if round:
            self._begin(round.step)

    def close(self, act: Act) -> None:
        round = self._at(act)
        if round:
            round.state = "closed"

    def reopen(self, act: Act) -> None:
        round = self._at(act)
        if round and round is self.rounds[-1] and round.release in (None, "held"):
            round.state, round.release = "open", None

    def preview(self, act: Act) -> None:
        round = self._at(act)
        if round and round.state == "closed" and round.release is None:
            self._make(round)

    def full(self, act: Act) -> None:
        self._show(act)

    def soft(self, act: Act) -> None:
        self._show(act)

    def words(self, act: Act) -> None:
        self._show(act)

    def hide(self, act: Act) -> None:
        round = self._at(act)
        if round and round.release == "shown":
            round.release = "review"

    def count_hands(self, act: Act) -> None:
        """Of raised hands: no part comes nearer to its need by them."""

    def end(self, _act: Act) -> None:
        """What was never looked at is in the summary of who leads."""
        for round in self.rounds:
            round.state = "closed"
            if round.release is None:
                self._make(round)
        self.over = True

    # --- the rules --------------------------------------------------------------------------

    def _at(self, act: Act) -> Paper | None:
        return self.rounds[-1 - act.back] if act.back < len(self.rounds) else None

    def _begin(self, step: int) -> None:
        if self.rounds:
            self.rounds[-1].state = "closed"
        asked = self.steps[step]
        needs = {name: need + self.leads_answering for name, need in asked.needs.items()}
        round = Paper(len(self.rounds) + 1, step, asked, needs)
        self.rounds.append(round)
        self._pair(round)

    def _pair(self, round: Paper) -> None:
        """With the latest round of the step before; what was there of a pair is given up."""
        if round.asked.before is not None:
            first = self._latest(round.asked.before)
            if first and first.pair == first.number and first.release != "held":
                for other in self.rounds:
                    if other.pair == first.number and other is not first:
                        other.pair = None
                round.pair = first.number
        elif any(step.before == round.step for step in self.steps):
            for other in self.rounds:
                if other.step == round.step and other.pair == other.number:
                    self._forget(other.number)
            round.pair = round.number

    def _latest(self, step: int) -> Paper | None:
        return next((each for each in reversed(self.rounds) if each.step == step), None)

    def _forget(self, pair: int) -> None:
        for round in self.rounds:
            if round.pair == pair:
                round.pair = None

    def _show(self, act: Act) -> None:
        round = self._at(act)
        if round and (round.release or self._kept(round)):  # else it is refused, and nothing kept
            self.preview(act)
            if round.parts:
                round.release, round.form = "shown", act.does

    def _make(self, round: Paper) -> None:
        kept = self._kept(round)
        if kept:
            round.parts = {
                name: Part(tuple(sorted(value for _, value in given)), tuple(sorted(given)))
                for name, given in kept.items()
            }
            round.again = self._is_too_like_another(round)
            round.release = "review"
            round.given = dict.fromkeys(range(-len(round.given), 0))
        else:
            round.release = "held"
        if round.pair is not None and round.pair != round.number:
            if kept:
                self._count(round, self.rounds[round.pair - 1])
            self._forget(round.pair)

    def _kept(self, round: Paper) -> Mapping[str, Sequence[tuple[int, str]]]:
        answers = [(who, answer) for who, answer in round.given.items() if answer]
        by = {
            name: [(who, answer[name]) for who, answer in answers if name in answer]
            for name in round.needs
        }
        return difference.with_enough(by, round.needs)

    def _is_too_like_another(self, round: Paper) -> bool:
        here = {name: len(part.values) for name, part in round.parts.items()}
        return any(
            difference.is_too_like(
                here, {name: len(part.values) for name, part in other.parts.items()}, round.needs
            )
            for other in self.rounds
            if other is not round
            and other.asked.words == round.asked.words
            and not (round.pair is not None and other.pair == round.pair)
        )

    def _count(self, round: Paper, first: Paper) -> None:
        if first.release is None:
            self._make(first)
        for name, part in round.parts.items():
            if name not in first.parts:
                continue
            then, now = dict(first.parts[name].by), dict(part.by)
            both = [(int(then[who]), int(now[who])) for who in then if who in now]
            need = max(first.needs[name], round.needs[name])
            counts = change.tally("strip", both) if len(both) >= need else None
            round.compared, round.counted[name] = first.number, counts
            if first.again or change.gives_one_away(counts, len(then), len(now), need):
                round.soft.add(name)


# --- any sequence -------------------------------------------------------------------------------


def any_sequence(random: Random, steps: Sequence[Step], most: int = 60) -> list[Act]:
    """What people and who leads might do, one thing after another."""
    acts: list[Act] = []
    length = random.randint(6, most)
    while len(acts) < length:
        if not acts or random.random() < 0.4:
            acts += _a_whole_round(random, steps)
        elif random.random() < 0.1:
            acts += _a_second_look(random, steps)
        else:
            acts.append(_any_act(random, steps))
    return acts


def _a_whole_round(random: Random, steps: Sequence[Step]) -> list[Act]:
    """As sessions go: put, answered by most, closed, and looked at."""
    many = random.choice((K - 1, K, 5, PEOPLE - 1, PEOPLE))
    step = random.randrange(len(steps))
    given = [_given(random, steps, (who,)) for who in random.sample(range(PEOPLE), many)]
    looks = random.choice(("preview", "full", "full", "close"))
    return [Act("put", step=step), *given, Act("close"), Act(looks)]


def _a_second_look(random: Random, steps: Sequence[Step]) -> list[Act]:
    """What somebody tries who wants to know what one person says."""
    one = _given(random, steps, (random.randrange(PEOPLE),))
    return [Act("close"), Act("preview"), Act("reopen"), one, Act("close"), Act("preview")]


def _given(random: Random, steps: Sequence[Step], who: tuple[int, ...]) -> Act:
    """Mostly what one always says, to most parts: so that a difference is of few."""
    parts = sorted({name for step in steps for name in step.needs if random.random() < 0.85})
    usual = str(1 + who[0] % 3)
    value = usual if random.random() < 0.85 else random.choice("123")
    return Act("give", who, dict.fromkeys(parts, value))


def _any_act(random: Random, steps: Sequence[Step]) -> Act:
    does = random.choices(*zip(*_ACTS.items(), strict=True))[0]
    everybody = range(PEOPLE)
    if does in ("give", "skip", "take_back"):
        many = random.choice((1, 1, 1, 2, K - 1, K, 5, PEOPLE - 1, PEOPLE))
        who = tuple(random.sample(everybody, many))
        return _given(random, steps, who) if does == "give" else Act(does, who)
    back = random.choice((0, 0, 0, 0, 1, 2))
    return Act(does, step=random.randrange(len(steps)), back=back)


_ACTS = {
    "give": 8,
    "skip": 2,
    "take_back": 2,
    "close": 3,
    "reopen": 2,
    "preview": 3,
    "full": 3,
    "soft": 1,
    "words": 1,
    "hide": 1,
    "count_hands": 1,
    "put": 2,
    "put_again": 2,
    "take_a_seat": 0.2,
    "end": 0.1,
}
