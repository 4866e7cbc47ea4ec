"""What a phone on a train has to fetch before anything moves."""

import json

from tests.front.stand import DIST

LARGEST = 20_480  # bytes of brotli


def test_the_script_is_small(front_end: None) -> None:
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert (DIST / f"{manifest['main.js']}.br").stat().st_size <= LARGEST


def test_the_script_brings_no_debugging_of_its_libraries(front_end: None) -> None:
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert "localStorage.debug" not in (DIST / manifest["main.js"]).read_text()
