"""Pages on the wire: compressed, and each a little longer than it would have to be.

Only pages. What has a length chosen on purpose, as a phone's own answers have, stays as it is. And
a compressed page tells by its length how well what others wrote in it goes with what is secret in
it (the attack is called BREACH), so each carries a filler of random length that browsers skip.
"""

import secrets
import struct
import zlib

from werkzeug import Response
from werkzeug.datastructures import Accept

LEVEL = 6
SMALLEST = 500  # bytes; less is not worth it
MOST_FILLER = 100  # bytes

# RFC 1952: magic number, deflate, a name follows, no time, no hint, an unknown system.
_HEAD = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def packed(reply: Response, accepted: Accept) -> Response:
    """The same reply, compressed if it is a page and whoever asked can read that."""
    if reply.mimetype != "text/html" or reply.is_streamed or reply.direct_passthrough:
        return reply
    reply.vary.add("Accept-Encoding")
    # A refusal is the same for every reason, and to the byte.
    if reply.status_code != 200 or not accepted["gzip"]:  # noqa: PLR2004
        return reply
    page = reply.get_data()
    if len(page) >= SMALLEST:
        reply.set_data(_packed(page))
        reply.headers["Content-Encoding"] = "gzip"
    return reply


def _packed(page: bytes) -> bytes:
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    filler = b"." * secrets.randbelow(MOST_FILLER)
    end = struct.pack("<II", zlib.crc32(page), len(page) % 2**32)
    return _HEAD + filler + b"\x00" + squeeze.compress(page) + squeeze.flush() + end
