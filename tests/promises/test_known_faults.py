"""S10: nothing that is locked is older than the last repair of a fault that is known.

The floors are a file, so that this needs no network; `bin/advisories` asks for what became known
since, and has to say so where nobody answers: silence would pass for good news.
"""

import json
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


def test_what_is_known_of_a_version_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By a reply that lies in a file: it has the form in which the database answers."""
    told = [
        {"vulns": [{"id": "CVE-1-2"}]} if package.name == "flask" else {}
        for package in sorted(advisories.locked())
    ]
    reply = tmp_path / "reply.json"
    reply.write_text(json.dumps({"results": told}))
    assert advisories.main(reply.as_uri()) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("flask ")
    assert first.endswith(": CVE-1-2")
    assert last.endswith("1 with an advisory")
