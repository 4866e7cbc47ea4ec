"""What each kind promises by itself: the lines of the catalogue that no other kind shares."""

import re
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from attune.display import draw as drawn
from attune.errors import Invalid, NotAnAnswer
from attune.frame import Frame
from attune.kinds import FOLDER, Section, kind_of, need, to_json
from tests.kinds.cases import OPTIONS, TALK
from tests.kinds.drawing import Seen, draw


def settings_of(name: str, **raw: Any) -> Any:
    return kind_of(name).read_settings(raw)


def section(name: str, settings: Any, part: str) -> Section[Any]:
    return next(each for each in kind_of(name).sections(settings) if each.name == part)


def refused(name: str, settings: Any, answer: Any) -> str:
    with pytest.raises(NotAnAnswer) as error:
        kind_of(name).read_answer(settings, answer)
    return str(error.value.message)


# --- choice -----------------------------------------------------------------------------------

CHOICE = kind_of("choice")
UP_TO_TWO = settings_of("choice", options=OPTIONS, mode="multiple", max_picks=2, allow_other=True)


def test_an_empty_choice_is_a_pass_and_never_an_answer() -> None:
    assert "pass" in refused("choice", UP_TO_TWO, {})
    assert "pass" in refused("choice", UP_TO_TWO, {"picks": []})
    assert "pass" in refused("choice", UP_TO_TWO, {"picks": [], "other": "  "})


def test_own_words_count_as_one_pick() -> None:
    answer = CHOICE.read_answer(UP_TO_TWO, {"picks": ["a"], "other": "a walk"})
    assert section("choice", UP_TO_TWO, "picks").take(answer) == ["a", "other"]
    assert section("choice", UP_TO_TWO, "other").take(answer) == "a walk"
    assert "2 at most" in refused("choice", UP_TO_TWO, {"picks": ["a", "b"], "other": "tea"})


def test_one_choice_is_one() -> None:
    one = settings_of("choice", options=OPTIONS, allow_other=True, max_picks=3)
    assert "only one" in refused("choice", one, {"picks": ["a", "b"]})
    assert "only one" in refused("choice", one, {"picks": ["a"], "other": "tea"})
    assert CHOICE.read_answer(one, {"other": "tea"}).other == "tea"
    assert not section("choice", one, "picks").multiple


@pytest.mark.parametrize("picks", [["e"], ["a", "a"], ["other"], ["A"], [""], "a", {"0": "a"}])
def test_only_what_was_offered_can_be_picked_and_once(picks: Any) -> None:
    refused("choice", UP_TO_TWO, {"picks": picks})


def test_own_words_are_refused_where_they_were_not_asked_for() -> None:
    plain = settings_of("choice", options=OPTIONS)
    refused("choice", plain, {"picks": ["a"], "other": "tea"})
    assert [each.name for each in CHOICE.sections(plain)] == ["picks"]


def test_the_bars_keep_the_written_order() -> None:
    labels = [category.label for category in section("choice", UP_TO_TWO, "picks").categories]
    assert labels == [*(option["label"] for option in OPTIONS), "Something else"]


@pytest.mark.parametrize(
    "options",
    [
        [],
        OPTIONS[:1],
        [{"label": f"Option {n}"} for n in range(13)],
        [{"label": "Tea"}, {"label": " tea "}],
        [{"label": "Tea"}, {"label": ""}],
        [{"label": "Tea"}, {"label": "x" * 81}],
    ],
)
def test_lists_that_nobody_can_choose_from_are_refused(options: Any) -> None:
    with pytest.raises(Invalid):
        settings_of("choice", options=options)


def test_several_choices_are_boxes_and_one_choice_is_radios() -> None:
    many = Seen(draw(CHOICE, UP_TO_TWO))
    one = Seen(draw(CHOICE, settings_of("choice", options=OPTIONS)))
    assert {each.attributes["type"] for each in many.controls()} == {"checkbox", "text"}
    assert {each.attributes["type"] for each in one.controls()} == {"radio"}
    assert 'data-behaviour="clear"' in one.html, "a radio alone cannot be unticked"


def test_the_device_and_not_the_server_shuffles() -> None:
    shuffled = settings_of("choice", options=OPTIONS, order="shuffled")
    assert draw(CHOICE, shuffled) == draw(CHOICE, shuffled)
    assert "data-shuffle" in draw(CHOICE, shuffled)
    assert re.findall(r'value="(\w)"', draw(CHOICE, shuffled)) == [*"abcd"]


# --- weather ----------------------------------------------------------------------------------

WEATHER = kind_of("weather")


def test_every_set_is_whole_and_has_a_picture_for_each_word() -> None:
    sizes = {"sky": 9, "ground": 7, "pace": 5}
    for name, size in sizes.items():
        tiles = section("weather", settings_of("weather", set=name), "pick").categories
        assert len(tiles) == size
        pictures = WEATHER.facts(settings_of("weather", set=name))["pictures"]
        assert all(pictures[tile.icon] for tile in tiles)
        assert len({str(pictures[tile.icon]) for tile in tiles}) == size


def test_what_hurts_in_this_place_can_be_left_out() -> None:
    calm = settings_of("weather", leave_out=["storm", "fog"])
    assert "storm" not in draw(WEATHER, calm)
    refused("weather", calm, {"pick": "storm"})


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"leave_out": ["snow"]}, "“snow” is not in this set"),
        ({"set": "pace", "leave_out": ["slow", "steady", "fast"]}, "Leave at least 3"),
        ({"set": "own", "own_set": [{"label": "a", "icon": "fog"}]}, "4 to 12"),
    ],
)
def test_a_set_that_cannot_be_used_says_why(raw: Any, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        settings_of("weather", **raw)
    assert reason in str(error.value.message)


def test_the_pictures_weigh_about_the_same() -> None:
    """No picture may shout: each is a few strokes and a tint."""
    for name, picture in WEATHER.facts(settings_of("weather"))["pictures"].items():
        assert 1 <= str(picture).count('fill-opacity=".16"') <= 3, name
        assert 150 <= len(picture) <= 700, name


# --- affect -----------------------------------------------------------------------------------

AFFECT = kind_of("affect")


def test_a_word_alone_is_an_answer_and_has_a_place() -> None:
    seven = settings_of("affect")
    answer = AFFECT.read_form(seven, [("word", "worn out")])
    assert section("affect", seven, "point").take(answer) == [-2, -3]
    assert section("affect", seven, "word").take(answer) == ["worn out"]


def test_a_person_knows_better_than_the_list_where_they_are() -> None:
    seven = settings_of("affect")
    answer = AFFECT.read_answer(seven, {"x": 1, "y": 1, "word": "restless"})
    assert section("affect", seven, "point").take(answer) == [1, 1]


@pytest.mark.parametrize("cells", [3, 5, 7, 9])
def test_every_word_has_a_place_on_every_grid(cells: int) -> None:
    settings = settings_of("affect", cells=cells)
    far = (cells - 1) // 2
    words = AFFECT.facts(settings)["words"]
    assert len(words) == 40
    assert all(abs(x) <= far and abs(y) <= far for _, x, y in words)
    assert {max(x for _, x, _ in words), -min(x for _, x, _ in words)} == {far}


def test_a_place_needs_both_lines_and_lies_on_the_grid() -> None:
    three = settings_of("affect", cells=3, ask_wish=True)
    assert "both lines" in refused("affect", three, {"x": 1})
    assert "both lines" in refused("affect", three, {"x": 1, "y": 0, "wish": {"y": 1}})
    refused("affect", three, {"x": 2, "y": 0})
    refused("affect", three, {"x": 0, "y": 0, "wish": {"x": -2, "y": 0}})
    assert "place or a word" in refused("affect", three, {})
    assert "place" in refused("affect", three, {"wish": {"x": 0, "y": 0}})


def test_words_and_wishes_are_refused_where_they_were_not_asked_for() -> None:
    bare = settings_of("affect", words=False)
    refused("affect", bare, {"word": "calm"})
    refused("affect", bare, {"x": 0, "y": 0, "wish": {"x": 0, "y": 0}})
    refused("affect", settings_of("affect"), {"word": "furious"})


def test_words_are_named_from_two_people_on_and_are_nobodys_own() -> None:
    word = section("affect", settings_of("affect"), "word")
    assert word.named_from == 2
    assert not word.is_text


@pytest.mark.parametrize("cells", [3, 5, 7, 9])
def test_each_cell_of_the_grid_is_a_control_with_its_own_words(cells: int) -> None:
    seen = Seen(draw(AFFECT, settings_of("affect", cells=cells, words=False)))
    grid = [each for each in seen.controls() if each.inside(attribute="data-grid")]
    lines = [each for each in seen.controls() if each.attributes.get("form") == "give"]
    assert len({seen.label_of(each) for each in grid}) == cells**2
    assert len(lines) == 2 * cells


# --- breath -----------------------------------------------------------------------------------

BREATH = kind_of("breath")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"inhale_s": 8, "exhale_s": 10}, "3.3 breaths a minute"),
        ({"inhale_s": 2, "exhale_s": 2.5}, "13.3 breaths a minute"),
        ({"inhale_s": 5, "exhale_s": 7, "cycles": 31}, "6.2 minutes"),
    ],
)
def test_breathing_too_slowly_too_fast_or_too_long_is_refused(raw: Any, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        settings_of("breath", **raw)
    assert reason in str(error.value.message)


@pytest.mark.parametrize("raw", [{"inhale_s": 4.2}, {"lead_in_s": 4}, {"hold_in_s": 5}])
def test_times_out_of_bounds_are_refused(raw: Any) -> None:
    with pytest.raises(Invalid):
        settings_of("breath", **raw)


def test_holding_and_short_out_breaths_are_warned_about() -> None:
    def warned(**raw: Any) -> list[str]:
        return [str(each) for each in BREATH.facts(settings_of("breath", **raw))["warnings"]]

    assert not warned()
    assert warned(hold_in_s=1) == ["Holding the breath unsettles some people."]
    assert "shorter than the in-breath" in warned(inhale_s=6, exhale_s=5)[0]


def test_breathing_stores_nothing_unless_the_group_is_asked_afterwards() -> None:
    assert not BREATH.asks(settings_of("breath"))
    assert not list(BREATH.sections(settings_of("breath")))
    assert not list(Seen(draw(BREATH, settings_of("breath"))).fields())
    assert BREATH.asks(settings_of("breath", after_check=True))
    refused("breath", settings_of("breath"), {"after": "more"})


def test_the_guide_says_where_it_began_and_how_it_goes() -> None:
    seen = Seen(draw(BREATH, settings_of("breath", inhale_s=3.5, exhale_s=4.5, cycles=8)))
    guide = next(each for each in seen.elements if each.attributes.get("data-play") == "breath")
    assert guide.attributes["id"] == "breath-3"
    assert guide.attributes["data-starts-at"] == "1700000000000"
    assert guide.attributes["data-lead-in"] == "8000"
    assert guide.attributes["data-pattern"] == "3500,0,4500,0"
    assert guide.attributes["data-cycles"] == "8"


def test_the_sound_comes_from_the_screen_alone() -> None:
    loud = settings_of("breath", sound=True)
    assert "data-sound" not in draw(BREATH, loud)
    assert "data-sound" in draw(BREATH, loud, "screen.html")
    assert "data-sound" not in draw(BREATH, settings_of("breath"), "screen.html")


def test_nobody_is_told_to_breathe_deeply_or_to_close_their_eyes() -> None:
    said = draw(BREATH, BREATH.example).lower() + draw(BREATH, BREATH.example, "screen.html")
    for word in ("deep breath.", "deeply", "close your eyes", "well done", "hold your breath"):
        assert word not in said
    assert "no need for deep breaths" in said


# --- pairs ------------------------------------------------------------------------------------

PAIRS = kind_of("pairs")


def test_the_facilitator_moves_through_each_step_of_the_talk() -> None:
    talk = settings_of("pairs", steps=TALK)
    assert PAIRS.last(talk) == 3
    places = [draw(PAIRS, talk, "during.html", progress=place) for place in range(4)]
    assert "Turn to the person next to you." in places[0]
    for place, step in zip(places[1:], TALK, strict=True):
        assert str(step["prompt"]) in Seen(place).all("h2")[0].text
    assert all(one != other for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.5, "About half a minute each"),
        (1, "About a minute each"),
        (2, "About 2 minutes each"),
        (2.5, "About 2 and a half minutes each"),
    ],
)
def test_times_are_said_softly(minutes: float, said: str) -> None:
    talk = settings_of("pairs", steps=[{"label": "A", "prompt": "B", "minutes": minutes}])
    assert said in draw(PAIRS, talk, "during.html", progress=1)


def test_being_ready_alone_is_an_answer() -> None:
    talk = settings_of("pairs", steps=TALK)
    answer = PAIRS.read_form(talk, [("ready", "true")])
    ready = section("pairs", talk, "ready")
    assert ready.take(answer) is True
    assert ready.reach == "facilitator"
    refused("pairs", talk, {"ready": True, "line": "We both walk"})


def test_on_my_own_weighs_the_same_as_with_a_partner() -> None:
    seen = Seen(draw(PAIRS, settings_of("pairs", steps=TALK)))
    modes = [each for each in seen.controls() if each.attributes.get("name") == "mode"]
    assert [each.attributes["value"] for each in modes] == ["pair", "three", "solo"]
    assert len({str({**each.attributes, "value": ""}) for each in modes}) == 1


# --- slide ------------------------------------------------------------------------------------

SLIDE = kind_of("slide")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![a picture](https://example.org/x.png)",
        "[a link](javascript:alert(1))",
        '<a href="https://example.org" onclick="x()">a</a>',
        "<style>* {display: none}</style>",
        "[a](data:text/html,x)",
        "```\n<b>code</b>\n```",
    ],
)
def test_what_a_slide_says_cannot_do_anything(body: str) -> None:
    html = str(SLIDE.facts(settings_of("slide", body=body))["body"])
    for element in Seen(html).elements:
        assert element.tag in {"h2", "h3", "h4", "p", "strong", "em", "ul", "ol", "li", "a", "br"}
        assert not {"onclick", "onerror", "src", "style"} & set(element.attributes)
        assert element.attributes.get("href", "https:").startswith("https:")


def test_a_slide_has_real_headings_lists_and_quotes() -> None:
    body = "# First\n\n## Second\n\n- one\n- two\n\n3. three\n\n> said\n\n**b** and *i*"
    tags = {each.tag for each in Seen(draw(SLIDE, settings_of("slide", body=body))).elements}
    assert {"h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em"} <= tags
    assert "h1" not in tags, "the page's own heading is the only one of the first level"


def test_a_link_opens_beside_the_room_and_says_so() -> None:
    seen = Seen(draw(SLIDE, settings_of("slide", body="[Read](https://example.org)")))
    (link,) = seen.all("a")
    assert link.attributes["target"] == "_blank"
    assert link.attributes["rel"] == "noopener noreferrer"
    assert link.text == "Read (opens in a new tab)"


@pytest.mark.parametrize(
    ("certainty", "label"),
    [
        ("well_supported", "Well supported"),
        ("promising", "Promising"),
        ("debated", "Still debated"),
    ],
)
def test_how_sure_the_science_is_stands_beside_it(certainty: str, label: str) -> None:
    slide = settings_of("slide", body="A claim", certainty=certainty, source="A book, 2019")
    for page in ("ask.html", "screen.html"):
        assert label in draw(SLIDE, slide, page)
        assert "A book, 2019" in draw(SLIDE, slide, page)


def test_phones_may_show_a_shorter_text() -> None:
    slide = settings_of("slide", body="The whole of it", phone_text="In short")
    assert "In short" in draw(SLIDE, slide)
    assert "The whole of it" not in draw(SLIDE, slide)
    assert "The whole of it" in draw(SLIDE, slide, "screen.html")


def test_a_long_slide_is_warned_about() -> None:
    assert not SLIDE.facts(settings_of("slide", body="word " * 60))["warnings"]
    assert SLIDE.facts(settings_of("slide", body="word " * 61))["warnings"]


# --- closing ----------------------------------------------------------------------------------

CLOSING = kind_of("closing")
ALL_OF_IT = settings_of("closing", ratings=["safe", "useful", "heard"])


def test_each_part_of_a_closing_has_its_own_reach() -> None:
    reaches = {each.name: (each.reach, each.tender) for each in CLOSING.sections(ALL_OF_IT)}
    assert reaches == {
        "word": (None, None),
        "safe": ("facilitator", True),
        "useful": ("facilitator", True),
        "heard": ("facilitator", True),
        "change": ("facilitator", None),
    }
    frame = Frame(title="Closing")
    needs = {each.name: need(each, frame, 4, 0) for each in CLOSING.sections(ALL_OF_IT)}
    assert needs == {"word": 4, "safe": 5, "useful": 5, "heard": 5, "change": 4}


def test_one_low_answer_about_safety_is_said_and_nothing_more() -> None:
    def noticed(*ratings: int | None) -> list[str]:
        raw: list[dict[str, Any]] = [
            {"word": "lighter", **({"safe": rating} if rating else {})} for rating in ratings
        ]
        given = [CLOSING.read_answer(ALL_OF_IT, each) for each in raw]
        return [str(message) for message in CLOSING.noticed(ALL_OF_IT, given)]

    assert noticed(3, 4, 5, None) == []
    assert noticed(5, 5, 5, 2) == ["At least one person did not feel safe enough."]
    assert noticed(1, 1, 2, 2) == ["At least one person did not feel safe enough."]


def test_the_steps_are_words_and_no_numbers() -> None:
    seen = Seen(draw(CLOSING, ALL_OF_IT))
    steps = [each for each in seen.controls() if each.attributes.get("name") == "safe"]
    assert [seen.label_of(each) for each in steps] == [
        "not at all",
        "a little",
        "partly",
        "mostly",
        "fully",
    ]


@pytest.mark.parametrize("safe", [0, 6, 3.0, "3", True])
def test_only_the_five_steps_are_ratings(safe: Any) -> None:
    refused("closing", ALL_OF_IT, {"safe": safe})


def test_any_part_may_stay_open_but_not_all() -> None:
    for given in ({"word": "ok"}, {"safe": 3}, {"change": "more time"}):
        assert CLOSING.read_answer(ALL_OF_IT, given)
    assert "at least one" in refused("closing", ALL_OF_IT, {})
    assert "at least one" in refused("closing", ALL_OF_IT, {"word": " "})


def test_what_was_not_asked_is_refused() -> None:
    only_word = settings_of("closing", ratings=[], change_ask=False)
    refused("closing", only_word, {"word": "ok", "safe": 3})
    refused("closing", only_word, {"word": "ok", "change": "x"})
    refused("closing", settings_of("closing", word_ask=""), {"word": "ok"})


def test_the_help_text_after_a_closing_can_be_left_out() -> None:
    assert CLOSING.facts(ALL_OF_IT)["show_help"]
    assert not CLOSING.facts(settings_of("closing", show_help=False))["show_help"]


# --- all of them ------------------------------------------------------------------------------


def test_no_kind_makes_the_same_person_again_and_again() -> None:
    for name in ("choice", "weather", "affect", "closing"):
        kind = kind_of(name)
        assert len({str(kind.some(kind.example, Random(seed))) for seed in range(30)}) > 5


def test_a_kind_names_no_other_kind() -> None:
    for file in FOLDER.glob("*/*.py"):
        others = {folder.name for folder in FOLDER.iterdir() if folder.is_dir()}
        for other in others - {file.parent.name}:
            assert f"exercises.{other}" not in file.read_text()


# --- scale ------------------------------------------------------------------------------------

SCALE = kind_of("scale")
TWO_LINES = settings_of(
    "scale",
    items=[
        {"label": "Steady?", "low": "not steady", "middle": "partly", "high": "very steady"},
        {"label": "Heard?", "low": "not at all", "high": "fully"},
    ],
)


def test_a_line_nobody_set_is_no_answer_and_not_a_middle_one() -> None:
    assert "at least one line" in refused("scale", TWO_LINES, {"items": {}})
    assert "pass" in refused("scale", TWO_LINES, {"items": {"i1": None, "i2": None}})
    assert "pass" in refused("scale", TWO_LINES, {})
    answer = SCALE.read_answer(TWO_LINES, {"items": {"i1": 5, "i2": None}})
    assert section("scale", TWO_LINES, "i1").take(answer) == 5
    assert section("scale", TWO_LINES, "i2").take(answer) is None


def test_each_line_is_held_and_tallied_by_itself() -> None:
    parts = list(SCALE.sections(TWO_LINES))
    assert [(part.name, part.draw, part.title) for part in parts] == [
        ("i1", "strip", "Steady?"),
        ("i2", "strip", "Heard?"),
    ]
    answers = [
        SCALE.read_answer(TWO_LINES, {"items": {"i1": step, **({"i2": 7} if step < 3 else {})}})
        for step in range(1, 7)
    ]
    first, second = (
        drawn(part, [part.take(each) for each in answers], form="full", need=4, tender=False)
        for part in parts
    )
    assert (first.held, first.n) == (False, 6)
    assert second.held


@pytest.mark.parametrize(
    "items", [{"i3": 1}, {"i1": 8}, {"i1": 0}, {"i1": 2.5}, {"i1": "5"}, {"i7": 1}]
)
def test_only_the_lines_and_steps_that_were_offered_can_be_set(items: Any) -> None:
    refused("scale", TWO_LINES, {"items": items})


def test_a_refused_step_is_named_by_its_field() -> None:
    with pytest.raises(NotAnAnswer) as error:
        SCALE.read_form(TWO_LINES, [("items.i2", "8")])
    assert error.value.field == "items.i2"


def test_a_radio_says_the_words_since_its_place_cannot_be_heard() -> None:
    seen = Seen(draw(SCALE, TWO_LINES))
    names = [seen.label_of(each) for each in seen.controls()]
    assert names[:7] == [
        "1 of 7, not steady",
        "2 of 7, nearer to “not steady”",
        "3 of 7, nearer to “not steady”",
        "4 of 7, partly",
        "5 of 7, nearer to “very steady”",
        "6 of 7, nearer to “very steady”",
        "7 of 7, very steady",
    ]
    assert names[10] == "4 of 7, in the middle"


def test_numbers_are_shown_only_where_they_were_asked_for() -> None:
    plain, numbered = (
        draw(SCALE, TWO_LINES),
        draw(SCALE, TWO_LINES.model_copy(update={"numbers": True})),
    )
    assert "1, not steady" in numbered
    assert "1, not steady" not in plain
    tiles = [
        each.text for each in Seen(plain).elements if each.attributes.get("class") == "scale-tile"
    ]
    assert set(tiles) == {""}


def test_every_line_can_be_cleared_by_itself() -> None:
    seen = Seen(draw(SCALE, TWO_LINES))
    buttons = [each for each in seen.all("button") if each.attributes["data-behaviour"] == "clear"]
    lines = [each.inside("fieldset") for each in buttons]
    assert len({id(line) for line in lines}) == 2
    assert [each.attributes["aria-label"] for each in buttons] == [
        "Clear: Steady?",
        "Clear: Heard?",
    ]


def test_a_word_for_the_middle_needs_a_middle_and_is_kept_meanwhile() -> None:
    six = TWO_LINES.model_copy(update={"points": 6})
    assert "partly" not in draw(SCALE, six)
    assert "middle" in str(SCALE.facts(six)["warnings"][0])
    assert not SCALE.facts(TWO_LINES)["warnings"]
    assert [each.label for each in section("scale", six, "i1").categories][2:4] == ["3", "4"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"low": "0", "high": "10"}, "Write words at the ends"),
        ({"low": "calm", "high": "Calm"}, "Both ends say the same"),
        ({"low": "", "high": "calm"}, "write something"),
    ],
)
def test_ends_that_say_nothing_are_refused(item: Any, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        settings_of("scale", items=[{"label": "A line", **item}])
    assert reason in str(error.value.message)


def test_two_lines_cannot_have_one_name() -> None:
    with pytest.raises(Invalid):
        settings_of("scale", items=[{"label": "A", "low": "x", "high": "y"}] * 2)


# --- words ------------------------------------------------------------------------------------

WORDS = kind_of("words")
UP_TO_THREE = settings_of("words")


def test_only_one_box_has_to_be_filled_and_it_may_be_any() -> None:
    assert WORDS.read_form(UP_TO_THREE, [("words", ""), ("words", " calm ")]).words == ("calm",)
    assert WORDS.read_answer(UP_TO_THREE, {"words": ["", "calm", " "]}).words == ("calm",)
    nothing: Mapping[str, object]
    for nothing in ({}, {"words": []}, {"words": ["", "  "]}):
        assert "pass" in refused("words", UP_TO_THREE, nothing)


def test_too_many_and_too_long_words_say_what_to_do() -> None:
    assert "3 words at most" in refused("words", UP_TO_THREE, {"words": [*"abcd"]})
    assert "by 4 characters" in refused("words", UP_TO_THREE, {"words": ["ok", "x" * 24]})
    assert "by 14 characters" in refused("words", UP_TO_THREE, {"words": ["x" * 34]})
    one = settings_of("words", max_words=1, max_chars=3)
    assert "one word only" in refused("words", one, {"words": ["a", "b"]})
    assert "by 1 character." in refused("words", one, {"words": ["four"]})


def test_characters_are_counted_as_people_count_them() -> None:
    three = settings_of("words", max_chars=3)
    assert WORDS.read_answer(three, {"words": ["👨‍👩‍👧🇩🇪"]}).words == ("👨‍👩‍👧🇩🇪",)
    assert "room" in refused("words", three, {"words": ["👨‍👩‍👧🇩🇪👨‍👩‍👧"]})


@pytest.mark.parametrize("letter", ['"', "\\", "é", "漢", "😀", "a\u0301"])
def test_the_fullest_answer_fits_what_is_kept_for_it(letter: str) -> None:
    for most, longest in ((1, 3), (3, 20), (5, 30)):
        settings = settings_of("words", max_words=most, max_chars=longest)
        answer = WORDS.read_answer(settings, {"words": [letter * longest] * most})
        assert len(to_json(answer)) <= WORDS.largest(settings)


@pytest.mark.parametrize(
    "words", ["calm", [5], [None], [["calm"]], ["a\ud800"], {"0": "calm"}, [True]]
)
def test_words_are_a_list_of_texts(words: Any) -> None:
    refused("words", UP_TO_THREE, {"words": words})


def test_a_word_said_five_times_by_one_person_is_said_once() -> None:
    part = section("words", UP_TO_THREE, "words")
    loud = WORDS.read_answer(UP_TO_THREE, {"words": ["rain", "Rain", "rain!"]})
    rest = [WORDS.read_answer(UP_TO_THREE, {"words": ["calm"]})] * 3
    values = [part.take(answer) for answer in (loud, *rest)]
    picture = drawn(part, values, form="full", need=4, tender=False)
    assert [(count.category, count.count) for count in picture.counts] == [("calm", 3), ("Rain", 1)]


def test_the_need_counts_authors_and_not_words() -> None:
    part = section("words", UP_TO_THREE, "words")
    few = [WORDS.read_answer(UP_TO_THREE, {"words": [*"abc"]})] * 3
    assert drawn(part, [part.take(each) for each in few], form="full", need=4, tender=False).held


@pytest.mark.parametrize("look", ["both", "list", "cloud"])
def test_the_facilitator_chooses_what_of_cloud_and_list_is_seen(look: str) -> None:
    assert section("words", settings_of("words", display=look), "words").look == look


@pytest.mark.parametrize("starters", [["x" * 21], ["tired", "Tired"], [""], [*"abcdefghijklm"]])
def test_starters_can_be_used_and_differ(starters: list[str]) -> None:
    with pytest.raises(Invalid):
        settings_of("words", starters=starters)
    with pytest.raises(Invalid):
        settings_of("words", max_chars=3, starters=["tired"])


def test_boxes_are_numbered_and_only_the_first_is_asked_for() -> None:
    seen = Seen(draw(WORDS, UP_TO_THREE))
    labels = [" ".join(seen.label_of(each).split()) for each in seen.controls()]
    assert labels == ["Word 1 of 3", "Word 2 of 3 if you like", "Word 3 of 3 if you like"]
    assert "maxlength" not in seen.html, "nothing that somebody wrote is cut"
