"""What holds for every kind of exercise, whatever it asks."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from attune import kinds
from attune.errors import Invalid, NotAnAnswer, TooLarge
from attune.frame import Frame
from attune.kinds import ENVELOPE, FOLDER, SIZES, AnyKind, Section, to_json
from tests.kinds.cases import ASKING, ASKING_IDS, CASES, IDS, SETTINGS
from tests.kinds.drawing import THROWAWAY, Element, Seen, draw

every = pytest.mark.parametrize(("kind", "options"), CASES, ids=IDS)
every_asking = pytest.mark.parametrize(("kind", "options"), ASKING, ids=ASKING_IDS)
SEEDS = range(25)

# Table "Defaults at a glance" of the catalogue: phase, reach, tender, reveal, minutes.
DEFAULTS = {
    "choice": ("explore", "group", False, "on_show", 2),
    "scale": ("explore", "group", False, "on_show", 2),
    "words": ("arrive", "group", False, "on_show", 2),
    "breath": ("ground", "group", False, "on_show", 2),
    "slide": ("explore", "group", False, "on_show", 2),
    "affect": ("arrive", "group", False, "on_show", 3),
    "pairs": ("discuss", "group", False, "never", 8),
    "weather": ("arrive", "group", False, "on_show", 2),
    "wall": ("explore", "group", False, "on_show", 5),
    "closing": ("close", "group", False, "on_show", 3),
}


def answers(kind: AnyKind, options: Any) -> Iterator[BaseModel]:
    for seed in SEEDS:
        yield kind.some(options, Random(seed))


def as_json(answer: BaseModel) -> Any:
    return json.loads(to_json(answer))


def flat(tree: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """An answer as a plain form sends it."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from flat(value, f"{at}.{name}" if at else name)
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from flat(value, f"{at}.{place}" if isinstance(value, dict) else at)
    else:
        yield at, "true" if tree is True else str(tree)


def test_the_kinds_of_this_page_are_found_and_named_for_their_folders() -> None:
    found = kinds.find(FOLDER)
    assert set(SETTINGS) <= set(found)
    assert all(kind.name == name for name, kind in found.items())


def test_a_kind_in_another_folder_is_found_beside_the_shipped_ones() -> None:
    try:
        kinds.use(THROWAWAY)
        assert {"colour", "choice"} <= set(kinds.kinds())
        assert kinds.kind_of("colour").title == "A colour"
    finally:
        kinds.use()
    assert "colour" not in kinds.kinds()


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_the_common_fields_start_as_the_catalogue_says(name: str) -> None:
    usual = kinds.kind_of(name).defaults
    there = (usual.phase, usual.reach, usual.tender, usual.reveal, usual.minutes)
    assert there == DEFAULTS[name]
    assert usual.invitation
    Frame(
        title="A step",
        invitation=usual.invitation,
        discuss=usual.discuss,
        alternative=usual.alternative,
        minutes=usual.minutes,
    )


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_kind_that_can_take_own_words_is_reviewed_unless_a_step_says_otherwise(
    name: str,
) -> None:
    kind = kinds.kind_of(name)
    takes_text = any(
        section.is_text
        for of, options in CASES
        if of.name == name
        for section in kind.sections(options)
    )
    assert kind.defaults.review == ("before_show" if takes_text else "none")


@every
def test_settings_written_down_are_the_same_settings_when_read(kind: AnyKind, options: Any) -> None:
    assert kind.read_settings(options.model_dump(mode="json")) == options


@every
def test_unknown_settings_are_refused(kind: AnyKind, options: Any) -> None:
    with pytest.raises(Invalid):
        kind.read_settings({**options.model_dump(mode="json"), "unheard_of": 1})


@every_asking
def test_an_answer_is_the_same_after_json_and_after_a_form(kind: AnyKind, options: Any) -> None:
    for answer in answers(kind, options):
        assert kind.read_answer(options, as_json(answer)) == answer
        assert kind.read_form(options, flat(as_json(answer))) == answer


@every_asking
def test_an_answer_fits_into_the_one_size_of_its_round(kind: AnyKind, options: Any) -> None:
    largest = kind.largest(options)
    assert kind.body_size(options) in SIZES
    assert largest + ENVELOPE <= kind.body_size(options)
    assert all(len(to_json(answer)) <= largest for answer in answers(kind, options))


@every_asking
def test_no_kind_takes_a_larger_body_than_it_needs(kind: AnyKind, options: Any) -> None:
    """A bound far too high would make every pass and every answer travel and lie as kilobytes."""
    fullest = max(len(to_json(answer)) for answer in answers(kind, options))
    has_text = any(section.is_text for section in kind.sections(options))
    assert kind.largest(options) <= (8_000 if has_text else 4 * fullest + 40)


def texts_of(answer: type[BaseModel]) -> list[str]:
    """The fields that take a person's own words: strings that no pattern and no list bounds."""
    return [
        name
        for name, field in answer.model_fields.items()
        if "Text(" in str(field.annotation) + str(field.metadata)
    ]


# Characters that are wide in UTF-8 or in JSON, alone and joined to what stands before them.
GREEDY = st.text(st.sampled_from('\\"a\u0301\u0327é漢😀🇩🇪‍👩'), min_size=1, max_size=220)


@every_asking
@settings(max_examples=30, deadline=None)
@given(words=st.lists(GREEDY, min_size=2, max_size=2), seed=st.sampled_from(SEEDS))
def test_what_the_schema_takes_is_never_too_large(
    kind: AnyKind, options: Any, words: list[str], seed: int
) -> None:
    """The bound is honest: an answer that is otherwise fine cannot fail for its size alone."""
    given_answer = as_json(kind.some(options, Random(seed)))
    for name, word in zip(texts_of(kind.answer), words, strict=False):
        given_answer[name] = word
    try:
        answer = kind.read_answer(options, given_answer)
    except NotAnAnswer:
        return
    except TooLarge:
        pytest.fail(f"{kind.name} promises {kind.largest(options)} bytes: {given_answer}")
    assert kind.read_answer(options, as_json(answer)) == answer


@every_asking
def test_what_does_not_belong_to_an_answer_is_refused(kind: AnyKind, options: Any) -> None:
    fine = as_json(kind.some(options, Random(1)))
    for wrong in ({**fine, "name": "Ana"}, [fine], "fine", 5, None, True):
        with pytest.raises(NotAnAnswer):
            kind.read_answer(options, wrong)
    value: object
    for name in kind.answer.model_fields:
        for value in (math.nan, math.inf, -99, 10**30, {"a": {"b": 1}}, [[]], "x" * 500, 1.5):
            with pytest.raises(NotAnAnswer):
                kind.read_answer(options, {**fine, name: value})
    with pytest.raises(TooLarge):
        kind.read_answer(options, {**fine, "more": "x" * 9_000})


@every_asking
def test_a_yes_is_no_number_and_a_number_is_no_yes(kind: AnyKind, options: Any) -> None:
    fine = as_json(kind.some(options, Random(1)))
    for name, field in kind.answer.model_fields.items():
        if field.annotation is bool:
            wrong: list[Any] = [1, 0, "true"]
        else:
            wrong = [True, False]
        for value in wrong:
            with pytest.raises(NotAnAnswer):
                kind.read_answer(options, {**fine, name: value})


@every_asking
def test_lone_surrogates_are_refused_or_removed(kind: AnyKind, options: Any) -> None:
    fine = as_json(kind.some(options, Random(1)))
    for name in texts_of(kind.answer):
        with pytest.raises(NotAnAnswer):
            kind.read_answer(options, {**fine, name: "a\ud800b"})


@every
def test_each_section_takes_what_its_drawing_can_draw(kind: AnyKind, options: Any) -> None:
    sections = list(kind.sections(options))
    assert len({section.name for section in sections}) == len(sections)
    assert bool(sections) == kind.asks(options)
    if not kind.asks(options):
        return
    for answer in answers(kind, options):
        values = {section.name: section.take(answer) for section in sections}
        assert any(value is not None for value in values.values())
        for section in sections:
            if values[section.name] is not None:
                assert_fits(section, values[section.name])


def assert_fits(section: Section[Any], value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    offered = [category.id for category in section.categories]
    assert len(set(offered)) == len(offered)
    match section.draw:
        case "strip":
            assert type(value) is int
            assert 1 <= value <= len(offered)
        case "bars" | "icons":
            assert value
            assert set(value) <= set(offered)
            assert len(set(value)) == len(value)
            assert section.multiple or len(value) == 1
        case "words":
            assert value
            assert all(type(word) is str and word for word in value)
        case "cards":
            for text, place in [[value, None]] if type(value) is str else value:
                assert type(text) is str
                assert text
                assert place is None or place in offered
        case "grid":
            assert section.axes
            far = (section.axes.cells - 1) // 2
            assert [type(at) for at in value] == [int, int]
            assert all(-far <= at <= far for at in value)
        case "count":
            assert value is True


@every
def test_what_a_kind_notices_needs_no_name(kind: AnyKind, options: Any) -> None:
    given_answers = list(answers(kind, options)) if kind.asks(options) else []
    assert all(str(message) for message in kind.noticed(options, given_answers))
    assert not kind.noticed(options, [])


# --- what is drawn ----------------------------------------------------------------------------


@every
def test_nothing_is_chosen_before_a_person_chooses(kind: AnyKind, options: Any) -> None:
    seen = Seen(draw(kind, options))
    assert not [each for each in seen.controls() if "checked" in each.attributes]
    typed = [each for each in seen.controls() if each.attributes.get("type", "text") == "text"]
    assert not [each for each in typed if each.attributes.get("value") or each.text.strip()]


@every_asking
def test_my_answer_drawn_and_sent_again_is_my_answer(kind: AnyKind, options: Any) -> None:
    for answer in answers(kind, options):
        seen = Seen(draw(kind, options, mine=as_json(answer)))
        assert kind.read_form(options, seen.fields()) == answer


@every
def test_every_control_says_what_it_is_and_belongs_to_the_form(kind: AnyKind, options: Any) -> None:
    seen = Seen(draw(kind, options))
    for control in seen.controls():
        assert seen.label_of(control), control
        kept_here = control.inside(attribute="data-private") or control.inside(
            attribute="data-grid"
        )
        assert (control.attributes.get("form") == "give") is (kept_here is None)
    ids = [each.attributes["id"] for each in seen.elements if "id" in each.attributes]
    assert len(set(ids)) == len(ids)


@every
def test_choices_stand_in_a_named_group(kind: AnyKind, options: Any) -> None:
    seen = Seen(draw(kind, options))
    for control in seen.controls():
        if control.attributes.get("type") in {"radio", "checkbox"}:
            group = control.inside("fieldset") or control.inside(attribute="aria-label")
            assert group, control
    for group in seen.all("fieldset"):
        legends = [each for each in seen.all("legend") if each.parents[-1] is group]
        assert [bool(legend.text.strip()) for legend in legends] == [True]


@every
def test_private_words_have_no_name_to_be_sent_by(kind: AnyKind, options: Any) -> None:
    seen = Seen(draw(kind, options))
    private = [each for each in seen.controls() if each.inside(attribute="data-private")]
    for control in private:
        assert "name" not in control.attributes
        assert "form" not in control.attributes
    if private:
        assert "use paper" in seen.html


@every
def test_names_are_paths_into_the_answer(kind: AnyKind, options: Any) -> None:
    for control in Seen(draw(kind, options)).controls():
        name = control.attributes.get("name", "")
        if control.attributes.get("form") == "give":
            model: Any = kind.answer
            for part in re.sub(r"\.\d+", "", name).split("."):  # the number of a row
                assert part in model.model_fields, name
                annotation = model.model_fields[part].annotation
                inner = getattr(annotation, "__args__", (annotation,))
                model = next((each for each in inner if isinstance(each, type)), None)


@every
def test_nothing_drawn_needs_script_or_style_inside_the_page(kind: AnyKind, options: Any) -> None:
    for html in pages(kind, options):
        for element in Seen(html).elements:
            assert element.tag not in {"script", "style", "iframe", "img", "form"}
            assert "style" not in element.attributes
            assert not [name for name in element.attributes if name.startswith("on")]
            assert_stays_here(element)


def assert_stays_here(element: Element) -> None:
    if element.tag == "a":
        assert element.attributes["target"] == "_blank"
        assert "noopener" in element.attributes["rel"]
    else:
        assert not {"href", "src", "action"} & set(element.attributes)


@every
def test_every_place_inside_a_round_can_be_drawn(kind: AnyKind, options: Any) -> None:
    """No page holds more than the answer's own form: what moves is the same for everybody."""
    for html in pages(kind, options):
        assert Seen(html).elements
        assert "A title of <the>" not in html


def pages(kind: AnyKind, options: Any) -> Iterator[str]:
    folder = (FOLDER if (FOLDER / kind.name).is_dir() else THROWAWAY) / kind.name
    yield draw(kind, options)
    for name in ("screen.html", "during.html", "results.html"):
        if (folder / name).is_file():
            for progress in range(kind.last(options) + 1):
                yield draw(kind, options, name, progress=progress)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_kind_keeps_to_its_own_class_names(name: str) -> None:
    """Two kinds and the platform share one style sheet: a plain name would reach too far."""
    sheet: Path = FOLDER / name / "style.css"
    own = {each for each in _classes(sheet.read_text()) if not each.startswith(f"{name}-")}
    assert own <= {"vh", "also", "soft", "has-script"}


def _classes(css: str) -> set[str]:
    return set(re.findall(r"\.(-?[a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)))
