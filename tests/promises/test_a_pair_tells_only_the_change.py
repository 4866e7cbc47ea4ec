"""Before and after: what is stored while two rounds are compared ties no more than it says it does.

Somebody with a copy of the database joins nothing. Somebody with the keys as well can tell, until
the change is counted, which two answers to the two rounds are of one person, section by section:
that is said openly. They learn nothing of other rounds, nothing of who it was, and after the
count, after a second result that is held, and after a newer round took its place, nothing at all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa

from attune import comparing, releases, writer
from attune.answers import Given
from attune.db import db, sweep
from attune.keys import keyring
from attune.models import Answer, Release, Round
from attune.rounds import ACT
from attune.sealing import PAIR_TAG_BYTES, Key, about_answer, about_release, tag_of
from tests.figures import Tell
from tests.house import House, LiveRoom, Prompt

LINES = [{"label": label, "low": "low", "high": "high"} for label in ("Calm", "Awake")]
BEFORE = Prompt("scale", {"items": LINES})
BETWEEN = Prompt("scale", {"items": LINES})
AFTER = Prompt("scale", {"items": LINES}, pair_with=0)
PEOPLE = 8
PIECE = 12  # bytes; two rows that share as many as this anywhere share them on purpose


def paired_room(house: House) -> tuple[LiveRoom, list[bytes]]:
    room = house.room(BEFORE, BETWEEN, AFTER)
    return room, room.joins(PEOPLE)


def all_answer(room: LiveRoom, people: list[bytes], number: int) -> None:
    """Everybody something of their own, on both lines; the last one passes."""
    given: list[tuple[bytes, Any]] = [
        (person, {"items": {"i1": 1 + at % 7, "i2": 1 + (at * 3 + number) % 7}})
        for at, person in enumerate(people)
    ]
    room.all_give(number, [*given[:-1], (people[-1], None)])


def both_answered(house: House) -> tuple[LiveRoom, list[bytes]]:
    """Before, something in between, after: none of the results made."""
    room, people = paired_room(house)
    for step in range(3):
        number = room.puts(step)
        all_answer(room, people, number)
        room.closes(number)
    return room, people


# --- a copy without keys ----------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """What lies in the tables, as bytes: rows of answers, and releases, by round."""

    answers: dict[int, list[bytes]]
    releases: dict[int, list[bytes]]

    def joins(self) -> int:
        """How many pairs of rows of two rounds share a piece, wherever it is."""
        found = 0
        everything = {
            number: [*rows, *self.releases.get(number, [])] for number, rows in self.answers.items()
        }
        for one, other in combinations(everything, 2):
            pieces = [set(_pieces(row)) for row in everything[other]]
            found += sum(
                bool(mine & theirs)
                for mine in map(set, map(_pieces, everything[one]))
                for theirs in pieces
            )
        return found


def _pieces(row: bytes) -> Iterator[bytes]:
    return (row[at : at + PIECE] for at in range(len(row) - PIECE + 1))


def copy_of(house: House) -> Copy:
    answers: dict[int, list[bytes]] = {}
    sizes: dict[int, set[int]] = {}
    for round_id, pid, body in house.rows("SELECT round_id, pid, body FROM answer"):
        answers.setdefault(round_id, []).append(bytes(pid) + bytes(body))
        sizes.setdefault(round_id, set()).add(len(body))
    assert all(len(of_round) == 1 for of_round in sizes.values()), "a pass is told by its size"
    made: dict[int, list[bytes]] = {}
    for round_id, body in house.rows("SELECT round_id, body FROM release WHERE body IS NOT NULL"):
        made.setdefault(round_id, []).append(bytes(body))
        answers.setdefault(round_id, [])
    return Copy(answers, made)


def test_a_copy_without_keys_joins_nothing_and_has_no_tag(house: House, tell: Tell) -> None:
    room, people = both_answered(house)
    first, second = room.round(1).id, room.round(3).id
    assert copy_of(house).joins() == 0
    room.previews(1)
    assert copy_of(house).joins() == 0
    key = keyring.live(room.ref)
    tags = [key.tag(person, first) for person in people]
    wanted = [*tags, *(tag_of(tag, line) for tag in tags for line in ("i1", "i2"))]
    whole = house.bytes_on_disk()
    rows = house.rows("SELECT body FROM answer UNION ALL SELECT body FROM release")
    whole += b"".join(bytes(body) for (body,) in rows if body)
    hits = sum(whole.count(tag.encode()) + whole.count(bytes.fromhex(tag)) for tag in wanted)
    tell("A1", "tags of steps that are compared", f"{len(wanted)} looked for, {hits} found")
    assert hits == 0
    assert room.round(3).pair_id == first != second


@pytest.mark.parametrize("broken", ["the tag beside the seal", "one number for both rounds"])
def test_the_same_attack_succeeds_where_the_tag_is_outside_the_seal(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "the tag beside the seal":
        honest = writer._next

        def beside(given: Given, body: bytes | None, *, closed: bool) -> Any:
            sealed, outcome = honest(given, body, closed=closed)
            tag = bytes.fromhex(given.tag) if given.tag else bytes(PAIR_TAG_BYTES)
            return (sealed + tag if sealed else None), outcome

        monkeypatch.setattr(writer, "_next", beside)
    else:
        monkeypatch.setattr(
            Key, "pid", lambda key, token, _round, _act: key.tag(token, 1)[:16].encode()
        )
    both_answered(sqlite_house)
    assert copy_of(sqlite_house).joins() >= PEOPLE - 1


# --- a copy with keys -------------------------------------------------------------------------


def opened(room: LiveRoom) -> tuple[dict[int, list[dict[str, Any]]], dict[int, dict[str, Any]]]:
    """What somebody with the keys reads: the answers, and the releases, by round."""
    db.session.close()
    key = keyring.live(room.ref)
    answers: dict[int, list[dict[str, Any]]] = {}
    mine = sa.select(Round.id).where(Round.room_id == room.id)
    rows = sa.select(Answer.round_id, Answer.pid, Answer.body).where(Answer.round_id.in_(mine))
    for row in db.session.execute(rows):
        about = about_answer(room.ref, row.round_id, ACT, row.pid)
        answers.setdefault(row.round_id, []).append(json.loads(key.open(row.body, about)))
    made: dict[int, dict[str, Any]] = {}
    results = sa.select(Release).where(Release.round_id.in_(mine), Release.body.is_not(None))
    for release in db.session.scalars(results):
        about = about_release(room.ref, release.round_id, ACT, release.number)
        assert release.body
        made[release.round_id] = json.loads(key.open(release.body, about))
    return answers, made


def tags_in(room: LiveRoom) -> dict[int, set[str]]:
    """Everything by which an answer of one round could be matched with one of another."""
    answers, made = opened(room)
    found: dict[int, set[str]] = {}
    for round_id, bodies in answers.items():
        tags = {body["p"] for body in bodies if "p" in body}
        found[round_id] = tags | {tag_of(tag, line) for tag in tags for line in ("i1", "i2")}
    for round_id, body in made.items():
        tags = {tag for values in body.get("tagged", {}).values() for _, tag in values}
        found[round_id] = found.get(round_id, set()) | tags
    return found


def joined(room: LiveRoom) -> set[tuple[int, int]]:
    """The pairs of rounds, by number, in which some answer can be matched with another."""
    numbers = {room.round(number).id: number for number in range(1, 6) if _has(room, number)}
    found = tags_in(room)
    return {
        (numbers[one], numbers[other])
        for one, other in combinations(sorted(found), 2)
        if found[one] & found[other]
    }


def _has(room: LiveRoom, number: int) -> bool:
    try:
        return bool(room.round(number))
    except Exception:  # noqa: BLE001  # there are fewer rounds
        return False


def test_with_the_keys_only_the_two_rounds_can_be_matched_until_they_are_counted(
    house: House,
) -> None:
    room, people = both_answered(house)
    room.previews(2)
    assert joined(room) == {(1, 3)}  # said openly, on the phone too
    room.previews(1)
    assert joined(room) == {(1, 3)}
    room.previews(3)
    assert joined(room) == set()
    assert not any(tags_in(room).values())
    result = room.result(3)
    assert result
    assert sum(result.before["i1"]["counts"].values()) == len(people) - 1


def test_a_pass_carries_no_tag(house: House) -> None:
    room, _ = both_answered(house)
    answers, _ = opened(room)
    passes = [body for bodies in answers.values() for body in bodies if body["a"] is None]
    assert len(passes) == 3
    assert not any("p" in body for body in passes)


def test_the_tags_of_a_first_result_do_not_tie_its_sections(house: House) -> None:
    room, people = paired_room(house)
    number = room.puts(0)
    all_answer(room, people, number)
    room.closes(number)
    room.previews(number)
    assert sections_that_can_be_tied(room) == 0


def sections_that_can_be_tied(room: LiveRoom) -> int:
    _, made = opened(room)
    (body,) = made.values()
    lines = [{tag for _, tag in values} for values in body["tagged"].values()]
    assert len(lines) == 2
    assert all(lines)
    # What a stranger to the phones could do: the same tag, or one made of the other.
    made_of = {tag_of(tag, line) for tag in lines[0] for line in ("i1", "i2")}
    return len((lines[0] | made_of) & lines[1])


def test_one_tag_for_all_sections_would_tie_them(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "tag_of", lambda tag, _section: tag)
    room, people = paired_room(sqlite_house)
    number = room.puts(0)
    all_answer(room, people, number)
    room.closes(number)
    room.previews(number)
    assert sections_that_can_be_tied(room) > 0


def test_tagged_values_lie_in_an_order_of_their_own(house: House) -> None:
    """Or the tagged list would tell which value of the shuffled one is whose."""
    orders = set()
    for _ in range(3):
        room, people = paired_room(house)
        number = room.puts(0)
        all_answer(room, people, number)
        room.closes(number)
        room.previews(number)
        _, made = opened(room)
        body = made[room.round(number).id]
        tagged = body["tagged"]["i1"]
        assert sorted(value for value, _ in tagged) == sorted(body["values"]["i1"])
        orders.add([value for value, _ in tagged] == body["values"]["i1"])
        orders.add([tag for _, tag in tagged] == sorted(tag for _, tag in tagged))
    assert orders & {False}


@pytest.mark.parametrize("after", ["a second result that is held", "a room that ends"])
def test_nothing_ties_them_any_more_after(house: House, after: str) -> None:
    room, people = paired_room(house)
    number = room.puts(0)
    all_answer(room, people, number)
    room.closes(number)
    room.previews(number)
    third = room.puts(2)
    few = people[:2] if "held" in after else people
    room.all_give(third, [(person, {"items": {"i1": 3}}) for person in few])
    if "held" in after:
        room.closes(third)
        assert room.previews(third) == "held"
        assert not any(tags_in(room).values())
        answers, _ = opened(room)
        assert len(answers[room.round(third).id]) == 2, "the held answers themselves stay"
        room.reopens(third)
        room.all_give(third, [(person, {"items": {"i1": 4}}) for person in people])
        assert not any(tags_in(room).values()), "nor does it begin anew"
    else:
        room.ends()
        assert house.rows("SELECT * FROM answer") == []
        assert house.rows("SELECT * FROM release") == []


def test_put_again_it_is_the_newest_that_counts_and_the_others_forget(house: House) -> None:
    room, people = paired_room(house)
    for step in (0, 0, 2, 2):
        number = room.puts(step)
        all_answer(room, people, number)
        room.closes(number)
    assert joined(room) == {(2, 4)}
    assert [room.round(number).pair_id for number in (1, 3)] == [None, None]
    room.previews(4)
    assert not any(tags_in(room).values())
    assert room.previews(3) == "review"
    again = room.result(3)
    assert again
    assert again.before == {}


def test_tags_that_stay_after_the_count_are_found(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "forget", lambda *_: None)
    room, people = both_answered(sqlite_house)
    room.previews(1)
    third = room.puts(2)  # which a broken server lets carry the old tags on
    all_answer(room, people, third)
    room.closes(third)
    room.previews(3)
    assert joined(room) != set()


def test_what_ties_them_is_in_no_file_once_it_was_counted(sqlite_house: House) -> None:
    """Free pages and the log included: the sealed bodies that held the tags are overwritten."""
    room, _ = both_answered(sqlite_house)
    room.previews(1)
    (tagged,) = sqlite_house.rows(f"SELECT body FROM release WHERE round_id = {room.round(1).id}")
    (body,) = tagged
    assert body[:32] in sqlite_house.bytes_on_disk()
    room.previews(3)
    db.session.close()
    assert sweep()
    assert body[:32] not in sqlite_house.bytes_on_disk()


# --- the pictures -----------------------------------------------------------------------------


def one_came_late(house: House, *, moved: int) -> releases.Body:
    """All but one answer both times; so many of them go up by one."""
    room = house.room(BEFORE, AFTER._replace(pair_with=0))
    people = room.joins(PEOPLE)
    number = room.puts(0)
    room.all_give(number, [(person, {"items": {"i1": 3}}) for person in people])
    room.closes(number)
    late = room.joins()
    number = room.puts(1)
    room.all_give(
        number,
        [(p, {"items": {"i1": 4 if at < moved else 3}}) for at, p in enumerate(people)]
        + [(p, {"items": {"i1": 7}}) for p in late],
    )
    room.closes(number)
    room.shows(number)
    result = room.result(number)
    assert result
    (picture,) = [
        one for one in releases.pictures(room.round(number), result, "full") if one.section == "i1"
    ]
    assert picture.before
    shown = str(picture.shape) + str(picture.before.shape) + str(picture.sentences)
    assert picture.form == ("full" if moved > 1 else "soft")
    assert ("soft=True" in shown) == (moved <= 1)
    return result


@pytest.mark.parametrize("moved", [0, 1, 4])
def test_where_hardly_anybody_moved_the_two_pictures_are_soft(house: House, moved: int) -> None:
    """Or what is in the second and not in the first would be the answer of whoever came late."""
    result = one_came_late(house, moved=moved)
    assert result.before["i1"]["counts"] == {"up": moved, "same": PEOPLE - moved, "down": 0}
    assert result.before["i1"]["alone"] is (moved < 2)
