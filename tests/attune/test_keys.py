"""The folder of keys when it is lost, cannot be used or is open: said, never made anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attune import ending, running
from attune.app import create_app
from attune.config import Config
from attune.db import db, transaction
from attune.errors import Busy, NoKeys
from attune.keys import KeyMissing, keyring
from attune.models import Room
from tests.house import CHOICE, House, LiveRoom


def start_again(house: House) -> None:
    """What a start does with the folder of keys."""
    db.session.close()
    create_app(config=Config(instance=house.folder, database_url=house.url, keys=house.keys))


def lose(keys: Path) -> None:
    shutil.rmtree(keys)


def empty(keys: Path) -> None:
    """As a mount point is, when its volume is not there."""
    lose(keys)
    keys.mkdir()


def shut(keys: Path) -> None:
    """What cannot be listed: as root a mode would not shut it."""
    for name in ("live", "kept"):
        (keys / name).rename(keys / f"{name}-away")
        (keys / name).touch()


def unlock(keys: Path) -> None:
    for name in ("live", "kept"):
        (keys / name).unlink()
        (keys / f"{name}-away").rename(keys / name)


def state_of(room: LiveRoom) -> str:
    db.session.close()
    return db.session.get_one(Room, room.id).state


def lock(room: LiveRoom) -> None:
    with transaction():
        ending.begin(db.session.get_one(Room, room.id), 1)


def test_a_new_server_makes_the_folder_for_itself_alone(sqlite_house: House) -> None:
    assert keyring.trouble() is None
    for folder in (sqlite_house.keys, sqlite_house.keys / "live", sqlite_house.keys / "kept"):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("harm", "trouble"), [(lose, "missing"), (empty, "missing"), (shut, "shut")]
)
def test_a_lost_folder_is_said_and_never_made_anew(
    house: House, harm: Callable[[Path], None], trouble: str
) -> None:
    room = house.room(CHOICE)
    harm(house.keys)
    start_again(house)
    assert keyring.trouble() == trouble
    with pytest.raises(NoKeys):
        house.room(CHOICE)
    with pytest.raises(KeyMissing):
        keyring.live(room.ref)
    assert not keyring.refs("live")
    assert not keyring.refs("kept")


def test_a_room_whose_folder_is_lost_ends_and_is_forgotten(house: House) -> None:
    room = house.room(CHOICE)
    room.joins(3)
    room.puts()
    lose(house.keys)
    start_again(house)
    lock(room)
    running.finish_endings()
    assert state_of(room) == "ended"
    with transaction():
        ending.forget(db.session.get_one(Room, room.id))
    ending.forgotten(room.ref)
    assert state_of(room) == "forgotten"


def test_a_key_that_cannot_be_destroyed_keeps_a_room_from_being_called_ended(
    house: House,
) -> None:
    stuck, other = house.room(CHOICE), house.room(CHOICE)
    stuck.puts()
    other.puts()
    shut(house.keys)
    start_again(house)
    lock(stuck)
    with pytest.raises(Busy):
        ending.finish(stuck.id)
    assert state_of(stuck) == "ending"
    assert ending.left(db.session.get_one(Room, stuck.id)) == "key"
    running.finish_endings()  # says nothing more, and tries again
    unlock(house.keys)
    lock(other)
    running.finish_endings()
    assert (state_of(stuck), state_of(other)) == ("ended", "ended")
    assert keyring.refs("live") == []


def test_a_folder_that_others_can_read_is_said(sqlite_house: House) -> None:
    (sqlite_house.keys / "live").chmod(0o755)
    assert keyring.trouble() == "open"
    (sqlite_house.keys / "live").chmod(0o700)
    assert keyring.trouble() is None
