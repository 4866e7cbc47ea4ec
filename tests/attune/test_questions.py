"""Open questions, on both databases: what a toy would get wrong of them (catalogue, 3.11)."""

import secrets

import pytest

from attune import access, resonating, rounds, sorting, summary
from attune.db import transaction
from attune.drawing import tell
from attune.errors import Invalid, OwnCard, RoundClosed
from attune.seen import Console, Placed
from attune.stage import stage
from attune.summary.markdown import markdown
from attune.summary.sheet import sheet
from attune.writer import writer
from tests.house import CHOICE, House, LiveRoom, Prompt

QUESTIONS = Prompt(
    "questions", {"max_upvotes": 2}, {"reveal": "live_batches", "review": "before_show"}
)
K = 3


def asks(room: LiveRoom, people: list[bytes], *questions: str, number: int = 1) -> None:
    """Each of these people asks one of these."""
    given = zip(people, questions, strict=True)
    room.all_give(number, [(person, {"asks": [question]}) for person, question in given])


def marks(room: LiveRoom, people: list[bytes], question: str, *, on: bool = True) -> None:
    card = card_of(room, question).id
    for person in people:
        here, _ = access.seat_for(room.ref, person)
        idem = secrets.token_hex(16)
        writer.save(resonating.mark(here, 1, person, idem, card, on=on))


def console_of(room: LiveRoom) -> Console:
    console = stage(room.row, "console").console
    assert console
    return console


def cards(room: LiveRoom) -> tuple[Placed, ...]:
    preview = console_of(room).preview
    return preview.placed if preview else ()


def card_of(room: LiveRoom, question: str) -> Placed:
    return next(card for card in cards(room) if card.text == question)


def seen_by_all(room: LiveRoom) -> list[tuple[str, str, int | None]]:
    """(state, question, for how many others it is one too), as phones see them."""
    results = stage(room.row, "participant").results
    assert results
    (picture,) = results.pictures
    return [(str(line.theme), line.text, line.also) for line in picture.texts]


def places(room: LiveRoom, question: str, place: str) -> None:
    card = card_of(room, question).id
    with transaction():
        sorting.place(*access.round_for(room.lead_id, room.ref, 1), card=card, category=place)


def opened(house: House, *more: Prompt) -> tuple[LiveRoom, list[bytes]]:
    """Three questions, read and shown."""
    room = house.room(QUESTIONS, *more, k=K)
    people = room.joins(9)
    room.puts()
    asks(room, people[:3], "Why?", "How long?", "And then?")
    room.beat()
    room.shows(1, read=1)
    return room, people


def test_a_second_question_never_deletes_the_first_and_waits_to_be_read(house: House) -> None:
    room, people = opened(house)
    room.gives(people[0], 1, {"asks": ["Why?", "Who else?"]})
    asks(room, people[3:5], "Here?", "Now?")
    room.beat()
    assert {text for _, text, _ in seen_by_all(room)} == {"Why?", "How long?", "And then?"}
    room.shows(1, read=2)
    assert {"Why?", "Who else?", "Here?"} <= {text for _, text, _ in seen_by_all(room)}


def test_the_tender_question_is_not_buried_under_the_popular_one(house: House) -> None:
    """Mixed unless the step says otherwise; and whoever leads can pin one that nobody marked."""
    room, people = opened(house)
    before = [text for _, text, _ in seen_by_all(room)]
    marks(room, people[4:7], before[2])
    room.beat()
    assert [text for _, text, _ in seen_by_all(room)] == before, "sorted by how many"
    assert [also for _, _, also in seen_by_all(room)] == [None, None, 3]
    with transaction():
        round = access.round_for(room.lead_id, room.ref, 1)
        sorting.pin(*round, card=card_of(room, before[1]).id)
    assert seen_by_all(room)[0][1] == before[1]


def test_those_that_many_marked_stand_first_where_the_step_says_so(house: House) -> None:
    room = house.room(QUESTIONS._replace(settings={"sort": "votes"}), k=K)
    people = room.joins(9)
    room.puts()
    asks(room, people[:3], "Why?", "How long?", "And then?")
    room.beat()
    room.shows(1, read=1)
    last = seen_by_all(room)[-1][1]
    marks(room, people[4:7], last)
    room.beat()
    assert seen_by_all(room)[0][1] == last


def test_nobody_sees_who_has_just_marked_one(house: House) -> None:
    """Counts come in batches, too: two that marked one since cannot be told."""
    room, people = opened(house)
    marks(room, people[3:5], "Why?")
    room.beat()
    assert [also for _, _, also in seen_by_all(room)] == [None, None, None]
    marks(room, people[5:6], "Why?")
    room.beat()
    assert card_of(room, "Why?").also == 3
    marks(room, people[6:8], "Why?")
    room.beat()
    assert card_of(room, "Why?").also == 3, "two people's marks can be told"
    marks(room, people[3:4], "Why?", on=False)
    room.beat()
    assert card_of(room, "Why?").also == 4


def test_an_own_question_and_too_many_are_not_marked(house: House) -> None:
    room, people = opened(house)
    with pytest.raises(OwnCard):
        marks(room, people[:1], "Why?")
    marks(room, people[3:4], "Why?")
    marks(room, people[3:4], "How long?")
    with pytest.raises(Invalid):
        marks(room, people[3:4], "And then?")


def test_a_question_that_was_not_let_in_cannot_be_marked(house: House) -> None:
    room, people = opened(house)
    asks(room, people[3:6], "One?", "Two?", "Three?")
    room.beat()
    body = room.result(1)
    assert body
    unread = next(card["id"] for card in body.values["asks"] if card["text"] == "One?")
    here, _ = access.seat_for(room.ref, people[7])
    with pytest.raises(Invalid):
        resonating.mark(here, 1, people[7], secrets.token_hex(16), unread, on=True)


def test_questions_stand_under_their_state_and_no_open_one_is_lost_at_the_end(
    house: House,
) -> None:
    room, people = opened(house)
    places(room, "Why?", "now")
    places(room, "And then?", "next_time")
    assert {(state, text) for state, text, _ in seen_by_all(room)} == {
        ("We are talking about it", "Why?"),
        ("Open", "How long?"),
        ("For next time", "And then?"),
    }
    with pytest.raises(Invalid):
        places(room, "Why?", "nowhere")
    marks(room, people[4:7], "How long?")
    room.beat()
    room.ends()
    document = summary.document_of(room.row, tell)
    assert document
    for part in ("group", "facilitator"):
        table = sheet(document, part)
        assert "For next time,And then?" in table
        assert "Open,How long?,3" in table
        text = markdown(document, part, tell)
        assert text.index("For next time") < text.index("And then?")


def test_what_stays_open_takes_questions_during_the_steps_that_follow(house: House) -> None:
    room, people = opened(house, CHOICE, QUESTIONS)
    room.puts(1)
    assert room.round(1).state == "open"
    beside = stage(room.row, "participant").aside
    assert beside
    assert beside.round.number == 1
    asks(room, people[3:6], "One?", "Two?", "Three?")
    marks_from_the_side = card_of_the_side(room, "Why?")
    assert marks_from_the_side.place == "open"
    room.beat()
    preview = stage(room.row, "console").aside
    assert preview
    assert preview.preview
    new = {
        text.item.text for part in preview.preview.texts for text in part.texts if text.item.unread
    }
    assert new == {"One?", "Two?", "Three?"}
    assert stage(room.row, "screen").aside is None, "the screen shows one thing"
    room.puts(2)
    assert room.round(1).state == "closed", "two doors at the side"
    with pytest.raises(RoundClosed):
        room.gives(people[6], 1, {"asks": ["Late?"]})


def card_of_the_side(room: LiveRoom, question: str) -> Placed:
    aside = stage(room.row, "console").aside
    assert aside
    assert aside.preview
    return next(card for card in aside.preview.placed if card.text == question)


def test_the_end_closes_what_stayed_open_and_leaves_nothing(house: House) -> None:
    room, people = opened(house, CHOICE)
    room.puts(1)
    marks_after = people[4:7]
    for person in marks_after:
        here, _ = access.seat_for(room.ref, person)
        card = card_of_the_side(room, "Why?").id
        writer.save(resonating.mark(here, 1, person, secrets.token_hex(16), card, on=True))
    room.ends()
    assert house.rows("SELECT count(*) FROM answer") == [(0,)]
    document = summary.document_of(room.row, tell)
    assert document
    (texts, *_) = document["group"]["steps"][0]["sections"]
    assert {text["text"]: text["also"] for text in texts["texts"]}["Why?"] == 3


def test_closing_and_opening_again_loses_no_mark(house: House) -> None:
    room, people = opened(house)
    marks(room, people[4:6], "Why?")
    room.closes(1)
    with pytest.raises(RoundClosed):
        marks(room, people[6:7], "Why?")
    room.reopens(1)
    marks(room, people[6:7], "Why?")
    room.beat()
    assert card_of(room, "Why?").also == 3


def test_questions_that_do_not_stay_are_closed_by_the_next_step(house: House) -> None:
    room = house.room(QUESTIONS._replace(settings={"stay_open": False}), CHOICE, k=K)
    room.puts(0)
    room.puts(1)
    assert room.round(1).state == "closed"
    assert rounds.at_the_side(room.row) is None
