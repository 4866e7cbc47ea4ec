"""How fast one seat may give: a flood from one phone must not keep the others waiting.

It holds a count for each seat key that gave something in the last seconds, in memory, and no
moment of any of them. Pages and the socket ask the same counter, so using both gains nothing.
"""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from attune.errors import TooFast

ANSWERS = parse("10/5 seconds")

_counts = FixedWindowRateLimiter(MemoryStorage())


def check(seat_key: bytes) -> None:
    """Count one thing that this seat gives or takes back. Raises TooFast."""
    if not _counts.hit(ANSWERS, seat_key.hex()):
        raise TooFast
