"""What a rehearsal is started with, and who may open its page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask

import facilitator
import participant
import realtime
from attune.app import create_app
from attune.config import Config
from attune.rehearsal import pages
from tests.rehearsals import Rehearsal
from tests.test_security import policy_of

Start = Callable[..., Rehearsal]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-thing"], "classroom-check-in"),
        (["nowhere/plan.yaml"], "there is no file"),
        (["--people", "5"], "'3', '8', '30'"),
        (["a", "b"], "unexpected extra argument"),
    ],
)
def test_a_wrong_start_is_told_with_what_there_is(
    rehearsal: Start, arguments: list[str], told: str
) -> None:
    going = rehearsal(*arguments)
    assert going.process.wait(40) == 2
    assert told in going.said
    assert "Traceback" not in going.said
    assert list(going.temporary.iterdir()) == []


def test_a_wrong_plan_is_told_with_its_line(rehearsal: Start, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("programme: mine\ntitle: Mine\ntotal_minutes: 2\nsteps: []\n")
    going = rehearsal(str(file))
    assert going.process.wait(40) == 2
    assert "mine.yaml, line 4" in going.said
    assert "Traceback" not in going.said
    assert list(going.temporary.iterdir()) == []


def test_the_address_signs_in_once_and_one_browser(rehearsal: Start) -> None:
    address = rehearsal("--people", "3").address()
    page = address.partition("?")[0]
    assert requests.get(page, timeout=10).status_code == 404
    assert requests.get(f"{page}?key=", timeout=10).status_code == 404
    assert requests.get(f"{page}?key=guessed", timeout=10).status_code == 404
    with requests.Session() as mine:
        opened = mine.get(address, timeout=10)
        assert (opened.status_code, opened.url) == (200, page)
        assert len(re.findall("<iframe", opened.text)) == 3
        assert "every one is held" in opened.text  # by three people, where four are needed
        assert set(mine.cookies.keys()) == {"attune-rehearsal"}
        assert mine.get(address, timeout=10).status_code == 200
    again = requests.get(address, timeout=10)
    assert again.status_code == 404
    assert "works once" in again.text


def test_pages_of_ours_may_be_framed_by_pages_of_ours_and_in_a_rehearsal_only(
    tmp_path: Path,
) -> None:
    ordinary, rehearsing = application(tmp_path / "a"), application(tmp_path / "b")
    pages.attach(rehearsing, people=8)
    for app, framed, by in ((ordinary, "DENY", "'none'"), (rehearsing, "SAMEORIGIN", "'self'")):
        reply = app.test_client().get("/", base_url="http://127.0.0.1:8000")
        assert reply.headers["X-Frame-Options"] == framed
        assert policy_of(reply)["frame-ancestors"] == by
    assert "frame-src" not in policy_of(
        ordinary.test_client().get("/", base_url="http://127.0.0.1:8000")
    )


def test_an_ordinary_server_has_no_such_page(tmp_path: Path) -> None:
    app = application(tmp_path)
    assert [rule.rule for rule in app.url_map.iter_rules() if "rehears" in rule.rule] == []
    reply = app.test_client().get("/rehearsal?key=x", base_url="http://127.0.0.1:8000")
    assert reply.status_code == 404


def application(folder: Path) -> Flask:
    return create_app(sides=[facilitator, participant, realtime], config=Config(instance=folder))
