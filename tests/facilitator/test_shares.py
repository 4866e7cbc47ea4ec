"""Plans that are shared: who may read, who may edit, and everybody else who is refused."""

import pytest

from attune import access, editing, shares
from attune.db import db, transaction
from attune.errors import Invalid, NotYours
from attune.models import Plan
from tests.facilitator.people import comes, number_of
from tests.facilitator.session import JSON, Lead, code_of
from tests.facilitator.visitor import words_of
from tests.house import CHOICE, House


def a_plan(jo: Lead) -> str:
    """The path of a new plan of hers."""
    made = jo.posts("/programmes/classroom-check-in/plans", {}, {})
    return str(made.headers["Location"]).partition("?")[0]


def shared(jo: Lead, plan: str, name: str, may: str) -> Lead:
    """Somebody new, with whom it is shared."""
    someone = comes(jo, name)
    who = number_of(jo, name)
    assert jo.posts(f"{plan}/shares", {"facilitator": who, "may": may}, {}).status_code == 303
    return someone


def revision(someone: Lead, plan: str) -> int:
    return int(someone.asks_for(plan)["revision"])


def test_who_may_read_looks_and_copies_and_changes_nothing(jo: Lead) -> None:
    plan = a_plan(jo)
    ann = shared(jo, plan, "Ann6", "read")
    assert "From Jo Marsh, to read" in words_of(ann.opens("/plans").text)
    page = ann.opens(plan)
    assert page.status_code == 200
    assert "Add a step" not in words_of(page.text)
    assert 'name="revision"' not in page.text
    for path in (f"{plan}/steps/1/preview", f"{plan}/steps/2/print"):
        assert ann.opens(path).status_code == 200, path
    for path in (f"{plan}/steps/1", f"{plan}/delete", f"{plan}/shares"):
        assert ann.opens(path, **JSON).status_code == 404, path
    now = revision(jo, plan)
    before = jo.asks_for(plan)
    edits = {
        plan: {"title": "Ann's now"},
        f"{plan}/steps": {"kind": "choice"},
        f"{plan}/steps/1": {"frame.title": "Ann's now"},
        f"{plan}/steps/1/position": {"to": "2"},
        f"{plan}/steps/1/delete": {},
        f"{plan}/delete": {},
        f"{plan}/rooms": {"title": "Ann's room", "entry": "open"},
        f"{plan}/shares": {"facilitator": "1", "may": "edit"},
        f"{plan}/shares/1/delete": {},
    }
    for path, fields in edits.items():
        refused = ann.posts(path, {"revision": now, **fields})
        assert code_of(refused) == (404, "not_yours"), path
    assert jo.asks_for(plan) == before
    copied = ann.posts(f"{plan}/copies", {}, {})
    assert copied.status_code == 303
    mine = copied.headers["Location"].partition("?")[0]
    assert mine != plan
    assert jo.opens(mine).status_code == 404


def test_who_may_edit_changes_it_and_opens_rooms_but_neither_shares_nor_deletes(jo: Lead) -> None:
    plan = a_plan(jo)
    bea = shared(jo, plan, "Bea6", "edit")
    page = words_of(bea.opens(plan).text)
    assert "Add a step" in page
    assert "Delete this plan" not in page
    assert (
        bea.posts(plan, {"revision": revision(bea, plan), "title": "Ours"}, {}).status_code == 303
    )
    assert jo.asks_for(plan)["title"] == "Ours"
    opened = bea.posts(f"{plan}/rooms", {"title": "Bea's group", "entry": "open"}, {})
    assert opened.status_code == 303
    assert bea.opens(opened.headers["Location"]).status_code == 200
    assert jo.opens(opened.headers["Location"]).status_code == 404  # a room is not shared with it
    for path in (f"{plan}/delete", f"{plan}/shares"):
        fields = {"revision": revision(bea, plan), "facilitator": "1", "may": "edit"}
        assert code_of(bea.posts(path, fields)) == (404, "not_yours"), path
        assert bea.opens(path, **JSON).status_code == 404, path


def test_two_who_edit_lose_nothing_to_each_other(jo: Lead) -> None:
    plan = a_plan(jo)
    cy = shared(jo, plan, "Cy6", "edit")
    seen = revision(jo, plan)
    assert jo.posts(plan, {"revision": seen, "title": "Jo was first"}, {}).status_code == 303
    late = cy.posts(plan, {"revision": seen, "title": "Cy was second"})
    assert code_of(late) == (409, "changed")
    assert jo.asks_for(plan)["title"] == "Jo was first"


def test_everybody_else_is_refused(jo: Lead) -> None:
    plan = a_plan(jo)
    shared(jo, plan, "Dee6", "edit")
    eve = comes(jo, "Eve6")
    for path in (plan, f"{plan}/steps/1", f"{plan}/steps/1/preview", f"{plan}/steps/1/print"):
        assert eve.opens(path).status_code == 404, path
    assert code_of(eve.posts(f"{plan}/copies", {})) == (404, "not_yours")
    assert code_of(eve.posts(plan, {"revision": "1", "title": "Eve's"})) == (404, "not_yours")
    assert "From Jo Marsh" not in words_of(eve.opens("/plans").text)


def test_what_is_taken_back_is_gone_at_once(jo: Lead) -> None:
    plan = a_plan(jo)
    fay = shared(jo, plan, "Fay6", "edit")
    who = number_of(jo, "Fay6")
    assert jo.posts(f"{plan}/shares", {"facilitator": who, "may": "read"}, {}).status_code == 303
    sent = {"revision": revision(jo, plan), "title": "Fay's"}
    assert code_of(fay.posts(plan, sent)) == (404, "not_yours")
    assert jo.posts(f"{plan}/shares/{who}/delete", {}, {}).status_code == 303
    assert fay.opens(plan).status_code == 404
    assert "Jo Marsh shared a plan with Fay6" in words_of(jo.opens("/audit").text)


def test_one_lets_go_of_a_plan_by_oneself(jo: Lead) -> None:
    plan = a_plan(jo)
    gus = shared(jo, plan, "Gus6", "read")
    who = number_of(jo, "Gus6")
    assert gus.posts(f"{plan}/shares/{who}/delete", {}, {}).headers["Location"] == "/plans"
    assert gus.opens(plan).status_code == 404
    assert jo.opens(plan).status_code == 200


def test_who_is_shut_out_and_nonsense_are_refused(house: House) -> None:
    live = house.room(CHOICE)
    other = house.facilitator("Pat")
    with transaction():
        plan = access.own_plan(live.lead_id, plan_of(live.row.plan_id))
        for whom, may in ((other.id, "own"), (live.lead_id, "read"), (2**31 - 1, "read")):
            with pytest.raises(Invalid):
                shares.share(plan, whom, may)
        shares.share(plan, other.id, "read")
    with pytest.raises(NotYours):
        access.plan_for(other.id, plan.id)
    assert access.plan_to_read(other.id, plan.id).id == plan.id


def test_a_deleted_plan_is_shared_with_nobody(house: House) -> None:
    jo, pat = house.facilitator(), house.facilitator("Pat")
    with transaction():
        plan = Plan(facilitator_id=jo.id, title="A plan", settings={}, steps=[])
        db.session.add(plan)
        db.session.flush()
        shares.share(plan, pat.id, "edit")
    assert [found.id for found, _, _ in shares.with_me(pat.id)] == [plan.id]
    with transaction():
        editing.delete(access.own_plan(jo.id, plan.id), 1)
    assert shares.with_me(pat.id) == []


def plan_of(plan_id: int | None) -> int:
    assert plan_id
    return plan_id
