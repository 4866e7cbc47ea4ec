"""Results that grow while people answer, on both databases."""

import pytest

from attune import pairing, releases, summary
from attune.drawing import tell
from attune.errors import Conflict, ReleaseMade
from attune.frame import Frame
from attune.kinds import kind_of
from attune.pairing import Asked
from attune.seen import Stage
from attune.stage import stage
from attune.summary.markdown import markdown
from attune.summary.sheet import sheet
from tests.house import CHOICE, House, LiveRoom, Prompt

LIVE = Prompt(CHOICE.kind, CHOICE.settings, {"reveal": "live_batches"})
WORDS = Prompt("words", {"max_words": 1}, {"reveal": "live_batches", "review": "before_show"})


def picks(room: LiveRoom, number: int, people: list[bytes], pick: str = "a") -> None:
    room.all_give(number, [(person, {"picks": [pick]}) for person in people])


def says(room: LiveRoom, number: int, words: dict[bytes, str]) -> None:
    room.all_give(number, [(person, {"words": [word]}) for person, word in words.items()])


def console(room: LiveRoom) -> Stage:
    return stage(room.row, "console")


def words_shown(room: LiveRoom) -> set[str]:
    results = stage(room.row, "participant").results
    return {str(count.category) for count in results.pictures[0].counts} if results else set()


def test_results_come_while_people_answer_and_grow_by_what_enough_of_them_gave(
    house: House,
) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(8), room.puts()
    with pytest.raises(Conflict):
        room.shows(number)
    picks(room, number, people[:2])
    room.beat()
    assert console(room).console.preview is None  # type: ignore[union-attr]
    picks(room, number, people[2:3])
    room.beat()
    preview = console(room).console.preview  # type: ignore[union-attr]
    assert preview
    assert (preview.state, preview.answers, preview.passes) == ("review", None, None)
    assert stage(room.row, "participant").results is None
    room.shows(number)
    assert room.tells(number) == {"Tea": 3, "Water": 0, "Juice": 0}
    picks(room, number, people[3:5], "b")
    room.beat()
    assert room.tells(number) == {"Tea": 3, "Water": 0, "Juice": 0}
    picks(room, number, people[5:6], "b")
    room.beat()
    assert room.tells(number) == {"Tea": 3, "Water": 3, "Juice": 0}
    assert stage(room.row, "screen").results is not None, "shown once, it goes on to be shown"


def test_what_was_taken_back_leaves_a_row_until_the_next_picture_and_then_none(
    house: House,
) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(7), room.puts()
    picks(room, number, people[:4])
    room.beat()
    room.takes_back(people[0], number)
    assert room.given(number) == 4
    assert room.has(people[0]) == {}, "it still reads as given"
    room.beat()
    assert room.tells(number)["Tea"] == 4, "one person who took back can be seen"
    picks(room, number, people[4:6], "b")
    room.beat()
    assert room.tells(number) == {"Tea": 3, "Water": 2, "Juice": 0}
    assert room.given(number) == 5
    room.gives(people[0], number, {"picks": ["c"]})
    assert room.has(people[0])[str(number)]["answer"] == {"picks": ["c"]}


def test_too_few_that_are_left_take_the_picture_away_and_it_comes_back_with_enough(
    house: House,
) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(6), room.puts()
    picks(room, number, people[:4])
    room.beat()
    room.shows(number)
    room.all_take_back(number, people[:3])
    room.beat()
    assert stage(room.row, "participant").results is None, "what was taken back is still shown"
    assert "can answer" in str(console(room).console.sees.text)  # type: ignore[union-attr]
    picks(room, number, people[:3], "b")
    room.beat()
    assert room.tells(number) == {"Tea": 1, "Water": 3, "Juice": 0}


def test_closing_leaves_what_came_from_too_few_and_says_so_in_words(house: House) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(6), room.puts()
    picks(room, number, people[:3])
    room.beat()
    room.shows(number)
    picks(room, number, people[3:5], "b")
    room.gives(people[5], number, None)
    room.closes(number)
    preview = console(room).console.preview  # type: ignore[union-attr]
    assert preview
    assert preview.unsettled
    assert preview.answers is None
    room.previews(number)
    room.previews(number)
    preview = console(room).console.preview  # type: ignore[union-attr]
    assert preview
    assert preview.left
    assert "What 2 people gave or changed last is in no result" in tell(preview.left)
    assert "by fewer than 3 people" in tell(preview.left)
    assert room.tells(number) == {"Tea": 3, "Water": 0, "Juice": 0}
    assert house.rows("SELECT count(*) FROM answer") == [(0,)]
    with pytest.raises(ReleaseMade):
        room.reopens(number)
    document = summary.collect(room.row, tell, final=False)
    assert "What 2 people gave" in markdown(document, "facilitator", tell)
    assert "What 2 people gave" not in markdown(document, "group", tell)
    assert "left out" in sheet(document, "facilitator")


def test_closing_takes_a_last_batch_of_enough(house: House) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(7), room.puts()
    picks(room, number, people[:3])
    room.beat()
    picks(room, number, people[3:6], "b")
    room.gives(people[6], number, None)
    room.closes(number)
    room.previews(number)
    body = room.result(number)
    assert body
    assert (body.answers, body.passes, body.left) == (6, 1, 0)


def test_a_live_round_opens_again_until_the_last_of_it_was_looked_at(house: House) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(5), room.puts()
    picks(room, number, people[:4])
    room.beat()
    room.gives(people[4], number, {"picks": ["b"]})
    room.closes(number)
    room.reopens(number)
    assert room.result(number), "opening again lost what had come"
    picks(room, number, people[:2], "b")
    room.beat()
    assert room.tells(number) == {"Tea": 2, "Water": 3, "Juice": 0}


def test_the_end_settles_what_nobody_looked_at(house: House) -> None:
    room = house.room(LIVE, k=3)
    people, number = room.joins(5), room.puts()
    picks(room, number, people[:3])
    room.beat()
    room.gives(people[3], number, {"picks": ["b"]})
    room.ends()
    document = summary.document_of(room.row, tell)
    assert document
    (step,) = document["facilitator"]["steps"]
    assert (step["answers"], step["left"]["people"]) == (3, 1)
    assert house.rows("SELECT count(*) FROM answer") == [(0,)]


def test_new_texts_wait_to_be_read_and_old_ones_keep_place_and_decision(house: House) -> None:
    room = house.room(WORDS, k=3)
    people, number = room.joins(9), room.puts()
    says(room, number, dict(zip(people[:4], ["calm", "tired", "open", "unkind"], strict=True)))
    room.beat()
    with pytest.raises(Conflict):
        room.shows(number, read=0)
    room.keeps_back(number, "words", "unkind")
    room.shows(number, read=1)
    assert words_shown(room) == {"calm", "tired", "open"}
    order = room.result(number).values["words"]  # type: ignore[union-attr]
    says(room, number, dict(zip(people[4:7], ["warm", "new", "unkind"], strict=True)))
    room.beat()
    assert words_shown(room) == {"calm", "tired", "open"}, "shown before anybody read it"
    body = room.result(number)
    assert body
    assert body.values["words"][:4] == order
    assert body.unread["words"] == ["new", "warm"], "a decision was forgotten"
    with pytest.raises(Conflict):
        room.shows(number, read=1)
    room.keeps_back(number, "words", "new", hidden=False)
    assert words_shown(room) == {"calm", "tired", "open", "new"}
    room.shows(number, read=2)
    assert words_shown(room) == {"calm", "tired", "open", "new", "warm"}


def test_a_part_that_too_few_changed_stays_while_another_is_renewed(house: House) -> None:
    two = Prompt(
        "choice",
        {
            "options": [{"label": "Tea"}, {"label": "Water"}],
            "allow_other": True,
            "mode": "multiple",
        },
        {"reveal": "live_batches", "review": "none"},
    )
    room = house.room(two, k=3)
    people, number = room.joins(8), room.puts()
    answer = {"picks": ["a"], "other": "a walk"}
    room.all_give(number, [(person, answer) for person in people[:3]])
    room.beat()
    room.all_give(number, [(person, {"picks": ["b"]}) for person in people[3:6]])
    room.gives(people[6], number, {"picks": ["b"], "other": "a nap"})
    room.beat()
    body = room.result(number)
    assert body
    assert releases.texts_in(body.values["other"]) == ["a walk"] * 3, (
        "one person's own words can be told"
    )
    assert len(body.values["picks"]) == 7
    assert body.batch == 2


def test_live_rounds_are_compared_with_none() -> None:
    """A comparison is made once, of two results that stand still."""
    line = {"label": "Right now I feel", "low": "stirred up", "high": "settled"}
    kind = kind_of("scale")
    frame = Frame(title="How is it?", reveal="live_batches")
    asked = Asked(kind, kind.read_settings({"items": [line]}), frame)
    assert pairing.why_not(asked, asked) is pairing.LIVE


def test_a_question_put_again_is_held_against_every_picture_there_was_of_it(house: House) -> None:
    """The last of them has many more people; an earlier one, which was seen too, has not."""
    room = house.room(LIVE, k=4)
    people, number = room.joins(12), room.puts()
    for many in (5, 11):
        picks(room, number, people[:many])
        room.beat()
    again = room.puts()
    picks(room, again, people[:6])
    room.beat()
    result = room.result(again)
    assert result
    assert result.again
