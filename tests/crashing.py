"""Ends and forgets rooms in processes that are killed on the way, and tells what is left of them.

`python -m tests.crashing FOLDER URL` is told on standard input what to try, and answers in JSON. It
makes a room in one process and forks another for each try: that one runs until a line of ours, is
killed by the system there (SIGKILL), and the next takes up what lies on the disk.

A step is a line before which the disk is another than before the line that ran before it; to be
killed anywhere else leaves the same. They are found by looking at a SQLite file after every line,
so that a step that somebody adds to the code is tried too.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg2
import sqlalchemy as sa

from attune import db as database
from attune import ending, keys, running, summary
from attune.db import db, transaction
from attune.keys import keyring
from attune.models import Answer, Note, Release, Room, Round, Seat, Summary
from attune.rounds import ACT
from tests.house import CHOICE, CLOSING, House, LiveRoom

PEOPLE = 5
WORDS = ["marshmallow", "peppercorn", "wheelbarrow", "clotheshorse", "gooseberry"]
WATCHED = {module.__file__ for module in (ending, keys, database)}
LATER = dt.date(2999, 1, 1)

Place = tuple[str, int, int]  # a file, a line, and the how-manieth time that it runs
Facts = dict[str, Any]


class Stage:
    """A folder and a database, and copies of both to begin from again and again."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        folder.mkdir(exist_ok=True)
        self.house = House(folder, url)
        with self.house.app.app_context():
            self._let_go()

    def alone(self, act: Callable[[], Any]) -> Any:
        """What the act gives, in a process of its own; None when that was killed."""
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reads)
            code = 1
            try:
                with self.house.app.app_context():
                    keyring.open_folder(self.folder / "keys", is_new=False)
                    given = json.dumps(act()).encode()
                    self._let_go()
                with os.fdopen(writes, "wb") as pipe:
                    pipe.write(given)
                code = 0
            except BaseException:  # noqa: BLE001  # the parent must not go on in here
                traceback.print_exc()
            os._exit(code)
        os.close(writes)
        with os.fdopen(reads, "rb") as pipe:
            given = pipe.read()
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return None
        assert os.waitstatus_to_exitcode(status) == 0, "see above"
        return json.loads(given)

    def keep(self, name: str) -> None:
        """Remember the folder and the database as they are now."""
        shutil.copytree(self.folder, self._copy(name))
        self._template(f"CREATE DATABASE {self._name}_{name} TEMPLATE {self._name}")

    def begin_from(self, name: str) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._copy(name), self.folder)
        self._template(
            f"DROP DATABASE {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE {self._name}_{name}",
        )

    def digest(self) -> bytes:
        """The state of the disk, but for the index of the log that readers share."""
        digest = hashlib.sha256()
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and not file.name.endswith("-shm"):
                digest.update(f"{file}\0".encode() + file.read_bytes())
        return digest.digest()

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def _name(self) -> str:
        return self.url.rpartition("/")[2]

    def _copy(self, name: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}-{name}")

    def _template(self, *statements: str) -> None:
        if self.is_sqlite:
            return
        with closing(psycopg2.connect(self.url.rpartition("/")[0] + "/postgres")) as connection:
            connection.autocommit = True
            for statement in statements:
                connection.cursor().execute(statement)

    def _let_go(self) -> None:
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def prepare(stage: Stage) -> Facts:
    """A room with a result that was shown, one never looked at, and one too small; locked."""
    with stage.house.open() as house:
        room = house.room(CHOICE, CLOSING)
        people = room.joins(PEOPLE)
        first = room.puts(0)
        room.all_give(first, [(person, {"picks": ["a"]}) for person in people])
        room.closes(first)
        room.shows(first)
        second = room.puts(1)
        said = [{"word": word, "safe": 4} for word in WORDS]
        room.all_give(second, list(zip(people, said, strict=True)))
        third = room.puts(0)
        room.all_give(third, [(person, {"picks": ["b"]}) for person in people[:2]])
        with transaction():
            ending.begin(db.session.get_one(Room, room.id), 3)
        return {"id": room.id, "ref": room.ref, "traces": _traces(room, people)}


def _traces(room: LiveRoom, people: list[bytes]) -> list[str]:
    """What must be in no file once it has ended, in hex."""
    key = keyring.live(room.ref)
    pids = [key.pid(one, room.round(n).id, ACT) for one in people for n in (1, 2, 3)]
    return [one.hex() for one in (key._secret, *people, *pids, *map(str.encode, WORDS))]


def look(stage: Stage, facts: Facts) -> Facts:
    """What is left of the room, in the database and in the folder of keys."""
    room = db.session.get_one(Room, facts["id"])
    tables = (Answer, Release, Round, Seat, Note)
    rows = {
        table.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in tables
    }
    has_summary = db.session.get(Summary, room.id) is not None
    document = summary.document_of(room, str) if has_summary else None
    return {
        "state": room.state,
        "code": room.code,
        "title": room.title,
        "rows": rows,
        "keys": {name: room.ref in keyring.refs(name) for name in keys.NAMES},
        "traces": _found(stage, facts) if stage.is_sqlite else 0,
        "has_summary": has_summary,
        "outcomes": [step["outcome"] for step in document["facilitator"]["steps"]]
        if document
        else None,
        "results": _results(document, "facilitator"),
        "group": _results(document, "group"),
    }


def _found(stage: Stage, facts: Facts) -> int:
    files = (file for file in stage.folder.rglob("*") if file.is_file())
    whole = b"".join(file.read_bytes() for file in files)
    return sum(bytes.fromhex(trace) in whole for trace in facts["traces"])


def _results(document: Any, part: str) -> list[Any]:
    """What was counted and said, whatever the order it was shuffled into."""
    steps = document[part]["steps"] if document else []
    return [
        [
            section["name"],
            sorted((count["category"], count["count"]) for count in section["counts"]),
            sorted(text["text"] for text in section["texts"]),
        ]
        for step in steps
        for section in step["sections"]
    ]


# --- what is done, and how it is taken up -------------------------------------------------------


def end(facts: Facts) -> None:
    ending.finish(facts["id"])


def delete(facts: Facts) -> None:
    """A facilitator deletes the summary."""
    with transaction():
        ending.forget(db.session.get_one(Room, facts["id"]))
    ending.forgotten(facts["ref"])


def forget(_facts: Facts) -> None:
    """Its day has come."""
    ending.forget_due(LATER)


def take_up(facts: Facts, act: str) -> None:
    """What a server does by itself after a start, and then what people would do again."""
    running.finish_endings()
    ending.forget_due(LATER if act == "forget" else dt.datetime.now(dt.UTC).date())
    db.session.close()
    if act == "delete" and db.session.get_one(Room, facts["id"]).state == "ended":
        delete(facts)


ACTS: dict[str, Callable[[Facts], None]] = {"end": end, "delete": delete, "forget": forget}


# --- what is wrong on purpose -------------------------------------------------------------------


def _key_first(room_id: int, say: summary.Say = str) -> None:
    room = db.session.get(Room, room_id)
    if room and room.state == "ending":
        keyring.destroy_live(room.ref)
        _FINISH(room_id, say)


def _ended_first(room_id: int, say: summary.Say = str) -> None:
    room = db.session.get(Room, room_id)
    if room is None or room.state != "ending":
        return
    with transaction():
        room = db.session.get_one(Room, room_id)
        ending._last_releases(room)
        ending._keep_and_delete(room, say)
        room.state = "ended"
    database.sweep()
    keyring.destroy_live(room.ref)


_FINISH = ending.finish
BROKEN: dict[str, tuple[str, Callable[..., Any]]] = {
    "the key is destroyed first": ("finish", _key_first),
    "it is called ended first": ("finish", _ended_first),
    "nobody takes an ending up": ("unfinished", list),
    "nobody takes a forgetting up": ("half_forgotten", list),
}


# --- being killed -------------------------------------------------------------------------------


def run(stage: Stage, facts: Facts, act: str, kill_at: Place | None = None) -> list[list[Place]]:
    """Do it, watched line by line; the places before which the disk had changed.

    And for each the next one outside `attune.db`, which does the same by other lines on PostgreSQL.
    """
    steps: list[Place] = []
    next_ones: list[Place] = []
    times: Counter[tuple[str, int]] = Counter()
    before = b""

    def line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal before
        if event in ("line", "return"):
            at = (Path(frame.f_code.co_filename).name, frame.f_lineno)
            times[at] += 1
            place = (*at, times[at])
            if kill_at == place:
                os.kill(os.getpid(), signal.SIGKILL)
            elif kill_at is None and (now := stage.digest()) != before:
                steps.append(place)
                before = now
            if len(next_ones) < len(steps) and at[0] != "db.py":
                next_ones.extend([place] * (len(steps) - len(next_ones)))
        return line

    def call(frame: FrameType, _event: str, _: object) -> Any:
        return line if frame.f_code.co_filename in WATCHED else None

    sys.settrace(call)
    try:
        ACTS[act](facts)
    finally:
        sys.settrace(None)
    return [steps, list(dict.fromkeys(next_ones))]


def steps_of(stage: Stage, facts: Facts, act: str) -> list[list[Place]]:
    stage.begin_from(act)
    found: list[list[Place]] = stage.alone(lambda: run(stage, facts, act))
    return found


def killed(stage: Stage, facts: Facts, act: str, at: Place) -> Facts:
    """Kill it there; then a new process looks, takes it up, and looks again."""

    def start_again() -> list[Facts]:
        between = look(stage, facts)
        db.session.close()
        take_up(facts, act)
        db.session.close()
        return [between, look(stage, facts)]

    stage.begin_from(act)
    was_killed = stage.alone(lambda: run(stage, facts, act, at)) is None
    between, after = stage.alone(start_again)
    return {"at": at, "killed": was_killed, "between": between, "after": after}


def main() -> None:
    """Tell, for each line of standard input (act, broken, places), what came of it."""
    stage = Stage(Path(sys.argv[1]), sys.argv[2])
    facts = stage.alone(lambda: prepare(stage))
    stage.keep("end")
    stage.alone(lambda: end(facts))
    stage.keep("delete")
    stage.keep("forget")
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["only_look"]:
            print(json.dumps({"steps": steps_of(stage, facts, asked["act"])[1]}), flush=True)
            continue
        where, broken = BROKEN.get(asked["broken"], ("finish", _FINISH))
        right = getattr(ending, where)
        setattr(ending, where, broken)
        act = asked["act"]
        places = asked["places"] or steps_of(stage, facts, act)[0]
        tries = [killed(stage, facts, act, tuple(at)) for at in places]
        setattr(ending, where, right)
        print(json.dumps({"steps": places, "tries": tries}), flush=True)


if __name__ == "__main__":
    main()
