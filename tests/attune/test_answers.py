"""Giving, changing, passing and taking back, on both databases."""

import json
import secrets

import pytest

from attune.errors import Invalid, NotAnAnswer, NotYours, RoomEnded, RoundClosed, TooLarge
from tests.house import CHOICE, CLOSING, House, Prompt


def test_an_answer_is_kept_and_its_phone_alone_reads_it_back(house: House) -> None:
    room = house.room(CHOICE)
    ana, ben = room.joins(2)
    number = room.puts()
    assert room.gives(ana, number, {"picks": ["b"]}).ver == 1
    assert room.has(ana) == {"1": {"pass": False, "answer": {"picks": ["b"]}}}
    assert room.has(ben) == {}
    assert room.given(number) == 1


def test_a_change_replaces_what_was_given(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.gives(ana, number, {"picks": ["a"]})
    assert room.gives(ana, number, {"picks": ["c"]}).ver == 2
    assert room.given(number) == 1
    assert room.has(ana)["1"]["answer"] == {"picks": ["c"]}


def test_the_same_sent_again_changes_nothing(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    idem = secrets.token_hex(16)
    first = room.gives(ana, number, {"picks": ["a"]}, idem)
    assert room.gives(ana, number, {"picks": ["a"]}, idem) == first
    assert room.given(number) == 1


def test_the_same_idem_with_other_content_is_a_change(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    idem = secrets.token_hex(16)
    room.gives(ana, number, {"picks": ["a"]}, idem)
    assert room.gives(ana, number, {"picks": ["b"]}, idem).ver == 2
    assert room.has(ana)["1"]["answer"] == {"picks": ["b"]}


def test_a_late_retry_of_one_tab_does_not_overwrite_what_another_gave_since(
    house: House,
) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    late = secrets.token_hex(16)
    room.gives(ana, number, {"picks": ["a"]}, late)
    room.gives(ana, number, {"picks": ["b"]})
    room.gives(ana, number, {"picks": ["a"]}, late)
    assert room.has(ana)["1"]["answer"] == {"picks": ["b"]}


def test_a_pass_is_kept_like_an_answer_and_can_be_taken_back(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.gives(ana, number, None)
    assert room.has(ana) == {"1": {"pass": True, "answer": None}}
    assert room.given(number) == 1
    room.takes_back(ana, number)
    room.takes_back(ana, number)
    assert room.given(number) == 0
    assert room.has(ana) == {}


def test_all_sealed_bodies_of_a_round_have_one_size_passes_included(house: House) -> None:
    room = house.room(CLOSING)
    people = room.joins(3)
    number = room.puts()
    room.gives(people[0], number, None)
    room.gives(people[1], number, {"word": "x"})
    room.gives(people[2], number, {"word": "lighter", "safe": 5, "change": "ä" * 200})
    sizes = {len(body) for (body,) in house.rows("SELECT body FROM answer")}
    assert sizes == {room.round(number).body_size}


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"picks": []}, NotAnAnswer),
        ({"picks": ["z"]}, NotAnAnswer),
        ({"picks": ["a"], "who": "me"}, NotAnAnswer),
        ({"picks": "a"}, NotAnAnswer),
        ({"picks": [1]}, NotAnAnswer),
        ({"picks": [float("nan")]}, NotAnAnswer),
        ({"picks": ["\ud800"]}, NotAnAnswer),
        ([], NotAnAnswer),
        ("a", NotAnAnswer),
        ({"picks": ["a"], "other": "x" * 9_000}, TooLarge),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    sqlite_house: House, answer: object, refused: type[Exception]
) -> None:
    room = sqlite_house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.gives(ana, number, {"picks": ["a"]})
    with pytest.raises(refused):
        room.gives(ana, number, answer)
    assert room.has(ana)["1"]["answer"] == {"picks": ["a"]}


def test_a_late_answer_is_refused_and_a_late_retry_hears_that_it_was_kept(house: House) -> None:
    room = house.room(CHOICE)
    people = room.joins(5)
    number = room.puts()
    idem = secrets.token_hex(16)
    for person in people[:4]:
        room.gives(person, number, {"picks": ["a"]}, idem)
    room.closes(number)
    with pytest.raises(RoundClosed):
        room.gives(people[4], number, {"picks": ["a"]}, idem)
    assert room.gives(people[0], number, {"picks": ["a"]}, idem)
    assert room.previews(number) == "review"
    assert room.gives(people[0], number, {"picks": ["a"]}, idem)
    with pytest.raises(RoundClosed):
        room.gives(people[0], number, {"picks": ["b"]}, idem)
    assert house.rows("SELECT * FROM answer") == []


def test_another_rooms_key_opens_no_seat(house: House) -> None:
    room, other = house.room(CHOICE), house.room(CHOICE)
    (stranger,) = other.joins()
    number = room.puts()
    with pytest.raises(NotYours):
        room.gives(stranger, number, {"picks": ["a"]})


def test_nothing_is_taken_once_the_room_has_ended(house: House) -> None:
    room = house.room(CHOICE)
    (ana,) = room.joins()
    number = room.puts()
    room.ends()
    with pytest.raises(RoomEnded):
        room.gives(ana, number, {"picks": ["a"]})


def test_a_stored_answer_says_nothing_without_its_key(sqlite_house: House) -> None:
    room = sqlite_house.room(CLOSING)
    (ana,) = room.joins()
    number = room.puts()
    room.gives(ana, number, {"word": "marshmallow"})
    ((pid, body),) = sqlite_house.rows("SELECT pid, body FROM answer")
    assert b"marshmallow" not in sqlite_house.bytes_on_disk()
    assert len(pid) == 16
    with pytest.raises((ValueError, UnicodeDecodeError)):
        json.loads(body)


def test_where_a_step_says_so_the_first_answer_stays(house: House) -> None:
    room = house.room(Prompt(CHOICE.kind, CHOICE.settings, {"revise": False}))
    (ana,) = room.joins()
    number = room.puts()
    idem = secrets.token_hex(16)
    room.gives(ana, number, {"picks": ["a"]}, idem)
    assert room.gives(ana, number, {"picks": ["a"]}, idem).ver == 1
    with pytest.raises(Invalid, match="answered once"):
        room.gives(ana, number, {"picks": ["b"]})
    with pytest.raises(Invalid, match="answered once"):
        room.takes_back(ana, number)
    assert room.has(ana)["1"]["answer"] == {"picks": ["a"]}
