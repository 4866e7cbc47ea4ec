"""Somebody who leads a room and answers in it could take their own answer away from a result."""

from attune.db import db, transaction
from attune.models import RoomFacilitator
from tests.house import LiveRoom
from tests.participant.conftest import Site
from tests.participant.phone import Phone


def leads_answering(site: Site, room: LiveRoom) -> int:
    (row,) = site.house.rows(f"SELECT leads_answering FROM room WHERE id = {room.id}")
    count: int = row[0]
    return count


def test_who_leads_the_room_and_takes_a_seat_raises_its_need_by_one(site: Site) -> None:
    phone = Phone(site.url)
    link = site.server.setup_link()
    path = link[link.index("/setup") :]
    signed_in = phone.posts(
        path, phone.opens(path).text, name="Jo", email="jo@example.org", password="rooted together"
    )
    assert signed_in.status_code == 303
    own, foreign = site.room(), site.room()
    with transaction():
        db.session.add(RoomFacilitator(room_id=own.id, facilitator_id=1, role="co"))
    site.phone(own)
    assert leads_answering(site, own) == 0
    for room in (own, foreign):
        phone.ref = room.ref
        assert phone.joins(site.code(room)).status_code == 303
    assert leads_answering(site, own) == 1
    assert leads_answering(site, foreign) == 0
