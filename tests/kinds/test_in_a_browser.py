"""What the kinds do by script, in a real browser with the real stylesheet, on a clock of ours."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import hatch_build
from attune.kinds import FOLDER, kind_of
from tests.browser import ROOT, axe
from tests.kinds.cases import CASES, OPTIONS, SETTINGS
from tests.kinds.drawing import draw
from tests.servers import until

IDIOMORPH = ROOT / "node_modules" / "idiomorph" / "dist" / "idiomorph.js"
START = 1_700_000_000_000  # when the drawn breath was put
LEAD_IN = 8_000

PLAY = """async ([source, at]) => {
  window.at = at
  window.said = []
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
  const { play } = await import(url)
  const root = document.querySelector("[data-play]")
  window.stop = play(root, { now: () => window.at, announce: text => window.said.push(text) })
}"""

Show = Callable[..., Page]


@pytest.fixture(scope="module")
def stylesheet() -> str:
    hatch_build.build()
    manifest = json.loads((hatch_build.DIST / "manifest.json").read_text())
    return (hatch_build.DIST / str(manifest["main.css"])).read_text()


@pytest.fixture
def show(browser: Browser, stylesheet: str) -> Iterator[Show]:
    """Draw a kind on a phone and start what it brings: `show("choice", mode="multiple")`."""
    contexts = []
    faults: list[str] = []

    def shown(
        name: str,
        settings: Any = None,
        *,
        mine: Any = None,
        at: int = START,
        script: bool = True,
        dir: str = "ltr",
        scheme: str = "light",
        motion: str = "no-preference",
        **raw: Any,
    ) -> Page:
        kind = kind_of(name)
        settings = settings or kind.read_settings(raw)
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion=motion,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.route(
            "https://attune.example/r",
            lambda route: route.fulfill(
                body=_page(stylesheet, name, draw(kind, settings, mine=mine), dir, script=script),
                content_type="text/html; charset=utf-8",
            ),
        )
        page.goto("https://attune.example/r")
        play = FOLDER / name / "play.js"
        if script and play.is_file():
            page.evaluate(PLAY, [play.read_text(), at])
        return page

    yield shown
    for context in contexts:
        context.close()
    assert faults == []


def _page(css: str, name: str, html: str, dir: str, *, script: bool) -> str:
    return f"""<!doctype html>
<html lang="en" dir="{dir}" data-view="participant"{' class="has-script"' if script else ""}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A room</title>
<style>{css}</style></head>
<body><div class="page"><main id="room" data-mine="none"><form id="give"></form>
<div data-region="stage" id="stage"><article data-round="3" data-kind="{name}" data-state="open">
<h1 class="prompt">What is it?</h1>{html}</article></div></main></div></body></html>"""


def checked(page: Page, name: str) -> list[str]:
    found: list[str] = page.evaluate(
        "name => [...document.querySelectorAll(`[name='${name}'][form=give]:checked`)]"
        ".map(each => each.value).filter(Boolean)",
        name,
    )
    return found


def push(page: Page, name: str, settings: Any) -> None:
    """Draw the region anew, as the live page does when the server pushes it."""
    page.add_script_tag(path=IDIOMORPH)
    page.evaluate(MORPH, draw(kind_of(name), settings))


# As attune/static/js does: what somebody has written or chosen is kept, controls and all.
MORPH = """html => {
  const chosen = document.querySelector("[form=give]:checked")
  const controls = document.querySelectorAll("[form=give][name]")
  if (chosen) for (const each of controls) each.dataset.keep = ""
  const may = node => !node.matches?.("[data-keep]")
  Idiomorph.morph(document.querySelector("[data-play]"), html, {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: may,
      beforeNodeRemoved: node => may(node) && !node.querySelector?.("[data-keep]"),
    },
  })
}"""


# --- all --------------------------------------------------------------------------------------

# The fullest of each kind, and what draws it otherwise.
LOOKS = [
    (kind.name, settings)
    for kind, settings in CASES
    if kind.name in SETTINGS
    and settings in (kind.example, kind.read_settings(SETTINGS[kind.name][-1]))
]
LOOK_IDS = [f"{name}-{place}" for place, (name, _) in enumerate(LOOKS)]


@pytest.mark.parametrize(("name", "settings"), LOOKS, ids=LOOK_IDS)
def test_every_page_can_be_read_and_pressed_by_everybody(
    show: Show, name: str, settings: Any
) -> None:
    page = show(name, settings, motion="reduce")
    # The scratch page has no landmarks beside main.
    assert axe(page, without=("region",)) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert axe(page, without=("region",)) == []
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    assert page.evaluate(SMALL) == []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for dir in ("rtl", "ltr"):
            page.evaluate("dir => document.documentElement.dir = dir", dir)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


# A box's own label is its target. The grid is beside two questions of full size.
SMALL = """() => [...document.querySelectorAll("button, summary, input, textarea")]
  .map(each => each.closest("label") ?? each)
  .filter(each => each.checkVisibility() && !each.closest("[data-grid]"))
  .filter(each => !each.querySelector("input[aria-label]") && !each.matches("[aria-label]"))
  .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.5 || box.width < 36)
  .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"""


# --- breath -----------------------------------------------------------------------------------


def word_of(page: Page) -> str:
    """The one word that can be seen in the shape."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-cue]')].filter(each => each.style.opacity > 0.5)"
        ".map(each => each.textContent)"
    )
    return " ".join(found)


def scale_of(page: Page) -> float:
    found: float = page.evaluate(
        "new DOMMatrix(document.querySelector('[data-air]').style.transform).a"
    )
    return found


def at(page: Page, seconds: float) -> None:
    """Set the server's clock so many seconds after the first in-breath began."""
    page.evaluate(
        "at => new Promise(done => { window.at = at; requestAnimationFrame(() => "
        "requestAnimationFrame(done)) })",
        START + LEAD_IN + seconds * 1_000,
    )


def test_the_shape_follows_the_servers_clock_and_nothing_else(show: Show) -> None:
    page = show("breath", cycles=3)  # in 4, out 5
    assert word_of(page) == "We begin in a moment"
    at(page, 2)
    assert word_of(page) == "Breathe in"
    assert scale_of(page) == pytest.approx(0.8, abs=0.01)
    at(page, 4)
    assert scale_of(page) == pytest.approx(1, abs=0.01)
    at(page, 6.5)
    assert word_of(page) == "and slowly out"
    at(page, 9 + 2)
    assert word_of(page) == "Breathe in"
    assert scale_of(page) == pytest.approx(0.8, abs=0.01)
    at(page, 27.1)
    assert word_of(page) == "Let your breath be as it is"
    assert scale_of(page) == pytest.approx(0.6, abs=0.01)


def test_two_phones_show_the_same_moment_whenever_they_came(show: Show) -> None:
    early, late = show("breath"), show("breath", at=START + LEAD_IN + 50_000)
    for page in (early, late):
        at(page, 63.25)
    phase = "document.querySelector('[data-play=breath]').breath.phase()"
    assert early.evaluate(phase) == late.evaluate(phase) == 250
    assert scale_of(early) == scale_of(late)


def test_a_push_does_not_start_the_breath_over(show: Show) -> None:
    page = show("breath")
    at(page, 2)
    page.get_by_role("button", name="Keep it still").click()
    push(page, "breath", kind_of("breath").read_settings({}))
    at(page, 11)
    assert scale_of(page) == pytest.approx(0.8, abs=0.01)
    assert page.get_by_role("button", name="Keep it still", pressed=True).count() == 1


def test_my_own_pace_unties_and_comes_back_in_time(show: Show) -> None:
    page = show("breath")
    at(page, 2)
    page.get_by_role("button", name="My own pace").click()
    at(page, 6)
    assert word_of(page) == "At your own pace"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    at(page, 11)
    assert word_of(page) == "Breathe in"
    assert scale_of(page) == pytest.approx(0.8, abs=0.01)


def test_just_watching_takes_the_words_away(show: Show) -> None:
    page = show("breath")
    at(page, 2)
    page.keyboard.press("Escape")
    assert page.locator(".breath-cues").is_hidden()
    assert page.locator("[data-air]").is_visible()


def test_without_motion_there_is_a_word_and_a_bar_that_fills(show: Show) -> None:
    page = show("breath", motion="reduce")
    at(page, 2)
    assert page.locator("[data-air]").is_hidden()
    assert word_of(page) == "Breathe in"
    bar, track = page.locator("[data-fill]"), page.locator(".breath-track")
    full, whole = bar.bounding_box(), track.bounding_box()
    assert full
    assert whole
    share = full["width"] / whole["width"]
    assert share == pytest.approx(0.5, abs=0.02)


def test_in_and_out_are_spoken_only_when_asked_for(show: Show) -> None:
    page = show("breath")
    spoken = page.locator("[data-spoken]")
    at(page, 1)
    at(page, 5)
    assert spoken.text_content() == ""
    page.get_by_role("button", name="Speak in and out").click()
    at(page, 10)
    assert spoken.text_content() == "In"
    at(page, 14)
    assert spoken.text_content() == "Out"
    page.get_by_role("button", name="Speak in and out").click()
    assert spoken.text_content() == ""


def test_what_was_started_ends(show: Show) -> None:
    page = show("breath")
    page.get_by_role("button", name="Keep it still").click()
    page.evaluate("window.stop()")
    before = scale_of(page)
    at(page, 3)
    assert scale_of(page) == before
    assert not page.evaluate("'breath' in document.documentElement.dataset")


# --- choice -----------------------------------------------------------------------------------


def test_a_box_too_many_says_why_it_cannot_be_ticked(show: Show) -> None:
    page = show("choice", options=OPTIONS, mode="multiple", max_picks=2)
    page.get_by_label("Talking").check()
    assert page.get_by_text("You have picked 1 of 2.").is_visible()
    page.get_by_label("A rest").check()
    walking = page.get_by_label("Walking")
    walking.focus()  # it can still be reached by keyboard
    page.keyboard.press("Space")
    assert checked(page, "picks") == ["a", "c"]
    assert page.get_by_text("You have picked 2 of 2. Untick one to pick another.").is_visible()
    assert page.evaluate("window.said") == ["You have picked 2 of 2. Untick one to pick another."]
    page.get_by_label("Talking").uncheck()
    walking.check()
    assert checked(page, "picks") == ["b", "c"]


def test_digits_pick_rows_unless_somebody_is_writing(show: Show) -> None:
    page = show("choice", options=OPTIONS, mode="multiple", allow_other=True)
    page.keyboard.press("2")
    assert checked(page, "picks") == ["b"]
    page.get_by_label("Something else").press_sequentially("4 walks")
    assert checked(page, "picks") == ["b"]
    assert page.get_by_text("You have picked 2 of 5.").is_visible()


def test_own_words_take_the_mark_and_give_it_back(show: Show) -> None:
    page = show("choice", options=OPTIONS, allow_other=True)
    own = page.get_by_role("textbox", name="Something else")
    page.get_by_label("Walking").check()
    own.press_sequentially("tea")
    assert checked(page, "picks") == []
    assert own.get_attribute("name") == "other"
    page.get_by_label("Walking").check()
    assert own.input_value() == "tea"
    assert own.get_attribute("name") is None, "the words stay in sight and are not sent"


def rows(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-options] input')].map(each => each.value)"
    )
    return found


def test_each_device_shuffles_for_itself_and_keeps_its_order(show: Show) -> None:
    raw = {"options": [{"label": f"Option {n}"} for n in range(12)], "order": "shuffled"}
    page, other = show("choice", **raw), show("choice", **raw)
    order = rows(page)
    assert sorted(order) == [*"abcdefghijkl"]
    assert order != rows(other) or order != [*"abcdefghijkl"]
    texts = page.locator("[data-options] label").all_text_contents()
    page.locator("[data-options] input").nth(5).check()
    push(page, "choice", kind_of("choice").read_settings(raw))
    until(lambda: rows(page) == order)
    assert page.locator("[data-options] label").all_text_contents() == texts
    assert checked(page, "picks") == [order[5]]


# --- affect -----------------------------------------------------------------------------------


def test_the_grid_the_questions_and_the_words_set_one_another(show: Show) -> None:
    page = show("affect")
    assert page.get_by_text("Not set yet").is_visible()
    page.locator("[data-grid] input[value='-1,2']").check()
    assert (checked(page, "x"), checked(page, "y")) == (["-1"], ["2"])
    assert page.get_by_text("unpleasant, 1 of 3 · high energy, 2 of 3").is_visible()
    page.get_by_role("button", name="Answer with two questions instead").click()
    page.get_by_role("radio", name="pleasant, 3 of 3", exact=True).check()
    assert page.locator("[data-grid] input[value='3,2']").is_checked()
    page.get_by_text("Or choose a word").click()
    page.get_by_role("radio", name="sleepy").check()
    assert (checked(page, "x"), checked(page, "y"), checked(page, "word")) == (
        ["0"],
        ["-3"],
        ["sleepy"],
    )
    page.get_by_role("button", name="Clear").click()
    assert checked(page, "x") + checked(page, "y") + checked(page, "word") == []
    assert page.locator("[data-grid] :checked").count() == 0


@pytest.mark.parametrize(("dir", "right"), [("ltr", "1"), ("rtl", "-1")])
def test_arrow_keys_move_the_point_as_it_is_seen(show: Show, dir: str, right: str) -> None:
    page = show("affect", dir=dir)
    page.locator("[data-grid] input[value='0,0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert (checked(page, "x"), checked(page, "y")) == ([right], ["1"])
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    assert checked(page, "y") == ["3"]


def test_the_wish_is_a_point_of_its_own(show: Show) -> None:
    page = show("affect", ask_wish=True, cells=5)
    page.locator("[data-grid]").nth(1).locator("input[value='2,-1']").check()
    assert (checked(page, "wish.x"), checked(page, "wish.y")) == (["2"], ["-1"])
    assert checked(page, "x") == []


def test_without_script_the_two_questions_are_the_page(show: Show) -> None:
    page = show("affect", script=False)
    assert page.locator("[data-grid]").is_hidden()
    assert page.get_by_role("group", name="How pleasant is it?").is_visible()
    assert page.get_by_role("button").count() == 0


# --- scale ------------------------------------------------------------------------------------

LINES = [
    {"label": "Steady?", "low": "not steady", "middle": "partly", "high": "very steady"},
    {"label": "Heard?", "low": "not at all", "high": "fully"},
]


@pytest.mark.parametrize("script", [True, False])
def test_a_line_says_where_it_is_set_with_and_without_script(show: Show, script: bool) -> None:
    page = show("scale", items=LINES, script=script)
    assert page.get_by_text("Not set yet").filter(visible=True).count() == 2
    page.get_by_role("radio", name="5 of 7, nearer to “very steady”").check()
    said = page.get_by_text("nearer to “very steady”", exact=True).filter(visible=True)
    assert said.count() == 1
    assert page.get_by_text("Not set yet").filter(visible=True).count() == 1
    assert checked(page, "items.i1") == ["5"]
    assert checked(page, "items.i2") == []
    assert page.get_by_role("button", name="Clear").count() == (2 if script else 0)


def test_arrow_keys_move_along_one_line_only(show: Show) -> None:
    page = show("scale", items=LINES)
    page.get_by_role("radio", name="1 of 7, not at all").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert (checked(page, "items.i1"), checked(page, "items.i2")) == ([], ["3"])


@pytest.mark.parametrize(
    ("points", "width", "stands"),
    [(7, 390, False), (7, 350, True), (7, 320, True), (11, 390, True), (11, 600, False)],
)
def test_a_line_stands_up_where_its_steps_would_be_too_thin(
    show: Show, points: int, width: int, stands: bool
) -> None:
    page = show("scale", items=LINES, points=points)
    page.set_viewport_size({"width": width, "height": 844})
    first, last = (page.locator(".scale-step").nth(step).bounding_box() for step in (0, points - 1))
    assert first
    assert last
    assert (first["x"] == last["x"]) is stands
    assert min(first["width"], first["height"]) >= 44
    # The words at both ends can be seen either way.
    for word in ("not steady", "very steady"):
        assert page.get_by_text(word, exact=True).filter(visible=True).count() == 1


# --- words ------------------------------------------------------------------------------------


def values(page: Page) -> list[str]:
    return [box.input_value() for box in page.get_by_role("textbox").all()]


def test_a_starter_goes_into_the_first_empty_box_and_comes_out_again(show: Show) -> None:
    page = show("words", starters=["tired", "hopeful"], max_words=2)
    page.get_by_label("Word 1 of 2").fill("rain")
    tired, hopeful = (page.get_by_role("button", name=name) for name in ("tired", "hopeful"))
    tired.click()
    assert values(page) == ["rain", "tired"]
    assert page.get_by_role("button", name="tired", pressed=True).count() == 1
    hopeful.click()
    assert values(page) == ["rain", "tired"]
    assert page.get_by_text("Every box has a word. Clear one to use another.").is_visible()
    assert page.evaluate("window.said") == ["Every box has a word. Clear one to use another."]
    tired.click()
    assert values(page) == ["rain", ""]
    assert page.get_by_text("Every box has a word").is_hidden()
    assert page.get_by_role("button", name="tired", pressed=True).count() == 0


def test_one_box_changes_a_starter_for_another_but_never_own_words(show: Show) -> None:
    page = show("words", starters=["tired", "hopeful"], max_words=1)
    page.get_by_role("button", name="tired").click()
    page.get_by_role("button", name="hopeful").click()
    assert values(page) == ["hopeful"]
    page.get_by_label("Your word").fill("rain")
    page.get_by_role("button", name="tired").click()
    assert values(page) == ["rain"]


def test_starters_are_plain_words_without_script(show: Show) -> None:
    page = show("words", starters=["tired"], script=False)
    assert page.get_by_text("tired").filter(visible=True).count() == 1
    assert page.get_by_role("button").count() == 0


def test_enter_moves_on_to_the_next_box(show: Show) -> None:
    page = show("words")
    page.get_by_label("Word 1 of 3").fill("calm")
    page.keyboard.press("Enter")
    page.keyboard.type("rain")
    assert values(page) == ["calm", "rain", ""]


def test_a_word_that_is_too_long_is_not_cut_and_says_so(show: Show) -> None:
    page = show("words", max_chars=5)
    box = page.get_by_label("Word 1 of 3")
    box.fill("  a  👨‍👩‍👧 b c ")  # 7 as people count: a, space, family, space, b, space, c
    assert page.get_by_text("Too long by 2. Shorten it a little.").is_visible()
    assert box.get_attribute("aria-invalid") == "true"
    push(page, "words", kind_of("words").read_settings({"max_chars": 5}))
    assert page.get_by_text("Too long by 2. Shorten it a little.").is_visible()
    box.fill("calm")
    assert page.get_by_text("Too long by").count() == 0
    assert box.get_attribute("aria-invalid") is None
