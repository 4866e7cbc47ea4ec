"""The domain in the tests' own process: a database, a folder of keys, the verbs, no server.

What needs sockets or a browser runs against a real server instead (`tests.servers`).
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from eventlet.event import Event

from attune import (
    access,
    answers,
    by_hand,
    ending,
    live,
    plans,
    releases,
    resonating,
    review,
    rooms,
    rounds,
    seats,
)
from attune.answers import Given
from attune.app import create_app
from attune.codes import shown
from attune.config import Config
from attune.db import WRITING, db, transaction
from attune.display import ByHand
from attune.errors import Refusal
from attune.frame import Frame
from attune.kinds import kind_of
from attune.migrating import upgrade
from attune.models import Facilitator, Plan, Release, Room, Round, Step
from attune.writer import Kept, writer


class Prompt(NamedTuple):
    """A step of a plan, in short."""

    kind: str
    settings: Mapping[str, Any]
    frame: Mapping[str, Any] = {}
    pair_with: int | None = None  # the place of an earlier one, from 0


CHOICE = Prompt("choice", {"options": [{"label": name} for name in ("Tea", "Water", "Juice")]})
CLOSING = Prompt("closing", {"ratings": ["safe", "useful"], "change_ask": True})


class House:
    """One Attune without its sides. Every method is what one person does."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.keys = folder, url, folder / "keys"
        self.app = create_app(config=Config(instance=folder, database_url=url, keys=self.keys))
        self._context = self.app.app_context()

    @contextmanager
    def open(self, *, answers: bool = True) -> Iterator["House"]:
        """With the writer of answers, of which there is one in a process, or without."""
        assert not (answers and writer.is_alive), "only one house at a time takes answers"
        with self._context:
            upgrade()
            if answers:
                writer.start(self.app)
            try:
                yield self
            finally:
                if answers:
                    writer.stop()
                db.session.remove()
                for engine in db.engines.values():
                    engine.dispose()

    def facilitator(self, name: str = "Jo") -> Facilitator:
        with transaction():
            person = Facilitator(
                email=f"{name}-{secrets.token_hex(4)}@example.org".lower(),
                name=name,
                password_hash="-",
                role="owner",
                locale="en",
            )
            db.session.add(person)
        return person

    def room(self, *prompts: Prompt, k: int = 4, **settings: Any) -> "LiveRoom":
        """A room of a plan with these steps, led by somebody of its own."""
        lead = self.facilitator()
        with transaction():
            plan = Plan(
                facilitator_id=lead.id, title="A plan", settings={"k": k, **settings}, steps=[]
            )
            for position, prompt in enumerate(prompts, 1):
                frame = {"title": f"Step {position}"} | dict(prompt.frame)
                plan.steps.append(
                    Step(
                        position=position,
                        kind=prompt.kind,
                        frame=Frame.model_validate(frame).model_dump(mode="json"),
                        settings=dict(prompt.settings),
                    )
                )
            db.session.add(plan)
            db.session.flush()
            plans.pair_up(plan, range(len(prompts)), [prompt.pair_with for prompt in prompts])
            room = rooms.open_room(
                lead, plan, title="Tuesday group", help_text="Somebody near you.", keep_days=30
            )
            return LiveRoom(room.id, room.ref, lead.id, [step.id for step in plan.steps])

    def bytes_on_disk(self) -> bytes:
        """Everything in the folder but the keys: database, log, secret key."""
        files = [
            file
            for file in self.folder.rglob("*")
            if file.is_file() and "keys" not in file.relative_to(self.folder).parts
        ]
        return b"".join(file.read_bytes() for file in sorted(files))

    def rows(self, sql: str) -> list[Any]:
        """What somebody with the database, and nothing else, reads."""
        with db.engines[WRITING].connect() as connection:
            return list(connection.exec_driver_sql(sql).all())


class LiveRoom:
    """A room, seen by whoever leads it and by those who are in it."""

    def __init__(self, id: int, ref: str, lead_id: int, steps: Sequence[int]) -> None:
        self.id, self.ref, self.lead_id, self.steps = id, ref, lead_id, steps

    @property
    def row(self) -> Room:
        db.session.close()
        return access.room_for(self.lead_id, self.ref)

    def joins(self, many: int = 1) -> list[bytes]:
        """So many people take a seat; each one's secret."""
        with transaction():
            code = shown(access.room_for(self.lead_id, self.ref).code or "")
            return [seats.take(code).token for _ in range(many)]

    def puts(self, step: int = 0, seen: int | None = None) -> int:
        """Put a step; the number of its round."""
        with transaction():
            room = access.room_for(self.lead_id, self.ref)
            last = rooms.current_round(room)
            at = (last.number if last else 0) if seen is None else seen
            return rounds.put(room, self.steps[step], at).number

    def closes(self, number: int, grace: int = 0) -> None:
        with transaction():
            rounds.close(*access.round_for(self.lead_id, self.ref, number), grace=grace)

    def reopens(self, number: int) -> None:
        with transaction():
            rounds.reopen(*access.round_for(self.lead_id, self.ref, number))

    def previews(self, number: int) -> str:
        """Make the result; the state it is in."""
        with transaction():
            release = live.preview(*access.round_for(self.lead_id, self.ref, number))
            return release.state

    def shows(self, number: int, form: str = "full", read: int = 0) -> None:
        """Show the result; of a live round, what was read up to this batch."""
        with transaction():
            live.show(*access.round_for(self.lead_id, self.ref, number), form, read)

    def beat(self) -> None:
        """The moment at which live rounds are looked at."""
        live.renew_due()

    def hides(self, number: int) -> None:
        with transaction():
            releases.hide(*access.round_for(self.lead_id, self.ref, number))

    def keeps_back(self, number: int, section: str, text: str, *, hidden: bool = True) -> None:
        id = self.id_of(number, section, text)
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            review.keep_back(room, round, section, id, hidden=hidden)

    def covers(
        self, number: int, section: str, text: str, word: str, *, covered: bool = True
    ) -> None:
        id = self.id_of(number, section, text)
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            review.cover(room, round, section, id, word, covered=covered)

    def themes(self, number: int, section: str, texts: Sequence[str], name: str) -> None:
        ids = [self.id_of(number, section, text) for text in texts]
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            review.put_in_theme(room, round, section, ids, name)

    def joins_words(self, number: int, section: str, words: Sequence[str]) -> None:
        ids = [self.id_of(number, section, word) for word in words]
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            review.join(room, round, section, ids)

    def undoes(self, number: int) -> None:
        with transaction():
            review.undo(*access.round_for(self.lead_id, self.ref, number))

    def stops(self, number: int, section: str, text: str, *, stopped: bool = True) -> None:
        id = self.id_of(number, section, text)
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            review.stop(room, round, section, id, stopped=stopped)

    def id_of(self, number: int, section: str, text: str) -> str:
        """What a text of the result is called; something that is not there, when it is not."""
        body = self.result(number)
        items = review.items(self.round(number), body).get(section, ()) if body else ()
        return next((item.id for item in items if item.text == text), "ffffff")

    def counts(self, number: int, counted: Mapping[str, ByHand], seen: str = "") -> None:
        """Add what was counted by hand to the result."""
        with transaction():
            room, round = access.round_for(self.lead_id, self.ref, number)
            by_hand.keep(room, round, counted, seen)

    def saw(self, number: int) -> str:
        """What a page that adds by hand has seen."""
        room, round = access.round_for(self.lead_id, self.ref, number)
        return by_hand.seen_of(by_hand.countable(room, round))

    def tells(self, number: int) -> dict[str, int | None]:
        """What the full result says of its first section."""
        room, round = access.round_for(self.lead_id, self.ref, number)
        release = releases.release_of(round)
        assert release, "no result"
        first = releases.pictures(round, releases.opened(room, round, release), "full")[0]
        return {str(count.category): count.count for count in first.counts}

    def ends(self) -> None:
        with transaction():
            room = access.room_for(self.lead_id, self.ref)
            last = rooms.current_round(room)
            ending.begin(room, last.number if last else 0)
        ending.finish(self.id)

    def gives(self, token: bytes, number: int, answer: Any, idem: str = "") -> Kept:
        """An answer, or a pass for None. Raises what it is refused with."""
        room, _ = access.seat_for(self.ref, token)
        idem = idem or secrets.token_hex(16)
        if answer is None:
            return writer.save(answers.a_pass(room, number, token, idem))
        return writer.save(answers.answer(room, number, token, idem, answer))

    def all_give(self, number: int, given: Sequence[tuple[bytes, Any]]) -> None:
        """These people give at the same moment, in this order."""
        sent = []
        for token, answer in given:
            room, _ = access.seat_for(self.ref, token)
            idem = secrets.token_hex(16)
            if answer is None:
                sent.append(answers.a_pass(room, number, token, idem))
            else:
                sent.append(answers.answer(room, number, token, idem, answer))
        _written(sent)

    def all_take_back(self, number: int, people: Sequence[bytes]) -> None:
        """These people take back at the same moment."""
        sent = []
        for token in people:
            room, _ = access.seat_for(self.ref, token)
            sent.append(answers.taken_back(room, number, token, secrets.token_hex(16)))
        _written(sent)

    def moves(self, number: int, to: int) -> None:
        with transaction():
            resonating.move(*access.round_for(self.lead_id, self.ref, number), to=to)

    def marks(
        self, token: bytes, number: int, card: str, *, on: bool = True, idem: str = ""
    ) -> Kept:
        """This card is true for them too, or no more. Raises what it is refused with."""
        room, _ = access.seat_for(self.ref, token)
        idem = idem or secrets.token_hex(16)
        return writer.save(resonating.mark(room, number, token, idem, card, on=on))

    def all_mark(self, number: int, marks: Sequence[tuple[bytes, str]]) -> None:
        """These marks arrive in the same moment."""
        done: list[Event] = [Event() for _ in marks]
        for (token, card), reply in zip(marks, done, strict=True):
            room, _ = access.seat_for(self.ref, token)
            idem = secrets.token_hex(16)
            writer.add(resonating.mark(room, number, token, idem, card, on=True), reply.send)
        db.session.close()
        assert all(isinstance(each.wait(), Kept) for each in done)

    def has_marked(self, token: bytes, number: int) -> list[str]:
        room, _ = access.seat_for(self.ref, token)
        return resonating.mine(room, token).get(str(number), [])

    def shows_marks(self, number: int, *, shown: bool = True) -> None:
        with transaction():
            resonating.show(*access.round_for(self.lead_id, self.ref, number), shown=shown)

    def takes_back(self, token: bytes, number: int) -> Kept:
        room, _ = access.seat_for(self.ref, token)
        idem = secrets.token_hex(16)
        return writer.save(answers.taken_back(room, number, token, idem))

    def has(self, token: bytes) -> dict[str, Any]:
        """What this phone reads as its own."""
        room, _ = access.seat_for(self.ref, token)
        return answers.mine(room, token)

    def round(self, number: int) -> Round:
        db.session.close()
        return access.round_of(self.row, number)

    def given(self, number: int) -> int:
        return rounds.given(self.round(number))

    def release(self, number: int) -> Release | None:
        return releases.release_of(self.round(number))

    def result(self, number: int) -> releases.Body | None:
        """What the release holds, opened with the room's key."""
        round = self.round(number)
        release = releases.release_of(round)
        return releases.opened(self.row, round, release) if release else None


def _written(sent: Sequence[Given]) -> None:
    """All of it in one go. Raises the first refusal."""
    done: Event = Event()
    outcomes: list[Any] = []

    def reply(outcome: Any) -> None:
        outcomes.append(outcome)
        if len(outcomes) == len(sent):
            done.send()

    for given in sent:
        writer.add(given, reply)
    db.session.close()
    if sent:
        done.wait()
    for outcome in outcomes:
        if isinstance(outcome, Refusal):
            raise outcome


def some_answer(prompt: Prompt, random: Random) -> Any:
    """A plausible answer to this prompt, as JSON."""
    kind = kind_of(prompt.kind)
    made = kind.some(kind.read_settings(dict(prompt.settings)), random)
    return json.loads(made.model_dump_json(exclude_none=True))


def refusal_of(error: BaseException) -> str:
    """The protocol's word for it."""
    assert isinstance(error, Refusal)
    return error.code
