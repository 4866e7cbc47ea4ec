"""What facilitators are signed in on: one row for each browser, listed to them and ended by them.

A cookie carries a random key and the row its fingerprint, so who reads the database signs in
nowhere. Pages and sockets ask `signed_in` each time: a row that is gone is out at the next request,
and its sockets within a second. Only the day is kept, and what browser in words; no address.
"""

import datetime as dt
import re
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from attune.db import db
from attune.models import Facilitator, SignIn
from attune.sealing import fingerprint

TOKEN_BYTES = 32
LAST_DAYS = 1  # the cookie's own 12 hours may run past midnight
MOST = 50  # browsers of one facilitator; the oldest makes room

# From the most particular: nearly all browsers also say that they are Safari, and many Chrome.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Version/\S+ .*Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True)
class SignedIn:
    """The facilitator of a request, as Flask-Login wants them: values, not a database row."""

    id: int
    email: str
    name: str
    role: str
    locale: str
    session_id: str
    sign_in_id: int

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session_id


def begin(facilitator: Facilitator, agent: str = "") -> SignedIn:
    """Sign a browser in that has just proved who it is. `agent` is what it says of itself."""
    mine = of(facilitator)
    for oldest in mine[MOST - 1 :]:
        db.session.delete(oldest)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = SignIn(
        facilitator_id=facilitator.id,
        token_hash=fingerprint(token.encode()),
        browser=_named(_BROWSERS, agent),
        system=_named(_SYSTEMS, agent),
        day=_today(),
    )
    db.session.add(row)
    db.session.flush()
    return _signed_in(facilitator, row, token)


def signed_in(session_id: str) -> SignedIn | None:
    """Who a session belongs to, or None: unknown, ended, too old, or they are shut out."""
    # By its fingerprint: how long the search takes says nothing of a key that fits better.
    found = db.session.execute(
        sa.select(Facilitator, SignIn)
        .join(SignIn, SignIn.facilitator_id == Facilitator.id)
        .where(
            SignIn.token_hash == fingerprint(session_id.encode("utf8", "replace")),
            SignIn.day >= _first_day(),
            Facilitator.is_disabled.is_(False),
        )
    ).first()
    return _signed_in(*found, session_id) if found else None


def of(facilitator: Facilitator) -> list[SignIn]:
    """What they are signed in on, the newest first."""
    mine = sa.select(SignIn).where(
        SignIn.facilitator_id == facilitator.id, SignIn.day >= _first_day()
    )
    return list(db.session.scalars(mine.order_by(SignIn.id.desc())))


def end(facilitator_id: int, sign_in_id: int) -> None:
    """Sign out this browser of theirs. Nothing happens when it already is, or is another's."""
    db.session.execute(
        sa.delete(SignIn).where(SignIn.facilitator_id == facilitator_id, SignIn.id == sign_in_id)
    )


def end_all(facilitator_id: int, but: int = 0) -> None:
    """Sign out every browser of theirs, but this one."""
    db.session.execute(
        sa.delete(SignIn).where(SignIn.facilitator_id == facilitator_id, SignIn.id != but)
    )


def clear() -> None:
    """Delete those whose time is over."""
    db.session.execute(sa.delete(SignIn).where(SignIn.day < _first_day()))


def _signed_in(facilitator: Facilitator, row: SignIn, token: str) -> SignedIn:
    return SignedIn(
        id=facilitator.id,
        email=facilitator.email,
        name=facilitator.name,
        role=facilitator.role,
        locale=facilitator.locale,
        session_id=token,
        sign_in_id=row.id,
    )


def _named(known: tuple[tuple[str, str], ...], agent: str) -> str:
    """A name of ours, and never what the browser wrote: that may tell one from all others."""
    return next((name for name, pattern in known if re.search(pattern, agent[:500])), "")


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _first_day() -> dt.date:
    return _today() - dt.timedelta(days=LAST_DAYS)
