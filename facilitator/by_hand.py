"""Adding what was counted by hand, on a page of its own: it works without script too."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from attune import access, by_hand
from attune.by_hand import Countable
from attune.db import transaction
from attune.display import ByHand
from attune.errors import Conflict, Invalid
from attune.models import Room, Round
from attune.refusals import wants_json
from facilitator.rooms import done, moved_on
from facilitator.rounds import ROUND

bp = Blueprint("by_hand", __name__)
bp.register_error_handler(Conflict, moved_on)

Fields = Mapping[str, str]


@bp.get(f"{ROUND}/by-hand")
def write(ref: str, n: int) -> ResponseReturnValue:
    """What hands can be counted for, and what there is by now."""
    room = access.room_for(current_user.id, ref)
    if room.state not in ("lobby", "live"):
        return redirect(url_for("facilitator.rooms.show", ref=ref), 303)
    round = access.round_of(room, n)
    sections = by_hand.countable(room, round)
    if wants_json():
        return jsonify(sections=[_as_json(section) for section in sections])
    return _page(room, round, sections, _typed(sections))


@bp.post(f"{ROUND}/by-hand")
def keep(ref: str, n: int) -> ResponseReturnValue:
    """Keep these counts: `section.category`, `section.words`, `section.people`; no others."""
    try:
        with transaction():
            room, round = access.round_for(current_user.id, ref, n)
            counted = {
                section.section: _counted(section, request.form)
                for section in by_hand.countable(room, round)
            }
            by_hand.keep(room, round, counted, request.form.get("seen", ""))
    except (Invalid, by_hand.MovedOn) as problem:
        if wants_json():
            raise
        room, round = access.round_for(current_user.id, ref, n)
        sections = by_hand.countable(room, round)
        return _page(room, round, sections, request.form, problem), problem.status
    return done(ref)


def _counted(section: Countable, fields: Fields) -> ByHand:
    """Raises Invalid, with the field."""
    name = section.section
    people = by_hand.number_of(fields.get(f"{name}.people", ""), f"{name}.people")
    if not section.categories:
        return ByHand(by_hand.words_of(fields.get(f"{name}.words", ""), f"{name}.words"), people)
    counts = {}
    for key, _ in section.categories:
        field = f"{name}.{key}"
        counts[key] = by_hand.number_of(fields.get(field, ""), field)
    return ByHand(counts, people)


def _typed(sections: Sequence[Countable]) -> Fields:
    """What is kept, as the form has it."""
    fields: dict[str, str] = {}
    for section in sections:
        kept = section.kept.counts
        fields |= {f"{section.section}.{key}": str(count) for key, count in kept.items()}
        words = "\n".join(f"{word} {count}" for word, count in kept.items())
        fields[f"{section.section}.words"] = words
        fields[f"{section.section}.people"] = str(section.kept.people or "")
    return fields


def _as_json(section: Countable) -> dict[str, object]:
    return {
        "section": section.section,
        "categories": [key for key, _ in section.categories],
        "several": section.several,
        "counts": dict(section.kept.counts),
        "people": section.kept.people,
    }


def _page(
    room: Room,
    round: Round,
    sections: Sequence[Countable],
    typed: Fields,
    problem: Invalid | by_hand.MovedOn | None = None,
) -> str:
    return render_template(
        "facilitator/by_hand.html",
        room=room,
        round=round,
        sections=sections,
        seen=by_hand.seen_of(sections),
        typed=typed,
        problem=problem,
    )
