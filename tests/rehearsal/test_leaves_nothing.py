"""However a rehearsal ends, nothing of it is left: no folder, no key, no text, no process."""

import os
import re
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from attune.rehearsal import folder
from attune.rehearsal.people import Asked, Person
from tests.facilitator.session import Lead
from tests.rehearsals import Rehearsal, is_running
from tests.servers import until

Start = Callable[..., Rehearsal]
MARK = "heron by the weir"
PROGRAMME = """
programme: quiet-pond
title: A quiet pond in the morning
total_minutes: 2
steps:
  - {id: word, kind: words, title: What is here?, minutes: 2}
"""


def signed_in(rehearsal: Rehearsal) -> Lead:
    """Whoever opened the address, as a browser without script."""
    lead = Lead(rehearsal.address().partition("/rehearsal")[0])
    page = lead.follows(rehearsal.address().removeprefix(lead.url)).text
    lead.ref = re.findall(r'src="/rooms/([^/"]+)"', page)[0]
    return lead


def found(text: str, *places: Path) -> list[Path]:
    """The files in which this stands."""
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if text.encode() in file.read_bytes()]


def gives_a_marked_text(lead: Lead) -> None:
    plan = lead.asks_for("/plans/1")
    reply = lead.does("rounds", step=plan["steps"][0]["id"], seen=0)
    assert reply.status_code == 200, reply.text
    person = Person(lead.url, lambda number: Asked("words", {}), Random(1))
    person.comes(lead.room()["code"])
    person.line.waits_for("stage", 'data-round="1"')
    person.gives(1, {"words": [MARK]})
    assert person.refused == []
    person.leaves()


@pytest.mark.parametrize(
    "killed",
    [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL],
    ids=lambda sig: sig.name,
)
def test_nothing_is_left_when_the_command_is_told_to_end_or_killed(
    rehearsal: Start, tmp_path: Path, killed: signal.Signals
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "quiet-pond.yaml"
    file.write_text(PROGRAMME)
    going = rehearsal(str(file), "--people", "3", HOME=str(home))
    gives_a_marked_text(signed_in(going))
    server, kept = going.server_pid(), going.folder
    assert kept.stat().st_mode & 0o077 == 0
    assert found("What is here?", kept), "the search sees what is there"
    assert list((kept / "instance" / "keys" / "live").iterdir())
    ended = going.ends(killed)
    until(lambda: not is_running(server), 20, "the server to be gone")
    assert list(going.temporary.iterdir()) == []
    assert list(going.here.iterdir()) == []
    assert list(home.iterdir()) == []
    assert found(MARK, tmp_path) == []
    assert found("What is here?", tmp_path) == [file]
    if killed != signal.SIGKILL:
        assert ended == 0
        assert "everything of it is deleted" in going.said


def test_nothing_is_left_when_it_is_interrupted_before_it_has_begun(rehearsal: Start) -> None:
    going = rehearsal()
    until(lambda: list(going.temporary.iterdir()), what="its folder")
    assert going.ends(signal.SIGINT) == 0
    assert list(going.temporary.iterdir()) == []


def test_a_server_that_is_killed_ends_the_rehearsal(rehearsal: Start) -> None:
    going = rehearsal()
    going.address()
    os.kill(going.server_pid(), signal.SIGKILL)
    assert going.process.wait(20) != 0
    assert list(going.temporary.iterdir()) == []


def test_what_is_left_when_both_are_killed_goes_at_the_next_start(rehearsal: Start) -> None:
    going = rehearsal()
    going.address()
    server, left = going.server_pid(), going.folder
    for pid in (server, going.process.pid):
        os.kill(pid, signal.SIGSTOP)
    for pid in (server, going.process.pid):
        os.kill(pid, signal.SIGKILL)
    going.process.wait(20)
    until(lambda: not is_running(server), 20, "the server to be gone")
    assert left.exists(), "nobody was left to clean up"
    other = rehearsal()
    other.address()
    assert not left.exists()
    assert other.folder.exists()


def test_a_rehearsal_lets_another_one_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "place", lambda: tmp_path)
    with folder.made() as one, folder.made() as other:
        assert one.path.exists()
        assert other.path.exists()
    assert list(tmp_path.iterdir()) == []


def test_only_ones_own_folders_are_swept(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"{folder.PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{folder.PREFIX}left").mkdir()
    folder.sweep(tmp_path)
    assert elsewhere.exists()
    assert not (tmp_path / f"{folder.PREFIX}left").exists()


def test_settings_of_an_ordinary_server_are_left_alone(rehearsal: Start, tmp_path: Path) -> None:
    database = tmp_path / "kept.sqlite"
    with closing(sqlite3.connect(database)) as kept:
        kept.execute("CREATE TABLE mine (word)")
    before = database.read_bytes()
    going = rehearsal(
        ATTUNE_DATABASE_URL=f"sqlite:///{database}",
        ATTUNE_INSTANCE=str(tmp_path / "instance"),
        ATTUNE_KEYS=str(tmp_path / "keys"),
        ATTUNE_WORKERS="nonsense",
        ATTUNE_HELP_TEXT="Ask for Ms Ash.",
    )
    lead = signed_in(going)
    page = lead.follows(f"/join/{lead.room()['code']}").text
    assert "Ask for Ms Ash." in page
    assert going.ends() == 0
    assert database.read_bytes() == before
    assert not (tmp_path / "instance").exists()
    assert not (tmp_path / "keys").exists()
