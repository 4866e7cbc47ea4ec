"""The console's agenda: the plan's steps and what was asked in between, and where Next and Back go.

What is asked in between moves nothing: Next goes on with the plan from where it stood, and Back
returns to the step that it stood at. A question that is asked twice stands there once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from attune.kinds import kind_of
from attune.models import Round, Step
from attune.rounds import asks_the_same
from attune.seen import PHASE_NAMES, AgendaStep


@dataclass(frozen=True)
class Agenda:
    """What is drawn as the agenda, and at the foot of the console."""

    steps: tuple[AgendaStep, ...]
    next: AgendaStep | None
    back: AgendaStep | None


def agenda_of(steps: Sequence[Step], rounds: Sequence[Round]) -> Agenda:
    """`steps` are the plan's as it is now, `rounds` all that were put, in their order."""
    put = {round.step_id for round in rounds}
    now = rounds[-1].step_id if rounds else None
    planned = [_planned(step, now, put) for step in steps]
    place = _place(steps, rounds)
    at_it = bool(steps) and place >= 0 and steps[place].id == now
    return Agenda(
        steps=tuple(_in_order(planned, rounds)),
        next=_at(planned, place + 1),
        back=_at(planned, place - 1 if at_it else place),
    )


def _place(steps: Sequence[Step], rounds: Sequence[Round]) -> int:
    """The place of the step that the plan stands at; -1 before the first.

    One that has left the plan since counts as the last of those that were put and are still in it.
    """
    ids = [step.id for step in steps]
    put = [round.step_id for round in rounds if round.step_id is not None]
    if put and put[-1] in ids:
        return ids.index(put[-1])
    return max((ids.index(id) for id in put if id in ids), default=-1)


def _in_order(planned: Sequence[AgendaStep], rounds: Sequence[Round]) -> Iterator[AgendaStep]:
    """The plan's steps, each with what was asked while the plan stood at it."""
    ids = {step.id for step in planned}
    asked: dict[int | None, list[list[Round]]] = {}
    questions: list[list[Round]] = []
    stood = None
    for round in rounds:
        if round.step_id is not None:
            stood = round.step_id if round.step_id in ids else stood
            continue
        again = next((one for one in questions if asks_the_same(one[0], round)), None)
        if again:
            again.append(round)
        else:
            questions.append([round])
            asked.setdefault(stood, []).append(questions[-1])
    last = rounds[-1].number if rounds else 0
    yield from (_asked(question, last) for question in asked.get(None, ()))
    for step in planned:
        yield step
        yield from (_asked(question, last) for question in asked.get(step.id, ()))


def _planned(step: Step, now: int | None, put: set[int | None]) -> AgendaStep:
    frame = step.frame
    return AgendaStep(
        id=step.id,
        round=None,
        position=step.position,
        title=frame["title"],
        kind_title=kind_of(step.kind).title,
        phase=frame["phase"],
        phase_name=PHASE_NAMES[frame["phase"]],
        minutes=frame["minutes"],
        optional=frame.get("optional", False),
        state="now" if step.id == now else "done" if step.id in put else "ahead",
        again=step.id in put,
    )


def _asked(question: Sequence[Round], last: int) -> AgendaStep:
    latest = question[-1]
    frame = latest.frame
    return AgendaStep(
        id=None,
        round=latest.number,
        position=0,
        title=frame["title"],
        kind_title=kind_of(latest.kind).title,
        phase=frame["phase"],
        phase_name=PHASE_NAMES[frame["phase"]],
        minutes=frame["minutes"],
        optional=False,
        state="now" if latest.number == last else "done",
        again=True,
    )


def _at(agenda: Sequence[AgendaStep], place: int) -> AgendaStep | None:
    return agenda[place] if 0 <= place < len(agenda) else None
