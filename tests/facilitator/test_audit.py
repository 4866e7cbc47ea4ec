"""What facilitators did is written down: which acts, for whose eyes, and for how long."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from attune import access, audit, ending
from attune.db import db, transaction
from attune.models import Audit
from tests.facilitator.people import comes, email, number_of
from tests.facilitator.session import Lead
from tests.facilitator.visitor import PASSWORD, Visitor, words_of
from tests.house import CHOICE, House
from tests.promises.test_who_reaches_what import addresses, shipped
from tests.servers import AttuneServer

# Every address of this side that changes something, and what is written down of it. Those without a
# word: what everybody in the room sees anyway, what answers somebody in it, and what is one's own.
ACTS: dict[str, set[str]] = {
    "POST /setup": set(),
    "POST /sign-in": set(),  # where one is signed in is listed by itself
    "POST /sign-in/second-step": set(),
    "POST /sign-out": set(),
    "POST /resets": set(),  # of a stranger
    "POST /resets/TOKEN": {"reset-used"},
    "POST /account/password": {"password"},
    "POST /account/second-step": {"second-step-on"},
    "POST /account/second-step/delete": {"second-step-off"},
    "POST /account/recovery-codes": set(),
    "POST /account/sign-ins/BROWSER/delete": set(),
    "POST /account/sign-ins/delete": set(),
    "POST /people/PERSON/disabling": {"shut-out"},
    "POST /people/PERSON/disabling/delete": {"let-in"},
    "POST /people/PERSON/resets": {"reset-made"},
    "POST /people/PERSON/endings": {"ended-alone"},
    "POST /invitations": {"invited"},
    "POST /invitations/LINK/delete": set(),
    "POST /invitations/TOKEN": {"came", "entered"},
    "POST /plans/ID/shares": {"shared"},
    "POST /plans/ID/shares/PERSON/delete": {"unshared"},
    "POST /plans/ID/rooms": {"opened"},
    "POST /rooms/REF/entry": {"door"},
    "POST /rooms/REF/code": {"code"},
    "POST /rooms/REF/rounds/N/preview": {"looked"},
    "POST /rooms/REF/rounds/N/release": {"showed"},
    "POST /rooms/REF/rounds/N/release/delete": {"hid"},
    "POST /rooms/REF/facilitators": {"asked-in"},
    "POST /rooms/REF/facilitators/PERSON/delete": {"left", "sent-away"},
    "POST /rooms/REF/invitations": {"link"},
    "POST /rooms/REF/invitations/LINK/delete": set(),
    "POST /rooms/REF/leading": {"handed-over"},
    "POST /rooms/REF/ending": {"ended"},
    "POST /rooms/REF/forgetting": {"forgot"},
}
BY_COMMAND = {"added", "disabled", "reset"}


def seen_by(someone: Visitor, path: str) -> str:
    page = someone.opens(path)
    assert page.status_code == 200
    return words_of(page.text)


def test_every_verb_belongs_to_an_address_or_a_command(tmp_path: Path) -> None:
    assert set(ACTS) <= addresses(shipped(tmp_path))
    assert set().union(*ACTS.values()) | BY_COMMAND == set(audit.SAID)


def test_who_leads_reads_what_was_done_with_the_room_and_nobody_else(jo: Lead) -> None:
    jo.opens_a_room("Audited group")
    who = number_of(comes_in(jo, "Una5"), "Una5")
    assert jo.presses("facilitators", facilitator=who).status_code == 303
    una = Lead(jo.url)
    una.signs_in(email("Una5"))
    assert jo.presses("entry", entry="locked").status_code == 303
    page = seen_by(jo, f"{jo.path}/facilitators")
    for said in ("opened the room", "asked Una5 in", "changed who may come in"):
        assert f"Jo Marsh {said}" in page
    assert "opened the room" not in seen_by(una, f"{jo.path}/facilitators")
    everything = seen_by(jo, "/audit")
    assert "Jo Marsh opened the room" in everything
    assert "Audited group" not in everything


def comes_in(jo: Lead, name: str) -> Lead:
    comes(jo, name)
    return jo


def test_one_reads_what_others_did_with_ones_account(jo: Lead) -> None:
    wim = comes(jo, "Wim5")
    number = number_of(jo, "Wim5")
    assert jo.posts(f"/people/{number}/resets", {}, {}).status_code == 200
    assert jo.posts(f"/people/{number}/disabling", {}, {}).status_code == 303
    assert jo.posts(f"/people/{number}/disabling/delete", {}, {}).status_code == 303
    page = seen_by(wim, "/account")
    assert "Jo Marsh made a link to a new password for Wim5" in page
    assert "Jo Marsh shut Wim5 out" in page
    changed = wim.posts("/account/password", {"current": PASSWORD, "password": "another one"}, {})
    assert changed.status_code == 303
    assert "Wim5 chose a new password" in seen_by(jo, "/audit")
    assert wim.opens("/audit").status_code == 404


def test_a_command_is_written_down_too(lead_server: AttuneServer, jo: Lead) -> None:
    comes(jo, "Yan5")
    assert lead_server.command("facilitator", "disable", email("Yan5")).returncode == 0
    assert "Whoever runs this server shut Yan5 out by a command" in seen_by(jo, "/audit")


def test_an_act_is_written_down_once_a_day(house: House) -> None:
    live = house.room(CHOICE)
    with transaction():
        for _ in range(3):
            audit.note(live.lead_id, "looked", room=access.room_for(live.lead_id, live.ref))
    assert len(audit.of_room(live.row)) == 1


def test_what_is_about_a_room_goes_with_it_and_which_one_is_not_said(house: House) -> None:
    live, other = house.room(CHOICE), house.room(CHOICE)
    with transaction():
        for one in (live, other):
            audit.note(one.lead_id, "showed", room=access.room_for(one.lead_id, one.ref))
    live.ends()
    with transaction():
        ending.forget(access.room_for(live.lead_id, live.ref))
        audit.note(live.lead_id, "forgot")
    ending.forgotten(live.ref)
    left = db.session.scalars(sa.select(Audit).order_by(Audit.id)).all()
    assert [(row.verb, row.room_id) for row in left] == [("showed", other.id), ("forgot", None)]


def test_a_line_stays_for_a_year(house: House) -> None:
    jo = house.facilitator()
    with transaction():
        audit.note(jo.id, "invited")
    today = dt.datetime.now(dt.UTC).date()
    for days, left in ((365, 1), (367, 0)):
        with transaction():
            audit.clear(today + dt.timedelta(days=days))
        assert len(audit.everything()) == left


def test_no_line_has_a_time_or_a_place_for_words() -> None:
    """A day, numbers, and a word of a fixed list: nothing that a participant gave fits into it."""
    kinds = {column.name: type(column.type).__name__ for column in Audit.__table__.columns}
    assert kinds == {
        "id": "Integer",
        "day": "Date",
        "facilitator_id": "Integer",
        "verb": "String",
        "room_id": "Integer",
        "whom_id": "Integer",
    }
