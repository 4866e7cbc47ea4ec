"""The projector's page: for everybody in the room, shown by whoever is signed in.

Nothing on it is pressed. What it shows of the way in, its regions draw: the address and the QR
code come from the settings and not from the request, which a proxy may have changed.
"""

from urllib.parse import urlsplit

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from attune import access, drawing
from attune.app import settings
from facilitator.pictures import qr

# What `?scale=` may say, and the name that the stylesheet knows it by.
SCALES = {"1": "", "1.15": "large", "1.3": "largest"}

bp = Blueprint("screens", __name__)


@bp.get("/rooms/<ref>/screen")
def show(ref: str) -> ResponseReturnValue:
    """The screen, dimmed or with larger text as its address says."""
    seen, drawn = drawing.page(access.room_for(current_user.id, ref), "screen")
    g.language = seen.room.language
    scale = request.args.get("scale", "1")
    return render_template(
        "facilitator/screen.html",
        room=seen.room,
        regions=drawn,
        dim=request.args.get("theme") == "dark",
        scale=scale if scale in SCALES else "1",
        size=SCALES.get(scale, ""),
    )


@bp.app_template_global()
def join_address() -> str:
    """Where people go, as they type it: without the protocol."""
    public = urlsplit(settings().public_url)
    return f"{public.netloc}{public.path}".rstrip("/")


@bp.app_template_global()
def join_qr(code: str) -> Markup:
    """A QR code that opens the way in with the code already typed."""
    return qr(f"{settings().public_url.rstrip('/')}/join/{code}")
