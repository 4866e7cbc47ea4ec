"""The docs say what is there: files, settings, commands, buttons and kinds exist as they are named.

And the words of `docs/vocabulary.md` that we do not use are in no name and on no page of ours.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from attune import kinds
from attune.commands import attune as command
from attune.config import NOT_OURS, NOT_YET, variables
from tests.pictures import FOLDER, PICTURES
from tests.servers import ROOT
from tests.states import STATES

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SECTIONS = ["Forces", "Decision", "Consequences", "What would change our mind"]
OURS = ("attune", "facilitator", "participant", "realtime", "wsgi.py", "bin", "hatch_build.py")
# What kinds and programmes say is theirs.
EXEMPT = ("attune/exercises", "attune/programmes_data", "attune/static/dist", "attune/static/.dist")
FORBIDDEN = {
    f"{word}{ending}"
    for word in ("poll", "survey", "player", "student", "user")
    for ending in ("", "s")
}
# Names of the libraries that we stand on, and of icons.
THEIRS = {
    "current_user",
    "login_user",
    "user_loader",
    "_login_user",
    "circle-user-round",
    "users-round",
}


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf8")


def own_files(*endings: str) -> Iterator[Path]:
    for name in OURS:
        start = ROOT / name
        for file in [start] if start.is_file() else sorted(start.rglob("*")):
            place = file.relative_to(ROOT).as_posix()
            if file.suffix in endings and not place.startswith(EXEMPT):
                yield file


# --- files --------------------------------------------------------------------------------------


def dead_links(text: str, folder: Path) -> list[str]:
    """Links and pictures that lead to nothing in this repository."""
    told = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    targets = (("".join(pair)).partition("#")[0] for pair in told)
    return [
        target
        for target in targets
        if target and "://" not in target and not (folder / target).exists()
    ]


def dead_anchors(text: str) -> list[str]:
    """Links within a page that lead to no heading of it, as GitHub names headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    names = {re.sub(r"[^\w\- ]", "", one).lower().replace(" ", "-") for one in headings}
    return [name for name in re.findall(r"\]\(#([^)]+)\)", text) if name not in names]


def missing_files(text: str) -> list[str]:
    """Paths of ours that are named and are not there."""
    named = re.findall(
        r"(?<![\w/])(?:attune|docs|tests|bin|locks|participant|facilitator|realtime)/[\w./-]*", text
    )
    return [
        path
        for path in (one.rstrip(".") for one in named)
        # A kind that is used as an example is somebody's own.
        if "colour/" not in path and not (ROOT / path).exists()
    ]


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_link_and_every_file_that_is_named_is_there(doc: Path) -> None:
    assert dead_links(text_of(doc), doc.parent) == []
    assert dead_anchors(text_of(doc)) == []
    assert missing_files(text_of(doc)) == []


def test_every_page_of_the_docs_that_the_code_names_is_there() -> None:
    for file in own_files(".py", ".html", ".js", ".css", ".mjs"):
        named = re.findall(r"docs/[\w./-]+\.md", text_of(file))
        assert [page for page in named if not (ROOT / page).exists()] == [], file


def test_a_dead_link_and_a_missing_file_are_found(tmp_path: Path) -> None:
    text = "See [this](docs/nowhere.md), ![that](no.png) and `attune/polls.py`."
    assert dead_links(text, tmp_path) == ["docs/nowhere.md", "no.png"]
    assert dead_anchors("# A, b\n[x](#a-b) [y](#c)") == ["c"]
    assert missing_files(text) == ["docs/nowhere.md", "attune/polls.py"]


def pictures_named(text: str) -> dict[str, str]:
    """The pictures that a page names, with what they say to who cannot see them."""
    found = [(file, says) for says, file in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)]
    found += re.findall(r'<img src="([^"]+)" alt="([^"]*)"', text)
    return {file.rpartition("/")[2]: says for file, says in found}


def test_every_picture_is_named_made_of_states_that_are_there_and_says_what_it_shows() -> None:
    named: dict[str, str] = {}
    for doc in DOCS:
        named |= pictures_named(text_of(doc))
    files = {file.name for file in FOLDER.iterdir()}
    assert set(named) == files == {f"{name}.webp" for name in PICTURES}
    assert [
        file for file, says in named.items() if len(says) < len("A whole sentence, or nearly")
    ] == []
    states = {state.name for state in STATES}
    used = [name for picture in PICTURES.values() for name in picture.states]
    assert [name for name in used if name not in states] == []


def test_pictures_are_small() -> None:
    sizes = [file.stat().st_size for file in FOLDER.iterdir()]
    assert max(sizes) < 150_000
    assert sum(sizes) < 1_500_000


def test_a_picture_that_says_nothing_is_found() -> None:
    text = 'See ![](pictures/a.webp) and <img src="docs/pictures/b.webp" alt="">.'
    assert pictures_named(text) == {"a.webp": "", "b.webp": ""}


# --- settings, commands, kinds, buttons ---------------------------------------------------------


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_setting_that_is_named_is_one(doc: Path) -> None:
    named = set(re.findall(r"\bATTUNE_[A-Z_]*[A-Z]", text_of(doc)))
    assert named <= {*variables(), *NOT_YET, *NOT_OURS}


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_command_that_is_named_is_one(doc: Path) -> None:
    named = re.findall(r"`attune ([a-z]+)", text_of(doc))
    assert set(named) <= set(command.commands)


def test_the_readme_names_the_two_commands_and_they_can_be_run() -> None:
    readme = text_of(ROOT / "README.md")
    for name in ("bin/run", "bin/test"):
        assert re.search(rf"^    {name}\b", readme, re.MULTILINE), name
        assert os.access(ROOT / name, os.X_OK), name


def test_every_kind_that_the_readme_names_is_one() -> None:
    """Not the other way round: a new kind is one folder, and no file outside it changes."""
    limits = text_of(ROOT / "README.md").split("few kinds of steps**:")[1].partition(". ")[0]
    named = set(re.findall(r"`(\w+)`", limits))
    assert len(named) >= 7
    assert named <= set(kinds.kinds())


def test_every_button_that_the_guide_names_is_on_a_page() -> None:
    guide = text_of(ROOT / "docs" / "facilitating.md")
    first = text_of(ROOT / "README.md").split("## Your first session")[1].split("\n## ")[0]
    said = set(words_on_pages())
    # "Next: %(title)s" is called Next.
    said |= {text.partition(":")[0] for text in said}
    not_buttons = {"The console", "The screen", "People's phones"}
    named = {
        " ".join(name.rstrip(".").split()) for name in re.findall(r"\*\*([^*]+)\*\*", guide + first)
    }
    assert named - not_buttons - said == set()


# --- records of decisions -----------------------------------------------------------------------


def faults_of(name: str, text: str) -> list[str]:
    """What a record of a decision lacks."""
    found = []
    if not re.match(rf"# {name[:4]} \S", text):
        found.append("its title begins with its number")
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != SECTIONS:
        found.append(f"its sections are {', '.join(SECTIONS)}")
    parts = re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]
    if not all(part.strip() for part in parts):
        found.append("a section is empty")
    return found


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_every_record_says_why_and_what_would_change_our_mind(record: Path) -> None:
    assert faults_of(record.name, text_of(record)) == []


def test_records_are_numbered_without_a_gap() -> None:
    numbers = [int(record.name[:4]) for record in RECORDS]
    assert numbers == list(range(1, len(RECORDS) + 1))


def test_a_record_that_lacks_something_is_found() -> None:
    whole = "# 0001 A word\n\n" + "\n\n".join(f"## {one}\n\nText." for one in SECTIONS)
    assert faults_of("0001-a-word.md", whole) == []
    assert len(faults_of("0002-a-word.md", whole)) == 1
    assert len(faults_of("0001-a-word.md", whole.replace("## Decision", "## Choice"))) == 1
    assert len(faults_of("0001-a-word.md", whole.removesuffix("Text."))) == 1


# --- words ----------------------------------------------------------------------------------------


def forbidden_in(names: Iterable[str]) -> list[str]:
    """Names that have one of the words in them, whole: `user_name` and `lastUser`, not `reuse`."""
    return [
        name
        for name in names
        if name not in THEIRS
        and FORBIDDEN & {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    ]


def names_in(source: str) -> Iterator[str]:
    """Every name that a Python file gives or uses."""
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "name", "arg", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def words_on_pages() -> Iterator[str]:
    """Every text of ours that a person reads: what stands in `_("…")` and its likes."""
    marked = r"\b(?:_|N_|say|say_n|gettext|ngettext)\(\s*((?:\"(?:[^\"\\]|\\.)*\"[\s,]*)+)"
    for file in own_files(".py", ".html"):
        for group in re.findall(marked, text_of(file)):
            strings = re.findall(r"\"((?:[^\"\\]|\\.)*)\"", group)
            yield from (strings if "," in group else ["".join(strings)])


def test_no_name_in_our_code_has_a_word_that_we_do_not_use() -> None:
    for file in own_files(".py"):
        assert forbidden_in(set(names_in(text_of(file)))) == [], file
    for file in own_files(".js", ".mjs", ".css"):
        # Comments and texts are not names, and `user-select` is the browser's.
        source = re.sub(
            r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"|user-select", "", text_of(file), flags=re.DOTALL
        )
        assert forbidden_in(set(re.findall(r"[A-Za-z_$][\w$]*", source))) == [], file
    for file in own_files(".html"):
        assert forbidden_in(set(re.findall(r"[A-Za-z_][\w-]*", text_of(file)))) == [], file
    for file in own_files(".py", ".html", ".js", ".css", ".svg"):
        assert forbidden_in([file.stem]) == [], file


def test_no_page_of_ours_says_a_word_that_we_do_not_use() -> None:
    said = list(words_on_pages())
    assert len(said) > 300
    assert [text for text in said if FORBIDDEN & set(re.findall(r"[a-z]+", text.lower()))] == []


def test_a_forbidden_word_is_found() -> None:
    names = set(names_in("def last_poll(userName, reuse): student = current_user.polling"))
    assert sorted(forbidden_in(names)) == ["last_poll", "student", "userName"]


def test_the_vocabulary_names_the_words_that_the_test_forbids() -> None:
    vocabulary = text_of(ROOT / "docs" / "vocabulary.md").split("## Words we do not use")[1]
    named = set(re.findall(r"\*\*(\w+)\*\*", vocabulary))
    assert {word for word in FORBIDDEN if not word.endswith("s")} == named
