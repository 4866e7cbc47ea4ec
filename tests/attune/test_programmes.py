"""Programmes: the shipped ones are whole, and a wrong file says where it is wrong."""

import re
from pathlib import Path

import pytest

from attune.frame import RoomSettings
from attune.kinds import kind_of
from attune.programmes import BadProgramme, all_programmes, load

GOOD = """\
programme: short
title: A short one
for: a class
total_minutes: 5
room: {k: 4, age_band: teen}
if_short: [talk]
before: Say that they may pass.
steps:
  - id: weather
    kind: weather
    title: Weather report
    minutes: 3
    settings: {set: sky, word: true}
  - id: talk
    kind: pairs
    title: A word with your neighbour
    optional: true
    minutes: 2
    say: Do not hurry them.
    settings:
      steps:
        - {label: Both, prompt: "What went okay?", minutes: 1}
"""


def read(folder: Path, text: str, name: str = "short") -> str:
    """What is said of a wrong file, after its name."""
    (folder / f"{name}.yaml").write_text(text)
    with pytest.raises(BadProgramme) as error:
        load(folder)
    assert str(error.value).startswith(f"{name}.yaml, line ")
    return str(error.value).removeprefix(f"{name}.yaml, ")


def test_the_classroom_check_in_is_whole() -> None:
    programme = all_programmes()["classroom-check-in"]
    assert programme.title == "How are we today?"
    assert programme.audience.startswith("a class or group")
    assert programme.room == RoomSettings(k=4, age_band="teen")
    assert programme.before.startswith("Tell pupils first")
    assert programme.if_short == ("talk",)
    assert programme.steps_if_short == ("Shoulder partner",)
    assert [(step.id, step.kind, step.frame.minutes) for step in programme.steps] == [
        ("hello", "slide", 1),
        ("weather", "weather", 3),
        ("energy", "affect", 4),
        ("quiet", "breath", 2),
        ("help", "choice", 4),
        ("talk", "pairs", 4),
        ("end", "closing", 2),
    ]


def test_every_shipped_programme_is_complete_without_its_kinds_defaults() -> None:
    for programme in all_programmes().values():
        for step in programme.steps:
            kind = kind_of(step.kind)
            assert step.frame.invitation
            assert kind.read_settings(step.settings.model_dump(mode="json")) == step.settings
            assert not kind.facts(step.settings).get("warnings")


def test_programmes_are_read_once() -> None:
    assert all_programmes() is all_programmes()


def test_what_a_step_leaves_out_its_kind_fills_in(tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text(GOOD)
    weather, talk = load(tmp_path)["short"].steps
    assert weather.frame.phase == "arrive"
    assert weather.frame.review == "before_show"
    assert weather.frame.invitation == kind_of("weather").defaults.invitation
    assert talk.frame.reveal == "never"
    assert talk.frame.facilitator_note == "Do not hurry them."
    assert talk.frame.optional


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("title: A short one", "titel: A short one"), r"line \d+: .*title.*This is missing"),
        (("    minutes: 3", "    minuets: 3"), r"line \d+: steps.1.minutes: This is missing"),
        (("room: {k: 4,", "room: {k: 2,"), r"line 5: room.k: .*greater than or equal to 3"),
        (("k: 4, age", "k: 4, colour: red, age"), r"line 5: room.colour: There is no such field"),
        (("kind: weather", "kind: wether"), r"line 10: steps.1.kind: .*“wether”"),
        (("set: sky", "set: skye"), r"line 13: steps.1.settings.set: .*'sky'"),
        (("word: true", "wrod: true"), r"line 13: steps.1.settings.wrod: There is no such field"),
        (("minutes: 1}", "minutes: 11}"), r"line 22: steps.2.settings.steps.1.minutes: .*10"),
        (("id: talk", "id: weather"), r"line 14: steps.2.id: .*“weather”"),
        (("total_minutes: 5", "total_minutes: 6"), r"line 4: total_minutes: The steps take 5"),
        (("[talk]", "[tlak]"), r"line 6: if_short.1: No step has the id “tlak”"),
        (("    optional: true\n", ""), r"line 6: if_short.1: .*optional: true"),
        (("Do not hurry them.", "x" * 1001), r"line 19: steps.2.say: Shorten this by 1"),
        (("title: Weather report", "title: ''"), r"line 11: steps.1.title: .*write something"),
        (("programme: short", "programme: shorter"), r"line 1: programme: The file is called"),
        (("title: A short one", "title: [unclosed"), r"line \d+: This is not YAML"),
        (("for: a class", "title: twice"), r"line 3: This is not YAML"),
        (("minutes: 3", "minutes: 3.2"), r"line 12: steps.1.minutes: .*multiple of 0.5"),
        (("minutes: 3", "minutes: soon"), r"line 12: steps.1.minutes: .*number"),
    ],
)
def test_a_wrong_file_names_the_line_and_the_reason(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in GOOD
    reason = read(tmp_path, GOOD.replace(*change, 1))
    assert re.match(said, reason), reason
    assert reason.count("\n") == 0


@pytest.mark.parametrize("text", ["", "- a list", "just words", "\x00"])
def test_a_file_that_is_no_programme_says_so(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).startswith("line 1: ")


def test_a_breath_that_nobody_should_follow_is_refused_with_its_step(tmp_path: Path) -> None:
    text = GOOD.replace("kind: weather", "kind: breath").replace(
        "{set: sky, word: true}", "{inhale_s: 8, exhale_s: 10}"
    )
    assert "line 13: steps.1.settings: This makes 3.3 breaths a minute." in read(tmp_path, text)


PAIRED = """\
programme: paired
title: Before and after
total_minutes: 4
steps:
  - {id: then, kind: weather, title: Then, minutes: 1, settings: {set: sky}}
  - {id: line, kind: scale, title: L, minutes: 1, settings: {items: [{label: a, low: b, high: c}]}}
  - id: now
    kind: weather
    title: Now
    minutes: 1
    pair_with: then
    settings: {set: sky, word: true}
  - {id: rest, kind: breath, title: Breathe, minutes: 1}
"""


def test_a_step_may_be_compared_with_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "paired.yaml").write_text(PAIRED)
    steps = load(tmp_path)["paired"].steps
    assert [step.pair_with for step in steps] == [None, None, "then", None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("pair_with: then", "pair_with: than"), "No step has the id “than”."),
        (("pair_with: then", "pair_with: now"), "The step to compare with has to come before"),
        (("pair_with: then", "pair_with: rest"), "The step to compare with has to come before"),
        (("pair_with: then", "pair_with: line"), "Both steps have to be of one kind."),
        (("set: sky, word", "set: pace, word"), "The two do not ask the same."),
        (
            ("minutes: 1\n    pair", "minutes: 1\n    reach: facilitator\n    pair"),
            "The two are not",
        ),
    ],
)
def test_a_pair_that_does_not_fit_names_the_line_and_the_reason(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in PAIRED
    reason = read(tmp_path, PAIRED.replace(*change, 1), "paired")
    line = 12 if "reach" in change[1] else 11
    assert reason.startswith(f"line {line}: steps.3.pair_with: {said}"), reason


def test_a_kind_that_cannot_be_compared_says_so(tmp_path: Path) -> None:
    text = PAIRED.replace("minutes: 1}\n", "minutes: 0.5}\n").replace(
        "  - {id: rest, kind: breath, title: Breathe, minutes: 0.5}\n",
        "  - {id: rest, kind: breath, title: Breathe, minutes: 0.5}\n"
        "  - {id: more, kind: breath, title: Again, minutes: 0.5, pair_with: rest}\n",
    )
    reason = read(tmp_path, text, "paired")
    assert reason.startswith("line 14: steps.5.pair_with: Steps of this kind cannot"), reason


def test_the_settings_have_no_pair_of_their_own(tmp_path: Path) -> None:
    text = PAIRED.replace("set: sky, word: true", "set: sky, pair_with: then")
    assert "There is no such field" in read(tmp_path, text, "paired")
