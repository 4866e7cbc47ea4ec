"""A note to follow something up: a facilitator's own words, and once, if duty asks, the exact ones.

It becomes part of their private note on the round, sealed like it. The exact words come from a
result alone, so that they say no more of their author than the card did; nobody learns who it was.
"""

import datetime as dt
from collections.abc import Sequence

from attune import notes, releases, rounds
from attune.errors import Conflict, Invalid
from attune.i18n import say
from attune.models import Room, Round
from attune.notes import Written


def texts(room: Room, round: Round) -> Sequence[str]:
    """People's own words in the result of this round; none while there is no result."""
    release = releases.release_of(round)
    body = releases.opened(room, round, release) if release else None
    if body is None:
        return ()
    kind, settings, _ = rounds.parts_of(round)
    sections = [section.name for section in kind.sections(settings) if section.is_text]
    written = (text for name in sections for text in releases.texts_in(body.values.get(name, ())))
    return list(dict.fromkeys(written))


def note(  # noqa: PLR0913  # each is one thing that was written
    room: Room, round: Round, facilitator_id: int, text: str, *, words: str = "", reason: str = ""
) -> Written:
    """Add it to one's note on the round. Raises Invalid, with the field, and what `keep` raises."""
    if not text.strip():
        raise Invalid(say("Please write something here."), "text")
    now = dt.datetime.now(dt.UTC)
    lines = [f"{now:%Y-%m-%d, %H:%M} UTC", text.strip()]
    before = notes.notes_of(room, facilitator_id).get(
        round.number, Written(round.number, "", in_summary=False)
    )
    if words:
        if words not in texts(room, round):
            raise Conflict(say("These words are not in the result any more, so nothing was kept."))
        if not reason.strip():
            raise Invalid(say("Say why the exact words have to be kept."), "reason")
        if _quoted(words) in before.text:
            raise Invalid(say("You have kept these words once already."), "words")
        lines += [_quoted(words), reason.strip()]
    whole = "\n\n".join(filter(None, (before.text, "\n".join(lines))))
    return notes.keep(room, round, facilitator_id, whole, in_summary=before.in_summary)


def _quoted(words: str) -> str:
    return f"“{words}”"
