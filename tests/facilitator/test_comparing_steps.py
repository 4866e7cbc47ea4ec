"""In a plan a step is compared with an earlier one, and the field says what is wrong."""

import re
from html import unescape
from typing import Any

import pytest

from tests.facilitator.forms import with_values
from tests.facilitator.test_plan_editing import Planner, error_at
from tests.facilitator.visitor import words_of
from tests.servers import AttuneServer

SLUG = "settling-together"  # before is step 2, after is step 4
BEFORE, AFTER = 2, 4
LABEL = "Compare with an earlier step"


@pytest.fixture
def jo(lead_server: AttuneServer) -> Planner:
    jo = Planner(lead_server.url)
    jo.signs_in("jo@rivermead.org")
    return jo


@pytest.fixture
def plan(jo: Planner) -> str:
    made = jo.sends(f"/programmes/{SLUG}/plans", page=f"/programmes/{SLUG}")
    return str(made.headers["Location"])


def steps(jo: Planner, plan: str) -> list[Any]:
    found: list[Any] = jo.asks_for(plan)["steps"]
    return found


def offered(jo: Planner, path: str) -> list[str]:
    """What the select of a step's page offers."""
    page = jo.opens(path).text
    found = re.search(r'<select id="edit-pair_with".*?</select>', page, re.DOTALL)
    assert found
    return [unescape(text) for text in re.findall(r"<option[^>]*>([^<]*)<", found[0])]


def moves(jo: Planner, plan: str, position: int, to: int) -> None:
    revision = str(jo.asks_for(plan)["revision"])
    moved = jo.sends(f"{plan}/steps/{position}/position", page=plan, to=str(to), revision=revision)
    assert moved.status_code == 303


def test_a_copied_programme_compares_within_the_copy(jo: Planner, plan: str) -> None:
    before, after = (steps(jo, plan)[at - 1] for at in (BEFORE, AFTER))
    assert after["pair_with"] == before["id"]
    assert before["pair_with"] is None
    copy = jo.sends(f"{plan}/copies", page=plan).headers["Location"].split("?")[0]
    copied_before, copied_after = (steps(jo, copy)[at - 1] for at in (BEFORE, AFTER))
    assert copied_after["pair_with"] == copied_before["id"] != before["id"]


def test_the_form_offers_earlier_steps_that_ask_the_same(jo: Planner, plan: str) -> None:
    assert offered(jo, f"{plan}/steps/{AFTER}") == ["Nothing: it stands for itself", "Right now"]
    assert offered(jo, f"{plan}/steps/{BEFORE}") == ["Nothing: it stands for itself"]
    for other in (1, 3, 5, 6):  # a slide, a breath, a talk and a closing cannot be compared
        assert LABEL not in words_of(jo.opens(f"{plan}/steps/{other}").text)


def test_it_is_taken_off_and_put_on_again(jo: Planner, plan: str) -> None:
    before = str(steps(jo, plan)[BEFORE - 1]["id"])
    path = f"{plan}/steps/{AFTER}"
    assert jo.saves(path, {"pair_with": ""}).status_code == 303
    assert steps(jo, plan)[AFTER - 1]["pair_with"] is None
    assert jo.saves(path, {"pair_with": before}).status_code == 303
    assert str(steps(jo, plan)[AFTER - 1]["pair_with"]) == before
    assert dict(jo.form(path))["pair_with"] == before


def test_the_page_and_its_preview_say_what_is_compared(jo: Planner, plan: str) -> None:
    assert "“And now” is compared with this step" in words_of(
        jo.opens(f"{plan}/steps/{BEFORE}").text
    )
    first = words_of(jo.opens(f"{plan}/steps/{BEFORE}/preview").text)
    assert "This is asked once more later. Then we look at how many of us moved" in first
    second = words_of(jo.opens(f"{plan}/steps/{AFTER}/preview").text)
    assert "This was asked before. We look at how many of us moved since" in second
    programme = words_of(jo.opens(f"/programmes/{SLUG}/steps/{AFTER}").text)
    assert "This was asked before." in programme


def test_moved_before_the_other_it_says_so_at_the_field(jo: Planner, plan: str) -> None:
    moves(jo, plan, AFTER, 2)
    words = "The step to compare with has to come before this one. Move it, or choose another one."
    page = jo.opens(f"{plan}/steps/2").text
    assert error_at(page, "pair_with") == words
    assert "not saved" not in words_of(page).lower()
    assert words in words_of(jo.opens(plan).text)
    assert "This was asked before" not in words_of(jo.opens(f"{plan}/steps/2/preview").text)
    refused = jo.saves(f"{plan}/steps/2", {"frame.title": "Kept in the page"})
    assert refused.status_code == 422
    assert error_at(refused.text, "pair_with") == words
    assert "Kept in the page" in refused.text
    moves(jo, plan, 2, AFTER)
    assert "has to come before" not in words_of(jo.opens(plan).text)


def test_with_the_other_gone_it_says_so_at_the_field(jo: Planner, plan: str) -> None:
    revision = str(jo.asks_for(plan)["revision"])
    removed = jo.sends(f"{plan}/steps/{BEFORE}/delete", page=plan, revision=revision)
    assert removed.status_code == 303
    path = f"{plan}/steps/{AFTER - 1}"
    words = "The step to compare with is no longer in the plan. Choose another one, or nothing."
    assert error_at(jo.opens(path).text, "pair_with") == words
    assert words in words_of(jo.opens(plan).text)
    assert offered(jo, path)[-1] == "A step that is no longer in the plan"
    assert jo.saves(path, {"pair_with": ""}).status_code == 303
    assert "no longer in the plan" not in words_of(jo.opens(plan).text)


def test_where_the_other_asks_something_else_now_it_says_so(jo: Planner, plan: str) -> None:
    changed = jo.saves(f"{plan}/steps/{BEFORE}", {"settings.items.0.low": "tense"})
    assert changed.status_code == 303
    words = error_at(jo.opens(f"{plan}/steps/{AFTER}").text, "pair_with")
    assert words.startswith("The two do not ask the same.")
    assert jo.saves(f"{plan}/steps/{AFTER}", {"settings.items.0.low": "tense"}).status_code == 303
    assert "do not ask the same" not in words_of(jo.opens(plan).text)


@pytest.mark.parametrize("value", ["0", "99999999", "-1", "soon", "1e3", "2147483648"])
def test_what_is_no_step_of_the_plan_is_refused_at_the_field(
    jo: Planner, plan: str, value: str
) -> None:
    pairs = with_values(jo.form(f"{plan}/steps/{AFTER}"), {"pair_with": value})
    refused = jo.posts(f"{plan}/steps/{AFTER}", pairs)
    assert refused.status_code == 422
    assert error_at(refused.text, "pair_with")


def test_a_step_of_another_plan_is_refused(jo: Planner, plan: str) -> None:
    made = jo.sends(f"/programmes/{SLUG}/plans", page=f"/programmes/{SLUG}")
    other = steps(jo, str(made.headers["Location"]))[BEFORE - 1]["id"]
    assert jo.saves(f"{plan}/steps/{AFTER}", {"pair_with": str(other)}).status_code == 422


def test_a_step_is_compared_once(jo: Planner, plan: str) -> None:
    third = jo.adds(plan, "scale", position="5").split("?")[0]
    like = dict(jo.form(f"{plan}/steps/{AFTER}"))
    before = str(steps(jo, plan)[BEFORE - 1]["id"])
    after = str(steps(jo, plan)[AFTER - 1]["id"])
    values = {name: like[name] for name in like if name.startswith("settings.items.0.")}
    values |= {"settings.points": "7", "pair_with": before}
    pairs = [
        pair for pair in with_values(jo.form(third), values) if "settings.items.1." not in pair[0]
    ]
    refused = jo.posts(third, pairs)
    assert refused.status_code == 422
    assert error_at(refused.text, "pair_with").startswith("“And now” is compared with that step")
    refused = jo.posts(third, [*[p for p in pairs if p[0] != "pair_with"], ("pair_with", after)])
    assert refused.status_code == 422
    assert "is compared with an earlier one itself" in error_at(refused.text, "pair_with")
    kept = jo.posts(third, [*[p for p in pairs if p[0] != "pair_with"], ("pair_with", "")])
    assert kept.status_code == 303
    assert offered(jo, third) == ["Nothing: it stands for itself"]
