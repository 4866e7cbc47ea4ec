"""Everything a database says of one room, as plain values: the audit's JSON.

Which rows concern a room is read off the declared tables, by whatever leads to `room`, so that a
table that is added later is looked at without being named here. What its bytes are has to be said
(`BYTES`): a test finds a column of bytes that nobody explained.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from attune.auditing.attack import attack
from attune.auditing.free import free
from attune.auditing.source import Source
from attune.db import Base
from attune.models import Room
from attune.storing import tables as told_tables

Found = dict[str, Any]

RANDOM = "a random number"
FINGERPRINT = "a fingerprint; what it is of is not here"
LIVE = "sealed with the key in keys/live"
KEPT = "sealed with the key in keys/kept"
OF_SERVER = "sealed with the server's secret key"
BYTES = {
    "seat.key": RANDOM,
    "answer.pid": RANDOM,
    "answer.body": LIVE,
    "release.body": LIVE,
    "signal.key": RANDOM,
    "signal.body": LIVE,
    "announcement.body": LIVE,
    "note.body": KEPT,
    "summary.body": KEPT,
    "facilitator.totp": OF_SERVER,
}
MOST_VALUES, LONGEST = 6, 60  # what is quoted of a column


def unexplained(declared: sa.MetaData = Base.metadata) -> list[str]:
    """Columns of bytes of which nobody has said what they are."""
    return [
        f"{table.name}.{column.name}"
        for table in declared.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary) and not _bytes_of(column)
    ]


def rooms_in(source: Source) -> list[str]:
    """The names of all rooms, the newest last."""
    return list(source.read.scalars(sa.select(Room.ref).order_by(Room.id)))


def report(source: Source, ref: str, keys: Mapping[str, bool] | None) -> Found | None:
    """What is stored of a room, what it tells, and what an attacker makes of it.

    `keys` says whether its K (`live`) and S (`kept`) are at hand; None where nobody looked.
    """
    row = source.read.execute(sa.select(Room.id, Room.state).where(Room.ref == ref)).first()
    if row is None:
        return None
    return {
        "room": ref,
        "state": row.state,
        "from": source.name,
        "tables": list(_tables(source, row.id, ref)),
        "not_known": sorted(_tables_in(source) - set(Base.metadata.tables) - {"alembic_version"}),
        "attack": attack(source, row.id),
        "free": free(source.file.read_bytes())._asdict() if source.file else None,
        "log": source.log,
        "keys": dict(keys) if keys is not None else None,
    }


# --- rows ---------------------------------------------------------------------------------------


def _tables(source: Source, room_id: int, ref: str) -> Iterator[Found]:
    """Each table that has something of the room, or has nothing now and could have."""
    there = _tables_in(source)
    for told in told_tables():
        table, name = Base.metadata.tables.get(told.name), told.name
        if table is None or name not in there:
            continue
        where, how = _about(table, room_id), "of this room"
        if where is None:
            where, how = _beside(table, room_id), "this room points to it"
            mentions = _mentions(table, ref)
            if mentions is not None:
                where = mentions if where is None else sa.or_(where, mentions)
        if where is None:
            continue
        known = {column["name"] for column in sa.inspect(source.read).get_columns(name)}
        columns = [column for column in table.columns if column.name in known]
        rows = source.read.execute(sa.select(*columns).where(where)).mappings().all()
        if how != "of this room" and not rows:
            continue
        yield {
            "table": name,
            "holds": told.holds,
            "until": told.until,
            "how": how,
            "rows": len(rows),
            "columns": [
                {
                    "column": column.name,
                    "holds": column.comment or "",
                    "says": _says(column, [row[column.name] for row in rows]),
                }
                for column in columns
            ]
            if rows
            else [],
        }


def _tables_in(source: Source) -> set[str]:
    return set(sa.inspect(source.read).get_table_names())


def _about(table: sa.Table, room_id: int) -> sa.ColumnElement[bool] | None:
    """Which rows hang on the room, directly or by another table; None where none can."""
    if table.name == Room.__tablename__:
        return table.c.id == room_id
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name == Room.__tablename__:
            return key.parent == room_id
        if parent is not table and (above := _about(parent, room_id)) is not None:
            return key.parent.in_(sa.select(key.column).where(above))
    return None


def _beside(table: sa.Table, room_id: int) -> sa.ColumnElement[bool] | None:
    """Which rows the room's own rows point to: who leads it, the plan it follows."""
    found = [
        table.c[key.column.name].in_(sa.select(key.parent).where(about))
        for other in Base.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table is table and (about := _about(other, room_id)) is not None
    ]
    return sa.or_(*found) if found else None


def _mentions(table: sa.Table, ref: str) -> sa.ColumnElement[bool] | None:
    """Which rows have the room's name in a text."""
    texts = [column for column in table.columns if isinstance(column.type, sa.String)]
    return sa.or_(*(column.contains(ref) for column in texts)) if texts else None


def _says(column: sa.Column[Any], values: Sequence[Any]) -> str:
    """What stands in a column, in short."""
    if column.name.endswith("_hash") and not isinstance(column.type, sa.LargeBinary):
        return FINGERPRINT
    if isinstance(column.type, sa.LargeBinary):
        sizes = Counter(len(value) for value in values if value is not None)
        words = ", ".join(f"{count} of {size:,} bytes" for size, count in sorted(sizes.items()))
        return f"{_bytes_of(column) or 'bytes'}: {words or 'none'}"
    texts = list(dict.fromkeys(_quoted(value) for value in values))
    if len(texts) > MOST_VALUES:
        return f"{len(texts)} different values"
    return "; ".join(texts)


def _quoted(value: object) -> str:
    text = "empty" if value in (None, "") else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _bytes_of(column: sa.Column[Any]) -> str:
    usual = FINGERPRINT if column.name.endswith("_hash") else ""
    return BYTES.get(f"{column.table.name}.{column.name}", usual)
