"""Reading people's own words before the room does, and after: keeping back, covering, grouping.

What is done is a step in the sealed release (`edits`), and the last one can always be undone.
Whoever wrote something is told nothing of it: it looks as if it were among the others.
"""

from collections.abc import Sequence
from dataclasses import replace

from attune import edits, releases, rooms
from attune.display import text_key
from attune.edits import LONGEST_THEME, Item, Step
from attune.errors import Conflict, Invalid
from attune.i18n import say
from attune.models import Release, Room, Round
from attune.releases import Body, is_for_group
from attune.rounds import parts_of
from attune.text import clean, length

MOST_STEPS = 5_000
NO_NAME = say("Write a name for the theme first.")
NOT_THERE = say("This text is not in the result.")


def items(round: Round, body: Body) -> dict[str, list[Item]]:
    """By section, the words that the group might see, as a facilitator reviews them."""
    kind, settings, frame = parts_of(round)
    return {
        section.name: edits.items(
            section,
            body.values[section.name],
            edits.of(body.steps, section.name),
            body.unread.get(section.name, ()),
        )
        for section in kind.sections(settings)
        if section.is_text and section.name in body.values and is_for_group(section, frame)
    }


def themes(body: Body, section: str) -> list[str]:
    """The names of the themes of this section, in the order of their making."""
    return list(edits.of(body.steps, section).names)


def keep_back(room: Room, round: Round, section: str, id: str, *, hidden: bool = True) -> None:
    """Keep a text from phones, screen and every file; or let it in again. Raises Invalid."""
    if hidden:
        _do(room, round, ["hide", section, [id]])
        return
    # What came since, and nobody has let in, is let in with it.
    _do(room, round, ["show", section, [id]], lets_in=True)


def cover(  # noqa: PLR0913
    room: Room, round: Round, section: str, id: str, word: str, *, covered: bool = True
) -> None:
    """Put three dots in place of a word of a text, a name, say; or take them away again."""
    release, body = _open(room, round)
    item = _item(round, body, section, id)
    if text_key(word) not in {text_key(each) for each, _ in item.words}:
        raise Invalid(NOT_THERE, "edit")
    step: Step = ["cover" if covered else "uncover", section, [id], text_key(word)]
    _keep(room, round, release, body, step)


def put_in_theme(room: Room, round: Round, section: str, ids: Sequence[str], name: str) -> None:
    """Put these cards in the theme with this name, or in none when it is empty."""
    name = clean(name)
    if length(name) > LONGEST_THEME:
        raise Invalid(say("A theme's name can have 40 characters at most."), "name")
    _require_drawn_as(round, section, "cards")
    _require_some(ids)
    _do(room, round, ["theme", section, list(ids), name])


def join(room: Room, round: Round, section: str, ids: Sequence[str]) -> None:
    """Count these words as one, written as most people wrote it."""
    _require_drawn_as(round, section, "words")
    if len(set(ids)) <= 1:
        raise Invalid(say("Tick two words or more, then join them."), "card")
    _do(room, round, ["join", section, list(dict.fromkeys(ids))])


def undo(room: Room, round: Round) -> None:
    """Leave out the last step, whatever it was. Raises Conflict when there is none."""
    release, body = _open(room, round)
    if not body.steps:
        raise Conflict(say("There is nothing to undo."))
    releases.reseal(room, round, release, replace(body, steps=body.steps[:-1]))


def stop(room: Room, round: Round, section: str, id: str, *, stopped: bool = True) -> None:
    """Take nothing more, in this round, of whoever wrote this card; or take it again.

    Nobody learns who it is, and nobody sees it: their phone is told what it would be told if the
    round had closed for everybody.
    """
    release, body = _open(room, round)
    item = _item(round, body, section, id)
    if not item.author:
        raise Invalid(NOT_THERE, "edit")
    others = [each for each in body.stopped if each[:2] != [section, id]]
    changed = [*others, [section, id, item.author]] if stopped else others
    if sorted(changed) != sorted(body.stopped):
        stopping = replace(body, stopped=sorted(changed))
        # No page but the console is drawn anew: a push without a change would be a sign, too.
        releases.reseal(room, round, release, stopping, "review")


def _do(room: Room, round: Round, step: Step, *, lets_in: bool = False) -> None:
    release, body = _open(room, round)
    _, section, ids, *_ = step
    found = [_item(round, body, section, id) for id in ids]
    if lets_in:
        keys = {text_key(item.text) for item in found}
        unread = [key for key in body.unread.get(section, []) if key not in keys]
        body = replace(body, unread=body.unread | {section: unread})
    _keep(room, round, release, body, step)


def _keep(room: Room, round: Round, release: Release, body: Body, step: Step) -> None:
    """Add the step, if it changes anything: pressed twice, it is one step to undo."""
    if len(body.steps) >= MOST_STEPS:
        raise Conflict(say("That are more changes than can be kept. Undo some first."))
    section = step[1]
    changed = replace(body, steps=[*body.steps, step])
    if edits.of(changed.steps, section) == edits.of(body.steps, section):
        changed = body
    releases.reseal(room, round, release, changed)


def _open(room: Room, round: Round) -> tuple[Release, Body]:
    """Raises Invalid while there is no result with texts."""
    rooms.require_running(room)
    release = releases.release_of(round)
    body = releases.opened(room, round, release) if release else None
    if release is None or body is None:
        raise Invalid(NOT_THERE, "edit")
    return release, body


def _item(round: Round, body: Body, section: str, id: str) -> Item:
    found = [item for item in items(round, body).get(section, ()) if item.id == id]
    if not found:
        raise Invalid(NOT_THERE, "edit")
    return found[0]


def _require_drawn_as(round: Round, name: str, draw: str) -> None:
    kind, settings, _ = parts_of(round)
    if not any(each.name == name and each.draw == draw for each in kind.sections(settings)):
        raise Invalid(NOT_THERE, "edit")


def _require_some(ids: Sequence[str]) -> None:
    if not ids:
        raise Invalid(say("Tick the cards first."), "card")
