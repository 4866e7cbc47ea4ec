"""docs/protocol.md and the code say the same: no address or event is in one of them alone."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from attune import errors
from attune.rehearsal import pages
from realtime.wire import EVENTS, REFUSED
from tests.realtime.cast import Lead
from tests.servers import ROOT

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()
# What a variable of an address is called on the page.
NAMES = {
    "code": "CODE",
    "ending": "ENDING",
    "facilitator_id": "PERSON",
    "invitation_id": "LINK",
    "n": "N",
    "number": "N",
    "plan_id": "ID",
    "position": "N",
    "ref": "REF",
    "signal_id": "SIGNAL",
    "sign_in_id": "BROWSER",
    "slug": "SLUG",
    "token": "TOKEN",
}


def rows(title: str) -> Iterator[list[str]]:
    """The cells of the table under this heading."""
    section = re.split(
        r"^#+ ", PROTOCOL.split(f" {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE
    )[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]


def test_every_address_is_on_the_page_and_every_address_on_the_page_is_there(
    tmp_path: Path,
) -> None:
    told = set(re.findall(r"^\| `((?:GET|POST) /\S*)`", PROTOCOL, flags=re.MULTILINE))
    pages.attach(app := application(tmp_path), people=8)  # one page only a rehearsal has
    assert told == set(addresses(app))


def test_every_event_is_on_the_page_and_every_event_on_the_page_is_taken() -> None:
    told = {cells[0].strip("`"): cells[-1] for cells in rows("What clients send")}
    assert set(told) == set(EVENTS)
    assert not [event for event, answer in told.items() if "**Coming**" in answer]


def test_every_event_that_the_server_sends_is_on_the_page() -> None:
    told = {cells[0].strip("`"): cells[-1] for cells in rows("What the server sends")}
    sent = {
        event
        for file in (ROOT / "realtime").glob("*.py")
        for event in re.findall(r"\.emit\(\s*\"(\w+)\"", file.read_text())
    }
    assert sent == {event for event, when in told.items() if not when.startswith("**Coming**")}


def test_the_server_listens_to_what_is_on_the_page_and_nothing_else(tmp_path: Path) -> None:
    handlers = application(tmp_path).extensions["socketio"].server.handlers
    assert set(handlers) == {"/"}
    assert set(handlers["/"]) == {*EVENTS, REFUSED, "connect", "disconnect"}


def test_its_own_events_cannot_be_sent(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    for event in ("connect", "disconnect", "message", "json", REFUSED):
        assert phone.asks(event)["error"]["code"] == "invalid"


def test_what_is_told_of_a_refusal_is_what_there_is() -> None:
    kinds = [errors.Refusal]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    codes = {kind.code: kind.status for kind in kinds if kind.__module__ == "attune.errors"}
    told = {
        cells[0].strip("`"): int(cells[1])
        for cells in rows("1. What holds everywhere")
        if len(cells) == 4
    }
    assert told == codes


def addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: NAMES[found[1]], rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield f"{method} {path}"


def application(folder: Path) -> Flask:
    import facilitator  # noqa: PLC0415  # sides: only `wsgi` has them otherwise
    import participant  # noqa: PLC0415
    import realtime  # noqa: PLC0415
    from attune.app import create_app  # noqa: PLC0415
    from attune.config import Config  # noqa: PLC0415

    config = Config(
        instance=folder, database_url=f"sqlite:///{folder / 'a.sqlite'}", keys=folder / "keys"
    )
    return create_app(sides=[facilitator, participant, realtime], config=config)
