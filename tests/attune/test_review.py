"""Reading people's own words before the room does: keeping back, covering, grouping, undoing."""

import csv
import io
import json
from collections.abc import Callable

import pytest

from attune import edits, resonating, review, summary
from attune.changes import AUDIENCES, Audience
from attune.display import ByHand
from attune.drawing import tell, versions
from attune.errors import Conflict, Invalid, OwnCard, RoundClosed
from attune.rounds import RESONATING
from attune.stage import stage
from attune.summary.data import data
from attune.summary.markdown import markdown
from attune.summary.sheet import sheet
from tests.attune.test_resonating import WALL, card, shown
from tests.house import House, LiveRoom, Prompt

WORDS = Prompt("words", {})
TEXTS = [
    "Anna shouted at me",
    "I went quiet, Anna saw it",
    "The radio on low",
    "She made tea",
    "He stayed",
]


FILES: list[Callable[[summary.Document, str], str]] = [data, sheet]


def read(room: LiveRoom) -> dict[str, str]:
    """Everything that anybody but who leads is sent or given of the room, by what it is."""
    document = summary.document_of(room.row, tell)
    assert document
    document = summary.as_read_by(room.lead_id, document)
    told = {
        f"{make.__name__} {part}": make(document, part)
        for make in FILES
        for part in ("group", "facilitator")
    }
    for part in ("group", "facilitator"):
        told[f"markdown {part}"] = markdown(document, part, tell)
    if room.row.state == "live":
        for audience in ("participant", "screen"):
            told[audience] = repr(stage(room.row, known(audience)).results)
        console = stage(room.row, "console").console
        assert console
        assert console.preview
        told["preview"] = repr(console.preview.pictures)
    return told


def where(room: LiveRoom, text: str) -> set[str]:
    return {what for what, told in read(room).items() if text in told}


def test_a_covered_word_is_in_no_page_no_push_and_no_file_and_the_rest_is_as_written(
    house: House,
) -> None:
    room = house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    assert where(room, "Anna")
    room.covers(number, "cards", TEXTS[0], "Anna")
    room.covers(number, "cards", TEXTS[1], "Anna")
    assert where(room, "Anna") == set()
    assert where(room, "••• shouted at me")
    assert where(room, "I went quiet, ••• saw it")
    room.undoes(number)
    assert where(room, "I went quiet, Anna saw it")
    room.undoes(number)
    assert where(room, "Anna shouted at me")


def test_what_was_covered_or_kept_back_stays_so_in_what_is_kept_of_the_room(house: House) -> None:
    room = house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    room.covers(number, "cards", TEXTS[0], "Anna")
    room.keeps_back(number, "cards", TEXTS[1])
    room.ends()
    assert where(room, "Anna") == set()
    assert where(room, "saw it") == set()
    assert where(room, "shouted at me")


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "cards are drawn as they were written": lambda patch: patch.setattr(
        edits, "cover", lambda text, words: text
    ),
    "edits are left out of what is drawn": lambda patch: patch.setattr(
        edits, "of", lambda steps, section: edits.Edits()
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_mask_that_leaves_the_word_anywhere_is_found(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The same look finds it in each place where it would be left."""
    room = sqlite_house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    room.covers(number, "cards", TEXTS[0], "Anna")
    room.covers(number, "cards", TEXTS[1], "Anna")
    BROKEN[broken](monkeypatch)
    left = where(room, "Anna")
    assert {"participant", "screen", "data group", "sheet group", "markdown group"} <= left


def test_every_step_is_undone_before_and_after_showing(house: House) -> None:
    room = house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    for hidden in (True, False):
        if hidden:
            room.hides(number)
        else:
            room.shows(number)
        before = room.result(number)
        steps: list[Callable[[], None]] = [
            lambda: room.keeps_back(number, "cards", TEXTS[2]),
            lambda: room.covers(number, "cards", TEXTS[0], "Anna"),
            lambda: room.themes(number, "cards", TEXTS[2:4], "Small things"),
        ]
        for step in steps:
            step()
            assert room.result(number) != before
            step()  # pressed twice it is one step
            room.undoes(number)
            assert room.result(number) == before
    with pytest.raises(Conflict):
        room.undoes(number)


def test_a_card_has_one_theme_and_those_without_one_say_so(house: House) -> None:
    room = house.room(Prompt("wall", {"columns": ["At work"]}))
    people = room.joins(5)
    number = room.puts()
    for person, text in zip(people, TEXTS, strict=True):
        card = {"text": text, "col": "c1"} if text == "He stayed" else {"text": text}
        room.gives(person, number, {"cards": [card]})
    room.closes(number)
    room.shows(number)
    room.themes(number, "cards", TEXTS[2:4], "Small things")
    room.themes(number, "cards", TEXTS[3:4], " Someone  cared ")
    rows = [
        (row["theme"], row["text"])
        for row in csv.DictReader(io.StringIO(read(room)["sheet group"].removeprefix("\ufeff")))
        if row["table"] == "texts"
    ]
    assert {text: theme for theme, text in rows} == {
        TEXTS[0]: "",
        TEXTS[1]: "",
        TEXTS[2]: "Small things",
        TEXTS[3]: "Someone cared",
        TEXTS[4]: "At work",
    }
    assert [theme for theme, _ in rows] == ["At work", "Small things", "Someone cared", "", ""]
    text = read(room)["markdown group"]
    assert text.index("Small things") < text.index("The radio") < text.index("Someone cared")
    assert "No theme yet" in text
    room.themes(number, "cards", ["He stayed"], "")
    assert where(room, "At work") == set()
    with pytest.raises(Invalid, match="40 characters"):
        room.themes(number, "cards", TEXTS[:1], "x" * 41)
    with pytest.raises(Invalid, match="Tick"):
        room.themes(number, "cards", [], "Nothing")


def words_of(room: LiveRoom, number: int, *words: list[str]) -> None:
    for person, said in zip(room.joins(len(words)), words, strict=True):
        room.gives(person, number, {"words": said})
    room.closes(number)
    room.previews(number)


def test_joined_words_are_counted_by_people_and_come_apart_again(house: House) -> None:
    room = house.room(WORDS)
    number = room.puts()
    words_of(room, number, ["tired", "so tired"], ["so tired"], ["tired"], ["tired"], ["calm"])
    assert room.tells(number) == {"tired": 3, "so tired": 2, "calm": 1}
    room.joins_words(number, "words", ["so tired", "tired"])
    assert room.tells(number) == {"tired": 4, "calm": 1}
    room.counts(number, {"words": ByHand({"so tired": 2}, 2)})
    assert room.tells(number) == {"tired": 6, "calm": 1}
    room.undoes(number)
    assert room.tells(number) == {"tired": 3, "so tired": 4, "calm": 1}


def test_joining_never_lets_in_what_was_kept_back_or_covered(house: House) -> None:
    room = house.room(WORDS)
    number = room.puts()
    words_of(room, number, ["Ben"], ["Ben again"], ["calm"], ["calm"], ["calm"])
    room.keeps_back(number, "words", "Ben")
    room.joins_words(number, "words", ["Ben again", "Ben"])
    assert room.tells(number) == {"calm": 3}
    room.undoes(number)
    room.undoes(number)
    room.covers(number, "words", "Ben", "Ben")
    room.joins_words(number, "words", ["Ben again", "Ben"])
    assert "Ben" not in repr(room.tells(number))


def test_words_of_hands_are_kept_back_and_covered_like_those_of_phones(house: House) -> None:
    room = house.room(WORDS)
    number = room.puts()
    words_of(room, number, ["calm"], ["rude Ben"], ["calm"], ["calm"])
    room.counts(number, {"words": ByHand({"Rude Ben!": 2, "calm": 1}, 3)})
    room.covers(number, "words", "rude Ben", "Ben")
    assert "Ben" not in repr(room.tells(number))
    room.keeps_back(number, "words", "rude Ben")
    assert room.tells(number) == {"calm": 4}


@pytest.mark.parametrize("form", ["full", "soft", "words"])
def test_every_form_obeys_the_edits(house: House, form: str) -> None:
    room = house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    room.covers(number, "cards", TEXTS[0], "Anna")
    room.keeps_back(number, "cards", TEXTS[1])
    room.shows(number, form)
    assert where(room, "Anna") == set()
    results = stage(room.row, "screen").results
    assert results
    assert results.pictures[0].n == 5, "whoever wrote it still counts"


def test_words_are_covered_in_scripts_without_spaces_and_nowhere_else() -> None:
    assert edits.cover("Anna's, ANNA! Annabel", {"anna"}) == "Anna's, •••! Annabel"
    assert edits.cover("ana@example.org wrote", {"ana"}) == "•••@example.org wrote"
    assert edits.cover("今日は田中さん", {"田"}) == "今日は•••中さん"
    assert edits.words_in("Ben, ben and Ben's!") == ["Ben", "and", "Ben's"]
    assert edits.cover("👩‍👧 und Åsa", {"åsa"}) == "👩‍👧 und •••"


def test_a_kept_back_card_cannot_be_marked(house: House) -> None:
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people, TEXTS)
    radio = card(room, number, TEXTS[2])
    room.moves(number, RESONATING)
    room.keeps_back(number, "cards", TEXTS[2])
    with pytest.raises(Invalid):
        room.marks(people[0], number, radio)


# --- an author who is stopped -------------------------------------------------------------------


def stopped_wall(house: House) -> tuple[LiveRoom, int, list[bytes], dict[str, str]]:
    """A wall on which the author of the first card gives no more."""
    room = house.room(WALL)
    people = room.joins(5)
    number = shown(room, people, TEXTS)
    ids = {text: card(room, number, text) for text in TEXTS}
    room.moves(number, RESONATING)
    room.stops(number, "cards", TEXTS[0])
    return room, number, people, ids


def test_a_stopped_author_hears_what_everybody_hears_of_a_round_that_closed(house: House) -> None:
    room, number, people, ids = stopped_wall(house)
    with pytest.raises(RoundClosed) as stopped:
        room.marks(people[0], number, ids[TEXTS[3]])
    room.marks(people[1], number, ids[TEXTS[3]])
    room.moves(number, 2)
    with pytest.raises(RoundClosed) as closed:
        room.marks(people[1], number, ids[TEXTS[4]])
    assert (str(stopped.value), stopped.value.code) == (str(closed.value), closed.value.code)


def test_stopping_is_seen_by_nobody_takes_no_seat_and_ends_with_the_round(house: House) -> None:
    room = house.room(WALL, WALL)
    people = room.joins(5)
    number = shown(room, people, TEXTS)
    room.moves(number, RESONATING)
    before = {who: seen_by(room, who) for who in ("participant", "screen")}
    console = versions(room.id, "console")
    room.stops(number, "cards", TEXTS[0])
    assert {who: seen_by(room, who) for who in before} == before
    assert versions(room.id, "console") == console | {
        name: console.get(name, 0) + 1 for name in ("now", "results")
    }
    assert house.rows("SELECT count(*) FROM seat WHERE state = 'in'") == [(5,)]
    again = room.puts(1)
    assert room.gives(people[0], again, {"cards": [{"text": "I am still here"}]}).ver == 1


def test_stopping_marks_one_card_and_not_the_others_of_its_author(house: House) -> None:
    """Else the console would say which cards are of one person."""
    room = house.room(WALL)
    people = room.joins(4)
    number = room.puts()
    for place, person in enumerate(people):
        cards = [{"text": f"{word} {place}"} for word in ("one", "two")]
        room.gives(person, number, {"cards": cards})
    room.closes(number)
    room.shows(number)
    room.moves(number, RESONATING)
    room.stops(number, "cards", "one 0")
    console = stage(room.row, "console").console
    assert console
    assert console.preview
    marked = [text.item.text for text in console.preview.texts[0].texts if text.stopped]
    assert marked == ["one 0"]


def test_who_was_stopped_may_go_on_when_let(house: House) -> None:
    room, number, people, ids = stopped_wall(house)
    with pytest.raises(RoundClosed):
        room.marks(people[0], number, ids[TEXTS[3]])
    room.stops(number, "cards", TEXTS[0], stopped=False)
    assert room.marks(people[0], number, ids[TEXTS[3]]).ver == 1
    with pytest.raises(OwnCard):
        room.marks(people[0], number, ids[TEXTS[0]])


def seen_by(room: LiveRoom, audience: str) -> str:
    """What is drawn, and whether anything is drawn anew: a push without a change is a sign, too."""
    return repr((stage(room.row, known(audience)), versions(room.id, known(audience))))


def known(audience: str) -> Audience:
    return next(each for each in AUDIENCES if each == audience)


def test_a_stop_that_says_so_is_told_from_a_round_that_closed(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: a refusal of its own."""

    def says_so(*_: object) -> bool:
        raise Invalid

    room, number, people, ids = stopped_wall(sqlite_house)
    monkeypatch.setattr(resonating, "is_stopped", says_so)
    with pytest.raises(Invalid) as stopped:
        room.marks(people[0], number, ids[TEXTS[3]])
    assert stopped.value.code != RoundClosed.code


def test_the_steps_lie_in_the_seal_and_not_in_a_table(sqlite_house: House) -> None:
    room = sqlite_house.room(WALL)
    number = shown(room, room.joins(5), TEXTS)
    room.themes(number, "cards", TEXTS[2:3], "Zebra crossing")
    room.covers(number, "cards", TEXTS[0], "Anna")
    whole = sqlite_house.bytes_on_disk()
    assert b"Zebra" not in whole
    assert b"Anna" not in whole
    body = room.result(number)
    assert body
    assert json.loads(body.packed())["steps"][0][3] == "Zebra crossing"
    assert list(review.themes(body, "cards")) == ["Zebra crossing"]
