"""What we store, in plain words and true for this server: drawn from the tables themselves."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from attune import storing
from attune.app import settings

bp = Blueprint("privacy", __name__)


@bp.get("/what-we-store")
def show() -> ResponseReturnValue:
    config = settings()
    return render_template(
        "participant/what_we_store.html",
        tables=storing.tables(),
        beside=storing.BESIDE,
        days=config.retention_days,
        behind_proxy=config.proxies > 0,
    )
