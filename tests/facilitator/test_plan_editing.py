"""A plan is made one's own: copied, named, its steps written, moved, added and taken out.

Whatever is wrong with it, what was typed is in the page again; and what somebody else saved
meanwhile is never undone unasked.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import BaseModel

from attune import editing, rounds
from attune.db import WRITING, db, transaction
from attune.forms import Shape, shapes_of
from attune.frame import Frame
from attune.kinds import kinds
from attune.models import Plan, Step
from attune.text import clean
from tests.browser import axe
from tests.facilitator.forms import Pairs, form_of, typed, with_values
from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import Visitor, words_of
from tests.house import CHOICE, House
from tests.servers import AttuneServer

SLUG = "classroom-check-in"
HOSTILE = """'"><img src=x onerror=alert(1)>{{ 7*7 }}</textarea><script>alert(2)</script>"""


class Planner(Visitor):
    """Jo at a plan, in a browser without script."""

    def copies(self) -> str:
        """The path of a plan of one's own."""
        made = self.sends(f"/programmes/{SLUG}/plans", page=f"/programmes/{SLUG}")
        return str(made.headers["Location"])

    def form(self, path: str) -> Pairs:
        page = self.opens(path)
        assert page.status_code == 200, page.text
        return form_of(page.text)

    def posts(self, path: str, pairs: Pairs, do: str = "", **headers: str) -> requests.Response:
        return self.session.post(
            self.url + path,
            data=[*pairs, *([("do", do)] if do else [])],
            headers={"Origin": self.url, **headers},
            allow_redirects=False,
        )

    def saves(self, path: str, values: Mapping[str, str]) -> requests.Response:
        """Open the page of a step, write something else into some fields, and press Save."""
        return self.posts(path, with_values(self.form(path), values))

    def adds(self, plan: str, kind: str, **fields: str) -> str:
        """The path of a new step of this kind."""
        revision = str(self.asks_for(plan)["revision"])
        made = self.sends(f"{plan}/steps", page=plan, kind=kind, revision=revision, **fields)
        assert made.status_code == 303, made.text
        return str(made.headers["Location"])

    def titles(self, plan: str) -> list[str]:
        return [step["title"] for step in self.asks_for(plan)["steps"]]


@pytest.fixture
def jo(lead_server: AttuneServer) -> Planner:
    jo = Planner(lead_server.url)
    jo.signs_in("jo@rivermead.org")
    return jo


# --- the plan ------------------------------------------------------------------------------------


def test_a_plan_is_renamed_and_its_rooms_start_as_it_says(jo: Planner) -> None:
    plan = jo.copies()
    values = {"title": "Year 9, Tuesdays", "settings.k": "6", "settings.age_band": "child"}
    pairs = [*with_values(jo.form(plan), values), ("settings.quick_exit", "yes")]
    assert jo.posts(plan, pairs).status_code == 303
    assert "Year 9, Tuesdays" in words_of(jo.opens(plan).text)
    again = dict(jo.form(plan))
    assert {name: again[name] for name in values} == values
    assert again["settings.quick_exit"] == "yes"
    opened = jo.sends(f"{plan}/rooms", page=plan, title="Year 9", entry="open")
    assert jo.asks_for(opened.headers["Location"])["k"] == 6


def test_a_copy_is_a_plan_beside_the_first(jo: Planner) -> None:
    plan = jo.copies()
    made = jo.sends(f"{plan}/copies", page=plan)
    assert made.status_code == 303
    copy = made.headers["Location"].split("?")[0]
    assert copy != plan
    assert jo.saves(f"{copy}/steps/1", {"frame.title": "Only here"}).status_code == 303
    assert "Only here" in jo.titles(copy)
    assert "Only here" not in jo.titles(plan)


def test_a_long_name_has_room_for_the_number_of_its_copy(jo: Planner) -> None:
    plan = jo.copies()
    assert jo.saves(plan, {"title": "x" * 80}).status_code == 303
    copy = jo.sends(f"{plan}/copies", page=plan).headers["Location"].split("?")[0]
    title = jo.asks_for(copy)["title"]
    assert len(title) == 80
    assert re.search(r"x \(\d+\)$", title)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Please write something here."),
        ("title", "x" * 81, "Shorten this by one character."),
        ("settings.k", "2", "Choose 3 or more."),
        ("settings.k", "13", "Choose 12 or less."),
        ("settings.k", "many", "Write a whole number here."),
        ("settings.age_band", "elder", "Choose one of what is offered."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(
    jo: Planner, field: str, value: str, words: str
) -> None:
    plan = jo.copies()
    refused = jo.saves(plan, {"title": "Kept all the same", field: value})
    assert refused.status_code == 422
    assert error_at(refused.text, field) == words
    assert dict(form_of(refused.text))[field] == value
    assert jo.asks_for(plan)["revision"] == 1


# --- one step ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds())
def test_a_step_of_every_kind_is_added_with_an_example_that_fits(jo: Planner, kind: str) -> None:
    plan = jo.copies()
    step = jo.adds(plan, kind, position="2")
    assert step == f"{plan}/steps/2"
    added = jo.asks_for(plan)["steps"][1]
    assert added["kind"] == kind
    assert added["settings"] == kinds()[kind].example.model_dump(mode="json")
    # Saving what the page holds changes nothing.
    revision = jo.asks_for(plan)["revision"]
    assert jo.saves(step, {}).status_code == 303
    assert jo.asks_for(plan)["revision"] == revision
    assert jo.asks_for(plan)["steps"][1] == added


def shapes_of_kind(name: str) -> tuple[Shape, ...]:
    settings: type[BaseModel] = kinds()[name].settings
    return shapes_of(settings)


def test_every_field_of_a_step_is_in_its_form() -> None:
    """Which is drawn from the schemas: a field that no control fits would be missing."""
    left = [
        f"{name}.{shape.name}"
        for name in [*kinds(), "frame"]
        for shape in (shapes_of(Frame) if name == "frame" else shapes_of_kind(name))
        if shape.control == "kept"
    ]
    assert left == []


def test_a_step_is_changed_in_every_way(jo: Planner) -> None:
    plan = jo.copies()
    step = jo.adds(plan, "choice")
    changed = {
        "frame.title": "What helps?",
        "frame.minutes": "7,5",
        "frame.reveal": "never",
        "settings.options.0.label": "A walk",
        "settings.mode": "multiple",
    }
    pairs = [*with_values(jo.form(step), changed), ("frame.optional", "yes")]
    saved = jo.posts(step, pairs)
    assert saved.status_code == 303
    page = jo.follows(saved.headers["Location"]).text
    assert "Saved" in words_of(page)
    again = form_of(page)
    assert dict(again) == {
        **dict(pairs),
        "frame.minutes": "7.5",
        "revision": dict(again)["revision"],
        "csrf_token": dict(again)["csrf_token"],  # made anew each second
    }
    kept = jo.asks_for(plan)["steps"][-1]
    assert (kept["title"], kept["minutes"], kept["reveal"]) == ("What helps?", 7.5, "never")
    assert kept["settings"]["options"][0]["label"] == "A walk"


def test_a_program_sends_only_what_it_changes(jo: Planner) -> None:
    plan = jo.copies()
    before = jo.asks_for(plan)
    fields = [
        ("csrf_token", dict(jo.form(plan))["csrf_token"]),
        ("revision", str(before["revision"])),
        ("frame.title", "Hello"),
    ]
    reply = jo.posts(f"{plan}/steps/1", fields, Accept="application/json")
    assert reply.status_code == 200
    after = reply.json()
    assert after["revision"] == before["revision"] + 1
    assert after["steps"][0] == {**before["steps"][0], "title": "Hello"}
    stale = jo.posts(f"{plan}/steps/1", fields, Accept="application/json")
    assert code_of(stale) == (409, "changed")
    short = [("csrf_token", fields[0][1]), ("revision", str(after["revision"]))]
    wrong = jo.posts(
        f"{plan}/steps/1", [*short, ("frame.minutes", "61")], Accept="application/json"
    )
    assert code_of(wrong) == (422, "invalid")
    assert wrong.json()["error"]["field"] == "frame.minutes"


# --- what does not fit ---------------------------------------------------------------------------


def misfits(shapes: tuple[Shape, ...], at: str) -> Iterator[tuple[str, str]]:
    """Each bounded field with a value just below and just above its bounds."""
    for shape in shapes:
        path = f"{at}{shape.name}"
        if shape.control == "number":
            assert shape.least is not None
            assert shape.most is not None
            step = 1 if shape.whole else 0.5
            yield path, f"{shape.least - step:g}"
            yield path, f"{shape.most + step:g}"
            yield path, "some"
        elif shape.control in ("text", "lines"):
            assert shape.characters
            yield path, "x" * (shape.characters + 1)
            if not shape.optional:
                yield path, " "
        elif shape.control == "choice":
            yield path, "nothing-of-that"


def error_at(page: str, path: str) -> str:
    """What is said at a field; empty when nothing is."""
    id = "edit-" + path.replace(".", "-")
    found = re.search(rf'<p class="error" id="{id}-error">(.*?)</p>', page, re.DOTALL)
    return words_of(found[1]) if found else ""


@pytest.mark.parametrize("kind", kinds())
def test_every_bounded_field_is_refused_at_its_place_and_everything_typed_is_kept(
    jo: Planner, kind: str
) -> None:
    step = jo.adds(jo.copies(), kind)
    pairs = form_of(jo.opens(step).text)
    names = {name for name, _ in pairs}
    tried = 0
    for path, value in cases(kind, names):
        sent = with_values(pairs, {"frame.facilitator_note": "Mine\n\nkept", path: value})
        refused = jo.posts(step, sent)
        assert refused.status_code == 422, (path, value)
        said = error_at(refused.text, path)
        assert said, (path, value)
        assert "does not fit" not in said, (path, value, said)
        if value != "nothing-of-that":
            assert list(typed(form_of(refused.text))) == list(typed(sent)), (path, value)
        tried += 1
    assert tried > 10


def cases(kind: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """What is tried of a kind: its own fields, those of its first row, and the common ones."""
    settings = shapes_of_kind(kind)
    yield from misfits(settings, "settings.")
    for shape in settings:
        if f"settings.{shape.name}.0.{shape.name}" in names or shape.control == "rows":
            rows = misfits(shape.fields, f"settings.{shape.name}.0.")
            yield from ((path, value) for path, value in rows if path in names)
        elif f"settings.{shape.name}.0" in names:
            yield f"settings.{shape.name}.0", "x" * ((shape.characters or 0) + 1)
    yield from misfits(shapes_of(Frame), "frame.")


@pytest.mark.parametrize("kind", kinds())
def test_a_list_has_as_many_lines_as_it_may_have(jo: Planner, kind: str) -> None:
    step = jo.adds(jo.copies(), kind)
    for shape in shapes_of_kind(kind):
        if not shape.is_list:
            continue
        path = f"settings.{shape.name}"
        page = jo.opens(step).text
        for _ in range(int(shape.most or 0) - rows_in(page, path)):
            page = jo.posts(step, form_of(page), do=f"{path}.add").text
        assert rows_in(page, path) == shape.most
        assert f'value="{path}.add"' not in page
        over = jo.posts(step, form_of(page), do=f"{path}.add")
        assert over.status_code == 422
        # A page that somebody else made sends one more, or none at all.
        page = page_with(page, path)
        last = [pair for pair in form_of(page) if pair[0].startswith(f"{path}.0")]
        more = [(name.replace(f"{path}.0", f"{path}.77"), value) for name, value in last]
        assert error_at(jo.posts(step, [*form_of(page), *more]).text, path).startswith("Choose")
        none = [pair for pair in form_of(page) if not pair[0].startswith(f"{path}.")]
        if shape.least:
            assert error_at(jo.posts(step, none).text, path).startswith("Give")


def page_with(page: str, path: str) -> str:
    """The page with a word of its own in each empty text of this list."""
    for number in range(rows_in(page, path) * 4):
        page = re.sub(
            rf'(<input id="[^"]*" name="{path}\.\d+[^"]*" value=)""',
            rf'\1"w{number}"',
            page,
            count=1,
        )
        page = re.sub(
            rf'(<textarea id="[^"]*" name="{path}\.\d+[^"]*"[^>]*>\n)(?=</)',
            rf"\1w{number}",
            page,
            count=1,
        )
    return page


def rows_in(page: str, path: str) -> int:
    return len({name.split(".")[2] for name, _ in form_of(page) if name.startswith(f"{path}.")})


@pytest.mark.parametrize("kind", kinds())
def test_hostile_words_are_only_words(jo: Planner, kind: str) -> None:
    plan = jo.copies()
    step = jo.adds(plan, kind)
    page = jo.opens(step).text
    pairs = form_of(page)
    chosen = {
        *re.findall(r'<select id="[^"]*" name="([^"]*)"', page),
        *re.findall(r'<input type="checkbox"[^>]* name="([^"]*)"', page),
    }
    texts = {
        name: f"{number}{HOSTILE}"
        for number, (name, value) in enumerate(typed(pairs))
        if name not in chosen and not is_number(page, name)
    }
    assert {"frame.title", "frame.content_note", "frame.facilitator_note"} <= set(texts)
    refused = jo.posts(step, with_values(pairs, texts))
    pairs = form_of(jo.opens(step).text)
    short = {name: value[:18] for name, value in texts.items()}
    saved = jo.posts(step, with_values(pairs, short))
    assert saved.status_code == 303
    pages = [refused.text, jo.opens(step).text, jo.opens(plan).text]
    pages.append(jo.opens(f"{step}/preview").text)
    for page in pages:
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "onerror=alert(1)>{{" not in re.sub(r'value="[^"]*"', "", unescaped_tags(page))
    assert dict(form_of(pages[1]))["frame.title"] == short["frame.title"]


def is_number(page: str, name: str) -> bool:
    return bool(re.search(rf'inputmode="(numeric|decimal)"[^>]* name="{name}"', page)) or bool(
        re.search(rf' name="{name}"[^>]*inputmode="(numeric|decimal)"', page)
    )


@pytest.mark.parametrize("kind", kinds())
def test_hostile_words_are_kept_as_they_are_on_both_databases(house: House, kind: str) -> None:
    """What a database has a meaning for of its own: quotes, backslashes, NUL."""
    room, words = house.room(CHOICE), "'; -- \\u0000 \\ %s {x} \x00 \U0001f1eb\U0001f1ee"
    with transaction():
        plan = db.session.get_one(Plan, room.row.plan_id)
        filled = editing.typed_example(kinds()[kind], words)
        filled["frame"] |= {"facilitator_note": words, "content_note": words}
        step = editing.add(plan, kinds()[kind], filled, None, plan.revision)
    frame = house_frame(step.id)
    assert frame["title"] == frame["content_note"] == clean(words)
    assert room.puts(len(room.steps) - 1) == 1
    with transaction():
        taken = rounds.put(room.row, step.id, 1)
    assert taken.frame["title"] == clean(words)


def house_frame(step_id: int) -> dict[str, Any]:
    db.session.close()
    return db.session.get_one(Step, step_id).frame


def unescaped_tags(page: str) -> str:
    """The page's own tags: what stands between < and > before anything is unescaped."""
    return " ".join(re.findall(r"<[^>]*>", page))


# --- lines of a list -----------------------------------------------------------------------------


def test_lines_are_added_moved_and_removed_without_script_and_nothing_is_saved(
    jo: Planner,
) -> None:
    plan = jo.copies()
    step = jo.adds(plan, "choice")
    revision = jo.asks_for(plan)["revision"]
    page = jo.posts(
        step,
        with_values(
            jo.form(step), {"settings.options.0.label": "First", "frame.title": "Half writt"}
        ),
        do="settings.options.add",
    ).text
    last = rows_in(page, "settings.options") - 1
    assert f'name="settings.options.{last}.label" value=""' in page
    assert page.count("autofocus") == 1
    assert "Not saved yet" in words_of(page)
    pairs = with_values(form_of(page), {f"settings.options.{last}.label": "Last"})
    page = jo.posts(step, pairs, do=f"settings.options.{last}.up").text
    assert dict(form_of(page))[f"settings.options.{last - 1}.label"] == "Last"
    page = jo.posts(step, form_of(page), do="settings.options.0.down").text
    assert dict(form_of(page))["settings.options.1.label"] == "First"
    page = jo.posts(step, form_of(page), do="settings.options.0.remove").text
    assert dict(form_of(page))["settings.options.0.label"] == "First"
    assert dict(form_of(page))["frame.title"] == "Half writt"
    assert jo.asks_for(plan)["revision"] == revision
    assert jo.posts(step, form_of(page)).status_code == 303
    labels = [option["label"] for option in jo.asks_for(plan)["steps"][-1]["settings"]["options"]]
    assert labels[0] == "First"
    assert "Last" in labels


@pytest.mark.parametrize(
    "do",
    ["settings.options.99.remove", "settings.nothing.add", "frame.title.add", "settings.add",
     "settings.options.0.sing", "settings.options.x.up", "settings.options.0.up", "....", "add"],
)  # fmt: skip
def test_a_button_that_is_not_there_does_nothing(jo: Planner, do: str) -> None:
    plan = jo.copies()
    step = jo.adds(plan, "choice")
    before = jo.asks_for(plan)
    assert jo.posts(step, jo.form(step), do=do).status_code == 422
    assert jo.asks_for(plan) == before


def test_empty_lines_of_words_are_left_out(jo: Planner) -> None:
    plan = jo.copies()
    step = jo.adds(plan, "choice")
    page = jo.posts(step, jo.form(step), do="frame.discuss.add").text
    over = jo.posts(step, form_of(page), do="frame.discuss.add")
    assert over.status_code == 422
    assert list(typed(form_of(over.text))) == list(typed(form_of(page)))
    lines = [name for name, _ in form_of(page) if name.startswith("frame.discuss.")]
    values = dict.fromkeys(lines, " ") | {lines[-1]: "What did you notice?"}
    assert jo.posts(step, with_values(form_of(page), values)).status_code == 303
    kept = [value for name, value in jo.form(step) if name.startswith("frame.discuss.")]
    assert kept == ["What did you notice?"]


# --- steps of a plan -----------------------------------------------------------------------------


def test_steps_move_by_buttons_and_the_focus_stays_on_them(jo: Planner) -> None:
    plan = jo.copies()
    before = jo.titles(plan)
    moved = jo.posts(
        f"{plan}/steps/2/position", [*form_of(jo.opens(plan).text, "moving"), ("to", "3")]
    )
    assert moved.status_code == 303
    assert jo.titles(plan) == [before[0], before[2], before[1], *before[3:]]
    page = jo.follows(moved.headers["Location"]).text
    focused = re.findall(r"<button[^>]*autofocus[^>]*>", page)
    assert len(focused) == 1
    assert f"Move down: {before[1]}, step 3 of 7" in unescape(focused[0])
    away = jo.posts(f"{plan}/steps/1/position", [*form_of(page, "moving"), ("to", "0")])
    assert away.status_code == 422


def test_moving_a_step_from_its_own_page_saves_it_first(jo: Planner) -> None:
    plan = jo.copies()
    before = jo.titles(plan)
    pairs = with_values(jo.form(f"{plan}/steps/2"), {"frame.title": "Half writt"})
    moved = jo.posts(f"{plan}/steps/2", pairs, do="up")
    assert moved.headers["Location"].startswith(f"{plan}/steps/1?")
    assert jo.titles(plan)[:2] == ["Half writt", before[0]]
    bad = with_values(jo.form(f"{plan}/steps/2"), {"frame.title": ""})
    assert jo.posts(f"{plan}/steps/2", bad, do="up").status_code == 422
    assert jo.titles(plan)[:2] == ["Half writt", before[0]]


def test_a_step_is_removed_after_a_second_look(jo: Planner) -> None:
    plan = jo.copies()
    before = jo.titles(plan)
    page = jo.opens(f"{plan}/steps/3").text
    assert "Take this step out of the plan for good?" in words_of(page)
    assert removes(jo, f"{plan}/steps/3").status_code == 303
    assert jo.titles(plan) == before[:2] + before[3:]


def removes(jo: Planner, step: str) -> requests.Response:
    page = jo.opens(step).text
    fields = [pair for pair in form_of(page) if pair[0] in ("csrf_token", "revision", "step")]
    return jo.posts(f"{step}/delete", fields)


def test_a_number_of_a_removed_step_is_never_given_to_another(jo: Planner) -> None:
    plan = jo.copies()
    last = jo.asks_for(plan)["steps"][-1]["id"]
    assert removes(jo, f"{plan}/steps/7").status_code == 303
    jo.adds(plan, "choice")
    assert jo.asks_for(plan)["steps"][-1]["id"] > last


def test_a_plan_has_forty_steps_at_most(jo: Planner) -> None:
    plan = jo.copies()
    token = dict(jo.form(plan))["csrf_token"]
    for number in range(1, 34):
        fields = [("csrf_token", token), ("kind", "slide"), ("revision", str(number))]
        made = jo.posts(f"{plan}/steps", fields, Accept="application/json")
    assert len(made.json()["steps"]) == 40
    fields = [("csrf_token", token), ("kind", "slide"), ("revision", "34")]
    assert code_of(jo.posts(f"{plan}/steps", fields, Accept="application/json"))[0] == 422
    assert 'id="add"' not in jo.opens(plan).text


# --- two pages -----------------------------------------------------------------------------------


def test_the_same_step_written_on_two_pages_shows_both_and_keeps_both(jo: Planner) -> None:
    plan = jo.copies()
    step = f"{plan}/steps/2"
    mine = with_values(
        jo.form(step), {"frame.title": "Mine", "frame.facilitator_note": "A long note of mine"}
    )
    assert jo.saves(step, {"frame.title": "Theirs"}).status_code == 303
    refused = jo.posts(step, mine)
    assert refused.status_code == 409
    words = words_of(refused.text)
    assert "This step was changed on another page while you were writing." in words
    again = dict(form_of(refused.text))
    assert again["frame.title"] == "Mine"
    assert again["frame.facilitator_note"] == "A long note of mine"
    assert "Saved meanwhile, on another page: Theirs" in words
    assert refused.text.count('class="meanwhile"') == 2
    assert jo.titles(plan)[1] == "Theirs"
    assert jo.posts(step, form_of(refused.text)).status_code == 303
    assert jo.titles(plan)[1] == "Mine"


def test_the_same_page_sent_twice_is_no_quarrel(jo: Planner) -> None:
    step = f"{jo.copies()}/steps/2"
    pairs = with_values(jo.form(step), {"frame.title": "Once"})
    assert [jo.posts(step, pairs).status_code for _ in range(2)] == [303, 303]


def test_two_steps_written_on_two_pages_are_both_kept(jo: Planner) -> None:
    plan = jo.copies()
    second = with_values(jo.form(f"{plan}/steps/2"), {"frame.title": "Second"})
    third = with_values(jo.form(f"{plan}/steps/3"), {"frame.title": "Third"})
    first = [*form_of(jo.opens(plan).text, "moving"), ("to", "7")]
    assert jo.posts(f"{plan}/steps/1/position", first).status_code == 303
    assert jo.posts(f"{plan}/steps/2", second).headers["Location"].startswith(f"{plan}/steps/1?")
    assert jo.posts(f"{plan}/steps/3", third).headers["Location"].startswith(f"{plan}/steps/2?")
    assert jo.titles(plan)[:2] == ["Second", "Third"]


def test_a_step_that_was_removed_while_it_was_written_can_be_added_again(jo: Planner) -> None:
    plan = jo.copies()
    step = f"{plan}/steps/5"
    mine = with_values(jo.form(step), {"frame.title": "Still here"})
    assert removes(jo, step).status_code == 303
    refused = jo.posts(step, mine)
    assert refused.status_code == 409
    assert "What you wrote is still here." in words_of(refused.text)
    pairs = form_of(refused.text)
    assert list(typed(pairs)) == list(typed(mine))
    assert f'action="{plan}/steps"' in refused.text
    # Lines can be added there too, and what does not fit is said there too.
    page = jo.posts(f"{plan}/steps", pairs, do="frame.discuss.0.remove").text
    assert dict(form_of(page))["frame.title"] == "Still here"
    bad = jo.posts(f"{plan}/steps", with_values(form_of(page), {"frame.title": ""}))
    assert bad.status_code == 422
    assert jo.posts(f"{plan}/steps", form_of(page)).status_code == 303
    assert jo.titles(plan)[4] == "Still here"


def test_the_plan_named_on_two_pages_shows_both(jo: Planner) -> None:
    plan = jo.copies()
    mine = with_values(jo.form(plan), {"title": "Mine", "settings.k": "5"})
    assert jo.saves(plan, {"title": "Theirs"}).status_code == 303
    refused = jo.posts(plan, mine)
    assert refused.status_code == 409
    assert "Saved meanwhile, on another page: Theirs" in words_of(refused.text)
    assert dict(form_of(refused.text))["title"] == "Mine"
    assert jo.posts(plan, form_of(refused.text)).status_code == 303
    assert jo.asks_for(plan)["title"] == "Mine"


@pytest.mark.parametrize("what", ["steps/2/position", "steps/2/delete", "steps"])
def test_what_an_old_page_would_do_to_the_order_is_not_done(jo: Planner, what: str) -> None:
    plan = jo.copies()
    old = [*form_of(jo.opens(plan).text, "moving"), ("to", "1"), ("kind", "choice")]
    assert jo.saves(f"{plan}/steps/7", {"frame.title": "Changed"}).status_code == 303
    before = jo.titles(plan)
    refused = jo.posts(f"{plan}/{what}", old)
    assert refused.status_code == 409
    assert "so nothing was done. Here is how it is now." in words_of(refused.text)
    assert "Changed" in words_of(refused.text)
    assert jo.titles(plan) == before
    asked = jo.posts(f"{plan}/{what}", old, Accept="application/json")
    assert code_of(asked) == (409, "changed")


# --- rooms that are open -------------------------------------------------------------------------


def test_a_room_goes_on_when_the_step_that_it_has_put_leaves_the_plan(lead: Lead) -> None:
    jo = Planner(lead.url)
    jo.session = lead.session
    plan = f"/plans/{lead.plan['id']}"
    steps = lead.plan["steps"]
    phones = lead.phones(4)
    number = lead.puts("weather")
    assert removes(jo, f"{plan}/steps/2").status_code == 303
    for phone in phones:
        phone.gives(number, {"pick": "fog"})
    assert lead.opens(lead.path).status_code == 200
    console = words_of(lead.regions()["agenda"])
    assert "Next: " in console
    assert steps[1]["title"] not in console
    assert lead.does(f"rounds/{number}/closure").status_code == 200
    assert lead.does(f"rounds/{number}/release", form="full").status_code == 200
    assert "fog" in words_of(lead.regions("screen")["results"])
    gone = lead.does("rounds", step=steps[1]["id"], seen=number)
    assert code_of(gone) == (422, "invalid")
    assert lead.does("rounds", step=steps[2]["id"], seen=number).status_code == 200
    assert words_of(phones[0].follows(phones[0].path).text)


def test_a_round_keeps_the_words_with_which_it_was_put(lead: Lead) -> None:
    jo = Planner(lead.url)
    jo.session = lead.session
    plan = f"/plans/{lead.plan['id']}"
    number = lead.puts("weather")
    before = lead.last()
    title = "Another title"
    assert jo.saves(f"{plan}/steps/2", {"frame.title": title}).status_code == 303
    assert lead.last() == before
    assert title in words_of(lead.regions()["agenda"])
    other = lead.does("rounds", step=lead.plan["steps"][1]["id"], seen=number)
    assert other.json()["rounds"][-1]["title"] == title


# --- the tables ----------------------------------------------------------------------------------


def test_plans_outlive_the_way_down_and_up_again(house: House) -> None:
    house.room(CHOICE)
    with db.engines[WRITING].connect() as connection:
        before = connection.execute(sa.text("SELECT id, title FROM plan")).all()
        steps = connection.execute(sa.text("SELECT id, plan_id, kind FROM step")).all()
    downgrade(revision="0001")
    assert "revision" not in columns("plan") | columns("step")
    upgrade()
    with db.engines[WRITING].connect() as connection:
        assert connection.execute(sa.text("SELECT id, title FROM plan")).all() == before
        assert connection.execute(sa.text("SELECT id, plan_id, kind FROM step")).all() == steps
    with transaction():
        plan = db.session.scalars(sa.select(Plan)).first()
        assert plan
        assert (plan.revision, plan.steps[0].revision) == (1, 1)


def columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(db.engines[WRITING]).get_columns(table)}


# --- in a browser --------------------------------------------------------------------------------

NAME = """() => {
  const { activeElement: e } = document
  return (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent ?? "").trim()
}"""


def desk(browser: Browser, jo: Planner, **how: Any) -> BrowserContext:
    context = browser.new_context(**how)
    context.add_cookies(
        [{"name": name, "value": value or "", "url": jo.url} for name, value in jo.cookies.items()]
    )
    return context


def tabs_to(page: Page, name: str, most: int = 120) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if str(page.evaluate(NAME)).startswith(name):
            return
    message = f"Tab does not lead to {name}"
    raise AssertionError(message)


def test_a_plan_is_prepared_by_keys_alone(browser: Browser, jo: Planner) -> None:
    plan = jo.copies()
    before = jo.titles(plan)
    page = desk(browser, jo).new_page()
    press = page.keyboard.press
    page.goto(jo.url + plan)
    tabs_to(page, f"Move down: {before[0]}")
    press("Enter")
    page.wait_for_url("**moved=2**")
    assert page.evaluate(NAME) == f"Move down: {before[0]}, step 2 of 7"
    press("Enter")
    page.wait_for_url("**moved=3**")
    assert jo.titles(plan)[2] == before[0]

    tabs_to(page, "What people do")
    page.keyboard.type("Pick one")
    tabs_to(page, "Add it, and write it")
    press("Enter")
    page.wait_for_url("**/steps/8")
    tabs_to(page, "What you ask")
    press("Control+a")
    page.keyboard.type("What would help?")
    # The preview follows, and the focus stays.
    expect(page.locator("#look .prompt")).to_have_text("What would help?")
    assert str(page.evaluate(NAME)).startswith("What you ask")
    tabs_to(page, "Add to Options")
    press("Enter")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    assert page.evaluate(NAME) == "What it says"
    page.keyboard.type("A longer break")
    tabs_to(page, "Save")
    press("Enter")
    page.wait_for_url("**saved=yes**")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert jo.titles(plan)[-1] == "What would help?"

    tabs_to(page, "Remove")
    press("Enter")
    tabs_to(page, "Remove this step", 3)
    press("Enter")
    page.wait_for_url("**removed=yes**")
    assert len(jo.titles(plan)) == 7
    page.context.close()


def test_words_that_are_not_saved_are_not_left_behind_unasked(
    browser: Browser, jo: Planner
) -> None:
    plan = jo.copies()
    page = desk(browser, jo).new_page()
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{jo.url}{plan}/steps/2")
    page.get_by_label("Note to yourself").fill("Half a thou")
    page.get_by_role("link", name="Home", exact=True).click(no_wait_after=True)
    expect(page.get_by_label("Note to yourself")).to_have_value("Half a thou")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.wait_for_url("**saved=yes**")
    page.get_by_role("link", name="Home", exact=True).click()
    page.wait_for_url("**/home")
    assert asked == ["beforeunload"]
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_preparing_are_for_everybody(
    browser: Browser, jo: Planner, scheme: str
) -> None:
    plan = jo.copies()
    # What moves would be caught half faded in.
    how = {"color_scheme": scheme, "viewport": {"width": 390, "height": 844}}
    context = desk(browser, jo, reduced_motion="reduce", **how)
    page = context.new_page()
    for path in (plan, *(f"{plan}/steps/{position}" for position in range(1, 8))):
        page.goto(jo.url + path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.get_by_label("What you ask").fill("")
    page.get_by_label("Suggested minutes").fill("61")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("#problems")).to_be_focused()
    assert axe(page) == []
    page.get_by_role("link", name="What you ask: Please write something here.").click()
    expect(page.get_by_label("What you ask")).to_be_focused()
    page.get_by_label("What you ask").fill("Mine")
    page.get_by_label("Suggested minutes").fill("6")
    jo.saves(f"{plan}/steps/7", {"frame.title": "Theirs"})
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("Saved meanwhile, on another page:").first).to_be_visible()
    assert axe(page) == []
    context.close()


def test_without_script_a_step_is_written_all_the_same(browser: Browser, jo: Planner) -> None:
    plan = jo.copies()
    context = desk(browser, jo, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{jo.url}{plan}/steps/5")
    count = len(jo.asks_for(plan)["steps"][4]["settings"]["options"])
    page.get_by_label("What you ask").fill("What helps today?")
    page.get_by_role("button", name="Add to Options").click()
    page.get_by_label("What it says").nth(count).fill("Fresh air")
    page.get_by_role("button", name=f"Move up: Options, line {count + 1}").click()
    page.get_by_role("button", name="Remove: Options, line 1", exact=True).click()
    page.get_by_role("button", name="Show what I typed").click()
    expect(page.locator("#look .prompt")).to_have_text("What helps today?")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("status").first).to_have_text("Saved")
    step = jo.asks_for(plan)["steps"][4]
    assert step["title"] == "What helps today?"
    assert len(step["settings"]["options"]) == count
    assert step["settings"]["options"][count - 2]["label"] == "Fresh air"
    page.locator("summary", has_text="Remove").click()
    page.get_by_role("button", name="Remove this step").click()
    expect(page.get_by_text("The step is out of the plan.")).to_be_visible()
    context.close()
