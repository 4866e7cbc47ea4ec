"""Seals what people give, and the numbers under which it lies (docs/anonymity.md).

One key per room and purpose. From K come a key for sealing, one for pids and one for tags, by HKDF,
so that none tells anything of the others. No primitive is our own: AES-256-GCM, HMAC-SHA-256, HKDF.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
TOKEN_BYTES = 32
PID_BYTES = 16
PAIR_TAG_BYTES = 16
AUTHOR_TAG_BYTES = 8
NONCE_BYTES = 12
TAG_BYTES = 16
LENGTH_BYTES = 4
BLOCK = 4_096  # what has no size of its own is padded to a multiple of this


class Unreadable(Exception):
    """The seal does not fit: another key, another place, or changed bytes."""


class Key:
    """A room's key. `secret` is 256 random bits that lie outside the database."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, content: bytes, about: bytes, size: int | None = None) -> bytes:
        """nonce ‖ AES-256-GCM(length ‖ content ‖ zeros), `size` bytes in all.

        `about` is bound to it: it opens only at the place it was sealed for. Without a size it
        is padded to a multiple of 4,096. Raises ValueError when it does not fit.
        """
        around = NONCE_BYTES + TAG_BYTES + LENGTH_BYTES
        size = size or -(-(len(content) + around) // BLOCK) * BLOCK
        if len(content) + around > size:
            message = f"{len(content)} bytes do not fit into a body of {size}"
            raise ValueError(message)
        plain = len(content).to_bytes(LENGTH_BYTES, "big") + content
        nonce = os.urandom(NONCE_BYTES)
        padded = plain.ljust(size - NONCE_BYTES - TAG_BYTES, b"\0")
        return nonce + self._cipher.encrypt(nonce, padded, about)

    def open(self, body: bytes, about: bytes) -> bytes:
        """What was sealed. Raises Unreadable."""
        try:
            plain = self._cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be one
            raise Unreadable from error
        end = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "big")
        return plain[LENGTH_BYTES:end]

    def seal_json(self, content: Mapping[str, Any], about: bytes, size: int | None = None) -> bytes:
        """The same for what is written as JSON, in the one way that `kinds` counts its bytes by."""
        packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return self.seal(packed.encode(), about, size)

    def open_json(self, body: bytes, about: bytes) -> dict[str, Any]:
        """Raises Unreadable."""
        opened: dict[str, Any] = json.loads(self.open(body, about))
        return opened

    def pid(self, token: bytes, round_id: int, act: int) -> bytes:
        """The number under which a seat's answer lies, in this act of this round alone.

        HMAC(K_pid, HMAC(T, round:act)), cut to 128 bits. Who has K and the database but no
        phone's T cannot match two rounds; who has T but not K cannot find the row.
        """
        scope = hmac.digest(token, f"{round_id}:{act}".encode(), "sha256")
        return hmac.digest(self._pids, scope, "sha256")[:PID_BYTES]

    def tag(self, token: bytes, pair_id: int) -> str:
        """What ties a seat's two answers of this pair of rounds, in hex; only ever inside a seal.

        HMAC(K_pair, HMAC(T, pair)): in another pair it is another one, and without the phone's T
        nobody can work it out.
        """
        scope = hmac.digest(token, f"pair:{pair_id}".encode(), "sha256")
        return hmac.digest(self._pairs, scope, "sha256")[:PAIR_TAG_BYTES].hex()

    def digest(self, content: bytes) -> bytes:
        """HMAC-SHA-256 under this key: what is kept of a secret that has to be known again."""
        return hmac.digest(self._digests, content, "sha256")

    def signal(self, token: bytes, number: int) -> bytes:
        """The number under which the so-manieth thing lies that a seat said privately.

        HMAC(K_signal, HMAC(T, signal:number)), as for answers: whoever has the database and K
        cannot tell whose it is, nor match two of one person.
        """
        scope = hmac.digest(token, f"signal:{number}".encode(), "sha256")
        return hmac.digest(self._signals, scope, "sha256")[:PID_BYTES]

    def author(self, pid: bytes, section: str, card: str) -> str:
        """What a card of a result says of its author, in hex: enough to know them by their pid.

        It is another one for each card, so two cards of one author are not tied by it; and the
        pid itself is known to the phone alone once the answers are deleted.
        """
        about = pid + f"{section}:{card}".encode()
        return hmac.digest(self._authors, about, "sha256")[:AUTHOR_TAG_BYTES].hex()

    @cached_property
    def _authors(self) -> bytes:
        return self._derived(b"attune author")

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived(b"attune seal"))

    @cached_property
    def _pids(self) -> bytes:
        return self._derived(b"attune pid")

    @cached_property
    def _pairs(self) -> bytes:
        return self._derived(b"attune pair")

    @cached_property
    def _digests(self) -> bytes:
        return self._derived(b"attune digest")

    @cached_property
    def _signals(self) -> bytes:
        return self._derived(b"attune signal")

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(self._secret)


def server_key(secret_key: str, purpose: bytes) -> Key:
    """A key of the server's own, from ATTUNE_SECRET_KEY; another purpose gives another key."""
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret_key.encode())
    return Key(derived)


def new_token() -> bytes:
    """A seat's secret T: it lies in the participant's cookie and nowhere else."""
    return secrets.token_bytes(TOKEN_BYTES)


def tag_of(tag: str, section: str) -> str:
    """The tag of one section: two sections of one answer are not tied by it."""
    return hmac.digest(bytes.fromhex(tag), section.encode(), "sha256")[:PAIR_TAG_BYTES].hex()


def fingerprint(token: bytes) -> bytes:
    """What the server keeps of T, to let the phone in again."""
    return hashlib.sha256(token).digest()


def about_answer(ref: str, round_id: int, act: int, pid: bytes) -> bytes:
    return f"answer:{ref}:{round_id}:{act}:".encode() + pid


def about_release(ref: str, round_id: int, act: int, number: int) -> bytes:
    return f"release:{ref}:{round_id}:{act}:{number}".encode()


def about_summary(ref: str) -> bytes:
    return f"summary:{ref}".encode()


def about_announcement(ref: str) -> bytes:
    return f"announcement:{ref}".encode()


def about_note(ref: str, round: int, facilitator_id: int) -> bytes:
    return f"note:{ref}:{round}:{facilitator_id}".encode()


def about_signal(ref: str, key: bytes) -> bytes:
    return f"signal:{ref}:".encode() + key
