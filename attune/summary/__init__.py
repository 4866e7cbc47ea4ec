"""What is kept of a room: one document, from which every format is drawn.

`collect` is one pure reading of rounds and results; before the end it is marked "not final". At
the end the document is sealed and kept, and pages and files are drawn from it on request: twice
gives the same bytes, and nothing can be in a file that a result could not have shown.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from attune import batches, lines, notes, releases, resonating, rooms
from attune.db import db
from attune.display import Added, Form, Picture
from attune.i18n import Message
from attune.keys import KeyMissing, keyring
from attune.models import Room, Round, Summary
from attune.rounds import given, given_now, parts_of
from attune.sealing import Unreadable, about_summary

SCHEMA = 2  # 2: a section may have `before` and `change`
Say = Callable[[Message | str], str]
Document = dict[str, Any]


def collect(room: Room, say: Say, *, final: bool) -> Document:
    """The document of a room, with its sentences in the room's language.

    `group` holds only what was shown, in the form in which it was shown. `facilitator` holds all
    results, held ones as such, the two totals of answers and passes, and notes that were added:
    of all who lead, so give a page only what `as_read_by` leaves.
    """
    settings = rooms.settings_of(room)
    both = [_step(room, round, say) for round in rooms.rounds_of(room)]
    return {
        "schema": SCHEMA,
        "final": final,
        "title": room.title,
        "day": room.day.isoformat(),
        "leader": rooms.leader_of(room),
        "language": settings.language,
        "people": rooms.people(room)["in"],
        "k": settings.k,
        "keep_days": settings.keep_days,
        "help_text": settings.help_text,
        "group": {"steps": [group for group, _ in both]},
        "facilitator": {
            "steps": [facilitator for _, facilitator in both],
            "notes": notes.for_summary(room),
        },
    }


def document_of(room: Room, say: Say) -> Document | None:
    """The kept document of an ended room, or what it would be now; None when its key is gone."""
    kept = db.session.get(Summary, room.id)
    if kept is None:
        return collect(room, say, final=False)
    try:
        packed_document = keyring.kept(room.ref).open(kept.body, about_summary(room.ref))
    except (KeyMissing, Unreadable):
        return None
    document: Document = json.loads(packed_document)
    return document


def as_read_by(facilitator_id: int, document: Document) -> Document:
    """The document with this facilitator's own notes at their steps, and with nobody else's."""
    part = dict(document["facilitator"])
    written = part.pop("notes", [])  # documents that are older than notes have none
    own = {note["round"]: note["text"] for note in written if note["by"] == facilitator_id}
    steps = [step | {"note": own.get(step["round"], "")} for step in part["steps"]]
    part |= {"steps": steps, "note": own.get(notes.THE_ROOM, "")}
    return document | {"facilitator": part}


def packed(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def _step(room: Room, round: Round, say: Say) -> tuple[Document, Document]:
    """A round in the group's part and in the facilitator's."""
    kind, settings, frame = parts_of(round)
    release = releases.release_of(round)
    body = releases.opened(room, round, release) if release else None
    form: Form = release.form if release else "full"  # type: ignore[assignment]
    shown = release is not None and release.state == "shown"
    common = {
        "round": round.number,
        "step": frame.title,
        "kind": round.kind,
        "kind_title": say(kind.title),
        "phase": frame.phase,
        "invitation": frame.invitation,
        "discuss": list(frame.discuss),
        "handout": str(kind.facts(settings).get("handout", "")),
    }
    # A result that still grows does not tell apart what is one number while people answer.
    told = not (batches.is_live(round) and given_now(round))
    group = releases.for_group(round, body) if shown else []
    also = resonating.counts(room, round, shown=True)
    for_group = common | {"sections": _sections(round, body, form, say, group, also)}
    also = resonating.counts(room, round, shown=False)
    for_facilitator = common | {
        "outcome": _outcome(
            release.state if release else None,
            form,
            opened=body is not None,
            lost=bool(list(kind.sections(settings))) and not keyring.has_live(room.ref),
        ),
        "minutes": frame.minutes,
        "given": given(round),
        "answers": body.answers if body and told else None,
        "passes": body.passes if body and told else None,
        "noticed": [say(sentence) for sentence in body.noticed] if body else [],
        "left": _left(round, body.left, say) if body and body.left else None,
        "sections": _sections(round, body, form, say, None, also) if release else [],
    }
    return for_group, for_facilitator


def _left(round: Round, people: int, say: Say) -> Document:
    """People who had something in a live round that came into no result, and why."""
    return {"people": people, "said": say(lines.left_out(people, min(round.needs.values())))}


def _outcome(state: str | None, form: Form, *, opened: bool, lost: bool) -> str:
    """What became of the result: shown, softened, words, held, not_shown, lost (its key), none."""
    if lost and state != "held":
        return "lost"
    if state is None:
        return "none"
    if state == "held" or not opened:
        return "held"
    if state == "shown":
        return {"full": "shown", "soft": "softened", "words": "words"}[form]
    return "not_shown"


def _sections(  # noqa: PLR0913, PLR0917  # what is drawn depends on all of them
    round: Round,
    body: releases.Body | None,
    form: Form,
    say: Say,
    only: Sequence[str] | None,
    also: resonating.Counts,
) -> list[Document]:
    # Texts that nobody let in are the facilitator's alone.
    drawn = releases.pictures(round, body, form, only=only, unread=only is None, also=also)
    return [_section(picture, say) for picture in drawn]


def _section(picture: Picture, say: Say) -> Document:
    change = picture.change
    return _alone(picture, say) | {
        "before": _alone(picture.before, say) if picture.before else None,
        "change": {
            "held": change.held,
            "n": change.n or None,
            "sentences": [say(sentence) for sentence in change.sentences],
            "ways": [{"way": say(way.name), "count": way.count} for way in change.ways],
        }
        if change
        else None,
    }


def _alone(picture: Picture, say: Say) -> Document:
    return {
        "name": picture.section,
        "title": say(picture.title),
        "draw": picture.draw,
        "form": picture.form,
        "held": picture.held,
        "need": picture.need,
        "n": None if picture.held else picture.n,
        "sentences": [say(sentence) for sentence in picture.sentences],
        "counts": [
            {"item": say(count.item), "category": say(count.category), "count": count.count}
            for count in picture.counts
        ],
        "scales": [
            {
                "item": say(scale.item),
                "n": scale.n,
                "q1": scale.q1,
                "median": scale.median,
                "q3": scale.q3,
                "min": scale.min,
                "max": scale.max,
            }
            for scale in picture.scales
        ],
        "texts": [
            {"theme": say(text.theme), "text": text.text, "also": text.also}
            for text in picture.texts
        ],
        "by_hand": _added(picture.added, say) if picture.added else None,
    }


def _added(added: Added, say: Say) -> Document:
    return {
        "people": added.people,
        "counts": [
            {"category": say(count.category), "count": count.count} for count in added.counts
        ],
        "said": say(added.said),
    }
