"""What is kept of a room: two parts, the same in every format, twice the same bytes."""

import csv
import io
import json

import pytest

from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import words_of

FORMATS = ("md", "csv", "json")
PARTS = ("facilitator", "group")
HOSTILE = '=HYPERLINK("http://evil")<script>alert(1)</script>'


def led(lead: Lead) -> Lead:
    """One step shown, one not, one held."""
    shown = lead.collects("weather", [*[{"pick": "fog"}] * 3, *[{"pick": "drizzle"}] * 2, None])
    lead.does(f"rounds/{shown}/release", form="full")
    lead.collects("choice", [{"picks": ["a"]}] * 5)
    lead.collects("closing", [{"word": "lighter"}] * 2)
    return lead


def of(lead: Lead, ending: str, part: str) -> str:
    reply = lead.opens(f"{lead.path}/summary.{ending}?part={part}")
    assert reply.status_code == 200, reply.text
    reply.encoding = "utf-8"
    return reply.text


def ended(lead: Lead) -> Lead:
    assert lead.does("ending", seen=len(lead.room()["rounds"])).json()["state"] == "ended"
    return lead


def test_before_the_end_it_is_not_final(lead: Lead) -> None:
    led(lead)
    assert "Not final" in words_of(lead.follows(f"{lead.path}/summary").text)
    assert json.loads(of(lead, "json", "group"))["final"] is False
    ended(lead)
    assert "Not final" not in words_of(lead.follows(f"{lead.path}/summary").text)
    assert json.loads(of(lead, "json", "group"))["final"] is True


def test_the_groups_part_holds_only_what_was_shown(lead: Lead) -> None:
    ended(led(lead))
    page = words_of(lead.follows(f"{lead.path}/summary?part=group").text)
    for text in (page, *(of(lead, ending, "group") for ending in FORMATS)):
        assert "fog" in text
        assert "passed" not in text.lower()
        assert "lighter" not in text
        assert "quiet start" not in text
    data = json.loads(of(lead, "json", "group"))
    assert not {"answers", "passes", "given", "outcome"} & set(data["steps"][0])
    assert "people" not in data


def test_the_facilitators_part_has_totals_and_what_became_of_each_step(lead: Lead) -> None:
    ended(led(lead))
    page = words_of(lead.follows(f"{lead.path}/summary").text)
    assert "5 answered, 1 passed. Shown to the group." in page
    assert "5 answered, 0 passed. Not shown to the group." in page
    assert "2 responded. Held: not enough answers to show safely." in page
    assert "13 people at the end" in page
    assert "lighter" not in page
    data = json.loads(of(lead, "json", "facilitator"))
    assert [step["outcome"] for step in data["steps"]] == ["shown", "not_shown", "held"]


def test_the_tally_is_what_people_gave(lead: Lead) -> None:
    ended(led(lead))
    rows = list(csv.DictReader(io.StringIO(of(lead, "csv", "facilitator").lstrip("\ufeff"))))
    counts = {row["category"]: row["count"] for row in rows if row["kind"] == "weather"}
    assert (counts["fog"], counts["drizzle"]) == ("3", "2")
    assert {row["n"] for row in rows if row["kind"] == "weather"} == {"5"}


@pytest.mark.parametrize("ending", FORMATS)
def test_exporting_twice_gives_the_same_bytes(lead: Lead, ending: str) -> None:
    ended(led(lead))
    for part in PARTS:
        path = f"{lead.path}/summary.{ending}?part={part}"
        assert lead.opens(path).content == lead.opens(path).content


def test_a_hostile_title_is_inert_everywhere(lead: Lead) -> None:
    plain = lead.ref
    lead.opens_a_room(title=HOSTILE[:80])
    assert lead.ref != plain
    led(lead)
    page = lead.follows(lead.path).text + lead.follows(f"{lead.path}/screen").text
    page += lead.follows(f"{lead.path}/ending").text
    ended(lead)
    page += lead.follows(f"{lead.path}/summary").text
    assert "<script>alert" not in page
    assert "<script>" not in of(lead, "md", "facilitator")
    assert json.loads(of(lead, "json", "group"))["title"] == HOSTILE[:80]
    for row in csv.reader(io.StringIO(of(lead, "csv", "facilitator").lstrip("\ufeff"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    reply = lead.opens(f"{lead.path}/summary.csv")
    name = f'attachment; filename="hyperlink-http-evil-script-alert-1-scrip-{reply_day(lead)}'
    assert reply.headers["Content-Disposition"].startswith(name)


def reply_day(lead: Lead) -> str:
    return str(json.loads(of(lead, "json", "group"))["day"])


def test_each_format_says_what_it_is(lead: Lead) -> None:
    for ending, mimetype in (("md", "text/markdown"), ("csv", "text/csv")):
        reply = lead.opens(f"{lead.path}/summary.{ending}")
        assert reply.headers["Content-Type"] == f"{mimetype}; charset=utf-8"
    reply = lead.opens(f"{lead.path}/summary.json")
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf", "exe", "md.md"])
def test_forms_that_do_not_exist_are_not_there(lead: Lead, ending: str) -> None:
    reply = lead.opens(f"{lead.path}/summary.{ending}", Accept="application/json")
    assert code_of(reply) == (404, "not_yours")


def test_there_are_two_parts_and_no_third(lead: Lead) -> None:
    reply = lead.opens(f"{lead.path}/summary.json?part=everybody", Accept="application/json")
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "part")
