"""A second step at signing in: a code that changes each half minute (TOTP), or a recovery code.

The secret lies sealed under a key that comes from ATTUNE_SECRET_KEY, so a copy of the database
makes no code. A code counts once: the half minute of the last one is kept, and none up to it is
taken again. All of this is called inside a transaction: two requests cannot use the same code.
"""

import base64
import binascii
import hmac
import logging
import secrets
import time

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from attune import codes
from attune.db import db
from attune.errors import Invalid
from attune.i18n import say
from attune.models import Facilitator, RecoveryCode
from attune.sealing import Unreadable, server_key

SECRET_BYTES = 20  # what RFC 4226 asks for, and every app takes
SEALED_BYTES = 64
DIGITS, SECONDS = 6, 30  # as well: apps know no other
DRIFT = 1  # half minutes that a phone's clock may be off
RECOVERY_CODES = 10

log = logging.getLogger(__name__)


class WrongCode(Invalid):
    """Not the code, used before, too old, or not readable any more: nobody can tell which."""

    default = say("That code doesn't fit, or it was used already. Wait for the next one.")


class Vault:
    """What the server's secret key opens and proves: every second step is under it."""

    def __init__(self, secret_key: str) -> None:
        self._key = server_key(secret_key, b"attune second step")
        self._hashing = server_key(secret_key, b"attune recovery codes")

    def seal(self, secret: bytes, facilitator_id: int) -> bytes:
        return self._key.seal(secret, _about(facilitator_id), SEALED_BYTES)

    def open(self, sealed: bytes, facilitator_id: int) -> bytes:
        """Raises Unreadable."""
        return self._key.open(sealed, _about(facilitator_id))

    def hashed(self, code: str, facilitator_id: int) -> bytes:
        """Under a key too: whoever reads the database cannot even try codes out on it."""
        return self._hashing.digest(f"{facilitator_id}:{code}".encode())


def is_on(facilitator: Facilitator) -> bool:
    return facilitator.totp is not None


def offer(vault: Vault, facilitator: Facilitator) -> str:
    """A new secret, sealed for them: a page carries it until its first code proves that it is kept.

    Nothing is written before that, so whoever opens the page and leaves has changed nothing.
    """
    sealed = vault.seal(secrets.token_bytes(SECRET_BYTES), facilitator.id)
    return base64.urlsafe_b64encode(sealed).decode()


def offered(vault: Vault, facilitator: Facilitator, offer: str) -> bytes:
    """The secret of an offer. Raises WrongCode for one that was not made for them."""
    try:
        return vault.open(base64.urlsafe_b64decode(offer.encode()), facilitator.id)
    except (Unreadable, ValueError, binascii.Error):
        raise WrongCode(field="code") from None


def address(secret: bytes, account: str, place: str) -> str:
    """What the QR code holds, for an authenticator app; `place` is the server's name in it."""
    return _totp(secret).get_provisioning_uri(account, f"Attune ({place})")


def written(secret: bytes) -> str:
    """The secret as one types it, where no camera can read it."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def switch_on(facilitator: Facilitator, vault: Vault, offer: str, code: str) -> list[str]:
    """Ask for a second step from now on; the recovery codes, told once. Raises WrongCode."""
    secret = offered(vault, facilitator, offer)
    facilitator.totp_last = _step_of(secret, code, after=0)
    facilitator.totp = vault.seal(secret, facilitator.id)
    return renew_codes(facilitator, vault)


def switch_off(facilitator: Facilitator) -> None:
    """Ask for the password alone."""
    facilitator.totp, facilitator.totp_last = None, 0
    _forget_codes(facilitator)


def renew_codes(facilitator: Facilitator, vault: Vault) -> list[str]:
    """New recovery codes, told once; the old ones are worth nothing."""
    _forget_codes(facilitator)
    made = [codes.new_recovery_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(
            facilitator_id=facilitator.id,
            code_hash=vault.hashed(codes.normal_recovery_code(code), facilitator.id),
        )
        for code in made
    )
    return made


def codes_left(facilitator: Facilitator) -> int:
    mine = RecoveryCode.facilitator_id == facilitator.id
    return db.session.scalar(sa.select(sa.func.count()).where(mine)) or 0


def use(facilitator: Facilitator, vault: Vault, code: str) -> None:
    """Use up a code of the app, or a recovery code. Raises WrongCode."""
    db.session.refresh(facilitator, with_for_update=True)
    if facilitator.totp is None:
        raise WrongCode(field="code")
    if recovery := codes.normal_recovery_code(code):
        return _use_recovery(facilitator, vault.hashed(recovery, facilitator.id))
    try:
        secret = vault.open(facilitator.totp, facilitator.id)
    except Unreadable:
        # Another ATTUNE_SECRET_KEY than it was sealed under: only a reset helps.
        log.error("A second step cannot be opened: the secret key has changed")  # noqa: TRY400
        raise WrongCode(field="code") from None
    facilitator.totp_last = _step_of(secret, code, after=facilitator.totp_last)
    return None


def _use_recovery(facilitator: Facilitator, code_hash: bytes) -> None:
    found = db.session.get(RecoveryCode, (facilitator.id, code_hash))
    if found is None:
        raise WrongCode(field="code")
    db.session.delete(found)


def _forget_codes(facilitator: Facilitator) -> None:
    mine = RecoveryCode.facilitator_id == facilitator.id
    db.session.execute(sa.delete(RecoveryCode).where(mine))


def _step_of(secret: bytes, code: str, after: int) -> int:
    """The half minute whose code this is. Raises WrongCode for none, and for one used before."""
    typed = "".join(code.split()).encode("utf8", "replace")[: DIGITS + 1]
    now = int(time.time()) // SECONDS
    steps = range(now - DRIFT, now + DRIFT + 1)
    # Each is compared, whichever fits: how long it takes says nothing.
    fits = [
        step
        for step in steps
        if hmac.compare_digest(_totp(secret).generate(step * SECONDS), typed) and step > after
    ]
    if not fits:
        raise WrongCode(field="code")
    return fits[-1]


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what apps know; as a HMAC it is sound, and the code is six digits of it anyway.
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303


def _about(facilitator_id: int) -> bytes:
    return f"totp:{facilitator_id}".encode()
