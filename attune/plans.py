"""What a facilitator prepares: plans, their steps, and what each step will ask for.

A plan is a copy: changing a programme changes no plan. What a room has put stays as it was put,
whatever becomes of the plan (`editing`).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, groupby
from typing import Any

from sqlalchemy import select

from attune import pairing
from attune.db import db
from attune.errors import Invalid, NotYours
from attune.frame import PHASES, Frame, RoomSettings, Value
from attune.i18n import Message, say
from attune.kinds import AnyKind, Section, kind_of, need
from attune.models import Facilitator, Plan, Step
from attune.pairing import Asked
from attune.programmes import Programme
from attune.releases import is_for_group
from attune.rounds import now_ms
from attune.seen import PHASE_NAMES, RoundSeen
from attune.text import length

LONGEST_TITLE = 80  # characters


@dataclass(frozen=True)
class Outlined:
    """One step as pages show it; made alike from a plan's row and a programme's file."""

    position: int
    frame: Frame
    kind: AnyKind
    settings: Value
    k: int  # the room's
    id: int | None = None  # None: not copied yet
    # What it is called where another step is compared with it; and what it is compared with
    key: Hashable = None
    pair_with: Hashable = None

    @property
    def asks(self) -> bool:
        """Whether people answer at all."""
        return self.kind.asks(self.settings)

    @property
    def is_deep(self) -> bool:
        """Whether it may touch something: people settle before such a step, and after."""
        frame = self.frame
        return bool(frame.content_note) or frame.tender or frame.phase == "repair"

    @property
    def sections(self) -> list[Section[Any]]:
        return list(self.kind.sections(self.settings)) if self.asks else []

    @property
    def need(self) -> int:
        """How many answers it takes before the group sees some of it, as the prompt states it."""
        group = self._for_group or self.sections
        needs = [need(section, self.frame, self.k, 0) for section in group]
        return min(needs, default=max(self.k, self.frame.min_people or 0))

    @property
    def to_group(self) -> bool:
        """Whether the group may ever see something of it."""
        return bool(self._for_group)

    @property
    def to_facilitator(self) -> bool:
        """Whether some of it is for the facilitator alone."""
        return len(self._for_group) < len(self.sections)

    @property
    def is_text(self) -> bool:
        """Whether people write words of their own."""
        return any(section.is_text for section in self.sections)

    @property
    def phase_name(self) -> str:
        return PHASE_NAMES[self.frame.phase]

    @property
    def _for_group(self) -> list[Section[Any]]:
        return [section for section in self.sections if is_for_group(section, self.frame)]


@dataclass(frozen=True)
class Outline:
    """A plan or a programme, laid out for reading."""

    title: str
    steps: tuple[Outlined, ...]
    gone: tuple[str, ...] = ()  # titles of steps that this server has no kind for

    @property
    def minutes(self) -> float:
        return sum(step.frame.minutes for step in self.steps)

    @property
    def phases(self) -> list[tuple[str, list[Outlined]]]:
        """The steps in their order, a new group where the phase changes."""
        grouped = groupby(self.steps, key=lambda step: step.phase_name)
        return [(phase, list(steps)) for phase, steps in grouped]

    @property
    def talk(self) -> float:
        """Minutes in which people look at each other and not at a phone."""
        return sum(step.frame.minutes for step in self.steps if step.frame.phase == "discuss")

    @property
    def cautions(self) -> list[Message]:
        """What a skilled facilitator would change before opening a room from it."""
        found = [
            say("“%(title)s” cannot be shown: this server lacks its exercise.", title=title)
            for title in self.gone
        ]
        settled = False
        for step in self.steps:
            settled = settled or step.frame.phase == "ground"
            if step.is_deep and not settled:
                found.append(
                    say(
                        "“%(title)s” goes deep before anything settles people. Put a calm step "
                        "before it.",
                        title=step.frame.title,
                    )
                )
            if wrong := self.wrong_pair(step):
                found.append(
                    say(
                        "“%(title)s” is not compared with an earlier step: %(reason)s",
                        title=step.frame.title,
                        reason=wrong,
                    )
                )
        if self.steps and self.steps[-1].frame.phase != "close":
            found.append(say("Nothing brings people back at the end. Add a step to close with."))
        return found

    def wrong_pair(self, step: Outlined) -> Message | None:
        """Why the step cannot be compared with what it is to be compared with; None when it can."""
        return pairing.wrong_with(self._asked, self._place(step))

    def may_be_compared_with(self, step: Outlined) -> list[Asked]:
        """The earlier steps that this one could be compared with."""
        return pairing.choices_for(self._asked, self._place(step))

    def second_of(self, step: Outlined) -> Asked | None:
        """The later step that is compared with this one."""
        return pairing.second_of(self._asked, step.key)

    def compared(self, step: Outlined) -> str:
        """first, second or nothing: whether a room would compare it, and as which of the two."""
        if step.pair_with is not None:
            return "" if self.wrong_pair(step) else "second"
        return "first" if self.second_of(step) else ""

    def with_step(self, step: Outlined, *, instead: bool) -> "Outline":
        """With this step at its place, instead of the one that stands there or before it."""
        others = [each for each in self.steps if not instead or each.position != step.position]
        return replace(self, steps=(step, *others))

    @property
    def _in_order(self) -> list[Outlined]:
        return sorted(self.steps, key=lambda step: step.position)

    @property
    def _asked(self) -> list[Asked]:
        return [
            Asked(step.kind, step.settings, step.frame, step.key, step.pair_with)
            for step in self._in_order
        ]

    def _place(self, step: Outlined) -> int:
        return next(at for at, each in enumerate(self._in_order) if each is step)

    def step(self, position: int) -> Outlined:
        """Raises NotYours: there is no such step."""
        for step in self.steps:
            if step.position == position:
                return step
        raise NotYours


def copy_programme(facilitator: Facilitator, programme: Programme) -> Plan:
    """Make a plan of one's own from a shipped programme. A second copy gets a number."""
    plan = Plan(
        facilitator_id=facilitator.id,
        title=free_title(facilitator, programme.title),
        programme=programme.slug,
        # Only what it asks for: the rest is the instance's, on the day a room is opened.
        settings=programme.room.model_dump(mode="json", exclude_unset=True),
        steps=[
            Step(
                position=position,
                kind=step.kind,
                frame=step.frame.model_dump(mode="json"),
                settings=step.settings.model_dump(mode="json"),
            )
            for position, step in enumerate(programme.steps, 1)
        ],
    )
    db.session.add(plan)
    db.session.flush()
    pair_up(plan, [step.id for step in programme.steps], [s.pair_with for s in programme.steps])
    return plan


def pair_up(plan: Plan, keys: Sequence[Hashable], pairs: Sequence[Hashable]) -> None:
    """Compare the steps of a new copy with one another as those were that it was copied from.

    `keys` are what those were called, `pairs` what each was compared with, in order.
    """
    ids = dict(zip(keys, (step.id for step in plan.steps), strict=True))
    for step, pair in zip(plan.steps, pairs, strict=True):
        step.pair_with = ids.get(pair)


def plans_of(facilitator_id: int) -> list[Plan]:
    """The newest first."""
    found = select(Plan).where(Plan.facilitator_id == facilitator_id).order_by(Plan.id.desc())
    return list(db.session.scalars(found))


def outline(plan: Plan) -> Outline:
    """A plan for reading. A step whose kind is gone is only named: there is nothing to show."""
    k = settings_of(plan).k
    found: list[Outlined] = []
    gone: list[str] = []
    for step in plan.steps:
        try:
            found.append(outlined(step, k))
        except Invalid:
            gone.append(step.frame["title"])
    return Outline(plan.title, tuple(found), tuple(gone))


def outline_of(programme: Programme) -> Outline:
    """A programme for reading, before it is copied."""
    return Outline(
        programme.title,
        tuple(
            Outlined(
                position,
                step.frame,
                kind_of(step.kind),
                step.settings,
                programme.room.k,
                key=step.id,
                pair_with=step.pair_with,
            )
            for position, step in enumerate(programme.steps, 1)
        ),
    )


def outlined(step: Step, k: int) -> Outlined:
    """A stored step, read with its kind. Raises Invalid: the kind is gone, or has changed."""
    kind = kind_of(step.kind)
    return Outlined(
        position=step.position,
        frame=Frame.model_validate(step.frame),
        kind=kind,
        settings=kind.read_settings(step.settings),
        k=k,
        id=step.id,
        key=step.id,
        pair_with=step.pair_with,
    )


def preview(outline: Outline, position: int) -> RoundSeen:
    """The step as a round that was just put, for people who only want to see it.

    Raises NotYours: there is no such step.
    """
    step = outline.step(position)
    frame = step.frame
    return RoundSeen(
        number=position,
        kind=step.kind.name,
        kind_title=step.kind.title,
        state="open",
        progress=0,
        last=step.kind.last(step.settings),
        marks=step.kind.most_marks(step.settings),
        marking=False,
        beside=False,
        mark_label=step.kind.resonating.label(step.settings) if step.kind.resonating else "",
        starts_at=now_ms() if step.kind.synced else None,
        closes_at=None,
        title=frame.title,
        invitation=frame.invitation,
        discuss=frame.discuss,
        phase=frame.phase,
        phase_name=step.phase_name,
        phase_number=PHASES.index(frame.phase),
        content_note=frame.content_note,
        alternative=frame.alternative or step.kind.defaults.alternative,
        minutes=frame.minutes,
        time_hint=frame.time_hint,
        revise=frame.revise,
        reviewed=step.is_text,
        live=step.frame.reveal == "live_batches",
        compared=outline.compared(step),
        asks=step.asks,
        to_group=step.to_group,
        to_facilitator=step.to_facilitator,
        need=step.need,
        step=position,
        steps=len(outline.steps),
        settings=step.settings,
        facts=step.kind.facts(step.settings),
    )


def settings_of(plan: Plan) -> RoomSettings:
    """What the plan's rooms start with."""
    return RoomSettings.model_validate(plan.settings)


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan of the protocol (docs/protocol.md)."""
    return {
        "id": plan.id,
        "title": plan.title,
        "revision": plan.revision,
        "steps": [
            {
                "id": step.id,
                "kind": step.kind.name,
                "title": step.frame.title,
                "settings": step.settings.model_dump(mode="json"),
                "pair_with": step.pair_with,
                "reveal": step.frame.reveal,
                "k": step.need,
                "min_people": step.frame.min_people,
                "minutes": step.frame.minutes,
            }
            for step in outline(plan).steps
        ],
    }


def free_title(facilitator: Facilitator, title: str) -> str:
    """This name, or the same with a number when one of the facilitator's plans has it."""
    taken = {plan.title for plan in plans_of(facilitator.id)}
    numbered = (_numbered(title, number) for number in count(2))
    return next(each for each in chain([title], numbered) if each not in taken)


def _numbered(title: str, number: int) -> str:
    tail = f" ({number})"
    room = LONGEST_TITLE - len(tail)
    return (title if length(title) <= room else title[:room].rstrip()) + tail
