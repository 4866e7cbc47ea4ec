"""The summary as JSON, for programs: the kept document itself, in a stable order."""

import json

from attune.summary import Document


def data(document: Document, part: str) -> str:
    """One part of the document, and what holds for both."""
    common = {
        name: value
        for name, value in document.items()
        if name not in ("group", "facilitator", "people")
    }
    if part == "facilitator":
        common["people"] = document["people"]
    return (
        json.dumps(
            common | {"part": part} | document[part],
            ensure_ascii=False,
            indent=2,
            sort_keys=True,
        )
        + "\n"
    )
