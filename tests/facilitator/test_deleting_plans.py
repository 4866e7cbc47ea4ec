"""A plan is deleted for good. What ended rooms have of it stays, and no room loses its steps."""

import pytest
import sqlalchemy as sa

from attune import editing
from attune.db import db, transaction
from attune.errors import PlanChanged, PlanInUse
from attune.migrating import downgrade, upgrade
from attune.models import Plan, Room, Step
from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import token_of, words_of
from tests.house import CHOICE, House
from tests.servers import AttuneServer


@pytest.fixture
def jo(lead_server: AttuneServer) -> Lead:
    jo = Lead(lead_server.url)
    assert jo.signs_in("jo@rivermead.org").status_code == 303
    return jo


def copies(jo: Lead) -> str:
    path = "/programmes/classroom-check-in"
    return str(jo.sends(f"{path}/plans", page=path).headers["Location"])


def test_it_asks_once_and_then_the_plan_is_gone(jo: Lead) -> None:
    plan = copies(jo)
    assert f'href="{plan}/delete"' in jo.opens(plan).text
    asked = jo.opens(f"{plan}/delete")
    assert "Delete this plan?" in words_of(asked.text)
    deleted = jo.sends(f"{plan}/delete", page=f"{plan}/delete", revision="1")
    assert (deleted.status_code, deleted.headers["Location"]) == (303, "/plans?deleted=yes")
    page = jo.opens("/plans?deleted=yes").text
    assert "The plan is deleted." in words_of(page)
    assert f'href="{plan}"' not in page
    for path in (plan, f"{plan}/delete", f"{plan}/steps/1"):
        assert jo.opens(path).status_code == 404


def test_a_plan_that_a_running_room_follows_stays_and_the_page_says_which(jo: Lead) -> None:
    room = Lead(jo.url)
    room.session.cookies.update(jo.session.cookies)
    room.opens_a_room("Year 9, Tuesday")
    plan = f"/plans/{room.plan['id']}"
    asked = jo.opens(f"{plan}/delete").text
    assert "A room that has not ended follows this plan." in words_of(asked)
    assert "To the room: Year 9, Tuesday" in words_of(asked)
    assert "Delete the plan</button>" not in asked
    sent = {"revision": "1", "csrf_token": token_of(asked)}
    refused = jo.posts(f"{plan}/delete", sent, {})
    assert refused.status_code == 409
    assert "A room that has not ended" in words_of(refused.text)
    assert code_of(jo.posts(f"{plan}/delete", sent)) == (409, "changed")
    assert jo.opens(plan).status_code == 200

    assert room.does("ending", seen=0).status_code == 200
    assert "The summary of 1 session" in words_of(jo.opens(f"{plan}/delete").text)
    assert jo.posts(f"{plan}/delete", sent, {}).status_code == 303
    summary = jo.opens(f"{room.path}/summary")
    assert (summary.status_code, "Year 9, Tuesday" in summary.text) == (200, True)
    assert jo.opens("/home").status_code == 200


def test_a_plan_that_changed_meanwhile_is_looked_at_again_first(jo: Lead) -> None:
    plan = copies(jo)
    page = jo.opens(plan).text
    fields = {"csrf_token": token_of(page), "revision": "1", "title": "Written since"}
    assert jo.posts(plan, fields, {}).status_code == 303
    late = jo.posts(f"{plan}/delete", {"csrf_token": token_of(page), "revision": "1"}, {})
    assert late.status_code == 409
    assert "it was not deleted" in words_of(late.text)
    assert "Written since" in words_of(jo.opens(plan).text)


def test_nothing_of_it_is_left_in_the_tables_and_its_ended_rooms_are_whole(house: House) -> None:
    ended, going = house.room(CHOICE), house.room(CHOICE)
    ended.ends()
    for room in (ended, going):
        plan = db.session.get_one(Plan, room.row.plan_id)
        db.session.close()
        if room is going:
            with pytest.raises(PlanInUse), transaction():
                editing.delete(db.session.get_one(Plan, plan.id), plan.revision)
            continue
        with pytest.raises(PlanChanged), transaction():
            editing.delete(db.session.get_one(Plan, plan.id), plan.revision + 1)
        with transaction():
            editing.delete(db.session.get_one(Plan, plan.id), plan.revision)
        assert house.rows(f"SELECT count(*) FROM step WHERE plan_id = {plan.id}") == [(0,)]
        assert house.rows(f"SELECT count(*) FROM plan WHERE id = {plan.id}") == [(0,)]
    assert (ended.row.state, ended.row.plan_id) == ("ended", None)
    assert going.puts() == 1


def test_going_back_a_version_and_up_again_keeps_plans_steps_rooms_and_seats(house: House) -> None:
    """SQLite makes a changed table anew: its rows, and those that hang on them, must survive."""
    ended, going = house.room(CHOICE, CHOICE), house.room(CHOICE, CHOICE)
    going.joins(3)
    going.puts()
    ended.ends()
    with transaction():
        plan = db.session.get_one(Plan, ended.row.plan_id)
        editing.delete(plan, plan.revision)
    before = counted(house)
    downgrade("0004")
    downgrade("0001")
    upgrade()
    assert counted(house) == {**before, "plan": before["plan"] + 1}
    assert going.puts(seen=1) == 2
    with db.engines[None].connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def counted(house: House) -> dict[str, int]:
    tables = ("facilitator", "plan", "step", "room", "room_facilitator", "round", "seat", "summary")
    return {name: house.rows(f"SELECT count(*) FROM {name}")[0][0] for name in tables}


def test_the_tables_have_a_plan_behind_each_step() -> None:
    assert not Step.__table__.c.plan_id.nullable
    assert Room.__table__.c.plan_id.nullable
    assert isinstance(Room.__table__.c.title.type, sa.String)
