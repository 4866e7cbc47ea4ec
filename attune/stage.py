"""What one audience sees of a room now: the only place that decides it.

A page draws it on a visit and a push draws it after a change, from the same partials, so a reload
and a push cannot disagree. It gives templates a closed set of plain values: no row of a table, no
seat, nothing of what one person did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attune import presence, releases, rooms, rounds
from attune.changes import Audience
from attune.codes import shown as shown_code
from attune.display import Form, Picture
from attune.frame import PHASES
from attune.i18n import N_, Message, say, say_n
from attune.kinds import kind_of
from attune.models import Release, Room, Round, Step

PHASE_NAMES = {
    "arrive": N_("Arriving"),
    "ground": N_("Grounding"),
    "explore": N_("Exploring"),
    "discuss": N_("Discussing"),
    "repair": N_("Repairing"),
    "close": N_("Closing"),
}


# Who does not see a result that a step keeps to one place.
ELSEWHERE = (("participant", "screen"), ("screen", "phones"))


@dataclass(frozen=True)
class RoomSeen:
    """The room, as anybody in it may know it."""

    ref: str
    title: str
    leader: str
    state: str
    entry: str
    language: str
    k: int
    age_band: str
    quick_exit: bool
    help_text: str
    phones: int  # how many are here
    code: str  # as written on the screen; empty once it has ended


@dataclass(frozen=True)
class RoundSeen:
    """The round that was put last, with everything its kind's templates draw from."""

    number: int
    kind: str
    kind_title: str
    state: str
    progress: int
    last: int
    starts_at: int | None  # server milliseconds
    closes_at: int | None  # server milliseconds
    title: str
    invitation: str
    discuss: tuple[str, ...]
    phase: str
    phase_name: str
    phase_number: int  # 0 to 5, the place on the arc
    content_note: str
    alternative: str
    minutes: float
    time_hint: str
    revise: bool
    reviewed: bool
    asks: bool  # whether people answer at all
    to_group: bool  # whether the group may ever see something of it
    to_facilitator: bool  # whether some of it is for the facilitator alone
    need: int  # how many answers the part that the group sees needs; the least of them
    step: int | None  # its place in the plan, from 1
    steps: int  # how many the plan has
    settings: Any  # the kind's own, frozen
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Results:
    """The result of the round, as far as this audience may see it."""

    state: str  # held, review or shown
    form: Form
    pictures: tuple[Picture, ...]
    answers: int | None = None  # the console alone, and never when held
    passes: int | None = None
    noticed: tuple[str, ...] = ()
    again: bool = False
    showable: bool = False  # the console alone: there is something for the group in it
    elsewhere: bool = False  # it is shown, but the step keeps it to the screen or to phones


@dataclass(frozen=True)
class AgendaStep:
    """A step of the plan in the console's agenda."""

    id: int
    position: int
    title: str
    kind_title: str
    phase: str
    phase_name: str
    minutes: float
    optional: bool
    state: str  # done, now or ahead
    again: bool  # it has been put before


@dataclass(frozen=True)
class Console:
    """What only the facilitator sees."""

    sees: Message  # the one line that says what the room sees
    counts: Message
    responded: int
    waiting: int  # at the door
    seats: int
    note: str  # the facilitator's own note for this step
    agenda: tuple[AgendaStep, ...]
    next: AgendaStep | None
    back: AgendaStep | None
    preview: Results | None  # in the form that would be shown
    seen: int  # the number of the round on this page


@dataclass(frozen=True)
class Stage:
    """Everything that one audience sees of a room."""

    audience: Audience
    room: RoomSeen
    round: RoundSeen | None
    results: Results | None
    status: Message
    console: Console | None = None


def stage(room: Room, audience: Audience) -> Stage:
    """What this audience sees of the room now. Results reach it only as far as they may."""
    round = rooms.current_round(room) if room.state in ("lobby", "live") else None
    release = releases.release_of(round) if round else None
    seen = _round(room, round) if round else None
    results = _results(room, round, release, audience) if round else None
    return Stage(
        audience=audience,
        room=_room(room),
        round=seen,
        results=results,
        status=_status(room, seen, results),
        console=_console(room, round, seen, release) if audience == "console" else None,
    )


def _room(room: Room) -> RoomSeen:
    settings = rooms.settings_of(room)
    return RoomSeen(
        ref=room.ref,
        title=room.title,
        leader=rooms.leader_of(room),
        state=room.state,
        entry=room.entry,
        language=settings.language,
        k=settings.k,
        age_band=settings.age_band,
        quick_exit=settings.quick_exit,
        help_text=settings.help_text,
        phones=presence.here(room.id),
        code=shown_code(room.code) if room.code else "",
    )


def _round(room: Room, round: Round) -> RoundSeen:
    kind, settings, frame = rounds.parts_of(round)
    sections = list(kind.sections(settings))
    to_group = [section.name for section in sections if releases.is_for_group(section, frame)]
    needs = [round.needs[name] for name in to_group or round.needs]
    steps = rounds.steps_of(room)
    return RoundSeen(
        number=round.number,
        kind=round.kind,
        kind_title=kind.title,
        state=round.state,
        progress=round.progress,
        last=kind.last(settings),
        starts_at=round.starts_at,
        closes_at=round.closes_at,
        title=frame.title,
        invitation=frame.invitation,
        discuss=frame.discuss,
        phase=frame.phase,
        phase_name=PHASE_NAMES[frame.phase],
        phase_number=PHASES.index(frame.phase),
        content_note=frame.content_note,
        alternative=frame.alternative or kind.defaults.alternative,
        minutes=frame.minutes,
        time_hint=frame.time_hint,
        revise=frame.revise,
        reviewed=any(section.is_text for section in sections),
        asks=kind.asks(settings),
        to_group=bool(to_group),
        to_facilitator=len(to_group) < len(sections),
        need=min(needs, default=0),
        step=next((step.position for step in steps if step.id == round.step_id), None),
        steps=len(steps),
        settings=settings,
        facts=kind.facts(settings),
    )


def _results(
    room: Room, round: Round, release: Release | None, audience: Audience
) -> Results | None:
    """What the group sees: a shown result, or that there were too few answers for one."""
    if release is None or release.state == "review":
        return None
    form: Form = release.form  # type: ignore[assignment]
    if release.state == "held":
        return Results("held", form, ())
    if (audience, round.frame["show_on"]) in ELSEWHERE:
        return Results("shown", form, (), elsewhere=True)
    body = releases.opened(room, round, release)
    only = releases.for_group(round, body)
    return Results("shown", form, releases.pictures(round, body, form, only=only))


def _preview(room: Room, round: Round, release: Release | None) -> Results | None:
    """What the facilitator sees once the round is closed and its result is made."""
    if release is None:
        return None
    form: Form = release.form  # type: ignore[assignment]
    body = releases.opened(room, round, release)
    if body is None:
        return Results("held", form, releases.pictures(round, None, form))
    return Results(
        state=release.state,
        form=form,
        pictures=releases.pictures(round, body, form),
        answers=body.answers,
        passes=body.passes,
        noticed=tuple(body.noticed),
        again=body.again,
        showable=bool(releases.for_group(round, body)),
    )


def _status(  # noqa: PLR0911  # a table, in the order in which it is read
    room: Room, round: RoundSeen | None, results: Results | None
) -> Message:
    """One whole sentence for everybody in the room, read aloud by screen readers."""
    if room.state in ("ending", "ended"):
        return say("The room is closed. Thank you for being here.")
    if room.state == "lobby":
        return say("We begin when people have arrived.")
    if round is None:
        return say("This page moves on by itself.")
    if results and results.elsewhere:
        return say("The result is shown in the room.")
    if results and results.state == "shown":
        return say("Here is what the room said: %(title)s", title=round.title)
    if results:
        return releases.TOO_FEW
    if round.state == "closed":
        return say("This question is closed.")
    if round.closes_at:
        return say("This question closes in a moment. You can still send what you have.")
    if round.content_note:
        # The question itself is read after the note, by those who join in.
        return say("A new question is here. A note comes before it.")
    if round.asks:
        return say("New question: %(title)s", title=round.title)
    return say("Now: %(title)s", title=round.title)


def what_the_room_sees(  # noqa: PLR0911  # a table
    room_state: str, round: RoundSeen | None, release_state: str | None, form: str | None
) -> Message:
    """The console's one line. A fixed table, which a test holds against the screen."""
    if room_state == "lobby":
        return say("The room sees the welcome page with the code.")
    if room_state == "ending":
        return say("The room sees the goodbye page. It is being cleared.")
    if room_state != "live":
        return say("The room sees the goodbye page.")
    if round is None:
        return say("The room sees a quiet page.")
    if release_state == "shown":
        return {
            "full": say("The room sees the result."),
            "soft": say("The room sees the softened result."),
            "words": say("The room sees the result in words."),
        }[form or "full"]
    if release_state == "held":
        return say("The room sees that there were not enough answers to show.")
    if round.state == "closed":
        return say("The room sees the closed question. Nobody sees a result.")
    if round.closes_at:
        return say("The room sees the question and that it closes in a moment.")
    if round.asks:
        return say("The room sees the question and can answer.")
    return say("The room sees “%(title)s”.", title=round.title)


def _console(
    room: Room, round: Round | None, seen: RoundSeen | None, release: Release | None
) -> Console:
    agenda = _agenda(room, round)
    here = presence.here(room.id)
    responded = rounds.given(round) if round else 0
    people = rooms.people(room)
    place = next((index for index, step in enumerate(agenda) if step.state == "now"), None)
    return Console(
        sees=what_the_room_sees(
            room.state,
            seen,
            release.state if release else None,
            release.form if release else None,
        ),
        counts=_counts(seen, responded, here),
        responded=responded,
        waiting=people["waiting"],
        seats=people["in"],
        note=rounds.parts_of(round)[2].facilitator_note if round else "",
        agenda=agenda,
        next=_at(agenda, 0 if place is None else place + 1),
        back=_at(agenda, None if place is None else place - 1),
        preview=_preview(room, round, release) if round else None,
        seen=round.number if round else 0,
    )


def _counts(round: RoundSeen | None, responded: int, here: int) -> Message:
    """The one number there is while a round is open: answers and passes together."""
    if round is None or not round.asks:
        return say_n("%(count)s phone is here", "%(count)s phones are here", here)
    if round.state == "closed":
        return say("%(responded)s responded. Closed.", responded=responded)
    return say(
        "%(responded)s of %(here)s here have responded",
        responded=responded,
        here=max(here, responded),
    )


def _agenda(room: Room, current: Round | None) -> tuple[AgendaStep, ...]:
    put = {round.step_id for round in rooms.rounds_of(room)}
    now = current.step_id if current else None
    return tuple(_agenda_step(step, now, put) for step in rounds.steps_of(room))


def _agenda_step(step: Step, now: int | None, put: set[int | None]) -> AgendaStep:
    frame = step.frame
    state = "now" if step.id == now else "done" if step.id in put else "ahead"
    return AgendaStep(
        id=step.id,
        position=step.position,
        title=frame["title"],
        kind_title=kind_of(step.kind).title,
        phase=frame["phase"],
        phase_name=PHASE_NAMES[frame["phase"]],
        minutes=frame["minutes"],
        optional=frame.get("optional", False),
        state=state,
        again=step.id in put,
    )


def _at(agenda: Sequence[AgendaStep], place: int | None) -> AgendaStep | None:
    return agenda[place] if place is not None and 0 <= place < len(agenda) else None
