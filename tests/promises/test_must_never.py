"""What the product must never do: each line, and the test that guards it.

A line without a guard fails, and so does a guard that is no test. What no other test sees is looked
for here: words that must not stand on any page, addresses that must not be called.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import attune.models  # noqa: F401  # declares the tables
from attune.db import Base
from attune.kinds import kinds
from tests.browser import ROOT

OURS = ("attune", "facilitator", "participant", "realtime")

# What it must never do, and the tests that would fail if it did.
NEVER: dict[str, tuple[str, ...]] = {
    "show, store or export who gave which answer": (
        "tests/promises/test_nobody_can_be_linked.py::test_a_copy_joins_no_two_answers_of_a_person_and_no_answer_to_a_seat",
        "tests/promises/test_nothing_leaks.py::test_the_facilitators_side_is_sent_nothing_of_anybody",
    ),
    "give the operator a way to do so after close": (
        "tests/promises/test_an_ended_room_is_gone.py::test_after_the_end_nothing_of_it_is_in_any_file",
    ),
    "offer a button that reveals who somebody is": (
        "tests/promises/test_must_never.py::test_no_page_offers_what_must_never_be",
    ),
    "score, rank, grade, label or diagnose a person": (
        "tests/promises/test_must_never.py::test_nothing_is_stored_that_could_rate_a_person",
        "tests/promises/test_must_never.py::test_no_page_offers_what_must_never_be",
    ),
    "compute a wellbeing, risk or participation score; compare facilitators": (
        "tests/promises/test_must_never.py::test_nothing_is_stored_that_could_rate_a_person",
    ),
    "analyse text for mood or risk, or send any text to an outside service": (
        "tests/promises/test_must_never.py::test_no_code_of_ours_calls_an_outside_address",
        "tests/promises/test_must_never.py::test_no_library_that_judges_texts_is_used",
    ),
    "force an answer or a share": (
        "tests/participant/test_in_a_browser.py::test_pass_weighs_as_much_as_send_in_every_kind",
        "tests/promises/test_must_never.py::test_no_input_of_any_kind_is_required",
    ),
    "tell anybody to close their eyes, to share or to relax": (
        "tests/promises/test_must_never.py::test_no_text_of_ours_tells_people_what_they_must_do",
    ),
    "run a countdown that ends an answer; reward speed": (
        "tests/promises/test_must_never.py::test_no_round_closes_or_counts_down_by_itself",
    ),
    "play sounds on people's phones unasked": (
        "tests/promises/test_must_never.py::test_phones_make_no_sound",
    ),
    "use trackers, outside fonts or scripts, analytics": (
        "tests/promises/test_every_answer_is_headed.py::test_every_answer_is_headed_whoever_asks",
        "tests/promises/test_must_never.py::test_no_page_fetches_anything_from_elsewhere",
    ),
    "send messages to participants outside the room": (
        "tests/promises/test_must_never.py::test_nothing_is_stored_by_which_participants_could_be_reached",
    ),
    "claim an effect of treatment": (
        "tests/promises/test_must_never.py::test_no_page_offers_what_must_never_be",
    ),
    "pretend that somebody is watching": (
        "tests/promises/test_must_never.py::test_people_are_told_that_nobody_watches_afterwards",
    ),
    "keep a list of who was there": (
        "tests/promises/test_must_never.py::test_nothing_is_stored_by_which_participants_could_be_reached",
        "tests/promises/test_an_ended_room_is_gone.py::test_after_the_end_nothing_of_it_is_in_any_file",
    ),
}
# What is said nowhere on a page of ours. `(?i)`: in any case of letters.
NOWHERE = re.compile(
    r"(?i)\b(reveal (the )?(identity|author|name)|show (me )?who wrote|leaderboard|top 3"
    r"|the winner is|wellbeing score|risk score|risk level|participation (score|rate)|diagnos\w+"
    r"|sentiment|points earned|streak|clinically proven|cures?|heals? trauma|waiting for \d"
    r"|only \d+ left|everyone answered)\b"
)
TOLD_TO = re.compile(r"(?i)\b(must share|you must (answer|share|say)|close your eyes|just relax)\b")
# Of what a person is or was, by which they could be rated, reached or listed.
RATES = re.compile(r"score|rating|rank|grade|risk|mood|points|streak|level_of|diagnos")
REACHES = re.compile(
    r"name|email|phone|address|contact|birth|pupil|user_agent|joined|seen_at|last_"
)


def source(*endings: str) -> Iterator[Path]:
    for part in OURS:
        for file in sorted((ROOT / part).rglob("*")):
            if (
                file.suffix in endings
                and "dist" not in file.parts
                and "__pycache__" not in file.parts
            ):
                yield file


def named_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def unguarded(never: dict[str, tuple[str, ...]]) -> list[str]:
    """The lines that nothing guards, and the guards that are not there."""
    bare = [line for line, guards in never.items() if not guards]
    for guard in {guard for guards in never.values() for guard in guards}:
        file, _, name = guard.partition("::")
        if not (ROOT / file).is_file() or name not in named_in(ROOT / file):
            bare.append(guard)
    return bare


def test_every_line_has_a_guard_and_every_guard_is_a_test() -> None:
    assert unguarded(NEVER) == []


def test_a_line_without_a_guard_is_found() -> None:
    broken = {"never do this": (), "nor that": ("tests/promises/test_docs.py::test_not_there",)}
    assert len(unguarded(broken)) == 2


def found(pattern: re.Pattern[str], *endings: str) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}: {hit[0]}"
        for file in source(*endings)
        for hit in pattern.finditer(file.read_text())
    ]


def test_no_page_offers_what_must_never_be() -> None:
    assert found(NOWHERE, ".html", ".js") == []
    assert NOWHERE.search("Reveal author")


def test_no_text_of_ours_tells_people_what_they_must_do() -> None:
    assert found(TOLD_TO, ".html", ".py", ".yaml", ".js") == []
    assert TOLD_TO.search("Now close your eyes.")


def columns(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].columns]


# What is stored of participants: everything but accounts, plans and the room itself.
OF_PEOPLE = ("seat", "answer", "release", "round", "signal", "version")


@pytest.mark.parametrize("table", OF_PEOPLE)
def test_nothing_is_stored_that_could_rate_a_person(table: str) -> None:
    assert [name for name in columns(table) if RATES.search(name)] == []
    assert RATES.search("risk_score")


def test_nothing_is_stored_by_which_participants_could_be_reached() -> None:
    assert [name for name in columns("seat") if REACHES.search(name)] == []
    times = [
        f"{table}.{column.name}"
        for table in OF_PEOPLE
        for column in Base.metadata.tables[table].columns
        if isinstance(column.type, sa.DateTime | sa.Date)
    ]
    assert times == []
    assert REACHES.search("joined_at")


def test_no_code_of_ours_calls_an_outside_address() -> None:
    """Nothing but what an owner sets up may leave the machine: mail, and nothing of a room."""
    called = {
        str(file.relative_to(ROOT))
        for file in source(".py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in imported(node)
        if name.split(".")[0] in {"requests", "httpx", "urllib3", "aiohttp", "smtplib", "ftplib"}
        or name in {"urllib.request", "http.client"}
    }
    for file in called:
        assert file == "attune/smtp.py" or "rehearsal" in file, file


def test_no_library_that_judges_texts_is_used() -> None:
    judges = {"nltk", "textblob", "spacy", "transformers", "openai", "vader", "torch"}
    used = {
        name.split(".")[0]
        for file in source(".py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in imported(node)
    }
    assert used & judges == set()


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module


def test_no_page_fetches_anything_from_elsewhere() -> None:
    fetched = re.compile(r"(?:src|href|url\()\s*=?\s*[\"'(]?(https?:)?//\w[^\"')\s]*")
    assert [hit for hit in found(fetched, ".html", ".css") if "{{" not in hit] == []
    assert found(re.compile(r"(?:fetch|import)\(\s*[\"']https?:"), ".js") == []


def test_no_input_of_any_kind_is_required() -> None:
    """Passing would be blocked by it."""
    required = re.compile(r"<(?:input|textarea|select)\b[^>]*\brequired\b")
    for name in kinds():
        for file in (ROOT / "attune" / "exercises" / name).glob("*.html"):
            assert not required.search(file.read_text()), file


def test_no_round_closes_or_counts_down_by_itself() -> None:
    """Only a facilitator's button sets when a round closes; the pages of phones show no clock."""
    setting = re.compile(r"round\.closes_at\s*=\s*(?!None)")
    assert {hit.split(":")[0] for hit in found(setting, ".py")} == {"attune/rounds.py"}
    clock = re.compile(r"(?i)countdown|seconds left|time is up|hurry|fastest")
    phones = [
        file
        for file in source(".html", ".js")
        if "participant" in file.parts or "exercises" in file.parts
    ]
    assert phones
    for file in phones:
        assert not clock.search(file.read_text()), file


def test_phones_make_no_sound() -> None:
    sound = re.compile(r"AudioContext|<audio|new Audio\(|vibrate\(")
    assert [hit for hit in found(sound, ".html", ".js") if on_phones(hit)] == []
    assert sound.search("new Audio('bell.mp3')")


def on_phones(hit: str) -> bool:
    """Not what the console alone loads, nor what only the screen plays."""
    file, text = hit.split(":", maxsplit=1)[0], (ROOT / hit.split(":", maxsplit=1)[0]).read_text()
    return not (file.startswith("facilitator/") or "screen" in text or "console" in text)


def test_people_are_told_that_nobody_watches_afterwards() -> None:
    terms = (ROOT / "participant/templates/participant/_terms.html").read_text()
    assert "not an emergency service. Nobody watches it after the session." in terms
