"""Ready-made programmes: whole sessions, written as YAML files and checked with the kinds.

What a step leaves out takes its kind's default here, once: a plan copied from a programme is
complete, and does not change when a default does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from attune.errors import BadSetting, Invalid
from attune.frame import Frame, Phase, Reach, Reveal, RoomSettings, Value
from attune.kinds import AnyKind, kind_of
from attune.pairing import Asked, wrong_with
from attune.text import Text

FOLDER = Path(__file__).parent / "programmes_data"

Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
Where = tuple[str | int, ...]

# What pydantic says of these is about code; a person who wrote a file is told this.
_PLAINER = {
    "Field required": "This is missing.",
    "Extra inputs are not permitted": "There is no such field.",
}
# Fields that a file calls by a shorter name.
_WRITTEN: dict[str | int, str] = {"facilitator_note": "say", "audience": "for"}


class BadProgramme(BadSetting):
    """A programme's file is wrong; the message names the file, the line and the reason."""


@dataclass(frozen=True)
class ProgrammeStep:
    id: str
    kind: str
    frame: Frame
    settings: Value
    pair_with: str | None = None  # the id of the earlier step that it is compared with


@dataclass(frozen=True)
class Programme:
    slug: str
    title: str
    audience: str
    total_minutes: float
    room: RoomSettings
    if_short: tuple[str, ...]  # ids of optional steps, in the order to leave them out
    before: str
    steps: tuple[ProgrammeStep, ...]

    @property
    def steps_if_short(self) -> tuple[str, ...]:
        """The titles of the steps to leave out, in order, when the room is behind."""
        titles = {step.id: step.frame.title for step in self.steps}
        return tuple(titles[id] for id in self.if_short)


class _Step(Value):
    """A step as a file gives it: the frame's fields by their short names, and the settings."""

    id: Name
    kind: str
    title: str
    minutes: float
    phase: Phase | None = None
    invitation: str | None = None
    say: str = ""
    discuss: tuple[str, ...] | None = None
    content_note: str = ""
    alternative: str | None = None
    reach: Reach | None = None
    reveal: Reveal | None = None
    show_on: Literal["both", "screen", "phones"] | None = None
    min_people: int | None = None
    tender: bool | None = None
    review: Literal["none", "before_show"] | None = None
    revise: bool | None = None
    time_hint: Literal["none", "words", "quiet_bar"] | None = None
    optional: bool = False
    pair_with: Name | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class _File(Value):
    programme: Name
    title: Annotated[str, Text(80, least=1)]
    audience: Annotated[str, Text(200)] = Field("", alias="for")
    total_minutes: float = Field(ge=1, le=600)
    room: RoomSettings = RoomSettings()
    if_short: tuple[str, ...] = ()
    before: Annotated[str, Text(1000, lines=True)] = ""
    steps: tuple[_Step, ...] = Field(min_length=1, max_length=40)


@cache
def all_programmes() -> Mapping[str, Programme]:
    """The programmes that ship with Attune. Raises BadProgramme."""
    return load(FOLDER)


def load(folder: Path) -> dict[str, Programme]:
    """The programmes in a folder, by name. Raises BadProgramme at the first that is wrong."""
    return {file.stem: read(file) for file in sorted(folder.glob("*.yaml"))}


def read(file: Path) -> Programme:
    """The programme in a file. Raises BadProgramme."""
    return _Reader(file).programme()


class _Reader:
    """Reads one file, and knows at which line each of its fields stands."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tree: Any = self._tree()

    def programme(self) -> Programme:
        try:
            read = _File.model_validate(_plain(self.tree))
        except ValidationError as error:
            raise self._wrong(error) from error
        steps = tuple(self._step(place, step) for place, step in enumerate(read.steps))
        self._check(read)
        self._check_pairs(steps)
        return Programme(
            slug=read.programme,
            title=read.title,
            audience=read.audience,
            total_minutes=read.total_minutes,
            room=read.room,
            if_short=read.if_short,
            before=read.before,
            steps=steps,
        )

    def _tree(self) -> Any:
        try:
            tree = YAML(typ="rt").load(self.file)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            reason = f"This is not YAML that can be read: {error.problem or error.context}."
            raise self._bad(mark.line + 1 if mark else 1, reason) from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise self._bad(1, "This is not YAML that can be read.") from error
        if not isinstance(tree, CommentedMap):
            raise self._bad(1, "A programme begins with “programme:” and its name.")
        return tree

    def _step(self, place: int, step: _Step) -> ProgrammeStep:
        try:
            kind = kind_of(step.kind)
        except Invalid as error:
            raise self._bad_at(("steps", place, "kind"), str(error)) from error
        try:
            settings = kind.settings.model_validate(step.settings)
        except ValidationError as error:
            raise self._wrong(error, ("steps", place, "settings")) from error
        try:
            frame = Frame.model_validate(_with_defaults(kind, step))
        except ValidationError as error:
            raise self._wrong(error, ("steps", place)) from error
        return ProgrammeStep(step.id, step.kind, frame, settings, step.pair_with)

    def _check(self, read: _File) -> None:
        """What no single field can see."""
        if read.programme != self.file.stem:
            reason = f"The file is called {self.file.stem}, so the programme has to be as well."
            raise self._bad_at(("programme",), reason)
        first: dict[str, int] = {}
        for place, step in enumerate(read.steps):
            if step.id in first:
                reason = f"Two steps have the id “{step.id}”. Each needs its own."
                raise self._bad_at(("steps", place, "id"), reason)
            first[step.id] = place
        minutes = sum(step.minutes for step in read.steps)
        if minutes != read.total_minutes:
            reason = f"The steps take {minutes:g} minutes, and this says {read.total_minutes:g}."
            raise self._bad_at(("total_minutes",), reason)
        for place, id in enumerate(read.if_short):
            if id not in first:
                raise self._bad_at(("if_short", place), f"No step has the id “{id}”.")
            if not read.steps[first[id]].optional:
                reason = f"“{id}” can be left out only if its step says “optional: true”."
                raise self._bad_at(("if_short", place), reason)

    def _check_pairs(self, steps: Sequence[ProgrammeStep]) -> None:
        """Each `pair_with` names an earlier step that it can be compared with."""
        asked = [
            Asked(kind_of(step.kind), step.settings, step.frame, step.id, step.pair_with)
            for step in steps
        ]
        for place, step in enumerate(steps):
            if step.pair_with and step.pair_with not in [each.id for each in steps]:
                reason = f"No step has the id “{step.pair_with}”."
                raise self._bad_at(("steps", place, "pair_with"), reason)
            if wrong := wrong_with(asked, place):
                raise self._bad_at(("steps", place, "pair_with"), str(wrong))

    def _wrong(self, error: ValidationError, at: Where = ()) -> BadProgramme:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return self._bad_at((*at, *problem["loc"]), problem["msg"])

    def _bad_at(self, path: Where, reason: str) -> BadProgramme:
        reason = re.sub("^Value error, ", "", reason)
        reason = _PLAINER.get(reason, reason)
        path = tuple(_WRITTEN.get(part, part) for part in path)
        name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        return self._bad(self._line(path), f"{name}: {reason}")

    def _bad(self, line: int, reason: str) -> BadProgramme:
        return BadProgramme(f"{self.file.name}, line {line}: {reason}")

    def _line(self, path: Where) -> int:
        """The line of a field, or of what it is missing from. Lines count from 1."""
        line, place = 0, self.tree
        for part in path:
            if not _has(place, part):
                break
            line, place = place.lc.data[part][0], place[part]
        return int(line) + 1


def _with_defaults(kind: AnyKind, step: _Step) -> dict[str, Any]:
    """The frame's fields: what the step says, else what its kind is by default."""
    given = step.model_dump(
        exclude={"id", "kind", "settings", "say", "pair_with"}, exclude_none=True
    )
    usual = {
        name: getattr(kind.defaults, name)
        for name in ("phase", "reach", "reveal", "tender", "review", "invitation", "discuss")
    }
    return {**usual, **given, "facilitator_note": step.say}


def _has(place: Any, part: str | int) -> bool:
    if isinstance(place, CommentedSeq):
        return isinstance(part, int) and part < len(place)
    return isinstance(place, CommentedMap) and part in place.lc.data


def _plain(value: Any) -> Any:
    """Without the reader's own types, which remember lines and quotes."""
    if isinstance(value, CommentedMap):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(part) for part in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
