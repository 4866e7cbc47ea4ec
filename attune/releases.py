"""Making the result of a round, showing it and taking it away again.

The only way anything leaves the answers (docs/anonymity.md). Making a result opens every answer
once, shuffles each section by itself, keeps what enough people gave, and deletes the answers.
What anybody sees afterwards is a pure function of that: preview, softening, exports.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import SystemRandom
from typing import Any

import sqlalchemy as sa

from attune import cards, changes, comparing, difference, display, edits, rooms
from attune.cards import Card
from attune.changes import Part
from attune.db import after_commit, db
from attune.display import Form, Picture, text_key
from attune.edits import Edits, Step
from attune.errors import Conflict, Invalid, RoundOpen
from attune.frame import Frame
from attune.i18n import Message, say
from attune.keys import KeyMissing, keyring
from attune.kinds import Section
from attune.models import Answer, Release, Room, Round
from attune.rounds import ACT, asks_alike, note_results, parts_of, sweep_soon
from attune.sealing import Key, Unreadable, about_answer, about_release

FORMS: tuple[Form, ...] = ("full", "soft", "words")
NUMBER = 1  # `on_show` and `never` make one result for each round
TOO_FEW = say("Not enough answers to show safely. Let's talk instead.")

_random = SystemRandom()


@dataclass(frozen=True)
class Body:
    """What a sealed release holds. No order, id or time ties two sections of it together."""

    answers: int
    passes: int
    # By section, shuffled; a section that is held is not there. Of `cards` each is a dict:
    # {"id", "by": its author's tag, "text", "in": the id of a category or None}
    values: dict[str, list[Any]]
    digests: list[str] = field(default_factory=list)  # sorted; for late retries
    noticed: list[str] = field(default_factory=list)  # sentences, once, for the facilitator
    again: bool = False  # put again with too small a difference: drawn soft
    steps: list[Step] = field(default_factory=list)  # what was changed of texts (`edits`)
    page: int = 0  # of cards on the screen, from 0
    people: dict[str, int] = field(default_factory=dict)  # of `cards`: how many wrote any
    # [section, card, tag]: cards whose authors give no more in this round
    stopped: list[list[str]] = field(default_factory=list)
    # By section, where whoever leads has put a card, and which stand first among their own
    placed: dict[str, dict[str, str]] = field(default_factory=dict)
    pinned: dict[str, list[str]] = field(default_factory=dict)
    # By section, what was counted by hand: {"counts": {category: people}, "people": people}
    by_hand: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Of a live round: how many pictures there have been, and how many people were in the parts of
    # each; by section, the `display.text_key` of texts that nobody has let in yet; how many people
    # had something that came into no picture
    batch: int = 0
    sizes: list[dict[str, int]] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    left: int = 0
    # Compared with a later round: by section, [value, tag], in an order of their own (`comparing`)
    tagged: dict[str, list[Any]] = field(default_factory=dict)
    # Compared with an earlier round: by section, what `_before` gives
    before: dict[str, dict[str, Any]] = field(default_factory=dict)

    def packed(self) -> bytes:
        return json.dumps(self.__dict__, ensure_ascii=False).encode()


def preview(room: Room, round: Round) -> Release:
    """Make the result, for the facilitator's eyes. Making it twice changes nothing.

    Raises RoundOpen while it is open, Conflict where there is nothing to look at. When no section
    has enough answers the result is held: nothing is drawn, the answers stay, and the round can
    still be opened again.
    """
    rooms.require_running(room)
    db.session.refresh(round, with_for_update=True)
    require_closed(round)
    return release_of(round) or make(room, round)


def require_closed(round: Round) -> None:
    """Raises RoundOpen."""
    if round.state != "closed":
        raise RoundOpen


def make(room: Room, round: Round) -> Release:
    """The result of a closed round that has none yet. Raises Conflict, KeyMissing."""
    kind, settings, _ = parts_of(round)
    sections = list(kind.sections(settings))
    if not sections:
        raise Conflict(say("There is nothing to look at in this step."))
    key = key_of(room)
    rows = answers_in(key, room, round)
    bodies = [*rows.values()]
    given = [
        (kind.answer.model_validate(body["a"]), body.get("p"))
        for body in bodies
        if body["a"] is not None
    ]
    answers = [answer for answer, _ in given]
    pids = [pid for pid, body in rows.items() if body["a"] is not None]
    values, people = _shuffled(sections, answers, round.needs), {}
    for section in sections:
        if section.draw == "cards" and section.name in values:
            people[section.name] = len(values[section.name])
            taken = [section.take(answer) for answer in answers]
            values[section.name] = cards.made(key, section.name, zip(pids, taken, strict=True))
    tagged = comparing.tagged(sections, given, [*values])
    release = Release(round_id=round.id, act=ACT, number=NUMBER, form="full", body=None)
    if values:
        body = Body(
            answers=len(answers),
            passes=len(bodies) - len(answers),
            values=values,
            people=people,
            digests=sorted(digest for body in bodies for digest in body["d"]),
            noticed=noticed_in(room, kind.noticed(settings, answers), answers),
            again=is_too_like_another(room, round, sizes_of(values, people)),
            tagged=_mixed(tagged) if comparing.is_first(round) else {},
            before=_before(room, round, sections, values, tagged),
        )
        release.state = "review"
        release.body = key.seal(body.packed(), _about(room, round))
        db.session.execute(sa.delete(Answer).where(Answer.round_id == round.id, Answer.act == ACT))
        after_commit(sweep_soon)
    else:
        release.state = "held"
    db.session.add(release)
    db.session.flush()
    if comparing.is_second(round) and round.pair_id:
        comparing.forget(room, comparing.of_pair(room, round.pair_id))
        after_commit(sweep_soon)
    note_results(room, round)
    return release


def show(room: Room, round: Round, form: str) -> None:
    """Show the result to the group in this form, making it if need be.

    Raises Conflict where it is held or the step shows nothing to the group.
    """
    show_made(room, round, preview(room, round), form)


def show_made(room: Room, round: Round, release: Release, form: str) -> None:
    """Show this result of the round in this form."""
    if form not in FORMS:
        raise Invalid(say("Choose how to show it: full, soft or words."), "form")
    if release.state == "held":
        raise Conflict(TOO_FEW)
    if not for_group(round, opened(room, round, release)):
        raise Conflict(say("This result is for you alone, so there is nothing to show."))
    if (release.state, release.form) != ("shown", form):
        release.state, release.form = "shown", form
        note_results(room, round)


def hide(room: Room, round: Round) -> None:
    """Take the result off phones and screen. Nothing is deleted; it can be shown again."""
    rooms.require_running(room)
    release = release_of(round)
    if release and release.state == "shown":
        release.state = "review"
        note_results(room, round)


def reseal(room: Room, round: Round, release: Release, body: Body, part: Part = "results") -> None:
    """Keep what is in the release with what a facilitator changed of it."""
    release.body = keyring.live(room.ref).seal(body.packed(), _about(room, round))
    if part == "results":
        note_results(room, round)
    else:
        changes.note(room.id, part)


def card_of(body: Body, section: str, id: str) -> Card | None:
    """A card that the room may see; None when it is not there, kept back or not let in yet."""
    card = cards.find(body.values.get(section, ()), id)
    hidden = id in edits.of(body.steps, section).hidden
    if card is None or hidden or text_key(card["text"]) in body.unread.get(section, ()):
        return None
    return card


def release_of(round: Round) -> Release | None:
    return db.session.get(Release, (round.id, ACT, NUMBER))


def opened(room: Room, round: Round, release: Release) -> Body | None:
    """What is in the release; None when it is held or its key is gone."""
    return None if release.state == "held" else unsealed(room, round, release)


def unsealed(room: Room, round: Round, release: Release) -> Body | None:
    """The same, though it is held: a live round remembers what was decided of earlier pictures."""
    if release.body is None:
        return None
    try:
        packed = keyring.live(room.ref).open(release.body, _about(room, round))
    except (KeyMissing, Unreadable):
        return None
    return Body(**json.loads(packed))


def for_group(round: Round, body: Body | None) -> list[str]:
    """The sections that the group may ever see, by name."""
    kind, settings, frame = parts_of(round)
    if body is None:
        return []
    return [
        section.name
        for section in kind.sections(settings)
        if is_for_group(section, frame) and section.name in body.values
    ]


def pictures(  # noqa: PLR0913  # each of them changes what may be seen
    round: Round,
    body: Body | None,
    form: Form,
    *,
    only: Sequence[str] | None = None,
    unread: bool = False,
    also: Mapping[str, int] | None = None,
) -> tuple[Picture, ...]:
    """Each section drawn in this form; `only` these, by name. Held ones say so and no more.

    `unread`: for the facilitator's eyes, with texts that nobody has let in yet. `also` says for how
    many others a card is true (`resonating.counts`).
    """
    kind, settings, frame = parts_of(round)
    drawn = []
    for section in kind.sections(settings):
        if only is not None and section.name not in only:
            continue
        need = round.needs[section.name]
        if body is None or section.name not in body.values:
            drawn.append(display.held(section, need))
            continue
        tender = is_tender(section, frame) or body.again
        raw, done = body.values[section.name], edits.of(body.steps, section.name)
        waiting = () if unread else body.unread.get(section.name, ())
        values = edits.seen(section, raw, done, waiting)
        if section.placed:
            values = _in_their_places(section, body, values, also or {})
        how: Form = "words" if section.said else form
        before = body.before.get(section.name, {})
        tender = tender or before.get("soft", False)
        picture = display.draw(
            section,
            values,
            form=how,
            need=need,
            tender=tender,
            by_hand=_by_hand(body.by_hand.get(section.name), section, done, raw),
            people=body.people.get(section.name, len(raw)),
            also=also or {},
        )
        drawn.append(_beside(picture, section, before, tender=tender) if before else picture)
    return tuple(drawn)


def cards_seen(section: Section[Any], body: Body, also: Mapping[str, int]) -> list[display.Card]:
    """The cards that the room may see, in the order in which it sees them."""
    done, waiting = edits.of(body.steps, section.name), body.unread.get(section.name, ())
    seen = edits.seen(section, body.values[section.name], done, waiting)
    return _in_their_places(section, body, seen, also) if section.placed else seen


def place_of(section: Section[Any], body: Body, card: str) -> str:
    """The id of the category under which whoever leads has put this card."""
    return body.placed.get(section.name, {}).get(card, section.first)


def _in_their_places(
    section: Section[Any], body: Body, seen: Sequence[display.Card], also: Mapping[str, int]
) -> list[display.Card]:
    """By category, in the order in which those are offered; what is pinned stands first."""
    pinned = body.pinned.get(section.name, ())
    found = []
    for category in section.categories:
        here = [card for card in seen if place_of(section, body, card.id) == category.id]
        if section.by_marks:
            here.sort(key=lambda card: -also.get(card.id, 0))
        here.sort(key=lambda card: card.id not in pinned)
        found += [replace(card, theme=category.label) for card in here]
    return found


def turn(room: Room, round: Round, page: int) -> None:
    """Turn the screen to a page of the cards, from 0; beyond the ends is the nearest there is."""
    rooms.require_running(room)
    release = release_of(round)
    body = opened(room, round, release) if release else None
    if release is None or body is None:
        raise Conflict
    if body.page != page:
        reseal(room, round, release, replace(body, page=page))


def _by_hand(
    counted: dict[str, Any] | None, section: Section[Any], done: Edits, raw: Sequence[Any]
) -> display.ByHand | None:
    if counted is None:
        return None
    if section.draw != "words":
        return display.ByHand(**counted)
    return display.ByHand(edits.counted(counted["counts"], done, raw), counted["people"])


def _beside(
    picture: Picture, section: Section[Any], before: dict[str, Any], *, tender: bool
) -> Picture:
    """With the time before, drawn no fuller than this one, and what changed."""
    earlier = display.draw(
        section,
        before["values"],
        form=picture.form,
        need=before["need"],
        tender=tender,
        by_hand=display.ByHand(**before["by_hand"]) if before["by_hand"] else None,
    )
    return display.change.beside(
        picture, section, display.change.Earlier(earlier, before["counts"], before["alone"])
    )


def is_tender(section: Section[Any], frame: Frame) -> bool:
    return frame.tender if section.tender is None else section.tender


def is_for_group(section: Section[Any], frame: Frame) -> bool:
    """Whether the group may ever see this part, once there is enough of it."""
    return (section.reach or frame.reach) == "group" and (section.reveal or frame.reveal) != "never"


def key_of(room: Room) -> Key:
    try:
        return keyring.live(room.ref)
    except KeyMissing as error:
        text = say("The key of this room cannot be read, so its answers cannot be opened.")
        raise Conflict(text) from error


def texts_in(values: Sequence[Any]) -> list[str]:
    """The texts in a section's values: words of each person, or cards."""
    return [
        text for value in values for text in ([value["text"]] if isinstance(value, dict) else value)
    ]


def _about(room: Room, round: Round) -> bytes:
    return about_release(room.ref, round.id, ACT, NUMBER)


def answers_in(key: Key, room: Room, round: Round) -> dict[bytes, dict[str, Any]]:
    """What is in the answers, by pid and in their order."""
    rows = db.session.execute(
        sa.select(Answer.pid, Answer.body)
        .where(Answer.round_id == round.id, Answer.act == ACT)
        .order_by(Answer.pid)
    )
    return {
        pid: key.open_json(body, about_answer(room.ref, round.id, ACT, pid)) for pid, body in rows
    }


def _shuffled(
    sections: Sequence[Section[Any]], answers: Sequence[Any], needs: dict[str, int]
) -> dict[str, list[Any]]:
    """Each section's values in an order of its own; only sections that enough people answered."""
    taken = {section.name: [section.take(answer) for answer in answers] for section in sections}
    present = {
        name: [value for value in given if value is not None] for name, given in taken.items()
    }
    values = {}
    for name, given in difference.with_enough(present, needs).items():
        values[name] = list(given)
        _random.shuffle(values[name])
    return values


def _mixed(tagged: comparing.Tagged) -> comparing.Tagged:
    for values in tagged.values():
        _random.shuffle(values)
    return tagged


def _before(
    room: Room,
    round: Round,
    sections: Sequence[Section[Any]],
    values: dict[str, list[Any]],
    tagged: comparing.Tagged,
) -> dict[str, dict[str, Any]]:
    """By section: the values of the round that this one is compared with, and what changed since.

    Its result is made now, if nobody has looked at it. `counts` are None where fewer than the need
    answered both times; `alone` says that the two pictures must not be drawn in full.
    """
    first = db.session.get(Round, round.pair_id) if comparing.is_second(round) else None
    if first is None:
        return {}
    release = release_of(first) or make(room, first)
    body = opened(room, first, release)
    if body is None:
        return {}
    frame = parts_of(first)[2]
    found = {}
    for section in sections:
        if section.name not in tagged or section.name not in body.tagged:
            continue
        need = max(first.needs[section.name], round.needs[section.name])
        there, now = body.values[section.name], values[section.name]
        before = body.tagged[section.name]
        counts = comparing.counted(section, before, tagged[section.name], need)
        alone = display.change.gives_one_away(counts, len(there), len(now), need)
        found[section.name] = {
            "values": there,
            "need": first.needs[section.name],
            "by_hand": body.by_hand.get(section.name),
            "counts": counts,
            "alone": alone,
            "soft": alone or body.again or is_tender(section, frame),
        }
    return found


def noticed_in(room: Room, sentences: Sequence[Message], answers: Sequence[Any]) -> list[str]:
    """Told from the room's k answers on, once, when the result is made, and never again after."""
    enough = len(answers) >= rooms.settings_of(room).k + room.leads_answering
    return [sentence.text for sentence in sentences] if enough else []


def is_too_like_another(room: Room, round: Round, here: Mapping[str, int]) -> bool:
    """Whether the same was asked before or since, with a result that differs by too few people.

    `here` says how many are in each part. Results may be made in any order, so a later round's may
    be there already. Two rounds that are compared have a rule of their own (`_before`).
    """
    others = db.session.execute(
        sa.select(Round, Release)
        .join(Release, Release.round_id == Round.id)
        .where(
            Round.room_id == room.id,
            Round.id != round.id,
            Release.act == ACT,
            Release.body.is_not(None),
        )
    )
    for other, release in others:
        compared = round.pair_id is not None and other.pair_id == round.pair_id
        if compared or not asks_alike(other, round):
            continue
        body = unsealed(room, other, release)
        if body and any(difference.is_too_like(here, each, round.needs) for each in _sizes(body)):
            return True
    return False


def _sizes(body: Body) -> list[dict[str, int]]:
    """How many people were in each part, in every picture that there has been of it."""
    return body.sizes or [sizes_of(body.values, body.people)]


def sizes_of(values: Mapping[str, Sequence[Any]], people: Mapping[str, int]) -> dict[str, int]:
    """How many people are in each part; of cards one person may have several."""
    return {name: people.get(name, len(given)) for name, given in values.items()}
