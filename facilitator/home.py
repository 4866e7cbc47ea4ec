"""The page one lands on: what is open now, and what to do next."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from attune import access, plans, presence, rooms, rounds
from attune.keys import TROUBLES, keyring
from attune.models import Room
from attune.programmes import all_programmes

bp = Blueprint("home", __name__)


@dataclass(frozen=True)
class OpenRoom:
    """A room one can go back to."""

    ref: str
    title: str
    state: str
    led_by: str  # who leads it, where one watches over it; empty where one leads
    code: str
    phones: int
    step: int | None  # its place in the plan, from 1; None before the first
    steps: int


@dataclass(frozen=True)
class KeptRoom:
    """An ended room whose summary is still there."""

    ref: str
    title: str
    day: str
    forget_on: str  # empty: not said


@bp.get("/home")
def show() -> ResponseReturnValue:
    """Rooms that are open, one's plans, the ready programmes, and summaries that are kept."""
    mine = access.rooms_of(current_user.id)
    return render_template(
        "facilitator/home.html",
        trouble=TROUBLES[trouble] if (trouble := keyring.trouble()) else None,
        open_rooms=[_open(room) for room in mine if room.state in ("lobby", "live", "ending")],
        kept=[_kept(room) for room in mine if room.state == "ended"],
        plans=[(plan, plans.outline(plan)) for plan in plans.plans_of(current_user.id)],
        programmes=[
            (programme, plans.outline_of(programme)) for programme in all_programmes().values()
        ],
    )


def _open(room: Room) -> OpenRoom:
    steps = rounds.steps_of(room)
    round = rooms.current_round(room)
    step_id = round.step_id if round else None
    return OpenRoom(
        ref=room.ref,
        title=room.title,
        state=room.state,
        led_by="" if access.leads(current_user.id, room) else rooms.leader_of(room),
        code=room.code or "",
        phones=presence.here(room.id),
        step=next((step.position for step in steps if step.id == step_id), None),
        steps=len(steps),
    )


def _kept(room: Room) -> KeptRoom:
    return KeptRoom(
        ref=room.ref,
        title=room.title,
        day=format_date(room.day, "long"),
        forget_on=format_date(room.forget_on, "long") if room.forget_on else "",
    )
