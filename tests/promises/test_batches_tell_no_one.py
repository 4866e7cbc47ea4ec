"""A4 for results that grow while people answer: no two pictures differ by fewer than the need.

The judge writes down what everybody has given, and looks at the picture after each act, as the
facilitator does who sees it first. Two pictures after one another are alike, or what at least the
need have in them differs. The attacks are those of somebody in the room: one person who changes
between two pictures, the last one at the end, a picture that comes right after a tap.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attune import access, batches, live
from attune.db import WRITING, db, transaction
from attune.errors import Refusal
from attune.kinds import Section
from attune.models import Room, Round
from tests.figures import Tell
from tests.house import CHOICE, House, LiveRoom, Prompt

SEQUENCES = 40
PEOPLE = 9
NEED = 4

LIVE = Prompt(CHOICE.kind, CHOICE.settings, {"reveal": "live_batches"})

ACTS = st.one_of(
    st.tuples(st.just("give"), st.integers(0, PEOPLE - 1), st.sampled_from("abc")),
    st.tuples(st.just("some give"), st.integers(3, PEOPLE), st.sampled_from("abc")),
    st.tuples(st.just("some give"), st.integers(3, PEOPLE), st.sampled_from("abc")),
    st.tuples(st.just("pass"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(st.just("take back"), st.integers(0, PEOPLE - 1), st.none()),
    st.tuples(st.just("some take back"), st.integers(3, PEOPLE), st.none()),
    st.tuples(st.just("beat"), st.none(), st.none()),
    st.tuples(st.just("beat"), st.none(), st.none()),
    st.tuples(
        st.sampled_from(["full", "soft", "hide", "close", "reopen", "preview"]),
        st.none(),
        st.none(),
    ),
)

Act = tuple[str, Any, Any]
# What a picture may come after: the beat, and whoever leads once it is closed.
AFTERWARDS = {"beat", "preview", "full", "soft"}


@dataclass(frozen=True)
class Picture:
    """What could be seen, and what everybody had given when it was drawn."""

    values: tuple[str, ...]
    by: frozenset[tuple[int, str]]


@dataclass
class Judge:
    """Remembers what people gave, and every picture that could be seen."""

    room: LiveRoom
    people: list[bytes]
    number: int
    has: dict[int, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    shown_at: list[str] = field(default_factory=list)  # the acts after which a picture was new

    def does(self, act: str, who: int | None, what: str | None) -> None:
        with suppress(Refusal):
            self._does(act, who, what)
        self._look(act)

    def _does(  # noqa: C901  # a table of what people do
        self, act: str, who: int | None, what: str | None
    ) -> None:
        match act:
            case "give":
                assert who is not None
                assert what is not None
                self._give([who], what)
            case "some give":
                assert who is not None
                assert what is not None
                self._give([*range(who)], what)
            case "pass":
                assert who is not None
                self.room.gives(self.people[who], self.number, None)
                self.has.pop(who, None)
            case "take back":
                assert who is not None
                self.room.takes_back(self.people[who], self.number)
                self.has.pop(who, None)
            case "some take back":
                assert who is not None
                self.room.all_take_back(self.number, self.people[:who])
                self.has = {one: pick for one, pick in self.has.items() if one >= who}
            case "beat":
                self.room.beat()
            case "full" | "soft":
                self.room.shows(self.number, act)
            case "hide":
                self.room.hides(self.number)
            case "close":
                self.room.closes(self.number)
            case "reopen":
                self.room.reopens(self.number)
            case "preview":
                self.room.previews(self.number)

    def _give(self, who: list[int], pick: str) -> None:
        given = [(self.people[one], {"picks": [pick]}) for one in who]
        self.room.all_give(self.number, given)
        self.has |= dict.fromkeys(who, pick)

    def _look(self, act: str) -> None:
        body = self.room.result(self.number)
        if body is None or not body.values:
            return
        values = tuple(sorted(pick for (pick,) in body.values["picks"]))
        if len(self.shown_at) < body.batch:
            self.pictures.append(Picture(values, frozenset(self.has.items())))
            self.shown_at.append(act)
        assert self.pictures[-1].values == values, "a picture that moved"

    def verdict(self) -> None:
        assert set(self.shown_at) <= AFTERWARDS, "a picture right after a tap"
        for picture in self.pictures:
            assert len(picture.values) >= NEED, "a picture of too few"
            assert picture.values == tuple(sorted(pick for _, pick in picture.by)), "a wrong one"
        for before, after in zip(self.pictures, self.pictures[1:], strict=False):
            people = {who for who, _ in before.by ^ after.by}
            assert len(people) >= NEED, "pictures that differ by too few"


def judged(house: House, acts: list[Act]) -> Judge:
    room = house.room(LIVE, k=NEED)
    judge = Judge(room, room.joins(PEOPLE), room.puts())
    for act in acts:
        judge.does(*act)
    room.closes(judge.number)  # or the next beat of another sequence would look at it too
    judge.verdict()
    return judge


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One database for all sequences; each has a room of its own."""
    folder: Path = tmp_path_factory.mktemp("batches")
    with House(folder, f"sqlite:///{folder / 'attune.sqlite'}").open() as opened:
        yield opened


def test_any_sequence_shows_nothing_that_fewer_than_the_need_changed(
    one_house: House, tell: Tell
) -> None:
    pictures = judgements = 0

    @settings(
        max_examples=SEQUENCES,
        derandomize=True,  # some forty others might make too few pictures to say anything
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.lists(ACTS, min_size=6, max_size=20))
    def any_sequence(acts: list[Act]) -> None:
        nonlocal pictures, judgements
        pictures += len(judged(one_house, acts).pictures)
        judgements += 1

    any_sequence()
    assert pictures > judgements / 4, "too few pictures for this to say anything"
    tell(
        "A4",
        "batches, in the database",
        f"{judgements} sequences, {pictures} pictures, 0 that tell",
    )


BEAT: Act = ("beat", None, None)
ONE_CHANGES: list[Act] = [("some give", 5, "a"), BEAT, ("give", 2, "b"), BEAT]
ONE_CHANGES_AMONG_PASSES: list[Act] = [
    *(("some give", 5, "a"), BEAT, ("give", 2, "b")),
    *(("pass", 5, None), ("pass", 6, None), ("pass", 7, None), BEAT),
]
ONE_TAKES_BACK: list[Act] = [("some give", 6, "a"), BEAT, ("take back", 0, None), BEAT]
THREE_ARE_NEW: list[Act] = [
    *(("some give", 5, "a"), BEAT),
    *(("give", 5, "b"), ("give", 6, "c"), ("give", 7, "a"), BEAT),
]
THE_LAST_ONE_AT_THE_END: list[Act] = [
    *(("some give", 5, "a"), BEAT, ("full", None, None), ("give", 6, "c")),
    *(("close", None, None), ("preview", None, None)),
]
GONE_AND_BACK_WITHOUT_ONE: list[Act] = [
    *(("some give", 5, "a"), BEAT, ("some take back", 4, None), BEAT),
    *(("give", 0, "a"), ("give", 1, "a"), ("give", 2, "a"), BEAT),
]
TOO_FEW: list[Act] = [("some give", 3, "a"), BEAT, ("close", None, None), ("preview", None, None)]

ATTACKS = {
    "one changes": ONE_CHANGES,
    "one changes among passes": ONE_CHANGES_AMONG_PASSES,
    "one takes back": ONE_TAKES_BACK,
    "three are new": THREE_ARE_NEW,
    "the last one at the end": THE_LAST_ONE_AT_THE_END,
    "gone and back without one": GONE_AND_BACK_WITHOUT_ONE,
    "too few": TOO_FEW,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_known_attacks_show_nothing(one_house: House, attack: str) -> None:
    judge = judged(one_house, ATTACKS[attack])
    assert len(judge.pictures) == (0 if attack == "too few" else 1)


Break = Callable[[pytest.MonkeyPatch], None]


def _every_beat_takes_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = batches.take

    def take(sections: Any, needs: Any, answers: Any, took: Any, before: Any, *more: Any) -> Any:
        enough = len([answer for answer in answers if answer]) >= NEED
        one = dict.fromkeys(needs, 1)
        return honest(sections, one if enough else needs, answers, took, before, *more)

    monkeypatch.setattr(batches, "take", take)


def _a_pass_counts_as_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = batches._digest
    monkeypatch.setattr(
        batches,
        "_digest",
        lambda section, value: honest(section, value) or "a pass, and nothing else",
    )


def _the_end_takes_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = live.settle

    def settle(room: Room, round: Round) -> Any:
        with monkeypatch.context() as broken:
            _every_beat_takes_what_there_is(broken)
            return honest(room, round)

    monkeypatch.setattr(live, "settle", settle)


def _what_was_seen_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of too few goes, and with it what the next is held to."""
    honest = batches.take

    def take(sections: Any, needs: Any, answers: Any, took: Any, before: Any, *more: Any) -> Any:
        batch = honest(sections, needs, answers, took, before, *more)
        if batch.renewed and not batch.values:
            nothing = [[batches.NOTHING] for _ in batch.took]
            return type(batch)(batch.values, batch.fresh, nothing, batch.renewed, batch.left)
        return batch

    monkeypatch.setattr(batches, "take", take)


def _no_need(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = batches.take
    monkeypatch.setattr(
        batches, "take", lambda s, needs, *rest: honest(s, dict.fromkeys(needs, 1), *rest)
    )


@pytest.mark.parametrize(
    ("breaks", "attack"),
    [
        (_every_beat_takes_what_there_is, "one changes"),
        (_every_beat_takes_what_there_is, "one takes back"),
        (_every_beat_takes_what_there_is, "three are new"),
        (_a_pass_counts_as_a_change, "one changes among passes"),
        (_the_end_takes_what_is_left, "the last one at the end"),
        (_what_was_seen_is_forgotten, "gone and back without one"),
        (_no_need, "too few"),
    ],
)
def test_the_judge_catches_each_broken_variant(
    one_house: House, monkeypatch: pytest.MonkeyPatch, breaks: Break, attack: str
) -> None:
    breaks(monkeypatch)
    with pytest.raises(AssertionError, match="picture"):
        judged(one_house, ATTACKS[attack])


def test_a_tap_moves_nothing_that_a_phone_or_the_screen_can_see(one_house: House) -> None:
    room = one_house.room(LIVE, k=NEED)
    people, number = room.joins(6), room.puts()
    for person in people[:4]:
        room.gives(person, number, {"picks": ["a"]})
    room.beat()
    room.shows(number)
    before = _versions(one_house, room)
    for person in people[1:]:
        room.gives(person, number, {"picks": ["b"]})
        room.takes_back(person, number)
        room.gives(person, number, {"picks": ["c"]})
        assert _versions(one_house, room) == before, "pushed right after a tap"
    room.beat()
    moved = {spot for spot, v in _versions(one_house, room).items() if before.get(spot) != v}
    assert ("participant", "results") in moved
    assert ("participant", "stage") not in moved, "what somebody is writing is drawn anew"


def test_a_picture_drawn_at_each_tap_is_caught(
    one_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = LiveRoom.all_give

    def all_give(self: LiveRoom, number: int, given: Any) -> None:
        honest(self, number, given)
        with transaction():
            live.renew(*access.round_for(self.lead_id, self.ref, number))

    monkeypatch.setattr(LiveRoom, "all_give", all_give)
    with pytest.raises(AssertionError, match="right after a tap"):
        judged(one_house, [("some give", 5, "a")])


def test_a_row_of_a_live_round_is_never_told_by_its_size(one_house: House) -> None:
    """Given, changed, passed, taken back, in a picture or not: one size, and no other column."""
    room = one_house.room(LIVE, k=NEED)
    people, number = room.joins(7), room.puts()
    room.all_give(number, [(person, {"picks": ["a"]}) for person in people[:5]])
    room.beat()
    room.gives(people[0], number, {"picks": ["b"]})
    room.gives(people[1], number, None)
    room.takes_back(people[2], number)
    room.gives(people[5], number, {"picks": ["c"]})
    room.gives(people[6], number, None)
    with db.engines[WRITING].connect() as connection:
        sizes = connection.exec_driver_sql(
            f"SELECT DISTINCT length(body) FROM answer WHERE round_id = {room.round(number).id}"
        ).all()
    assert [size for (size,) in sizes] == [room.round(number).body_size]
    assert room.given(number) == 7, "who took back is told from who passed"
    room.closes(number)


def test_words_that_look_the_same_are_no_change() -> None:
    """Else three who mend a capital would carry the change of a fourth into the picture."""
    section: Section[Any] = Section("words", "words", lambda answer: answer)
    shown = [["calm"], ["tired"], ["open"], ["warm"]]
    first = batches.take([section], {"words": NEED}, shown, [[]] * 4, {})
    assert first.renewed
    mended = [["Calm"], ["tired!"], ["Open"], ["cold"]]
    again = batches.take([section], {"words": NEED}, mended, first.took, first.values)
    assert not again.renewed
    assert again.left == 1


PARTS: list[Section[Any]] = [
    Section("one", "bars", lambda answer: answer.get("one")),
    Section("two", "strip", lambda answer: answer.get("two")),
]
NEEDS = {"one": NEED, "two": NEED + 1}
ON_PAPER = 10_000


def told_by_batches(random: Random) -> int:
    """Any sequence, decided by what decides in a room; how many pictures. Fails on one that tells.

    As on the beat: what people have now, and what the last picture took of each.
    """
    has: list[Any] = [None] * PEOPLE
    took: list[list[str]] = [[] for _ in has]
    before: dict[str, list[Any]] = {}
    seen: dict[str, list[Any]] = {}  # by part: what everybody had in it when it was drawn last
    pictures = 0
    for _ in range(random.randint(4, 12)):
        for who in random.sample(range(PEOPLE), random.choice((1, 1, 1, 2, NEED - 1, NEED, 7))):
            answer = {"one": [random.choice("ab")], "two": random.randint(1, 3)}
            kept = {name: value for name, value in answer.items() if random.random() < 0.8}
            has[who] = random.choice((kept, kept, kept, None))
        batch = batches.take(PARTS, NEEDS, has, took, before)
        for part in PARTS:
            if part.name not in batch.renewed:
                assert batch.values.get(part.name) == before.get(part.name), "a picture that moved"
                continue
            now = [part.take(answer) if answer else None for answer in has]
            then = seen.get(part.name, [None] * PEOPLE)
            differ = sum(one != other for one, other in zip(then, now, strict=True))
            assert differ >= NEEDS[part.name], "pictures that differ by too few"
            if part.name in batch.values:
                present = [value for value in now if value is not None]
                assert len(present) >= NEEDS[part.name], "a picture of too few"
                assert sorted(map(str, batch.values[part.name])) == sorted(map(str, present))
                seen[part.name] = now
                pictures += 1
        before, took = batch.values, batch.took
    return pictures


def test_ten_thousand_sequences_on_paper_tell_nothing(tell: Tell) -> None:
    random = Random(7)
    pictures = sum(told_by_batches(random) for _ in range(ON_PAPER))
    tell("A4", "batches, on paper", f"{ON_PAPER:,} sequences, {pictures:,} pictures, 0 that tell")


def test_on_paper_too_a_broken_rule_is_caught(monkeypatch: pytest.MonkeyPatch, tell: Tell) -> None:
    _every_beat_takes_what_there_is(monkeypatch)
    random, caught = Random(8), 0
    for _ in range(100):
        try:
            told_by_batches(random)
        except AssertionError:
            caught += 1
    tell("A4", "caught: a beat that takes what there is", f"in {caught} of 100 sequences")
    assert caught > 50


def _versions(house: House, room: LiveRoom) -> dict[tuple[str, str], int]:
    db.session.close()
    rows = house.rows(
        "SELECT audience, region, v FROM version "
        f"WHERE room_id = {room.id} AND audience IN ('participant', 'screen')"
    )
    return {(audience, region): v for audience, region, v in rows}
