"""Each picture on each device: it draws, its twin holds the same, and nothing inline is in it."""

import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from attune.display import Card, Form, Picture, change, draw, held
from attune.kinds import Axes, Category, Section

NEED = 4
FORMS: tuple[Form, ...] = ("full", "soft", "words")
WHERE = ("phone", "screen", "console")
TEMPLATES = Path(__file__).parents[2] / "attune" / "templates"


def section(draw_as: Any, labels: Sequence[str] = (), **more: Any) -> Section[Any]:
    categories = tuple(Category(str(i), label, "fog") for i, label in enumerate(labels, 1))
    return Section("it", draw_as, lambda answer: answer, categories=categories, **more)


SECTIONS = {
    "strip": section("strip", ["Low", "", "", "Mid", "", "", "High"], title="How settled?"),
    "bars": section("bars", ["A walk", "<b>Company</b>", "Quiet"], multiple=True),
    "icons": section("icons", ["clear", "fog", "storm"]),
    "words": section("words", is_text=True),
    "cards": section("cards", is_text=True),
    "grid": section("grid", axes=Axes(7, ("unpleasant", "pleasant"), ("low", "high"))),
    "count": section("count"),
}
WORDS = ["calm", "tired", "a bit tired", "hopeful", "worry about Thursday", "rain", "<i>hi</i>"]


def some(kind: str, random: Random) -> Any:
    return {
        "strip": random.randint(1, 7),
        "bars": random.sample("123", random.randint(1, 3)),
        "icons": [random.choice("123")],
        "words": random.sample(WORDS, random.randint(1, 3)),
        "cards": Card("a1b2c3", random.choice(WORDS)),
        "grid": [random.randint(-3, 3), random.randint(-3, 3)],
        "count": True,
    }[kind]


@pytest.fixture(scope="module")
def macros() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    environment.globals["_"] = lambda text: text
    environment.globals["ngettext"] = lambda one, more, num: (
        (one if num == 1 else more) % {"num": num}
    )
    environment.filters["say"] = str
    return environment.get_template("results/picture.html").module


def drawn(kind: str, form: Form, n: int) -> Picture:
    random = Random(n)
    values = [some(kind, random) for _ in range(n)]
    return draw(SECTIONS[kind], values, form=form, need=NEED, tender=False)


def compared(kind: str, form: Form, n: int) -> Picture:
    random = Random(n)
    before, now = [[some(kind, random) for _ in range(n)] for _ in "12"]
    counts = change.tally(kind, list(zip(before, now, strict=True)))
    earlier = draw(SECTIONS[kind], before, form=form, need=NEED, tender=False)
    picture = draw(SECTIONS[kind], now, form=form, need=NEED, tender=False)
    return change.beside(picture, SECTIONS[kind], change.Earlier(earlier, counts))


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["strip", "icons", "grid"])
def test_two_times_are_drawn_everywhere(kind: str, form: Form, where: str, macros: Any) -> None:
    for n in range(NEED, 71):
        picture = compared(kind, form, n)
        html = str(macros.picture(picture, where))
        assert not re.search(r"\sstyle=|\son\w+=|<script|<style", html)
        assert ' id="' not in html
        assert html.index("Before") < html.index("Now")
        assert picture.change
        assert str(picture.change.sentences[0]) in unescape(html)
        if where != "phone":
            assert not re.search(r"<(details|button|a|input)\b", html)
        if form == "words":
            assert not re.search(r"\d", text_of(html).replace("How settled?", ""))


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("kind", ["strip", "icons", "grid"])
def test_the_tables_of_two_times_hold_what_is_drawn(kind: str, where: str, macros: Any) -> None:
    picture = compared(kind, "full", 12)
    assert picture.before
    assert picture.change
    html = str(macros.picture(picture, where))
    both, changed = re.findall(r"<table.*?</table>", html, re.DOTALL)
    row = r'<td class="n">(\d+)</td>\s*<td class="n">(\d+)</td>'
    found = [(int(before), int(now)) for before, now in re.findall(row, both)]
    assert found == [
        (before.count, now.count)
        for before, now in zip(picture.before.counts, picture.counts, strict=True)
    ]
    counts = [int(count) for count in re.findall(r'<td class="n">(\d+)</td>', changed)]
    assert counts == [way.count for way in picture.change.ways]


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", SECTIONS)
def test_every_picture_draws_everywhere(kind: str, form: Form, where: str, macros: Any) -> None:
    for n in range(NEED, 71):
        html = str(macros.picture(drawn(kind, form, n), where))
        assert f'data-draw="{kind}"' in html
        assert not re.search(r"\sstyle=|\son\w+=|<script|<style", html)
        assert "<b>Company</b>" not in html
        assert "<i>hi</i>" not in html
        assert ' id="' not in html  # two pictures may stand on one page


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("kind", SECTIONS)
def test_held_is_the_same_sentence_everywhere(kind: str, where: str, macros: Any) -> None:
    html = str(macros.picture(held(SECTIONS[kind], NEED), where))
    assert "Not enough answers to show safely. Let&#39;s talk instead." in html
    assert "<table" not in html
    assert not re.search(r"\d", text_of(html).replace("How settled?", ""))


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("kind", ["strip", "bars", "icons", "grid"])
def test_the_table_holds_what_the_picture_shows(kind: str, where: str, macros: Any) -> None:
    picture = drawn(kind, "full", 12)
    html = str(macros.picture(picture, where))
    (table,) = re.findall(r"<table.*?</table>", html, re.DOTALL)
    cells = re.findall(r'<th scope="row">(.*?)</th>\s*<td class="n">(\d+)</td>', table, re.DOTALL)
    assert [int(count) for _, count in cells] == [count.count for count in picture.counts]
    assert 'aria-hidden="true"' in html


def test_phones_unfold_the_table_and_screens_have_nothing_to_press(macros: Any) -> None:
    for kind in SECTIONS:
        picture = drawn(kind, "full", 12)
        for where in ("screen", "console"):
            html = str(macros.picture(picture, where))
            assert not re.search(r"<(details|button|a|input)\b", html)
    assert "<details" in str(macros.picture(drawn("strip", "full", 12), "phone"))


def test_a_softened_strip_prints_no_ends_and_no_lone_answer(macros: Any) -> None:
    values = [2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6]
    picture = draw(SECTIONS["strip"], values, form="soft", need=NEED, tender=False)
    for where in WHERE:
        assert "6" not in text_of(str(macros.picture(picture, where)))


def test_what_the_facilitator_is_told_is_not_in_the_picture(macros: Any) -> None:
    picture = draw(SECTIONS["strip"], [5] * 6, form="full", need=NEED, tender=False)
    for where in WHERE:
        assert "Everyone gave the same answer" not in str(macros.picture(picture, where))
    assert "Everyone gave the same answer" in str(macros.marks(picture))


@pytest.mark.parametrize("look", ["both", "list", "cloud"])
def test_a_list_of_words_is_whole_on_phones(look: str, macros: Any) -> None:
    picture = words_looking(look)
    html = str(macros.picture(picture, "phone"))
    listed = re.findall(r'<li data-word="([^"]*)">', html)
    assert len(listed) == len(picture.counts)


@pytest.mark.parametrize("where", WHERE)
def test_a_cloud_alone_can_still_be_read_aloud_and_a_list_alone_has_no_cloud(
    where: str, macros: Any
) -> None:
    cloud, alone = (str(macros.picture(words_looking(look), where)) for look in ("cloud", "list"))
    assert "cloud-card" in cloud
    assert "word-lists" not in cloud
    assert len(re.findall("<li data-word", cloud)) == len(words_looking("cloud").counts)
    assert "cloud" not in alone


def words_looking(look: Any) -> Picture:
    random = Random(12)
    values = [some("words", random) for _ in range(12)]
    return draw(section("words", look=look), values, form="full", need=NEED, tender=False)


def test_icons_come_from_the_kinds_own_symbols(macros: Any) -> None:
    picture = drawn("icons", "full", 9)
    html = str(macros.picture(picture, "phone", symbols={"fog": Markup("<circle />")}))
    assert html.count('viewBox="0 0 48 48"><circle />') == 9
