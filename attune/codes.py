"""Random names: the room's code, its public reference, the setup link's token.

A code is typed by people and therefore short; it opens nothing once its room has ended. A
reference stands in addresses and is as good as unguessable.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

# No vowels, so that no code is a word; of 0 O, 1 I L, 5 S and 2 Z one of each.
ALPHABET = "023456789BCDFGHJKLMNPQRTVWXY"
LENGTH = 8
_MEANT = str.maketrans("O1ISZ", "0LL52")
_BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212_.-]+")
_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_code() -> str:
    """What people type to join: one of 28 to the 8th."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(typed: str) -> str:
    """A code as it is stored, from one as it is typed: case, spaces and hyphens do not count.

    A character that is left out of the alphabet stands for the one it is mistaken for. What
    cannot be a code comes back empty.
    """
    code = _BETWEEN.sub("", typed[:64]).upper().translate(_MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def shown(code: str) -> str:
    """A code as it is read out: in two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def new_recovery_code() -> str:
    """What stands in for a second step once, as it is written down: one of 28 to the 16th."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def normal_recovery_code(typed: str) -> str:
    """One as it is hashed, from one as it is typed; empty for what cannot be one."""
    code = _BETWEEN.sub("", typed[:64]).upper().translate(_MEANT)
    return code if len(code) == LENGTH * 2 and set(code) <= set(ALPHABET) else ""


def new_ref() -> str:
    """A room's public name in addresses: 128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def as_ref(sent: str) -> str:
    """A reference as it may be looked for; what cannot be one comes back empty.

    PostgreSQL takes no NUL in a text: asked for one, it would fail instead of finding nothing.
    """
    return sent if _REF.fullmatch(sent) else ""


def setup_token(secret_key: str) -> str:
    """What the one-time setup link carries, as long as nobody can sign in yet."""
    digest = hmac.digest(secret_key.encode(), b"setup", hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")
