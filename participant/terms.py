"""What holds in the room, to be read again at any time by whoever has a seat."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from attune import leading, rooms
from attune.app import settings
from attune.models import Room
from participant import phone, privacy

bp = Blueprint("terms", __name__)


@bp.get("/r/<ref>/terms")
def show(ref: str) -> ResponseReturnValue:
    here = phone.seated(ref)
    return render_template(
        "participant/terms.html", room=here.room, exit_url=settings().exit_url, **agreed(here.room)
    )


def agreed(room: Room) -> dict[str, object]:
    """What the text that people agree to is filled in with."""
    known = rooms.settings_of(room)
    return {
        "title": room.title,
        "leader": rooms.leader_of(room),
        "watching": leading.watching(room),
        "no_addresses": privacy.no_addresses(),
        **known.model_dump(include={"k", "keep_days", "help_text", "duty", "age_band"}),
        "takes_own_words": known.takes_own_words,
    }
