"""A room that nobody can lead, or that everybody forgot, still comes to its end."""

import datetime as dt

import pytest
import sqlalchemy as sa

from attune import accounts, ending, leading, running
from attune.db import db, transaction
from attune.models import Facilitator, Room, RoomFacilitator
from tests.house import CHOICE, House, LiveRoom

TODAY = dt.datetime.now(dt.UTC).date()


def shuts_out(facilitator_id: int) -> Facilitator:
    with transaction():
        someone = db.session.get_one(Facilitator, facilitator_id)
        accounts.disable(someone)
    return someone


def age(room: LiveRoom, days: int, keep_days: int = 30) -> None:
    with transaction():
        row = db.session.get_one(Room, room.id)
        row.day = TODAY - dt.timedelta(days=days)
        row.settings = {**row.settings, "keep_days": keep_days}


def state_of(room: LiveRoom) -> str:
    db.session.close()
    return db.session.get_one(Room, room.id).state


def test_only_a_room_that_nobody_can_lead_is_left_alone(house: House) -> None:
    room, watched = house.room(CHOICE), house.room(CHOICE)
    kim = house.facilitator("Kim")
    with transaction():
        db.session.add(RoomFacilitator(room_id=watched.id, facilitator_id=kim.id, role="co"))
    assert leading.left_alone(db.session.get_one(Facilitator, room.lead_id)) == []
    alone = leading.left_alone(shuts_out(room.lead_id))
    assert [one.ref for one in alone] == [room.ref]
    assert leading.left_alone(shuts_out(watched.lead_id)) == []
    shuts_out(kim.id)
    alone = leading.left_alone(db.session.get_one(Facilitator, watched.lead_id))
    assert [one.ref for one in alone] == [watched.ref]


def test_it_is_ended_without_anybody_coming_in(house: House) -> None:
    room, other = house.room(CHOICE), house.room(CHOICE)
    room.joins(3)
    room.puts()
    shuts_out(room.lead_id)
    before = sorted(house.rows("SELECT room_id, facilitator_id, role FROM room_facilitator"))
    with transaction():
        lead = db.session.get_one(Facilitator, room.lead_id)
        (begun,) = ending.begin_left_alone(lead)
    ending.finish(begun.id)
    assert (state_of(room), state_of(other)) == ("ended", "lobby")
    after = sorted(house.rows("SELECT room_id, facilitator_id, role FROM room_facilitator"))
    assert after == before
    assert house.rows(f"SELECT count(*) FROM seat WHERE room_id = {room.id}") == [(0,)]


@pytest.mark.parametrize(
    ("days", "keep_days", "state"),
    [
        (29, 30, "live"),
        (30, 30, "forgotten"),
        (6, 7, "live"),
        (8, 7, "forgotten"),
        (1, 0, "live"),
        (2, 0, "forgotten"),
    ],
)
def test_a_room_that_nobody_ends_goes_on_the_day_its_summary_would(
    house: House, days: int, keep_days: int, state: str
) -> None:
    room = house.room(CHOICE)
    room.joins(3)
    room.puts()
    age(room, days, keep_days)
    running.forget_due()
    assert state_of(room) == state
    left = house.rows(f"SELECT count(*) FROM seat WHERE room_id = {room.id}")
    assert left == [(3 if state == "live" else 0,)]
    keys = [file.name for file in (house.folder / "keys").rglob("*") if room.ref in file.name]
    assert bool(keys) == (state == "live")


def test_a_room_in_its_lobby_goes_too_and_an_ended_one_is_not_ended_again(house: House) -> None:
    lobby, ended = house.room(CHOICE), house.room(CHOICE)
    ended.ends()
    age(lobby, 40)
    running.forget_due()
    assert (state_of(lobby), state_of(ended)) == ("forgotten", "ended")
    assert db.session.scalar(sa.select(Room.code).where(Room.id == lobby.id)) is None
