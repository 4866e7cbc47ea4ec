"""A4: whatever a facilitator and a group do, two pictures never differ by one person.

Any sequence of giving, changing, passing, taking back, closing, opening again, looking, showing,
hiding, putting again, and ending; with steps that ask the same, and steps that are compared. The
judge sees each picture that anybody could see, the facilitator alone included, and who had given
what. Ten thousand sequences run on paper (`tests.paper`), which decides by the functions that the
verbs decide by; some of the same run in a room of the database, and both have to agree after every
act.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from attune import access, difference, releases, rooms, rounds, seats
from attune.codes import shown
from attune.db import db, transaction
from attune.display import ByHand, change
from attune.errors import Refusal
from attune.frame import TENDER_NEED
from attune.models import Answer, Release, Round
from tests.figures import Tell
from tests.house import House, Prompt
from tests.paper import PEOPLE, Act, K, Room, Seen, Step, any_sequence

SEQUENCES, REAL = 10_000, 16
FEWEST = 2  # people who have to have moved between two pictures that are compared

LINES = [{"label": label, "low": "low", "high": "high"} for label in ("Calm", "Awake")]


def asks(title: str, **frame: Any) -> Prompt:
    return Prompt("scale", {"items": LINES}, {"title": title, **frame})


# What is asked: two steps that are compared, two of the same words, and one that needs more.
PLAN = (
    asks("Before"),
    asks("Before")._replace(pair_with=0),
    asks("Now"),
    asks("Now"),
    asks("Now too", min_people=6),
)
NEEDS = {"i1": K, "i2": K}
STEPS = (
    Step("Before", NEEDS),
    Step("Before", NEEDS, before=0),
    Step("Now", NEEDS),
    Step("Now", NEEDS),
    Step("Now too", {"i1": 6, "i2": 6}),
)


@dataclass
class Judge:
    """Remembers every picture that could be seen; `verdict` fails on two that tell too much."""

    seen: dict[Seen, None] = field(default_factory=dict)

    def looks(self, room: Room) -> None:
        self.seen |= dict.fromkeys(room.pictures())

    def verdict(self) -> None:
        pictures = list(self.seen)
        for picture in pictures:
            for name, part in picture.parts:
                assert len(part.values) >= dict(picture.needs)[name] >= K, "a picture of too few"
                assert part.values == tuple(sorted(value for _, value in part.by)), "a wrong one"
        for at, one in enumerate(pictures):
            for other in pictures[at + 1 :]:
                if one.number == other.number:
                    assert one.parts == other.parts, "a picture that moved"
                elif one.words == other.words:
                    self._compare(one, other)

    def _compare(self, one: Seen, other: Seen) -> None:
        """What single answers are in one and not in the other."""
        there = dict(other.parts)
        for name, part in one.parts:
            if name not in one.exact or name not in other.exact or name not in there:
                continue
            then, now = dict(part.by), dict(there[name].by)
            differ = {who for who in {*then, *now} if then.get(who) != now.get(who)}
            if other.number == one.compared or one.number == other.compared:
                # Of those who answered both times it is counted who moved; that is what it is for.
                once = then.keys() ^ now.keys()
                fine = not once or len(differ - once) >= FEWEST or len(differ) >= TENDER_NEED
                assert fine, "two pictures of before and after that tell one answer"
            else:
                needs = dict(one.needs) | dict(other.needs)
                assert len(differ) >= min(needs[name], TENDER_NEED), "two exact pictures too alike"


def judged(acts: Sequence[Act]) -> Judge:
    room, judge = Room(STEPS), Judge()
    for act in acts:
        room.does(act)
        judge.looks(room)
    judge.verdict()
    return judge


def test_any_sequence_shows_nothing_of_fewer_than_the_need(tell: Tell) -> None:
    random, pictures, acts = Random(4), 0, 0
    for _ in range(SEQUENCES):
        sequence = any_sequence(random, STEPS)
        acts += len(sequence)
        pictures += len(judged(sequence).seen)
    tell("A4", "sequences", f"{SEQUENCES:,} of {acts:,} acts, {pictures:,} pictures, 0 that tell")


# --- the same in a real room --------------------------------------------------------------------


class Real:
    """The same acts as verbs on a database."""

    def __init__(self, house: House) -> None:
        self.live = house.room(*PLAN, k=K)
        self.people = self.live.joins(PEOPLE)

    def does(self, act: Act) -> None:
        with suppress(Refusal):
            getattr(self, act.does)(act)

    def give(self, act: Act) -> None:
        answer = {"items": {name: int(value) for name, value in act.what.items()}}
        self._all_give(act, answer if act.what else None)

    def skip(self, act: Act) -> None:
        self._all_give(act, None)

    def _all_give(self, act: Act, answer: Any) -> None:
        number = self._number(act)
        if number and self.live.round(number).state == "open":
            self.live.all_give(number, [(self.people[who], answer) for who in act.who])

    def take_back(self, act: Act) -> None:
        for who in act.who:
            with suppress(Refusal):
                self.live.takes_back(self.people[who], self._number(act))

    def take_a_seat(self, act: Act) -> None:
        """Who leads, signed in on the browser that joins; once, as on paper."""
        with transaction():
            room = access.room_for(self.live.lead_id, self.live.ref)
            if not room.leads_answering:
                seats.take(shown(room.code or ""), facilitator_id=self.live.lead_id)

    def put(self, act: Act) -> None:
        self.live.puts(act.step)

    def put_again(self, act: Act) -> None:
        with transaction():
            room = access.room_for(self.live.lead_id, self.live.ref)
            last = rooms.current_round(room)
            assert last
            rounds.put_again(room, access.round_of(room, self._number(act)), last.number)

    def close(self, act: Act) -> None:
        self.live.closes(self._number(act))

    def reopen(self, act: Act) -> None:
        self.live.reopens(self._number(act))

    def preview(self, act: Act) -> None:
        self.live.previews(self._number(act))

    def full(self, act: Act) -> None:
        self.live.shows(self._number(act), act.does)

    soft = words = full

    def hide(self, act: Act) -> None:
        self.live.hides(self._number(act))

    def count_hands(self, act: Act) -> None:
        self.live.counts(self._number(act), {"i1": ByHand({"1": 3}, 3)})

    def _number(self, act: Act) -> int:
        last = rooms.current_round(self.live.row)
        return max((last.number if last else 0) - act.back, 0)

    def state(self) -> list[tuple[object, ...]]:
        return [self._state(round) for round in rooms.rounds_of(self.live.row)]

    def _state(self, round: Round) -> tuple[object, ...]:
        room = access.room_for(self.live.lead_id, self.live.ref)
        release = releases.release_of(round)
        body = releases.opened(room, round, release) if release else None
        values = body.values if body else {}
        return (
            round.state,
            release.state if release else None,
            release.form if release and body else "",
            bool(body and body.again),
            {name: tuple(sorted(map(str, given))) for name, given in values.items()},
            {name: before["counts"] for name, before in (body.before if body else {}).items()},
            rounds.given(round),
        )


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One database for all sequences; each has a room of its own."""
    folder: Path = tmp_path_factory.mktemp("a4")
    with House(folder, f"sqlite:///{folder / 'attune.sqlite'}").open() as opened:
        yield opened


def agreeing(house: House, acts: Sequence[Act]) -> int:
    """Run them on paper and in the database; how many acts there were. Fails where they differ."""
    paper, real = Room(STEPS), Real(house)
    for at, act in enumerate(acts):
        paper.does(act)
        real.does(act)
        assert paper.state() == real.state(), f"differs after {acts[: at + 1]}"
    return len(acts)


def test_a_room_of_the_database_shows_what_the_room_on_paper_shows(
    one_house: House, tell: Tell
) -> None:
    random, acts = Random(5), 0
    for _ in range(REAL):
        sequence = [act for act in any_sequence(random, STEPS, 30) if act.does != "end"]
        acts += agreeing(one_house, sequence)
    tell("A4", "paper and database", f"{REAL} sequences of {acts} acts, the same after each")


# --- attacks that are known ---------------------------------------------------------------------

BOTH = {"i1": "1", "i2": "1"}
ALL = tuple(range(PEOPLE))


def round_of(step: int, *given: Act, back: int = 0) -> list[Act]:
    """Put, answered, closed and shown in full."""
    return [Act("put", step=step), *given, Act("close"), Act("full", back=back)]


def gives(who: Sequence[int], **what: str) -> Act:
    return Act("give", tuple(who), what or BOTH)


KNOWN: dict[str, list[Act]] = {
    "look and look again": [
        *round_of(4, gives(ALL[:6])),
        Act("reopen"),
        gives((6,), i1="2", i2="2"),
        Act("close"),
        Act("full"),
    ],
    "too few": round_of(2, gives(ALL[: K - 1])),
    "again with one more": [*round_of(2, gives(ALL[:5])), *round_of(2, gives(ALL[:6]))],
    "the same words in another step": [*round_of(2, gives(ALL[:5])), *round_of(3, gives(ALL[:6]))],
    "the later result first": [
        *(Act("put", step=2), gives(ALL[:5]), Act("close")),
        *round_of(2, gives(ALL[:6])),
        Act("full", back=1),
    ],
    "one more in one part alone": [
        *round_of(3, gives(ALL[:K])),
        *round_of(3, gives(ALL[: K + 1]), *[gives((who,), i2="1") for who in ALL[K + 1 :]]),
    ],
    "one who came late, before and after": [
        *round_of(0, gives(ALL[:5])),
        *round_of(1, gives(ALL[:6])),
    ],
    "other people, before and after": [
        *round_of(0, gives(ALL[:4])),
        *round_of(1, gives(ALL[1:5])),
    ],
}


@pytest.mark.parametrize("attack", KNOWN)
def test_the_known_attacks_show_nothing(one_house: House, attack: str) -> None:
    judged(KNOWN[attack])
    agreeing(one_house, KNOWN[attack])


def any_reopen(room: Room, act: Act) -> None:
    """As if nothing had been shown: the answers are there again."""
    round = room._at(act)
    if not round:
        return
    by = [dict(part.by) for part in round.parts.values()]
    if by:
        round.given = {who: {"i1": value, "i2": value} for who, value in by[0].items()}
    round.state, round.release = "open", None


def by_all_answers(room: Room, round: Any) -> bool:
    """Held against the number of answers, and not of each part; and what came before alone."""
    here = {"": max((len(part.values) for part in round.parts.values()), default=0)}
    earlier = [each for each in room.rounds[: round.number - 1] if each.step == round.step]
    return any(
        difference.is_too_like(
            here,
            {"": max(len(part.values) for part in each.parts.values())},
            round.needs,
        )
        for each in earlier
        if each.parts
    )


Patch = Callable[[pytest.MonkeyPatch], None]
BROKEN: list[tuple[str, str, Patch]] = [
    ("look and look again", "open again", lambda to: to.setattr(Room, "reopen", any_reopen)),
    ("too few", "no need", lambda to: to.setattr(difference, "with_enough", _everything)),
    (
        "again with one more",
        "again in full",
        lambda to: to.setattr(difference, "is_too_like", lambda *_: False),
    ),
    *(
        (
            attack,
            "held against earlier answers of the step alone",
            lambda to: to.setattr(Room, "_is_too_like_another", by_all_answers),
        )
        for attack in (
            "the same words in another step",
            "the later result first",
            "one more in one part alone",
        )
    ),
    *(
        (
            attack,
            "before and after always in full",
            lambda to: to.setattr(change, "gives_one_away", lambda *_: False),
        )
        for attack in ("one who came late, before and after", "other people, before and after")
    ),
]


def _everything(values: Any, _needs: Any) -> Any:
    return {name: given for name, given in values.items() if given}


@pytest.mark.parametrize(
    ("attack", "name", "breaks"), BROKEN, ids=[f"{name}: {attack}" for attack, name, _ in BROKEN]
)
def test_the_judge_catches_each_broken_rule(
    monkeypatch: pytest.MonkeyPatch, tell: Tell, attack: str, name: str, breaks: Patch
) -> None:
    breaks(monkeypatch)
    with pytest.raises(AssertionError, match="picture"):
        judged(KNOWN[attack])
    caught = 0
    random = Random(6)
    for _ in range(500):
        try:
            judged(any_sequence(random, STEPS))
        except AssertionError:
            caught += 1
    assert caught, "no sequence finds it: they are too tame"
    tell("A4", f"caught: {name} ({attack})", f"and in {caught} of 500 sequences")


def test_a_database_that_shows_more_than_paper_is_caught(
    one_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results made without deleting the answers, and rounds that open again all the same."""
    honest = releases.make

    def make(room: Any, round: Round) -> Release:
        rows = db.session.execute(
            sa.select(Answer.pid, Answer.body).where(Answer.round_id == round.id)
        ).all()
        made = honest(room, round)
        for pid, body in rows if made.body else ():
            db.session.add(Answer(round_id=round.id, act=rounds.ACT, pid=pid, body=body))
        return made

    def reopen(_room: Any, round: Round) -> None:
        release = releases.release_of(round)
        if release:
            db.session.delete(release)
        round.state, round.given = "open", None

    monkeypatch.setattr(releases, "make", make)
    monkeypatch.setattr(rounds, "reopen", reopen)
    with pytest.raises(AssertionError, match="differs after"):
        agreeing(one_house, KNOWN["look and look again"])
