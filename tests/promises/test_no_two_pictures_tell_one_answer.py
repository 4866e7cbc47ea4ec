"""A4: whatever a facilitator and a group do, two pictures never differ by one person.

Any sequence of giving, changing, passing, taking back, closing, opening again, looking, showing,
hiding and putting again. The judge sees each picture that anybody could see, and who had given
what when it was made.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attune import releases, rounds
from attune.db import db
from attune.errors import Refusal
from attune.models import Answer, Release, Round
from tests.house import CHOICE, House, LiveRoom

SEQUENCES = 60
PEOPLE = 7
NEED = 4

ACTS = st.one_of(
    st.tuples(st.just("give"), st.integers(0, PEOPLE - 1), st.sampled_from("abc")),
    st.tuples(st.just("give"), st.integers(0, PEOPLE - 1), st.sampled_from("abc")),
    st.tuples(st.just("all give"), st.integers(3, PEOPLE), st.sampled_from("abc")),
    st.tuples(st.just("pass"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(st.just("take back"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(
        st.sampled_from(["close", "reopen", "preview", "full", "soft", "words", "hide", "put"]),
        st.none(),
        st.none(),
    ),
)


@dataclass(frozen=True)
class Shown:
    """A picture, and who had given what to its round when it was drawn."""

    number: int
    form: str
    again: bool
    values: tuple[str, ...]
    by: tuple[tuple[int, str], ...]


@dataclass
class Judge:
    """Remembers what people gave, and every picture that could be seen."""

    room: LiveRoom
    people: list[bytes]
    number: int
    given: dict[int, dict[int, str]] = field(default_factory=dict)
    pictures: list[Shown] = field(default_factory=list)

    def does(self, act: str, who: int | None, what: str | None) -> None:
        with suppress(Refusal):
            self._does(act, who, what)
        self.look()

    def _does(  # noqa: C901  # a table of what people do
        self, act: str, who: int | None, what: str | None
    ) -> None:
        mine = self.given.setdefault(self.number, {})
        match act:
            case "give":
                assert who is not None
                self.room.gives(self.people[who], self.number, {"picks": [what]})
                mine[who] = str(what)
            case "all give":
                assert who is not None
                for person in range(who):
                    self._does("give", person, what)
            case "pass":
                assert who is not None
                self.room.gives(self.people[who], self.number, None)
                mine.pop(who, None)
            case "take back":
                assert who is not None
                self.room.takes_back(self.people[who], self.number)
                mine.pop(who, None)
            case "close":
                self.room.closes(self.number)
            case "reopen":
                self.room.reopens(self.number)
            case "preview":
                self.room.previews(self.number)
            case "hide":
                self.room.hides(self.number)
            case "put":
                self.number = self.room.puts(0)
            case form:
                self.room.shows(self.number, form)

    def look(self) -> None:
        """The facilitator's preview is a picture too: they may be the one who wonders."""
        body = self.room.result(self.number)
        release = self.room.release(self.number)
        if body is None or release is None:
            return
        values = tuple(sorted(pick for (pick,) in body.values["picks"]))
        by = tuple(sorted(self.given.get(self.number, {}).items()))
        self.pictures.append(Shown(self.number, release.form, body.again, values, by))

    def verdict(self) -> None:
        for picture in self.pictures:
            assert len(picture.values) >= NEED, "a picture of too few"
            assert picture.values == tuple(sorted(pick for _, pick in picture.by)), "a wrong one"
        for before in self.pictures:
            for after in self.pictures:
                if before.number == after.number:
                    assert before.values == after.values, "a picture that moved"
                elif before.number < after.number and not after.again:
                    differ = abs(len(before.values) - len(after.values))
                    assert differ >= NEED, "two full pictures that differ by too few"


def judged(house: House, acts: list[tuple[str, Any, Any]]) -> None:
    room = house.room(CHOICE, k=NEED)
    judge = Judge(room, room.joins(PEOPLE), room.puts())
    for act in acts:
        judge.does(*act)
    judge.verdict()


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One database for all sequences; each has a room of its own."""
    folder: Path = tmp_path_factory.mktemp("a4")
    with House(folder, f"sqlite:///{folder / 'attune.sqlite'}").open() as opened:
        yield opened


def test_any_sequence_shows_nothing_of_fewer_than_the_need(one_house: House) -> None:
    judgements = 0

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.lists(ACTS, min_size=4, max_size=14))
    def any_sequence(acts: list[tuple[str, Any, Any]]) -> None:
        nonlocal judgements
        judged(one_house, acts)
        judgements += 1

    any_sequence()
    print(f"A4: {judgements} sequences, 0 pictures that tell one answer")


LOOK_AND_LOOK_AGAIN: list[tuple[str, Any, Any]] = [
    ("all give", 5, "a"),
    ("close", None, None),
    ("preview", None, None),
    ("reopen", None, None),
    ("give", 5, "b"),
    ("close", None, None),
    ("preview", None, None),
]
AGAIN_WITH_ONE_MORE: list[tuple[str, Any, Any]] = [
    ("all give", 5, "a"),
    ("close", None, None),
    ("full", None, None),
    ("put", None, None),
    ("all give", 6, "a"),
    ("close", None, None),
    ("full", None, None),
]
TOO_FEW: list[tuple[str, Any, Any]] = [
    ("all give", 3, "a"),
    ("close", None, None),
    ("preview", None, None),
]


@pytest.mark.parametrize("acts", [LOOK_AND_LOOK_AGAIN, AGAIN_WITH_ONE_MORE, TOO_FEW])
def test_the_known_attacks_show_nothing(one_house: House, acts: list[Any]) -> None:
    judged(one_house, acts)


@pytest.mark.parametrize(
    ("broken", "acts"),
    [
        ("rounds open again after a look", LOOK_AND_LOOK_AGAIN),
        ("again is drawn in full", AGAIN_WITH_ONE_MORE),
        ("no need", TOO_FEW),
    ],
)
def test_the_judge_catches_each_broken_variant(
    one_house: House, monkeypatch: pytest.MonkeyPatch, broken: str, acts: list[Any]
) -> None:
    if broken == "rounds open again after a look":
        _keep_answers_and_reopen(monkeypatch)
    elif broken == "again is drawn in full":
        monkeypatch.setattr(releases, "too_like_before", lambda *_: False)
    else:
        honest = releases._shuffled
        monkeypatch.setattr(
            releases,
            "_shuffled",
            lambda sections, given, needs: honest(sections, given, dict.fromkeys(needs, 1)),
        )
    with pytest.raises(AssertionError, match="picture"):
        judged(one_house, acts)


def _keep_answers_and_reopen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are made without deleting the answers, and a round opens again all the same."""
    honest_make = releases.make

    def make(room: Any, round: Round) -> Release:
        rows = db.session.execute(
            sa.select(Answer.pid, Answer.body).where(Answer.round_id == round.id)
        ).all()
        made = honest_make(room, round)
        for pid, body in rows:
            db.session.add(Answer(round_id=round.id, act=rounds.ACT, pid=pid, body=body))
        return made

    def reopen(room: Any, round: Round) -> None:
        release = releases.release_of(round)
        if release:
            db.session.delete(release)
        round.state, round.given = "open", None

    monkeypatch.setattr(releases, "make", make)
    monkeypatch.setattr(rounds, "reopen", reopen)
