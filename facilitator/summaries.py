"""What is kept of a room, read and exported: every format is drawn from the one document.

Nothing here reads a round or a result, so a file cannot hold what the document does not.
"""

import re
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from attune import access, drawing, rooms, summary
from attune.errors import Invalid, NotYours
from attune.i18n import say
from attune.models import Room
from attune.summary import Document
from attune.summary.data import data
from attune.summary.markdown import markdown
from attune.summary.sheet import sheet

PARTS = ("facilitator", "group")
# By ending of the address: its type, and how a part of the document becomes a file.
FORMATS: dict[str, tuple[str, Callable[[Document, str], str]]] = {
    "md": ("text/markdown", lambda document, part: markdown(document, part, drawing.tell)),
    "csv": ("text/csv", sheet),
    "json": ("application/json", data),
}

bp = Blueprint("summaries", __name__)


@bp.get("/rooms/<ref>/summary")
def show(ref: str) -> ResponseReturnValue:
    room = access.room_for(current_user.id, ref)
    return render_template(
        "facilitator/summary.html",
        room=room,
        leads=access.leads(current_user.id, room),
        leader=rooms.leader_of(room),
        day=format_date(room.day, "full"),
        last_day=format_date(room.forget_on, "long") if room.forget_on else "",
        document=_document(room),
        part=_part(),
    )


@bp.get("/rooms/<ref>/summary.<ending>")
def file(ref: str, ending: str) -> ResponseReturnValue:
    """One part of the document as a file."""
    room = access.room_for(current_user.id, ref)
    document, part = _document(room), _part()
    if ending not in FORMATS:
        raise NotYours(say("The summary does not come in this form."))
    if document is None:
        raise NotYours(say("The key of this summary is gone, so nobody can read it any more."))
    mimetype, made = FORMATS[ending]
    with drawing.in_language(document["language"]):
        response = Response(made(document, part), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(room, part, ending)}"'
    return response


def _document(room: Room) -> Document | None:
    with drawing.in_language(rooms.settings_of(room).language):
        document = summary.document_of(room, drawing.tell)
    return summary.as_read_by(current_user.id, document) if document else None


def _part() -> str:
    part = request.args.get("part", PARTS[0])
    if part not in PARTS:
        raise Invalid(field="part")
    return part


def _name(room: Room, part: str, ending: str) -> str:
    """A file's name of plain letters: what stands in a title must not reach a header."""
    title = re.sub(r"[^a-z0-9]+", "-", room.title.lower()).strip("-")[:40] or "room"
    return f"{title}-{room.day.isoformat()}-{part}.{ending}"
