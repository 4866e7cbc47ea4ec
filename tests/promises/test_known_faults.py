"""S10: nothing that is locked is older than the last repair of a fault that is known.

The floors are a file, so that this needs no network; `bin/advisories` asks for what became known
since, and has to say so where nobody answers: silence would pass for good news.
"""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version

from bin import advisories
from bin.advisories import Package
from tests.servers import ROOT, free_port

FLOORS = ROOT / "locks" / "floors.txt"


def floors() -> dict[str, Version]:
    """The lowest version that may be locked, by name."""
    lines = [line.split(maxsplit=3) for line in FLOORS.read_text().splitlines()]
    rows = [line for line in lines if line and line[0] != "#"]
    assert all(row[2].startswith(("CVE-", "GHSA-")) and row[3] for row in rows)
    return {name: Version(version) for name, version, *_ in rows}


def too_old(packages: set[Package]) -> list[str]:
    known = floors()
    return [
        f"{name} {version} is below {known[name]}"
        for _, name, version in sorted(packages)
        if name in known and Version(version) < known[name]
    ]


def test_no_version_that_is_locked_has_a_fault_that_is_known() -> None:
    packages = advisories.locked()
    assert too_old(packages) == []
    names = {package.name for package in packages}
    assert set(floors()) <= names, "a floor for what is not locked any more"
    print(f"S10: {len(packages)} versions locked, {len(floors())} floors, 0 below")


def test_an_older_version_in_any_lock_is_found(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    for lock in ("run", "build", "dev"):
        (tmp_path / "locks" / f"{lock}.txt").write_text("werkzeug==3.1.5 \\\n    --hash=x\n")
    node = {"packages": {"": {}, "node_modules/a/node_modules/ws": {"version": "8.9.0"}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(node))
    found = too_old(advisories.locked(tmp_path))
    assert found == ["werkzeug 3.1.5 is below 3.1.6", "ws 8.9.0 is below 8.17.1"]


def test_where_nobody_answers_it_says_so_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main(f"http://127.0.0.1:{free_port()}/") == 1
    assert "Nobody was asked" in capsys.readouterr().out


class Database(http.server.BaseHTTPRequestHandler):
    """Knows of one fault."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        told = [
            {"vulns": [{"id": "CVE-1-2"}]} if query["package"]["name"] == "flask" else {}
            for query in asked
        ]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": told}).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def database() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Database)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_known_of_a_version_is_told(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advisories.main(database) == 1
    told = capsys.readouterr().out
    assert "flask" in told.splitlines()[0]
    assert "CVE-1-2" in told
