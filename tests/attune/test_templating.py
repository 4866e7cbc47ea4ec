"""Templates are compiled once, and one that is broken shuts nothing but itself."""

import time
from pathlib import Path

import pytest
from jinja2 import Environment

from attune import templating
from attune.kinds import FOLDER


@pytest.fixture
def kinds(tmp_path: Path) -> Path:
    """A folder with one more kind in it."""
    folder = tmp_path / "kinds"
    (folder / "echo").mkdir(parents=True)
    (folder / "echo" / "ask.html").write_text("<p>{{ words }}</p>")
    return folder


def drawn(kinds: Path, kept: Path) -> str:
    """What a process that has just started draws."""
    made = Environment(autoescape=True, loader=templating.finds(FOLDER, kinds))
    templating.prepare(made, kept)
    templating.read_all(made)
    return made.get_template("exercises/echo/ask.html").render(words="tea & cake")


def test_a_template_is_compiled_once_and_again_when_it_has_changed(
    kinds: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    begun = time.process_time()
    assert drawn(kinds, kept) == "<p>tea &amp; cake</p>"
    compiling = time.process_time() - begun
    before = {file: file.stat().st_mtime_ns for file in kept.iterdir()}
    assert before
    begun = time.process_time()
    assert drawn(kinds, kept) == "<p>tea &amp; cake</p>"
    print(f"compiled in {compiling:.2f} s, read in {time.process_time() - begun:.2f} s of CPU")
    assert {file: file.stat().st_mtime_ns for file in kept.iterdir()} == before

    (kinds / "echo" / "ask.html").write_text("<b>{{ words }}</b>")
    assert drawn(kinds, kept) == "<b>tea &amp; cake</b>"


def test_where_nothing_can_be_kept_everything_is_drawn_all_the_same(
    kinds: Path, tmp_path: Path
) -> None:
    no_folder = tmp_path / "a file"
    no_folder.write_text("")
    assert drawn(kinds, no_folder) == "<p>tea &amp; cake</p>"


def test_a_broken_template_is_named_and_the_others_are_read(
    kinds: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (kinds / "broken").mkdir()
    (kinds / "broken" / "ask.html").write_text("{% if %}")
    assert drawn(kinds, tmp_path / "kept") == "<p>tea &amp; cake</p>"
    assert "template exercises/broken/ask.html" in caplog.messages
