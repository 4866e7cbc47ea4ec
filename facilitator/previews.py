"""A step as people will see it: on a phone and on the screen, from its kind's own templates.

Nothing that is pressed in a preview goes anywhere: its controls belong to a form (`give`) that is
not on the page.
"""

import logging
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from jinja2 import TemplateNotFound
from markupsafe import Markup, escape

from attune import plans
from attune.drawing import CANNOT, tell
from attune.plans import Outline
from attune.seen import RoundSeen

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """What a step's kind draws, in each place where it may draw something."""

    ask: Markup
    during: Markup
    screen: Markup


@dataclass(frozen=True)
class Look:
    """A step, as if it had just been put."""

    round: RoundSeen
    preview: Preview


def look(outline: Outline, position: int) -> Look:
    """One step as people will see it. Raises NotYours: there is no such step."""
    round = plans.preview(outline, position)
    return Look(round, Preview(*(_drawn(round, part) for part in ("ask", "during", "screen"))))


def page(outline: Outline, position: int, **values: Any) -> str:
    """The page of one step. Raises NotYours: there is no such step."""
    seen = look(outline, position)
    return render_template(
        "facilitator/step.html",
        outline=outline,
        step=outline.step(position),
        round=seen.round,
        preview=seen.preview,
        **values,
    )


def _drawn(round: RoundSeen, part: str) -> Markup:
    """One template of the kind. A fault in it costs this part of the preview and no more."""
    try:
        template = current_app.jinja_env.get_template(f"exercises/{round.kind}/{part}.html")
    except TemplateNotFound:
        return Markup()
    try:
        drawn = template.render(
            settings=round.settings, facts=round.facts, round=round, mine=None, form="give"
        )
    except Exception as error:  # noqa: BLE001  # one kind's fault must not hide a whole plan
        log.error("%s/%s cannot be drawn: %s", round.kind, part, type(error).__name__)  # noqa: TRY400
        return Markup(f"<p>{escape(tell(CANNOT))}</p>")  # noqa: S704  # escaped, in our own tag
    return Markup(drawn)  # noqa: S704  # a template's own output
