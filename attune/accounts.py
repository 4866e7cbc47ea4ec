"""Who may sign in: facilitators and their passwords. What they are signed in on is in `sign_ins`.

Hashing takes some 40 ms and gives other greenlets a turn, so it never happens inside a
transaction: hash first (`hashed`), then write what came out.
"""

import hmac
import re
import unicodedata
from typing import Literal, NewType

import argon2
from eventlet import tpool
from eventlet.semaphore import Semaphore
from sqlalchemy import select

from attune import sign_ins
from attune.db import db
from attune.errors import Invalid, NotYours
from attune.i18n import say
from attune.models import Facilitator
from attune.text import clean, length

Role = Literal["owner", "facilitator"]
PasswordHash = NewType("PasswordHash", str)

SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 200  # code points; more would be work, not safety
LONGEST_EMAIL = 254
LONGEST_NAME = 80

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB and a whole core: a crowd at the door must not take the room with it.
_HASHING = Semaphore(2)
# Of a password that was thrown away, at the same price as a real one.
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$x4X0e2cddcEzQ9Lms5ERfA$2FTCy6"
    "ZVopL8Fuo24NLFlcHEY8OEg16PlNM8gNjTE8w"
)
# Three parts and no more: an address that mail could reach, not the whole of RFC 5322.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class NoMatch(Invalid):
    """Unknown, disabled or the wrong password: a stranger cannot tell which."""

    default = say("That email and password don't match. Try again, or choose “I can't get in”.")


def is_set_up() -> bool:
    """Whether there is any facilitator yet. Until then the setup link works."""
    return db.session.scalar(select(Facilitator.id).limit(1)) is not None


def hashed(password: str) -> PasswordHash:
    """A slow hash of a new password, made off the hub. Raises Invalid: too short, too long."""
    password = _composed(password)
    if length(password) < SHORTEST_PASSWORD:
        raise Invalid(
            say("Use at least %(least)s characters.", least=SHORTEST_PASSWORD), "password"
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(say("Use at most %(most)s characters.", most=LONGEST_PASSWORD), "password")
    with _HASHING:
        return PasswordHash(tpool.execute(_HASHER.hash, password))


def set_up(name: str, email: str, password: PasswordHash) -> Facilitator:
    """Make the first account, who owns the server. Raises NotYours once there is one."""
    if is_set_up():
        raise NotYours
    return add(name, email, password, role="owner")


def add(name: str, email: str, password: PasswordHash, role: Role = "facilitator") -> Facilitator:
    """Make an account. Raises Invalid, with the field that does not fit."""
    address = read_address(email)
    if _find(address):
        raise Invalid(say("There is an account with this email already."), "email")
    facilitator = Facilitator(
        email=address, name=_name(name), password_hash=password, role=role, locale="en"
    )
    db.session.add(facilitator)
    db.session.flush()
    return facilitator


def sign_in(email: str, password: str) -> Facilitator:
    """Whoever has this address and password.

    Raises Invalid for what cannot be an address, and NoMatch, in the same time and words
    whether the account is unknown, disabled, or the password another.
    """
    facilitator = _find(read_address(email))
    known = facilitator is not None and not facilitator.is_disabled
    # An unknown address costs the same hash as a known one, or the clock would tell them apart.
    against = facilitator.password_hash if facilitator else _NOBODYS
    matches = _verified(against, password)
    if facilitator is None or not (known and matches):
        raise NoMatch
    return facilitator


def facilitator(facilitator_id: int) -> Facilitator:
    """Raises NotYours: no such facilitator, or disabled."""
    found = db.session.get(Facilitator, facilitator_id)
    if found is None or found.is_disabled:
        raise NotYours
    return found


def known(facilitator_id: int) -> Facilitator:
    """Somebody with an account, shut out or not. Raises NotYours."""
    found = db.session.get(Facilitator, facilitator_id)
    if found is None:
        raise NotYours
    return found


def by_email(email: str) -> Facilitator:
    """For the command line. Raises Invalid: there is no such account."""
    found = _find(read_address(email))
    if found is None:
        raise Invalid(say("There is no account with this email."), "email")
    return found


def disable(facilitator: Facilitator) -> None:
    """Shut them out: every session of theirs is worth nothing from the next request on."""
    facilitator.is_disabled = True


def everybody() -> list[Facilitator]:
    """All who have an account here, by name; those who are shut out too."""
    return list(db.session.scalars(select(Facilitator).order_by(Facilitator.name, Facilitator.id)))


def shut_out(owner: Facilitator, facilitator_id: int) -> None:
    """Disable somebody, in the owner's name. Raises NotYours, and Invalid for oneself.

    So there always is an owner who can sign in: the one who does this.
    """
    other = known(facilitator_id)
    if other.id == owner.id:
        raise Invalid(say("You cannot shut yourself out. Another owner can."))
    disable(other)


def let_in_again(facilitator_id: int) -> None:
    """They can sign in as before; what they were signed in on works again. Raises NotYours."""
    known(facilitator_id).is_disabled = False


def change_password(
    facilitator: Facilitator, old: PasswordHash | str, password: PasswordHash
) -> None:
    """Give a new password, as somebody who has proved the old one; every session of theirs ends.

    Raises NoMatch when `old`, as it was read to be checked, is no longer what is kept.
    """
    require_unchanged(facilitator, old)
    facilitator.password_hash = password
    sign_ins.end_all(facilitator.id)


def reset_password(facilitator: Facilitator, password: PasswordHash) -> None:
    """Give a new password and let them in again; every session of theirs ends."""
    facilitator.password_hash = password
    facilitator.is_disabled = False
    sign_ins.end_all(facilitator.id)


def require_unchanged(facilitator: Facilitator, old: PasswordHash | str) -> None:
    """Raises NoMatch: the password that was checked was changed since, or they were shut out.

    A password is checked outside any transaction; whoever writes what came of it asks again.
    """
    same = hmac.compare_digest(facilitator.password_hash.encode(), old.encode())
    if facilitator.is_disabled or not same:
        raise NoMatch


def _find(address: str) -> Facilitator | None:
    return db.session.scalar(select(Facilitator).where(Facilitator.email == address))


def read_address(email: str) -> str:
    address = clean(email).casefold()
    if not address:
        raise Invalid(say("Add your email address."), "email")
    if "@" in address and "." not in address.rpartition("@")[2]:
        raise Invalid(
            say(
                "Add the part after the dot, for example %(example)s",
                example=f"{address.rstrip('.')[:60]}.org",
            ),
            "email",
        )
    if not _EMAIL.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise Invalid(
            say(
                "That is not an email address. Use one like %(example)s",
                example="jo@rivermead.org",
            ),
            "email",
        )
    return address


def _name(name: str) -> str:
    cleaned = clean(name)
    if not cleaned:
        raise Invalid(say("Add the name that people will see."), "name")
    if length(cleaned) > LONGEST_NAME or len(cleaned) > LONGEST_NAME * 4:
        raise Invalid(say("Use at most %(most)s characters.", most=LONGEST_NAME), "name")
    return cleaned


def _composed(password: str) -> str:
    # Keyboards send the same letter in different pieces.
    return unicodedata.normalize("NFKC", password)


def _verified(against: str, password: str) -> bool:
    with _HASHING:
        # Cut one past the longest: no stored password is that long, so it cannot match.
        return bool(tpool.execute(_matches, against, _composed(password)[: LONGEST_PASSWORD + 1]))


def _matches(against: str, password: str) -> bool:
    try:
        return _HASHER.verify(against, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
