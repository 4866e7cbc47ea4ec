"""The second act: cards that are shown can be marked as true for others too, and nobody is counted
before there are enough."""

import json
import secrets
from collections.abc import Sequence

import pytest

from attune import releases, resonating, rounds, summary
from attune.changes import AUDIENCES
from attune.db import db
from attune.drawing import versions
from attune.errors import Conflict, Invalid, OwnCard, Refusal, ReleaseMade, RoundClosed
from attune.keys import keyring
from attune.models import Answer
from attune.rounds import ACT, RESONATING
from attune.stage import stage
from tests.house import House, LiveRoom, Prompt

WALL = Prompt("wall", {"max_resonates": 2})
TEXTS = ["I went quiet", "She made tea", "The radio on low", "A text the next day", "He stayed"]
Card = str


def shown(room: LiveRoom, people: Sequence[bytes], texts: Sequence[str] = TEXTS) -> int:
    """A wall on which each of them wrote a card, and that the room sees."""
    number = room.puts()
    for person, text in zip(people, texts, strict=False):
        room.gives(person, number, {"cards": [{"text": text}]})
    room.closes(number)
    room.shows(number, "full")
    return number


def card(room: LiveRoom, number: int, text: str) -> Card:
    body = room.result(number)
    assert body
    return next(str(each["id"]) for each in body.values["cards"] if each["text"] == text)


def also(room: LiveRoom, number: int) -> dict[str, int | None]:
    """What the room is told of each card."""
    results = stage(room.row, "participant").results
    assert results
    return {line.text: line.also for line in results.pictures[0].texts}


def test_marks_are_taken_only_between_the_showing_of_the_cards_and_their_counting(
    house: House,
) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = room.puts()
    with pytest.raises(Conflict):
        room.moves(number, RESONATING)
    for person, text in zip(people, TEXTS, strict=True):
        room.gives(person, number, {"cards": [{"text": text}]})
    room.closes(number)
    room.previews(number)
    with pytest.raises(Conflict, match="Show the cards first"):
        room.moves(number, RESONATING)
    tea = card(room, number, TEXTS[1])
    with pytest.raises(RoundClosed):
        room.marks(people[0], number, tea)
    room.shows(number, "full")
    with pytest.raises(RoundClosed):
        room.marks(people[0], number, tea)
    room.moves(number, RESONATING)
    assert room.marks(people[0], number, tea).ver == 1
    room.moves(number, resonating.OVER)
    with pytest.raises(RoundClosed):
        room.marks(people[2], number, tea)


def test_a_count_is_told_from_two_others_on_and_only_once_enough_people_marked_any(
    house: House,
) -> None:
    room = house.room(WALL)
    people = room.joins(6)
    number = shown(room, people)
    quiet, tea, radio = (card(room, number, text) for text in TEXTS[:3])
    room.moves(number, RESONATING)
    for person in people[3:6]:
        room.marks(person, number, quiet)
    room.marks(people[0], number, tea)
    room.marks(people[5], number, radio)
    before = also(room, number)
    assert set(before.values()) == {None}
    room.moves(number, resonating.OVER)
    assert also(room, number) == before, "counted is not shown"
    room.shows_marks(number)
    told = also(room, number)
    assert told.pop("I went quiet") == 3
    assert set(told.values()) == {None}, "for one other is never said"
    room.shows_marks(number, shown=False)
    assert also(room, number) == before


def test_too_few_who_mark_are_held_and_may_go_on(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(6)
    number = shown(room, people)
    quiet = card(room, number, TEXTS[0])
    room.moves(number, RESONATING)
    for person in people[1:4]:
        room.marks(person, number, quiet)
    # Somebody who thought better of it marked nothing.
    room.marks(people[4], number, quiet)
    room.marks(people[4], number, quiet, on=False)
    room.moves(number, resonating.OVER)
    with pytest.raises(Conflict, match="Too few people"):
        room.shows_marks(number)
    room.moves(number, RESONATING)
    room.marks(people[4], number, quiet)
    room.moves(number, resonating.OVER)
    room.shows_marks(number)
    assert also(room, number)["I went quiet"] == 4
    with pytest.raises(ReleaseMade):
        room.moves(number, RESONATING)


def test_nobody_marks_a_card_of_their_own_nor_more_than_they_may(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people)
    ids = [card(room, number, text) for text in TEXTS]
    room.moves(number, RESONATING)
    for person, own in zip(people, ids, strict=True):
        with pytest.raises(OwnCard):
            room.marks(person, number, own)
    room.marks(people[0], number, ids[1])
    room.marks(people[0], number, ids[2])
    with pytest.raises(Invalid, match="up to 2 cards"):
        room.marks(people[0], number, ids[3])
    room.marks(people[0], number, ids[1])
    room.marks(people[0], number, ids[1], on=False)
    room.marks(people[0], number, ids[3])
    assert room.has_marked(people[0], number) == sorted([ids[2], ids[3]])
    with pytest.raises(Invalid):
        room.marks(people[0], number, "ffffff")


def test_the_same_mark_sent_twice_changes_nothing_and_hears_the_same(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people)
    tea, idem = card(room, number, TEXTS[1]), secrets.token_hex(16)
    room.moves(number, RESONATING)
    first = room.marks(people[0], number, tea, idem=idem)
    room.marks(people[0], number, tea, on=False)
    assert room.marks(people[0], number, tea, idem=idem) == first
    assert room.has_marked(people[0], number) == []


def test_two_taps_in_one_moment_are_both_kept(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people)
    room.moves(number, RESONATING)
    ids = [card(room, number, text) for text in TEXTS[1:3]]
    room.all_mark(number, [(people[0], each) for each in ids])
    assert room.has_marked(people[0], number) == sorted(ids)


def test_marks_move_no_page_and_no_counter_before_they_are_counted(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people)
    tea = card(room, number, TEXTS[1])
    room.moves(number, RESONATING)
    before = {who: (versions(room.id, who), stage(room.row, who)) for who in AUDIENCES}
    room.marks(people[0], number, tea)
    room.marks(people[3], number, tea)
    for who, was in before.items():
        assert (versions(room.id, who), stage(room.row, who)) == was, who


def test_the_next_step_ends_the_marking_and_the_end_counts_what_was_left(house: House) -> None:
    room = house.room(WALL, WALL)
    people = room.joins(5)
    number = shown(room, people)
    quiet = card(room, number, TEXTS[0])
    room.moves(number, RESONATING)
    for person in people[1:]:
        room.marks(person, number, quiet)
    room.puts(1)
    with pytest.raises(RoundClosed):
        room.marks(people[1], number, quiet, on=False)
    with pytest.raises(Conflict):
        room.moves(number, RESONATING)
    room.ends()
    document = summary.document_of(room.row, str)
    assert document
    texts = {
        part: {
            line["text"]: line["also"]
            for line in document[part]["steps"][0]["sections"][0]["texts"]
        }
        for part in ("group", "facilitator")
    }
    assert texts["facilitator"]["I went quiet"] == 4
    assert set(texts["group"].values()) == {None}, "it was never shown"


# --- what a copy of the database tells ----------------------------------------------------------


def rows(room: LiveRoom, number: int, act: int) -> dict[bytes, bytes]:
    round = room.round(number)
    found = db.session.query(Answer.pid, Answer.body).filter_by(round_id=round.id, act=act)
    return dict(found.all())


def linked(room: LiveRoom, number: int) -> int:
    """How many authors somebody with the database and K, but no phone, finds among who marked.

    They try each number under which a mark lies as the number of each card's author.
    """
    key, body = keyring.live(room.ref), room.result(number)
    assert body
    marked = rows(room, number, RESONATING)
    return sum(
        key.author(pid, "cards", each["id"]) == each["by"]
        for pid in marked
        for each in body.values["cards"]
    )


def a_wall_that_everybody_marks(room: LiveRoom) -> int:
    people = room.joins(5)
    number = shown(room, people)
    ids = [card(room, number, text) for text in TEXTS]
    room.moves(number, RESONATING)
    for place, person in enumerate(people):
        room.marks(person, number, ids[(place + 1) % 5])
    return number


def test_a_mark_cannot_be_tied_to_a_card_of_the_same_person(house: House) -> None:
    room = house.room(WALL)
    number = a_wall_that_everybody_marks(room)
    assert len(rows(room, number, RESONATING)) == 5
    assert {len(body) for body in rows(room, number, RESONATING).values()} == {256}
    assert linked(room, number) == 0


def test_one_number_for_both_acts_would_tie_every_mark_to_its_authors_card(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: the same attack finds everybody."""
    monkeypatch.setattr(resonating, "RESONATING_SCOPE", ACT)
    room = house.room(WALL)
    number = a_wall_that_everybody_marks(room)
    assert linked(room, number) == 5


def test_what_is_kept_of_the_marks_says_of_nobody_what_they_marked_together(house: House) -> None:
    room = house.room(WALL)
    number = a_wall_that_everybody_marks(room)
    room.moves(number, resonating.OVER)
    assert rows(room, number, RESONATING) == {}
    release = resonating.result_of(room.round(number))
    assert release
    assert release.body
    about = f"release:{room.ref}:{release.round_id}:{RESONATING}:1".encode()
    kept = json.loads(keyring.live(room.ref).open(release.body, about))
    assert set(kept) == {"people", "counts", "digests"}
    assert sorted(kept["counts"].values()) == [1] * 5
    assert kept["digests"] == sorted(kept["digests"])


def test_two_cards_of_one_person_do_not_say_that_they_are_of_one(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(4)
    number = room.puts()
    for place, person in enumerate(people):
        cards = [{"text": f"{word} {place}"} for word in ("one", "two")]
        room.gives(person, number, {"cards": cards})
    room.closes(number)
    room.shows(number, "full")
    body = room.result(number)
    assert body
    assert body.people == {"cards": 4}
    assert len({each["by"] for each in body.values["cards"]}) == 8


def test_need_counts_authors_and_not_cards(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(4)
    number = room.puts()
    for person in people[:3]:
        room.gives(person, number, {"cards": [{"text": "One"}, {"text": "Two"}]})
    room.gives(people[3], number, None)
    room.closes(number)
    release = room.previews(number)
    assert release == "held"


def test_refusals_of_a_mark_are_refusals(house: House) -> None:
    room = house.room(Prompt("wall", {"resonate": False}))
    people = room.joins(4)
    number = shown(room, people)
    tea = card(room, number, TEXTS[1])
    with pytest.raises(Invalid):
        room.moves(number, RESONATING)
    with pytest.raises(Invalid):
        room.marks(people[0], number, tea)
    wrong: object
    for wrong in (None, 5, ["a"], {}):
        with pytest.raises(Refusal):
            room.marks(people[0], number, wrong)  # type: ignore[arg-type]
    assert rounds.given(room.round(number)) == 4
    assert releases.release_of(room.round(number))
