"""What an audit found, said to whoever asked: plain words, for a terminal or a letter."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

Found = Mapping[str, Any]

WIDTH = 96
APART = {
    "number": "their numbers",
    "size": "their sizes",
    "place": "where they lie in the file, which is the order in which they came",
    "index": "where an index lists them, which is the order in which they came",
    "log": "when they came into the write-ahead log",
}


def words(found: Found) -> Iterator[str]:
    """The report, line by line."""
    yield f"Room {found['room']}: {found['state']}. From {found['from']}."
    yield ""
    yield "WHAT IS STORED OF IT"
    for table in found["tables"]:
        yield from _table(table)
    if found["not_known"]:
        yield f"  Not known to this version of Attune: {', '.join(found['not_known'])}"
    yield ""
    yield "WHO CAN READ WHAT IS SEALED"
    yield from map(_line, _keys(found))
    yield ""
    yield "WHETHER AN ORDER CAN BE READ"
    yield from map(_line, _order(found["attack"]))
    yield ""
    yield "WHETHER ANYTHING CAN BE JOINED"
    yield from map(_line, _joined(found["attack"]))
    yield ""
    yield "WHAT LIES BESIDE THE ROWS"
    yield from map(_line, _beside(found))


def has_a_fault(found: Found) -> bool:
    """Whether something was found that a room must not tell, whatever it is doing."""
    attack = found["attack"]
    return bool(
        attack["numbers_that_come_twice"]
        or any(one["told_apart_by"] for one in attack["groups"] if one["state"] == "closed")
        or (found["free"] and found["free"]["left"])
    )


def _table(table: Found) -> Iterator[str]:
    rows = {0: "no row", 1: "1 row"}.get(table["rows"], f"{table['rows']} rows")
    beside = "" if table["how"] == "of this room" else f", {table['how']}"
    yield ""
    yield f"  {table['table']}: {rows}{beside}"
    yield _line(f"{table['holds']} {table['until']}", "    ")
    for column in table["columns"]:
        yield fill(
            f"{column['column']}: {column['says']}  ({column['holds'].rstrip('.')})",
            WIDTH,
            initial_indent="    - ",
            subsequent_indent="      ",
        )


def _keys(found: Found) -> Iterator[str]:
    sealed = {name: _sealed_with(name, found) for name in ("live", "kept")}
    if not any(sealed.values()):
        yield "Nothing of it is sealed, and nothing that anybody gave is there."
    for name, rows in sealed.items():
        if not rows:
            continue
        key = f"keys/{name}/{found['room']}"
        if found["keys"] is None:
            yield f"Sealed rows: {rows}. Readable with {key}, which is not in here."
        elif found["keys"][name]:
            yield f"Sealed rows: {rows}. Readable with {key}, which this server has."
        else:
            yield f"Sealed rows: {rows}. Nobody can read them: {key} is not there."


def _sealed_with(name: str, found: Found) -> int:
    return sum(
        table["rows"]
        for table in found["tables"]
        for column in table["columns"]
        if column["says"].startswith(f"sealed with the key in keys/{name}")
    )


def _order(attack: Found) -> Iterator[str]:
    if not attack["groups"]:
        yield "No answer and no seat is left, so there is no order."
    for group in attack["groups"]:
        of = group["of"] + (f" ({group['state']})" if group["state"] else "")
        if group["told_apart_by"]:
            by = "; ".join(APART.get(name, f"the column {name}") for name in group["told_apart_by"])
            more = _WHY_OPEN if group["state"] != "closed" else _WHY_CLOSED
            yield f"{of}, {group['rows']} rows: told apart by {by}. {more}"
        else:
            yield f"{of}, {group['rows']} rows: told apart by their random numbers alone."


_WHY_CLOSED = "In a closed round that should not be."
_WHY_OPEN = "It is written in another order when the round closes."


def _joined(attack: Found) -> Iterator[str]:
    twice, by = attack["numbers_that_come_twice"], attack["joined_by"]
    yield f"Attacks that were tried: by {', '.join(attack['tried'])}."
    if twice:
        yield f"Numbers that come twice: {twice}. Each of them is one person's."
    if by:
        yield f"Two groups can be joined by {', '.join(by)}, better than by guessing."
    if len([group for group in attack["groups"] if group["rows"] > 1]) < 2:  # noqa: PLR2004  # two
        yield "There are no two groups of rows that could be joined."
    elif not by and not twice:
        yield "None has anything to go by in two groups: whoever joins them guesses."


def _beside(found: Found) -> Iterator[str]:
    free, log = found["free"], found["log"]
    if free is None:
        yield "PostgreSQL keeps dead rows, and its log, until it reuses them: not looked at."
        return
    yield f"Free pages: {free['pages']}. Bytes in them that are not overwritten: {free['left']}."
    if log:
        yield f"The write-ahead log has {log:,} bytes. It is emptied when a round or a room closes."
    else:
        yield "The write-ahead log is empty."


def _line(text: str, indent: str = "  ") -> str:
    return fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
