"""However a rehearsal ends, nothing of it is left: no folder, no key, no text, no process."""

import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

import pytest

from attune.rehearsal import folder, people
from attune.rehearsal.command import FIRST, PROGRAMMES
from attune.rehearsal.people import Asked, Person
from attune.rehearsal.session import Session
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


def led(address: str) -> Lead:
    """Whoever opened the address, as a browser without script."""
    lead = Lead(address.partition("/rehearsal")[0])
    page = lead.follows(address.removeprefix(lead.url)).text
    lead.ref = re.findall(r'src="/rooms/([^/"]+)"', page)[0]
    lead.plan = lead.asks_for("/plans/1")
    return lead


def found(text: str, *places: Path) -> list[Path]:
    """The files in which this stands."""
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if text.encode() in file.read_bytes()]


def gives_a_marked_text(lead: Lead) -> None:
    assert lead.puts("words") == 1
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
    gives_a_marked_text(led(going.address()))
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


@pytest.mark.parametrize("killed", [signal.SIGINT, signal.SIGKILL], ids=lambda sig: sig.name)
def test_nothing_is_left_when_it_is_interrupted_before_it_has_begun(
    rehearsal: Start, killed: signal.Signals
) -> None:
    going = rehearsal()
    server = until(going.server_pid, what="its server")
    going.ends(killed)
    until(lambda: not is_running(server), 30, "the server to be gone")
    assert "http" not in going.said
    assert list(going.temporary.iterdir()) == []


def test_a_server_that_is_killed_ends_the_rehearsal(rehearsal: Start) -> None:
    going = rehearsal()
    going.address()
    os.kill(going.server_pid(), signal.SIGKILL)
    assert going.process.wait(20) != 0
    assert list(going.temporary.iterdir()) == []


def test_a_rehearsal_that_does_not_clean_up_is_found(rehearsal: Start, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    mistake = "from attune.rehearsal import folder\nfolder.remove = lambda path: None\n"
    (broken / "sitecustomize.py").write_text(mistake)
    going = rehearsal(PYTHONPATH=str(broken))
    going.address()
    assert going.ends() == 0
    assert found("Weather report", going.temporary)
    assert list(going.folder.glob("instance/keys/live/*"))


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


def test_no_other_folder_is_ever_removed(tmp_path: Path) -> None:
    mine = tmp_path / "my-work"
    mine.mkdir()
    folder.remove(mine)
    assert mine.exists()


def test_somebody_who_fails_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of three does not know what is asked; the other two answer."""
    monkeypatch.setattr(folder, "place", lambda: tmp_path)
    monkeypatch.setattr(people, "PASSES", 0.0)
    monkeypatch.setattr(people, "TAKES_BACK", 0.0)
    wishes: SimpleQueue[str] = SimpleQueue()
    with folder.made() as made:
        session = Clumsy(made, PROGRAMMES / f"{FIRST}.yaml", 3, wishes)
        playing = threading.Thread(target=session.plays)
        playing.start()
        lead = led(until(lambda: re.findall(r"http://\S+key=\S+", capsys.readouterr().out), 30)[0])
        until(lambda: lead.room()["people"]["here"] == 3, 20)
        number = lead.puts("weather")
        until(lambda: lead.room()["rounds"][number - 1]["given"] == 2, 30)
        wishes.put("stop")
        playing.join(30)
    assert capsys.readouterr().err.count("One of the people had to leave (KeyError).") == 1
    assert list(tmp_path.iterdir()) == []


class Clumsy(Session):
    """A session that forgets, once, what a round asks."""

    def __init__(self, *arguments: Any) -> None:
        self._forgets = [0]
        super().__init__(*arguments)

    def _asked(self, number: int) -> Asked:
        if self._forgets:
            raise KeyError(self._forgets.pop())
        return super()._asked(number)


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
    lead = led(going.address())
    page = lead.follows(f"/join/{lead.room()['code']}").text
    assert "Ask for Ms Ash." in page
    assert going.ends() == 0
    assert database.read_bytes() == before
    assert not (tmp_path / "instance").exists()
    assert not (tmp_path / "keys").exists()
