"""Draws the regions of pages: for a visit, for a push, and for a phone that catches up.

A region is drawn once for each of its versions and audience, whoever asks for it, so a thousand
phones that come back at once cost one drawing. What is mine is drawn only into my own page and
is never kept here.
"""

import logging
import struct
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from babel.support import Translations
from eventlet.event import Event
from eventlet.timeout import Timeout
from flask import Flask, current_app
from flask_babel import force_locale, get_domain, get_translations, gettext
from markupsafe import escape

from attune import changes, logs
from attune.changes import REGIONS, Audience, Change
from attune.db import db
from attune.i18n import LANGUAGES, OF_FACILITATORS, Message, say
from attune.models import Room, Version
from attune.seen import Stage
from attune.stage import stage
from attune.translating import BROKEN, leave_out_what_does_not_fit

log = logging.getLogger(__name__)

MOST_KEPT = 512  # drawn regions, a few KB each
CANNOT = say("This part cannot be shown right now. The room goes on.")


@dataclass(frozen=True)
class Drawn:
    """One region: its id on the page, its version, and what stands inside it."""

    id: str
    v: int
    html: str


_kept: "OrderedDict[tuple[int, Audience, str, int], Drawn]" = OrderedDict()


def page(
    room: Room,
    audience: Audience,
    mine: Mapping[str, Any] | None = None,
    marked: Sequence[str] = (),
    beside: Mapping[str, Any] | None = None,
) -> tuple[Stage, dict[str, Drawn]]:
    """The stage and all regions, for a whole page. `mine` is the visitor's own answer, if any.

    Only `stage`, where the input is, can hold it, and only `results` the cards that the visitor
    has `marked`; `side` both, of what stays open there (`beside` is what was given to that).
    Everything else is what a push would bring.
    """
    seen = stage(room, audience)
    at = versions(room.id, audience)
    drawn = {name: _drawn(seen, room.id, name, at.get(name, 0)) for name in REGIONS[audience]}
    if mine is not None:
        drawn["stage"] = Drawn("stage", at.get("stage", 0), _html(seen, "stage", mine))
    if marked:
        results = _html(seen, "results", None, marked)
        drawn["results"] = Drawn("results", at.get("results", 0), results)
    if beside is not None or marked:
        side = _html(seen, "side", beside, marked)
        drawn["side"] = Drawn("side", at.get("side", 0), side)
    return seen, drawn


def newer(room: Room, audience: Audience, have: Mapping[str, int]) -> list[Drawn]:
    """The regions that are newer than these versions, drawn or taken from what was drawn."""
    at = versions(room.id, audience)
    wanted = [name for name in REGIONS[audience] if at.get(name, 0) > have.get(name, -1)]
    if all((room.id, audience, name, at.get(name, 0)) in _kept for name in wanted):
        return [_kept[room.id, audience, name, at.get(name, 0)] for name in wanted]
    seen = stage(room, audience)
    return [_drawn(seen, room.id, name, at.get(name, 0)) for name in wanted]


def _drawn(seen: Stage, room_id: int, region: str, v: int) -> Drawn:
    """The region in this version, drawn once."""
    place = (room_id, seen.audience, region, v)
    if place not in _kept:
        _kept[place] = Drawn(region, v, _html(seen, region, None))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return _kept[place]


def versions(room_id: int, audience: Audience) -> dict[str, int]:
    """The version of each region of this audience; those never changed are not in it."""
    rows = sa.select(Version.region, Version.v).where(
        Version.room_id == room_id, Version.audience == audience
    )
    return dict(db.session.execute(rows).all())


def tell(message: Message | str) -> str:
    """A sentence in the language in force."""
    if isinstance(message, Message):
        # Flask-Babel's own `ngettext` fills in `num` and nothing else, and fails on what is left.
        return message.said_by(gettext, get_translations().ungettext)
    return gettext(message) if message else ""


def tell_in(message: Message | str, language: str) -> str:
    """A sentence in this language, whatever the page around it speaks."""
    with in_language(language):
        return tell(message)


def in_language(language: str) -> Any:
    """`with in_language("de"):` everything is told in German."""
    return force_locale(language)


def language_of(room_language: str, audience: Audience) -> str:
    """The console is the facilitator's page; phones and the screen speak the room's language."""
    return OF_FACILITATORS if audience == "console" else room_language


def read_translations(app: Flask) -> None:
    """Read every language once. What of it is broken is told in English, and the log says so.

    A room would otherwise stand still for its language: for all of it, or at one sentence.
    """
    with app.app_context():
        for language in LANGUAGES:
            try:
                with force_locale(language):
                    left_out = leave_out_what_does_not_fit(get_translations())
                if left_out:
                    log.error("Of the translation %s, %s texts are broken", language, left_out)
            except (*BROKEN, struct.error) as error:
                logs.failed(f"translation {language}", error)
                texts = get_domain()
                texts.cache[language, texts.domain[0]] = Translations()


def _html(
    seen: Stage, region: str, mine: Mapping[str, Any] | None, marked: Sequence[str] = ()
) -> str:
    with force_locale(language_of(seen.room.language, seen.audience)):
        try:
            template = current_app.jinja_env.get_template(f"stage/{seen.audience}/{region}.html")
            return template.render(
                stage=seen,
                room=seen.room,
                round=seen.round,
                results=seen.results,
                console=seen.console,
                aside=seen.aside,
                settings=seen.round.settings if seen.round else None,
                facts=seen.round.facts if seen.round else {},
                mine=mine,
                marked=marked,
                form="give",
            )
        except Exception as error:  # noqa: BLE001  # one kind's fault must not stop the room
            # The type alone: a message may hold what somebody wrote.
            log.error(  # noqa: TRY400
                "The region %s of %s cannot be drawn: %s",
                region,
                seen.audience,
                type(error).__name__,
            )
            return f"<p>{escape(tell(CANNOT))}</p>"


# --- waiting for news -------------------------------------------------------------------------

_waiting: dict[tuple[int, Audience], set[Event]] = {}


def wait_for_news(room_id: int, audience: Audience, seconds: float) -> None:
    """Return when something of this audience changes, or after so many seconds. Holds no SQL."""
    db.session.close()
    place = (room_id, audience)
    changed = Event()
    _waiting.setdefault(place, set()).add(changed)
    try:
        with Timeout(seconds, False):  # noqa: FBT003
            changed.wait()
    finally:
        waiting = _waiting.get(place, set())
        waiting.discard(changed)
        if not waiting:
            _waiting.pop(place, None)


@changes.listen
def _wake(changed: frozenset[Change]) -> None:
    for place in {(change.room_id, change.spot.audience) for change in changed}:
        for event in _waiting.pop(place, set()):
            event.send()
