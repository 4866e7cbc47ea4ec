"""What we store, in plain words and true for this server: drawn from the tables themselves."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from attune import logs, storing
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
        no_addresses=no_addresses(),
    )


def no_addresses() -> bool:
    """Whether it may be said that addresses are not kept.

    Only once this very server has looked at its own log; and with a proxy in front, which sees
    every address first, only where whoever runs it has said so in the settings.
    """
    config = settings()
    return logs.keeps_no_addresses() and (not config.proxies or config.proxy_keeps_no_addresses)
