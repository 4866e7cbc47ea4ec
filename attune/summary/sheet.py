"""The summary as one flat CSV table, for counting.

UTF-8 with a byte order mark, RFC 4180. A cell that a spreadsheet would take for a formula gets a
leading apostrophe; the guide says so.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from attune.summary import Document

COLUMNS = [
    *("step", "round", "kind", "title", "table", "item", "category", "count", "n"),
    *("q1", "median", "q3", "min", "max", "theme", "text", "also"),
]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(document: Document, part: str) -> str:
    """One part of the document as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _lines(document[part]):
        writer.writerow({name: inert(cell) for name, cell in row.items()})
    return "\ufeff" + out.getvalue()


def _lines(part: Document) -> Iterator[dict[str, Any]]:
    for position, step in enumerate(part["steps"], 1):
        lead = {
            "step": position,
            "round": step["round"],
            "kind": step["kind"],
            "title": step["step"],
        }
        for section in step["sections"]:
            yield from (lead | row for row in _rows(section))
        if step.get("left"):  # documents that are older have none
            yield lead | {"table": "left out", "count": step["left"]["people"]}
        yield from (lead | row for row in _note(step))
    yield from _note(part)


def _note(part: Document) -> Iterator[dict[str, Any]]:
    """What the facilitator who reads this wrote, if they added it."""
    if part.get("note"):
        yield {"table": "notes", "text": part["note"]}


def _rows(section: Document) -> Iterator[dict[str, Any]]:
    before, change = section.get("before"), section.get("change")
    yield from _alone(section)
    if before:
        yield from (row | {"table": f"{row['table']}_before"} for row in _alone(before))
    if change:
        yield from _changed(section["title"] or section["name"], change)


def _changed(item: str, change: Document) -> Iterator[dict[str, Any]]:
    """How many went which way, of those who answered both times."""
    if change["held"]:
        yield {"table": "change", "item": item, "category": "held"}
    for way in change["ways"]:
        yield {
            "table": "change",
            "item": item,
            "category": way["way"],
            "count": way["count"],
            "n": change["n"],
        }


def _alone(section: Document) -> Iterator[dict[str, Any]]:
    item = section["title"] or section["name"]
    if section["held"]:
        yield {"table": "counts", "item": item, "category": "held"}
        return
    for count in section["counts"]:
        yield {
            "table": "counts",
            "item": count["item"] or item,
            "category": count["category"],
            "count": count["count"],
            "n": section["n"],
        }
    by_hand = section.get("by_hand") or {"people": 0, "counts": []}  # older documents have none
    for count in by_hand["counts"]:
        yield {"table": "by hand", "item": item, **count, "n": by_hand["people"]}
    for scale in section["scales"]:
        yield {"table": "scales", **scale, "item": scale["item"] or item}
    for text in section["texts"]:
        yield {"table": "texts", "item": item, **text}


def inert(cell: Any) -> Any:
    """The cell as a spreadsheet shows it and does not run it."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell
