"""Links to a new password: made by the owner of the server, or sent by mail to who asks for it.

Like an invitation: only a fingerprint is kept, it works once, whatever is wrong with it is told in
the same words, and it is worth no more than who made it. Using it signs its person out everywhere.
"""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from attune import accounts, second_step
from attune.db import db
from attune.errors import Invalid, NotYours
from attune.i18n import say
from attune.models import Facilitator, PasswordReset
from attune.rounds import now_ms
from attune.sealing import fingerprint

HOUR_MS = 3_600_000
LASTS_MS = 24 * HOUR_MS
MAILED_LASTS_MS = HOUR_MS  # it lies in a mailbox
TOKEN_BYTES = 32

NOWHERE = say(
    "This link leads nowhere. It may have been used or replaced, or it is too old. "
    "Ask for a new one."
)


def make(maker: Facilitator, facilitator_id: int, *, without_second_step: bool = False) -> str:
    """What a new link carries, told once; one made before leads nowhere. Raises NotYours, Invalid.

    With `without_second_step` it also takes away the second step, of who lost the phone.
    """
    person = accounts.facilitator(facilitator_id)
    if person.id == maker.id:
        raise Invalid(say("Change your own password on the page about your account."))
    _forget(person, maker.id)
    return _make(person, maker.id, LASTS_MS, without_second_step=without_second_step)


def make_by_mail(email: str) -> tuple[Facilitator, str] | None:
    """The same for who has this address; None where nobody has, or they are shut out.

    Nobody may learn which: ask after the reply, never before it. The second step stays.
    """
    try:
        person = accounts.by_email(email)
    except Invalid:
        return None
    if person.is_disabled:
        return None
    _forget(person, None)
    return person, _make(person, None, MAILED_LASTS_MS)


def find(token: str) -> Facilitator:
    """Whose password a link is for. Raises NotYours, in the same words whatever is wrong."""
    return accounts.known(_found(token).facilitator_id)


def use(token: str, password: accounts.PasswordHash) -> Facilitator:
    """Use the link up for a new password. Raises NotYours."""
    link = _found(token)
    person = accounts.facilitator(link.facilitator_id)
    if link.without_second_step:
        second_step.switch_off(person)
    accounts.reset_password(person, password)
    forget_all(person)
    return person


def forget_all(facilitator: Facilitator) -> None:
    """No link leads to their password any more."""
    mine = PasswordReset.facilitator_id == facilitator.id
    db.session.execute(sa.delete(PasswordReset).where(mine))


def clear() -> None:
    """Delete the links whose time is over."""
    db.session.execute(sa.delete(PasswordReset).where(PasswordReset.until <= now_ms()))


def _make(
    person: Facilitator, maker_id: int | None, lasts: int, *, without_second_step: bool = False
) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        PasswordReset(
            token_hash=fingerprint(token.encode()),
            facilitator_id=person.id,
            maker_id=maker_id,
            without_second_step=without_second_step,
            until=now_ms() + lasts,
        )
    )
    db.session.flush()
    return token


def _forget(person: Facilitator, maker_id: int | None) -> None:
    """The one before, of the same maker: a mail that a stranger asks for voids no owner's link."""
    db.session.execute(
        sa.delete(PasswordReset).where(
            PasswordReset.facilitator_id == person.id, PasswordReset.maker_id == maker_id
        )
    )


def _found(token: str) -> PasswordReset:
    whose, maker = aliased(Facilitator), aliased(Facilitator)
    found = db.session.scalar(
        sa.select(PasswordReset)
        .join(whose, whose.id == PasswordReset.facilitator_id)
        .outerjoin(maker, maker.id == PasswordReset.maker_id)
        .where(
            # By its fingerprint: how long the search takes says nothing of one that fits better.
            PasswordReset.token_hash == fingerprint(token.encode("utf8", "replace")),
            PasswordReset.until > now_ms(),
            whose.is_disabled.is_(False),
            sa.or_(
                PasswordReset.maker_id.is_(None),
                sa.and_(maker.is_disabled.is_(False), maker.role == "owner"),
            ),
        )
    )
    if found is None:
        raise NotYours(NOWHERE)
    return found
