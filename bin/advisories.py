"""Ask the open database of advisories (osv.dev) about every version in the locks.

It is no part of the tests, which have to pass without a network: they hold the locks to
`locks/floors.txt`. Silence is not good news, so where nobody answers this says so and fails.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WHERE = "https://api.osv.dev/v1/querybatch"
SECONDS = 30
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


class Package(NamedTuple):
    ecosystem: str
    name: str
    version: str


def locked(root: Path = ROOT) -> set[Package]:
    """Everything that the locks name; a package may be there in two versions."""
    return set(_python(root)) | set(_node(root))


def _python(root: Path) -> Iterator[Package]:
    for lock in ("run", "build", "dev"):
        text = (root / "locks" / f"{lock}.txt").read_text()
        yield from (Package("PyPI", name, version) for name, version in _LOCKED.findall(text))


def _node(root: Path) -> Iterator[Package]:
    lock = json.loads((root / "package-lock.json").read_text())
    for path, entry in lock["packages"].items():
        if path:
            yield Package("npm", path.rpartition("node_modules/")[2], entry["version"])


def advisories(packages: list[Package], where: str = WHERE) -> dict[Package, list[str]]:
    """The ids of what is known of each, where something is. Raises OSError, ValueError."""
    queries = [
        {"package": {"ecosystem": ecosystem, "name": name}, "version": version}
        for ecosystem, name, version in packages
    ]
    asked = urllib.request.Request(  # noqa: S310  # the address is ours
        where,
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as reply:  # noqa: S310
        results: list[dict[str, Any]] = json.load(reply)["results"]
    return {
        package: [known["id"] for known in result["vulns"]]
        for package, result in zip(packages, results, strict=True)
        if result.get("vulns")
    }


def main(where: str = WHERE) -> int:
    packages = sorted(locked())
    try:
        found = advisories(packages, where)
    except (OSError, ValueError, KeyError) as error:
        print(f"Nobody was asked: {where} does not answer ({error}).")
        print("The locks are held to locks/floors.txt alone: what is known since is not in it.")
        return 1
    for package, known in found.items():
        print(f"{package.name} {package.version}: {', '.join(known)}")
    print(f"{len(packages)} versions asked about, {len(found)} with an advisory")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
