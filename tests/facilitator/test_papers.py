"""A step on paper: every kind, without script, and only one's own."""

import pytest
from playwright.sync_api import Browser, expect

from attune.kinds import kinds
from tests.browser import axe
from tests.facilitator.session import Lead
from tests.facilitator.test_asking import console_of
from tests.facilitator.visitor import Visitor, words_of


def added(lead: Lead, kind: str) -> str:
    """A step of this kind at the end of the plan; the address of its paper."""
    plan = f"/plans/{lead.plan['id']}"
    revision = lead.asks_for(plan)["revision"]
    reply = lead.posts(f"{plan}/steps", {"revision": revision, "kind": kind})
    assert reply.status_code in (200, 303), reply.text
    return f"{plan}/steps/{len(lead.asks_for(plan)['steps'])}/print"


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_can_be_printed(lead: Lead, kind: str) -> None:
    page = lead.follows(added(lead, kind)).text
    assert "<script" not in page
    assert f'data-kind="{kind}"' in page
    assert "<details>" not in page
    assert "<textarea" in page or "<input" in page or kind in ("slide", "breath")
    if 'class="paper-pass"' in page:
        assert "A pass counts as much as an answer." in words_of(page)


def test_a_strangers_step_is_not_there(lead: Lead, stranger: Visitor) -> None:
    path = f"/plans/{lead.plan['id']}/steps/1/print"
    assert lead.follows(path).status_code == 200
    assert stranger.opens(path).status_code == 303
    assert lead.opens(f"/plans/{lead.plan['id']}/steps/99/print").status_code == 404
    assert lead.opens(f"/plans/{2**20}/steps/1/print").status_code == 404


def test_on_paper_stands_the_question_and_a_box_to_pass(lead: Lead, browser: Browser) -> None:
    place = next(
        number for number, step in enumerate(lead.plan["steps"], 1) if step["kind"] == "choice"
    )
    page = console_of(lead, browser)
    page.goto(f"{lead.url}/plans/{lead.plan['id']}/steps/{place}/print")
    assert axe(page) == []
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".paper-box")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the step")).to_be_hidden()
    assert page.locator(".on-paper button:visible").count() == 0
    page.context.close()


def test_paper_speaks_the_language_of_the_plans_rooms(lead: Lead) -> None:
    plan = f"/plans/{lead.plan['id']}"
    fields = {"revision": lead.asks_for(plan)["revision"], "settings.language": "ar"}
    assert lead.posts(plan, fields).status_code == 200
    page = lead.follows(added(lead, "words")).text
    assert '<html lang="ar" dir="rtl"' in page
    assert "No name on this sheet" not in page
