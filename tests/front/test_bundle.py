"""What a phone on a train has to fetch before anything moves."""

import json
from pathlib import Path

import pytest

from hatch_build import BUNDLES
from tests.front.stand import DIST

LARGEST = 20_000  # bytes of brotli


def built(name: str) -> Path:
    return DIST / str(json.loads((DIST / "manifest.json").read_text())[name])


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_script_is_small(bundle: str, front_end: None) -> None:
    assert Path(f"{built(bundle + '.js')}.br").stat().st_size <= LARGEST


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_script_brings_nothing_of_its_libraries_that_never_runs(
    bundle: str, front_end: None
) -> None:
    script = built(f"{bundle}.js").read_text()
    for never in ("localStorage.debug", "XMLHttpRequest", "WebTransport(", "ArrayBuffer("):
        assert never not in script


def test_phones_do_not_fetch_what_only_facilitators_use(front_end: None) -> None:
    script, style = built("main.js").read_text(), built("main.css").read_text()
    for only in ("data-opens", "data-unsaved", "in_summary"):
        assert only not in script
        assert only in built("lead.js").read_text()
    for only in (".console", ".s-head", ".acts"):
        assert only not in style
        assert only in built("lead.css").read_text()
