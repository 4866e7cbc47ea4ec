"""What lies in the pages of a SQLite file beside its rows (https://sqlite.org/fileformat2.html)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

FIRST_HEADER = 100  # bytes before the first page's own
LEAF = (0x0A, 0x0D)
INSIDE = (0x02, 0x05)
WRITTEN = re.compile(rb"[^\0]{8,}")


class Free(NamedTuple):
    """Free pages, and how many bytes in them, and in the gaps of used ones, are not zero."""

    pages: int
    left: int
    left_in_gaps: int


def free(image: bytes) -> Free:
    """Look through everything that belongs to no row."""
    numbers = list(_free_pages(image))
    known = {number for number, _ in numbers}
    left = sum(_written(_page(image, number)[skip:]) for number, skip in numbers)
    used = (n for n in range(1, len(image) // page_size(image) + 1) if n not in known)
    return Free(len(numbers), left, sum(_written(_gap(image, number)) for number in used))


def page_size(image: bytes) -> int:
    size = int.from_bytes(image[16:18], "big")
    return 65_536 if size == 1 else size


def _free_pages(image: bytes) -> Iterator[tuple[int, int]]:
    """Each free page, and how many of its bytes are the list of free pages itself."""
    trunk = int.from_bytes(image[32:36], "big")
    while trunk:
        page = _page(image, trunk)
        count = int.from_bytes(page[4:8], "big")
        yield trunk, 8 + 4 * count
        for at in range(8, 8 + 4 * count, 4):
            yield int.from_bytes(page[at : at + 4], "big"), 0
        trunk = int.from_bytes(page[:4], "big")


def _gap(image: bytes, number: int) -> bytes:
    """What lies between the list of rows at a page's head and the rows at its end."""
    page = _page(image, number)
    at = FIRST_HEADER if number == 1 else 0
    if page[at] not in (*LEAF, *INSIDE):
        return b""
    rows = int.from_bytes(page[at + 3 : at + 5], "big")
    begin = int.from_bytes(page[at + 5 : at + 7], "big") or 65_536
    return page[at + (8 if page[at] in LEAF else 12) + 2 * rows : begin]


def _page(image: bytes, number: int) -> bytes:
    size = page_size(image)
    return image[(number - 1) * size : number * size]


def _written(part: bytes) -> int:
    """Bytes of what was written: a number of a page, of which some stay, has noughts in it."""
    return sum(map(len, WRITTEN.findall(part)))
