"""A name of 80 characters fits, whatever a person's characters are made of, on both databases.

PostgreSQL counts code points, and a flag has two, a family seven.
"""

import pytest

from attune import accounts, editing, forms, invitations, rooms
from attune.accounts import PasswordHash
from attune.db import db, transaction
from attune.errors import Invalid
from attune.models import Facilitator, Plan, Room
from attune.text import largest_bytes, length
from tests.house import CHOICE, House

ACCENTED = "q\u0323\u0307"  # no letter of its own has both marks: three code points
FLAG = "🇫🇮"
FAMILY = "👨‍👩‍👧‍👦"
# As many as four bytes for each of 80 characters allow, and one more that they do not.
LONGEST = [ACCENTED * 67, FLAG * 42, FAMILY * 13, "é" * 80, "م" * 80, "x" * 80]


def opens(house: House, title: str) -> str:
    room = house.room(CHOICE)
    with transaction():
        lead = db.session.get_one(Facilitator, room.lead_id)
        plan = db.session.get_one(Plan, room.row.plan_id)
        opened = rooms.open_room(lead, plan, title=title, help_text="", keep_days=30)
    return db.session.get_one(Room, opened.id).title


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_names_are_kept_whole(house: House, name: str) -> None:
    assert length(name) <= 80
    assert len(name.encode()) <= largest_bytes(80)
    assert opens(house, name) == name
    with transaction():
        person = accounts.add(name, "jo@rivermead.org", PasswordHash("-"))
        invitations.make(person, None, name)
        typed = forms.read(editing.PlanForm, [("title", name)], {})
        made = Plan(facilitator_id=person.id, title="A plan", settings={}, steps=[])
        db.session.add(made)
        db.session.flush()
        editing.change(made, {**editing.typed_plan(made), "title": typed["title"]}, 1)
    assert db.session.get_one(Plan, made.id).title == name
    copied = copy_of(made.id)
    assert length(copied) <= 80
    assert copied.endswith("(2)")


def copy_of(plan_id: int) -> str:
    with transaction():
        plan = db.session.get_one(Plan, plan_id)
        owner = db.session.get_one(Facilitator, plan.facilitator_id)
        return editing.copy(owner, plan).title


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x" * 81, "Shorten this by one character."),
        ("é" * 81, "Shorten this by one character."),
        (FAMILY * 80, "This takes too much room. Shorten it."),
        ("z" + "\u0301" * 400, "This takes too much room. Shorten it."),
    ],
)
def test_a_name_that_is_too_long_is_said_to_be_so(house: House, name: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        opens(house, name)
    assert (str(refused.value), refused.value.field) == (words, "title")
