"""Where rows lie in the files of an SQLite database: pages and cells, those of the log too.

Not through SQLite, which tells what is in a table: whoever looks for traces reads the bytes. In
which order rows came can be read from where they lie, so this is what anonymity is held against
(docs/decisions/0007-rewriting-at-close.md). Only tables without rowid, as those of people are.
Format: https://www.sqlite.org/fileformat2.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE_HEADER, LOG_HEADER, FRAME_HEADER = 100, 32, 24  # bytes
INTERIOR, LEAF = 2, 10  # kinds of pages of an index, which a table without rowid is
NUMBERS = (0, 1, 2, 3, 4, 6, 8, 0, 0, 0)  # bytes of a number, by its type in a record
ONE = 9  # the type of the number 1
FIRST_BLOB = 12

Value = int | bytes | None  # None: a text, no number, or not whole in its cell


@dataclass(frozen=True)
class Cell:
    """A row, where it lies."""

    page: int
    offset: int  # in its page; rows that came later lie nearer to its beginning
    frame: int  # of the log, from 0; -1 in the file itself
    overflow: int  # the page on which it goes on; 0 where it is whole
    values: tuple[Value, ...]
    sizes: tuple[int, ...]  # bytes, of each value


def cells(file: Path) -> Iterator[Cell]:
    """Every row of a table without rowid in the file, then in its log, in the log's order."""
    whole = file.read_bytes()
    size = int.from_bytes(whole[16:18]) or 1
    size = 65_536 if size == 1 else size
    for at in range(0, len(whole), size):
        yield from _cells_of(whole[at : at + size], at // size + 1, -1)
    log = file.with_name(f"{file.name}-wal")
    if log.exists():
        yield from _of_log(log.read_bytes(), size)


def _of_log(whole: bytes, size: int) -> Iterator[Cell]:
    salts = whole[16:24]  # frames with others are from before, and dead; they can be read as well
    for frame, at in enumerate(range(LOG_HEADER, len(whole), FRAME_HEADER + size)):
        head = whole[at : at + FRAME_HEADER]
        page = whole[at + FRAME_HEADER : at + FRAME_HEADER + size]
        if len(page) == size and salts:
            yield from _cells_of(page, int.from_bytes(head[:4]), frame)


def _cells_of(page: bytes, number: int, frame: int) -> Iterator[Cell]:
    head = FILE_HEADER if number == 1 else 0
    kind = page[head] if len(page) > head else 0
    if kind not in (INTERIOR, LEAF):
        return
    many = int.from_bytes(page[head + 3 : head + 5])
    first = head + (12 if kind == INTERIOR else 8)
    for at in range(first, first + 2 * many, 2):
        offset = int.from_bytes(page[at : at + 2])
        try:
            yield _cell(page, number, frame, offset, offset + (4 if kind == INTERIOR else 0))
        except (IndexError, ValueError):  # a page that is not of a table any more
            return


def _cell(page: bytes, number: int, frame: int, offset: int, at: int) -> Cell:
    size, at = _varint(page, at)
    here = _local(size, len(page))
    end = at + here
    overflow = int.from_bytes(page[end : end + 4]) if here < size else 0
    values, sizes = [], []
    head, inside = _varint(page, at)
    place = at + head
    while inside < at + head:
        kind, inside = _varint(page, inside)
        long = (kind - FIRST_BLOB) // 2 if kind >= FIRST_BLOB else NUMBERS[kind]
        raw = page[place : min(place + long, end)]
        values.append(_value(kind, raw) if len(raw) == long else None)
        sizes.append(long)
        place += long
    return Cell(number, offset, frame, overflow, tuple(values), tuple(sizes))


def _value(kind: int, raw: bytes) -> Value:
    if kind >= FIRST_BLOB:
        return None if kind % 2 else raw
    if not kind:
        return None
    return 1 if kind == ONE else int.from_bytes(raw, signed=True)


def _local(size: int, page: int) -> int:
    """How much of a row of so many bytes lies in its own page."""
    most, least = (page - 12) * 64 // 255 - 23, (page - 12) * 32 // 255 - 23
    if size <= most:
        return size
    fitting = least + (size - least) % (page - 4)
    return fitting if fitting <= most else least


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and where the next thing begins."""
    value = 0
    for more in range(8):
        byte = page[at + more]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004  # the last has no high bit
            return value, at + more + 1
    return value << 8 | page[at + 8], at + 9
