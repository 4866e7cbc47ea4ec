"""A phone in a cardboard room. What the browser complains about fails the test."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import ROOT
from tests.front.stand import Stand, standing


@pytest.fixture(scope="session")
def front_end() -> None:
    """The bundle as it is now; nothing is done while its sources stay the same."""
    subprocess.run([sys.executable, "hatch_build.py"], cwd=ROOT, check=True)


@pytest.fixture
def stand(front_end: None) -> Iterator[Stand]:  # built before it is served
    with standing() as room:
        yield room


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security" in line.text else None,
    )
    yield page
    context.close()
    assert faults == []
