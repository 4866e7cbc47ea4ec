"""Who leads a room and who watches over it, and the links that let them in: on both databases."""

import hashlib

import pytest
import sqlalchemy as sa

from attune import access, accounts, ending, invitations, leading, rooms, seats
from attune.codes import shown
from attune.db import db, transaction
from attune.errors import Invalid, NotYours, RoomEnded
from attune.models import Facilitator, Invitation, Version
from tests.house import CHOICE, House, LiveRoom

UNUSED = accounts.PasswordHash("-")


def person(house: House, name: str, role: accounts.Role = "facilitator") -> int:
    with transaction():
        made = accounts.add(name, f"{name}@example.org".lower(), UNUSED, role)
    return made.id


def watched(house: House) -> tuple[LiveRoom, int]:
    """A room, and somebody who watches over it."""
    room, kim = house.room(CHOICE), person(house, "Kim")
    with transaction():
        leading.ask_in(access.room_led_by(room.lead_id, room.ref), kim)
    return room, kim


def hands_over(room: LiveRoom, by: int, to: int) -> None:
    with transaction():
        leading.hand_over(access.room_handed_to(by, room.ref, to), to)


def link(maker: int, room: LiveRoom | None = None, name: str = "") -> str:
    with transaction():
        there = access.room_led_by(maker, room.ref) if room else None
        return invitations.make(accounts.facilitator(maker), there, name)[1]


def comes_by(token: str, who: int, seat: bytes | None = None) -> None:
    with transaction():
        invitations.watch_over(token, accounts.facilitator(who), seat)


def is_good(token: str) -> bool:
    db.session.close()
    try:
        invitations.find(token)
    except NotYours:
        return False
    return True


def disables(who: int) -> None:
    with transaction():
        accounts.disable(accounts.facilitator(who))


def team(room: LiveRoom) -> list[tuple[str, bool]]:
    return [(one.name, one.leads) for one in leading.team(room.row)]


def versions(room: LiveRoom) -> set[tuple[str, str, int]]:
    db.session.close()
    rows = sa.select(Version.audience, Version.region, Version.v).where(Version.room_id == room.id)
    return {(audience, region, v) for audience, region, v in db.session.execute(rows)}


# --- sharing a room -----------------------------------------------------------------------------


def test_who_watches_over_a_room_reaches_it_and_does_not_lead_it(house: House) -> None:
    room, kim = watched(house)
    assert access.room_for(kim, room.ref).id == room.id
    assert [one.id for one in access.rooms_of(kim)] == [room.id]
    with pytest.raises(NotYours, match="Only who leads"):
        access.room_led_by(kim, room.ref)
    assert access.room_led_by(room.lead_id, room.ref).id == room.id
    assert team(room) == [("Jo", True), ("Kim", False)]


def test_handing_over_turns_the_two_round_and_tells_every_region(house: House) -> None:
    room, kim = watched(house)
    before = {(audience, region): v for audience, region, v in versions(room)}
    hands_over(room, room.lead_id, kim)
    assert team(room) == [("Kim", True), ("Jo", False)]
    assert rooms.leader_of(room.row) == "Kim"
    after = {(audience, region): v for audience, region, v in versions(room)}
    for region in ("stage", "results", "side", "status"):
        at = ("participant", region)
        assert after[at] > before.get(at, 0), region
    assert access.room_led_by(kim, room.ref)
    with pytest.raises(NotYours):
        access.room_led_by(room.lead_id, room.ref)


def test_handing_over_twice_is_handing_over_once(house: House) -> None:
    room, kim = watched(house)
    hands_over(room, room.lead_id, kim)
    hands_over(room, room.lead_id, kim)
    assert team(room) == [("Kim", True), ("Jo", False)]


def test_a_room_is_handed_to_nobody_but_who_watches_over_it(house: House) -> None:
    room, kim = watched(house)
    ana = person(house, "Ana")
    with pytest.raises(Invalid):
        hands_over(room, room.lead_id, ana)
    with pytest.raises(NotYours):
        hands_over(room, kim, kim)
    with pytest.raises(NotYours):
        hands_over(room, ana, ana)
    disables(kim)
    with pytest.raises(Invalid):
        hands_over(room, room.lead_id, kim)
    assert team(room) == [("Jo", True), ("Kim", False)]


def test_a_room_whose_lead_is_shut_out_can_be_taken_over(house: House) -> None:
    room, kim = watched(house)
    ana = person(house, "Ana")
    with transaction():
        leading.ask_in(access.room_led_by(room.lead_id, room.ref), ana)
    disables(room.lead_id)
    with pytest.raises(NotYours):  # for oneself alone
        hands_over(room, kim, ana)
    hands_over(room, kim, kim)
    assert access.room_led_by(kim, room.ref)
    with pytest.raises(NotYours):
        hands_over(room, ana, ana)


def test_who_is_sent_away_reaches_nothing_and_the_lead_stays(house: House) -> None:
    room, kim = watched(house)
    for _ in range(2):
        with transaction():
            leading.send_away(access.room_led_by(room.lead_id, room.ref), kim)
    with pytest.raises(NotYours):
        access.room_for(kim, room.ref)
    with pytest.raises(Invalid, match="Hand it over first"), transaction():
        leading.send_away(access.room_led_by(room.lead_id, room.ref), room.lead_id)
    assert team(room) == [("Jo", True)]


def test_nobody_is_asked_in_who_is_shut_out_or_not_there(house: House) -> None:
    room, kim = house.room(CHOICE), person(house, "Kim")
    assert [one.name for one in leading.who_could_be_asked(room.row)] == ["Kim"]
    disables(kim)
    assert leading.who_could_be_asked(room.row) == []
    for nobody in (kim, 10_000):
        with pytest.raises(Invalid), transaction():
            leading.ask_in(access.room_led_by(room.lead_id, room.ref), nobody)


def test_an_ended_room_can_be_handed_over_and_a_forgotten_one_is_nobodys(house: House) -> None:
    room, kim = watched(house)
    room.ends()
    hands_over(room, room.lead_id, kim)
    with transaction():
        ending.forget(access.room_led_by(kim, room.ref))
    for who in (kim, room.lead_id):
        with pytest.raises(NotYours):
            access.room_for(who, room.ref)
    assert house.rows("SELECT * FROM room_facilitator") == []


# --- answering too ------------------------------------------------------------------------------


def need(room: LiveRoom) -> int:
    number = room.puts()
    return int(max(room.round(number).needs.values()))


def test_who_watches_over_a_room_and_takes_a_seat_raises_the_need(house: House) -> None:
    room, kim = watched(house)
    ana = person(house, "Ana")
    assert need(room) == 4
    with transaction():
        seats.take(code(room), facilitator_id=kim)
    assert need(room) == 5
    with transaction():
        seats.take(code(room), facilitator_id=room.lead_id)
        seats.take(code(room), facilitator_id=ana)  # a facilitator, and not of this room
    assert need(room) == 6


def code(room: LiveRoom) -> str:
    return shown(access.room_for(room.lead_id, room.ref).code or "")


def test_a_seat_taken_before_is_counted_once_when_they_come_to_watch_over(house: House) -> None:
    room, kim = house.room(CHOICE), person(house, "Kim")
    (seat,) = room.joins()
    token = link(room.lead_id, room)
    comes_by(token, kim, seat)
    assert need(room) == 5
    for _ in range(2):  # their console is opened again and again
        with transaction():
            leading.count_in(access.room_for(kim, room.ref), kim, seat)
    assert need(room) == 5


def test_no_other_seat_is_counted(house: House) -> None:
    room, kim = watched(house)
    (elsewhere,) = house.room(CHOICE).joins()
    for seat in (None, elsewhere, b"0" * 32):
        with transaction():
            leading.count_in(access.room_for(kim, room.ref), kim, seat)
    assert need(room) == 4


def test_no_row_says_which_seat_a_facilitator_has(house: House) -> None:
    room, kim = watched(house)
    with transaction():
        seats.take(code(room), facilitator_id=kim)
    room.joins(3)
    columns = {column["name"] for column in sa.inspect(db.engines[None]).get_columns("seat")}
    assert columns == {"key", "room_id", "token_hash", "state", "label"}
    assert len(set(house.rows("SELECT room_id, state, label FROM seat"))) == 1


# --- links ----------------------------------------------------------------------------------------


def test_a_link_makes_one_account_and_then_leads_nowhere(house: House) -> None:
    owner = person(house, "Jo", "owner")
    token = link(owner, name="Sam")
    with transaction():
        sam = invitations.make_account(token, "Sam", "sam@example.org", UNUSED)
    assert (sam.role, sam.is_disabled) == ("facilitator", False)
    assert not is_good(token)
    with pytest.raises(NotYours), transaction():
        invitations.make_account(token, "Eve", "eve@example.org", UNUSED)
    assert house.rows("SELECT * FROM invitation") == []


def test_a_mistake_in_the_form_does_not_use_the_link_up(house: House) -> None:
    owner = person(house, "Jo", "owner")
    token = link(owner)
    for name, email in (("", "sam@example.org"), ("Sam", "sam"), ("Sam", "jo@example.org")):
        with pytest.raises(Invalid), transaction():
            invitations.make_account(token, name, email, UNUSED)
    assert is_good(token)


def test_a_link_to_a_room_lets_one_watch_over_it_and_makes_no_account(house: House) -> None:
    room, kim, ana = house.room(CHOICE), person(house, "Kim"), person(house, "Ana")
    token = link(room.lead_id, room)
    with pytest.raises(NotYours), transaction():
        invitations.make_account(token, "Eve", "eve@example.org", UNUSED)
    comes_by(token, room.lead_id)  # who is inside already does not use it up
    comes_by(token, kim)
    with pytest.raises(NotYours):
        comes_by(token, ana)
    assert team(room) == [("Jo", True), ("Kim", False)]


def test_a_link_to_an_account_leads_to_no_room(house: House) -> None:
    owner, kim = person(house, "Jo", "owner"), person(house, "Kim")
    token = link(owner)
    with pytest.raises(NotYours):
        comes_by(token, kim)
    assert is_good(token)


def test_a_link_is_good_for_a_day(house: House) -> None:
    owner = person(house, "Jo", "owner")
    old, young = link(owner), link(owner)
    with transaction():
        (first,) = db.session.scalars(
            sa.select(Invitation).where(Invitation.token_hash == digest(old))
        ).all()
        first.until -= invitations.LASTS_MS
    assert (is_good(old), is_good(young)) == (False, True)
    assert [invitations.hours_left(one) for one in invitations.open_ones(None)] == [24]
    with transaction():
        invitations.clear()
    assert len(house.rows("SELECT * FROM invitation")) == 1


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def test_a_link_that_was_taken_back_leads_nowhere(house: House) -> None:
    room, owner = house.room(CHOICE), person(house, "Ana", "owner")
    of_the_room, of_the_server = link(room.lead_id, room), link(owner)
    (mine,) = invitations.open_ones(room.row)
    with transaction():
        invitations.take_back(None, mine.id)  # not the owner's to take back
    assert is_good(of_the_room)
    for _ in range(2):
        with transaction():
            invitations.take_back(access.room_led_by(room.lead_id, room.ref), mine.id)
    assert (is_good(of_the_room), is_good(of_the_server)) == (False, True)


def test_a_link_is_worth_no_more_than_who_made_it(house: House) -> None:
    room, kim = watched(house)
    handed_over, owner = link(room.lead_id, room), person(house, "Ana", "owner")
    of_the_server = link(owner)
    hands_over(room, room.lead_id, kim)
    assert not is_good(handed_over)
    hands_over(room, kim, room.lead_id)
    assert not is_good(handed_over)
    of_the_room = link(room.lead_id, room)
    disables(room.lead_id)
    disables(owner)
    assert not is_good(of_the_room)
    assert not is_good(of_the_server)


def test_a_room_that_ends_takes_its_links_with_it(house: House) -> None:
    room = house.room(CHOICE)
    token = link(room.lead_id, room)
    room.ends()
    assert not is_good(token)
    assert house.rows("SELECT * FROM invitation") == []
    with pytest.raises(RoomEnded):
        link(room.lead_id, room)


def test_nothing_that_opens_a_link_is_kept(sqlite_house: House) -> None:
    token = link(person(sqlite_house, "Jo", "owner"))
    assert is_good(token)
    assert token.encode() not in sqlite_house.bytes_on_disk()


def test_links_do_not_pile_up(house: House) -> None:
    owner = person(house, "Jo", "owner")
    for _ in range(invitations.MOST_OPEN):
        link(owner)
    with pytest.raises(Invalid, match="many open links"):
        link(owner)
    with pytest.raises(Invalid), transaction():
        invitations.make(accounts.facilitator(owner), None, "x" * 81)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\udc80", "\u0661" * 20_000])
def test_what_is_no_link_leads_nowhere_in_the_same_words(sqlite_house: House, token: str) -> None:
    with pytest.raises(NotYours) as refused:
        invitations.find(token)
    assert refused.value.message == invitations.NOWHERE


# --- the server's people --------------------------------------------------------------------------


def test_an_owner_shuts_out_others_and_not_themselves(house: House) -> None:
    owner, kim = person(house, "Jo", "owner"), person(house, "Kim")
    with transaction():
        accounts.shut_out(access.owner(owner), kim)
    with pytest.raises(NotYours):
        accounts.facilitator(kim)
    with transaction():
        accounts.let_in_again(kim)
    assert accounts.facilitator(kim)
    with pytest.raises(Invalid, match="shut yourself out"), transaction():
        accounts.shut_out(access.owner(owner), owner)
    with pytest.raises(NotYours), transaction():
        accounts.shut_out(access.owner(owner), 10_000)


def test_two_owners_cannot_shut_each_other_out(house: House) -> None:
    first, second = person(house, "Jo", "owner"), person(house, "Ana", "owner")
    with transaction():
        accounts.shut_out(access.owner(first), second)
    with pytest.raises(NotYours), transaction():
        accounts.shut_out(access.owner(second), first)
    still_in = sa.select(Facilitator.name).where(Facilitator.is_disabled.is_(False))
    assert db.session.scalars(still_in).all() == ["Jo"]


def test_only_an_owner_is_one(house: House) -> None:
    kim = person(house, "Kim")
    for nobody in (kim, 10_000):
        with pytest.raises(NotYours):
            access.owner(nobody)
