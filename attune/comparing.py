"""Before and after in a room: which two rounds are compared, and forgetting what ties them.

Both rounds' sealed answers carry a tag that says which two are of one person. It serves one
comparison. `forget` takes it out of everything that is stored: what was counted needs it no more,
and what cannot be counted any more must not keep it either (docs/anonymity.md).
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from attune import pairing
from attune.db import db
from attune.display import change
from attune.frame import Frame
from attune.keys import KeyMissing, keyring
from attune.kinds import Section, kind_of
from attune.models import Answer, Release, Room, Round, Step
from attune.pairing import Asked
from attune.rewriting import write_anew
from attune.sealing import about_answer, about_release, tag_of

Tagged = dict[str, list[Any]]  # by section: [value, tag of the section], shuffled


def pair(room: Room, round: Round, steps: Sequence[Step]) -> bool:
    """Settle, as the round is put, whether its answers will be compared; whether that was so.

    With the latest round of the step that it is compared with; or with a later one, where the plan
    says so now: what is added to the plan afterwards comes too late for what was given.
    """
    step = next((step for step in steps if step.id == round.step_id), None)
    if step is None:
        return False
    first = _first(room, round, step)
    if first:
        # Put again: the answers to this round are those that count.
        forget(room, [each for each in of_pair(room, first.id) if each not in (first, round)])
        round.pair_id = first.id
    elif pairing.second_of([_step_asked(each) for each in steps], step.id):
        forget(room, [each for each in _rounds(room, step.id) if each.pair_id == each.id])
        round.pair_id = round.id
    else:
        return False
    kind = kind_of(round.kind)
    round.body_size = kind.body_size(kind.read_settings(round.settings), tagged=True)
    return True


def is_first(round: Round) -> bool:
    """Whether a later round is to be compared with it."""
    return round.pair_id == round.id


def is_second(round: Round) -> bool:
    """Whether it is to be compared with an earlier round."""
    return round.pair_id is not None and not is_first(round)


def of_pair(room: Room, pair_id: int) -> list[Round]:
    """The rounds whose answers carry the tags of this pair."""
    rows = sa.select(Round).where(Round.room_id == room.id, Round.pair_id == pair_id)
    return list(db.session.scalars(rows.order_by(Round.number)))


def tagged(
    sections: Sequence[Section[Any]],
    given: Sequence[tuple[Any, str | None]],
    kept: Sequence[str],
) -> Tagged:
    """The values of `kept` sections that can be compared, each with its own tag, in pid order.

    `given` are answers with their tags, where they have one. Shuffle each section before it is
    stored.
    """
    return {
        section.name: [
            [value, tag_of(tag, section.name)]
            for answer, tag in given
            if tag and (value := section.take(answer)) is not None
        ]
        for section in sections
        if section.compared and section.name in kept
    }


def counted(
    section: Section[Any], before: Sequence[Any], after: Sequence[Any], need: int
) -> dict[str, int] | None:
    """How many went which way, of those in both; None when fewer than `need` are."""
    first = {tag: value for value, tag in before}
    pairs = [(first[tag], value) for value, tag in after if tag in first]
    return change.tally(section.draw, pairs) if len(pairs) >= need else None


def forget(room: Room, rounds: Sequence[Round]) -> None:
    """Take the tags out of what is stored of these rounds. Call `sweep_soon` after COMMIT."""
    for round in rounds:
        round.pair_id = None
        try:
            _forget_in_answers(room, round)
            _forget_in_releases(room, round)
        except KeyMissing:
            continue  # then nobody can open them either
    db.session.flush()


def _forget_in_answers(room: Room, round: Round) -> None:
    """All of them are written anew, those of passes too."""
    rows = db.session.execute(
        sa.select(Answer.act, Answer.pid, Answer.body).where(Answer.round_id == round.id)
    ).all()
    if not rows:
        return
    key = keyring.live(room.ref)
    kept: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
    for act, pid, body in rows:
        about = about_answer(room.ref, round.id, act, pid)
        content = key.open_json(body, about)
        content.pop("p", None)
        kept[act][pid] = key.seal_json(content, about, round.body_size)
    for act, bodies in kept.items():
        write_anew(round.id, act, bodies, bodies)


def _forget_in_releases(room: Room, round: Round) -> None:
    made = sa.select(Release).where(Release.round_id == round.id, Release.body.is_not(None))
    for release in db.session.scalars(made):
        assert release.body
        key = keyring.live(room.ref)
        about = about_release(room.ref, round.id, release.act, release.number)
        body = json.loads(key.open(release.body, about))
        if body.pop("tagged", None):
            release.body = key.seal(json.dumps(body, ensure_ascii=False).encode(), about)


def _first(room: Room, round: Round, step: Step) -> Round | None:
    """The latest round of the step that this one is compared with, if that can still be done."""
    if step.pair_with is None:
        return None
    put = [each for each in _rounds(room, step.pair_with) if each.id != round.id]
    if not put or not is_first(put[-1]) or pairing.why_not(_asked(put[-1]), _asked(round)):
        return None
    held = sa.select(Release).where(Release.round_id == put[-1].id, Release.body.is_(None))
    return None if db.session.scalar(held) else put[-1]


def _rounds(room: Room, step_id: int) -> list[Round]:
    rows = sa.select(Round).where(Round.room_id == room.id, Round.step_id == step_id)
    return list(db.session.scalars(rows.order_by(Round.number)))


def _asked(round: Round) -> Asked:
    kind = kind_of(round.kind)
    return Asked(kind, kind.read_settings(round.settings), Frame.model_validate(round.frame))


def _step_asked(step: Step) -> Asked:
    kind = kind_of(step.kind)
    frame = Frame.model_validate(step.frame)
    return Asked(kind, kind.read_settings(step.settings), frame, step.id, step.pair_with)
