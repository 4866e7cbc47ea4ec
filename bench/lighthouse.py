"""What Lighthouse says of the pages that matter: bin/bench lighthouse.

It is fetched when it is asked for, in one version, and is part of nothing else. Its seconds are
simulated (a slow phone on a slow network; a laptop for console and screen), so they may be compared
from day to day; on a busy machine they are worse than they are.
"""

# ruff: noqa: T201  # it talks to whoever called

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.weight import a_place
from hatch_build import node, npm
from tests.browser import ROOT, prepare

VERSION = "12.8.2"
FOLDER = ROOT / ".tools" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = {"performance": 90, "accessibility": 100, "best-practices": 100}
SECONDS = 180
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


def main() -> int:
    program = fetched()
    print(f"{'Lighthouse ' + VERSION:<28}" + "".join(f"{name:>16}" for name in CATEGORIES))
    below = 0
    for name, address, cookies, is_desk in pages():
        report = audited(program, address, cookies, is_desk=is_desk)
        scores = {one: round(100 * report["categories"][one]["score"]) for one in CATEGORIES}
        below += any(scores[one] < LEAST[one] for one in CATEGORIES)
        print(f"{name:<28}" + "".join(f"{scores[one]:>16}" for one in CATEGORIES), flush=True)
        for line in found(report):
            print(f"    {line}", flush=True)
    print(
        f"\nAt least {', '.join(f'{least} {one}' for one, least in LEAST.items())}; {below} below."
    )
    return 1 if below else 0


def fetched() -> Path:
    program = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}')
        print(f"Fetching Lighthouse {VERSION} (once)", file=sys.stderr)
        asked = ("install", f"lighthouse@{VERSION}", "--ignore-scripts", "--no-audit", "--no-fund")
        if npm(*asked, folder=FOLDER):
            sys.exit("Lighthouse could not be fetched; the reason is above.")
    return program


def pages() -> Iterator[tuple[str, str, Sequence[Mapping[str, Any]], bool]]:
    """Name, address, cookies, and whether it is seen at a desk."""
    with a_place() as place:
        room = place.programme()
        phone = place.joins(room)
        address, seat = phone.url, phone.context.cookies()
        jo = place.leads(room).context.cookies()
        place.leave()
        room.puts_step(1)
        console = place.url + room.path
        yield "join page", f"{place.url}/", (), False
        yield "a phone in a room", address, seat, False
        yield "console", console, jo, True
        yield "screen", f"{console}/screen", jo, True


def audited(
    program: Path, address: str, cookies: Sequence[Mapping[str, Any]], *, is_desk: bool
) -> Any:
    said = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)
    with tempfile.TemporaryDirectory(prefix="attune-lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [
            str(node()),
            str(program),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={CHROME}",
            *(["--preset=desktop"] if is_desk else []),
            *([f"--extra-headers={json.dumps({'Cookie': said})}"] if said else []),
        ]
        environment = {"CHROME_PATH": str(prepare()), "PATH": "/usr/bin:/bin", "HOME": folder}
        subprocess.run(command, env=environment, check=True, timeout=SECONDS)  # noqa: S603
        return json.loads(report.read_text())


def found(report: Mapping[str, Any]) -> Iterator[str]:
    """What cost a point, and the seconds."""
    audits = report["audits"]
    for name in ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time"):
        yield f"{audits[name]['title']}: {audits[name].get('displayValue', '')}"
    for category in CATEGORIES:
        for part in report["categories"][category]["auditRefs"]:
            audit = audits[part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{category}: {audit['title']} {audit.get('displayValue', '')}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
