"""What is sealed opens with its key, at its place, and nowhere else."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune.errors import NoKeys
from attune.keys import KeyMissing, Keyring
from attune.sealing import Key, Unreadable, new_token

KEY = Key(bytes(range(32)))


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_as_it_was_and_has_the_size_asked_for(content: bytes) -> None:
    body = KEY.seal(content, b"here", 256)
    assert len(body) == 256
    assert KEY.open(body, b"here") == content


@given(st.binary(max_size=9_000))
def test_without_a_size_only_the_number_of_blocks_shows(content: bytes) -> None:
    assert len(KEY.seal(content, b"here")) % 4_096 == 0


def test_it_opens_at_no_other_place_with_no_other_key_and_not_when_changed() -> None:
    body = KEY.seal(b"words", b"here", 256)
    changed = body[:-1] + bytes([body[-1] ^ 1])
    for key, sealed, about in [
        (KEY, body, b"there"),
        (Key(bytes(32)), body, b"here"),
        (KEY, changed, b"here"),
        (KEY, b"", b"here"),
    ]:
        with pytest.raises(Unreadable):
            key.open(sealed, about)


def test_the_same_words_never_look_alike() -> None:
    assert KEY.seal(b"words", b"here", 256) != KEY.seal(b"words", b"here", 256)


def test_what_does_not_fit_is_not_cut() -> None:
    with pytest.raises(ValueError, match="fit"):
        KEY.seal(b"x" * 250, b"here", 256)


def test_one_phone_has_another_number_in_every_round_act_and_room() -> None:
    token = new_token()
    other = Key(os.urandom(32))
    numbers = {
        key.pid(token, round_id, act)
        for key in (KEY, other)
        for round_id in range(20)
        for act in (0, 1)
    }
    assert len(numbers) == 80
    assert KEY.pid(token, 1, 0) == KEY.pid(token, 1, 0)


def test_keys_are_made_once_readable_by_their_owner_alone_and_gone_when_destroyed(
    tmp_path: Path,
) -> None:
    keys = Keyring()
    keys.open_folder(tmp_path)
    keys.create("ref")
    first = [file.read_bytes() for file in sorted(tmp_path.rglob("ref"))]
    with pytest.raises(NoKeys):
        keys.create("ref")
    assert [file.read_bytes() for file in sorted(tmp_path.rglob("ref"))] == first
    files = [file for file in tmp_path.rglob("ref") if file.is_file()]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    live = keys.live("ref")
    assert live.pid(b"t", 1, 0) != keys.kept("ref").pid(b"t", 1, 0)
    keys.destroy_live("ref")
    keys.destroy_live("ref")
    with pytest.raises(KeyMissing):
        keys.live("ref")
    assert keys.kept("ref")
    keys.destroy_kept("ref")
    with pytest.raises(KeyMissing):
        keys.kept("ref")


def test_a_cut_key_is_missing_and_never_replaced(tmp_path: Path) -> None:
    keys = Keyring()
    keys.open_folder(tmp_path)
    keys.create("ref")
    (tmp_path / "live" / "ref").write_bytes(b"short")
    with pytest.raises(KeyMissing):
        keys.live("ref")
    assert (tmp_path / "live" / "ref").read_bytes() == b"short"
