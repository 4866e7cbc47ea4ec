"""The room's console, its door, its screen, its beginning and its end."""

import re
import threading
import time
from pathlib import Path

import pytest

from tests.facilitator.session import Lead, Phone, code_of
from tests.facilitator.visitor import Visitor, words_of
from tests.servers import AttuneServer, until

COMMANDS = ["rounds", "rounds/1/closure", "rounds/1/closure/delete", "rounds/1/preview"]
COMMANDS += ["rounds/1/release", "rounds/1/release/delete", "rounds/1/progress"]
COMMANDS += ["opening", "ending", "forgetting", "entry", "admissions", "admissions/delete", "code"]
COMMANDS += ["pause", "pause/delete"]


def test_the_room_as_json_is_what_the_protocol_says(lead: Lead) -> None:
    lead.puts("weather")
    room = lead.room()
    assert set(room) == {"ref", "code", "state", "entry", "paused", "k", "rounds", "people"}
    assert (room["ref"], room["state"], room["entry"], room["k"]) == (lead.ref, "live", "open", 4)
    assert re.fullmatch(r"\w{4}-\w{4}", room["code"])
    assert set(room["people"]) == {"in", "here", "waiting"}
    assert room["rounds"] == [
        {
            "n": 1,
            "kind": "weather",
            "title": "Weather report",
            "state": "open",
            "reveal": "on_show",
            "given": 0,
            "release": None,
        }
    ]


def test_strangers_find_no_room(lead: Lead, stranger: Visitor) -> None:
    for page in ("", "/ending", "/screen", "/summary"):
        reply = stranger.opens(lead.path + page)
        assert (reply.status_code, "/sign-in" in reply.headers["Location"]) == (303, True), page
    for page in ("", "/regions?as=console", "/regions?as=screen", "/summary.csv"):
        reply = stranger.opens(lead.path + page, Accept="application/json")
        assert code_of(reply) == (404, "not_yours"), page
    for command in COMMANDS:
        assert stranger.sends(f"{lead.path}/{command}").status_code == 404, command
    assert lead.room()["state"] == "lobby"


def test_a_foreign_room_is_not_there(lead: Lead) -> None:
    lead.ref = "no-such-room-at-all-22"
    assert lead.opens(lead.path).status_code == 404
    for command in COMMANDS:
        reply = lead.does(command, seen=0, step=1, to=0, form="full", entry="open")
        assert code_of(reply) == (404, "not_yours"), command


def test_the_room_begins_once(lead: Lead) -> None:
    assert lead.presses("opening").headers["Location"] == lead.path
    assert lead.does("opening").json()["state"] == "live"
    assert lead.room()["rounds"] == []


def test_the_console_works_without_script(lead: Lead) -> None:
    page = lead.follows(lead.path).text
    assert '<form id="act" method="post"' in page
    assert "Begin: Good to see you" in words_of(page)
    assert f'<a class="btn tight" href="{lead.path}"' in page.split("<noscript>")[1]
    pressed = re.search(
        r'form="act" formaction="([^"]+)" name="step" value="(\d+)"', page.split('class="acts"')[1]
    )
    assert pressed
    seen = re.search(r'name="seen" value="(\d+)" form="act"', page)
    assert seen
    reply = lead.posts(pressed[1], {"step": pressed[2], "seen": seen[1]}, {"Accept": "text/html"})
    assert reply.status_code == 303
    assert "Next: Weather report" in words_of(lead.follows(reply.headers["Location"]).text)


def test_at_most_one_button_is_filled_and_it_moves_on(lead: Lead) -> None:
    def filled() -> list[str]:
        regions = lead.regions()
        return re.findall(
            r'class="(?:btn )?act" [^>]*>(?:<svg.*?</svg>)?\s*([^<]+?)\s*<',
            regions["now"] + regions["agenda"],
        )

    assert filled() == ["Begin: Good to see you"]
    lead.does("opening")
    assert filled() == ["Next: Good to see you"]
    lead.puts("slide")
    assert filled() == ["Next: Weather report"]
    phones = lead.phones(4)
    number = lead.puts("weather")
    assert filled() == ["Close and preview"]
    for phone in phones:
        phone.gives(number, {"pick": "fog"})
    lead.does(f"rounds/{number}/closure", grace=20)
    assert filled() == []
    lead.does(f"rounds/{number}/closure")
    assert filled() == ["Preview"]
    lead.does(f"rounds/{number}/preview")
    assert filled() == ["Show"]
    lead.does(f"rounds/{number}/release", form="full")
    assert filled() == ["Next: Energy and mood"]
    number = lead.puts("pairs")
    assert filled() == ["Next part: 1 of 2"]


def test_who_knocks_waits_until_they_are_let_in(lead: Lead) -> None:
    assert lead.does("entry", entry="admit").json()["entry"] == "admit"
    Phone(lead.url).joins(lead.room()["code"])
    assert lead.room()["people"]["waiting"] == 1
    assert "1 person is at the door" in words_of(lead.regions()["people"])
    labels = re.findall(r'name="label" value="([^"]*)"', lead.regions()["people"])
    assert len(set(labels)) == 1
    assert lead.does("admissions", label="no, such").json()["people"]["waiting"] == 1
    let_in = lead.does("admissions", label=labels[0]).json()
    assert let_in["people"] == {"in": 1, "here": 0, "waiting": 0}
    renewed = lead.does("code").json()
    assert renewed["code"] != let_in["code"]
    assert renewed["people"] == {"in": 0, "here": 0, "waiting": 1}
    assert "Turn away" in words_of(lead.regions()["people"])
    assert lead.does("admissions").json()["people"] == {"in": 1, "here": 0, "waiting": 0}
    assert lead.does("code").json()["people"]["waiting"] == 1
    [label] = set(re.findall(r'name="label" value="([^"]*)"', lead.regions()["people"]))
    gone = lead.does("admissions/delete", label=label).json()
    assert gone["people"] == {"in": 0, "here": 0, "waiting": 0}
    assert lead.does("admissions").status_code == 200
    assert lead.does("entry", entry="locked").json()["entry"] == "locked"
    reply = lead.does("entry", entry="ajar")
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "entry")
    assert lead.room()["entry"] == "locked"


def test_regions_tell_what_is_newer_and_nothing_else(lead: Lead) -> None:
    reply = lead.asks_for(f"{lead.path}/regions?as=console")
    versions = {region["id"]: region["v"] for region in reply["regions"]}
    assert set(versions) == {"now", "counts", "agenda", "people", "results", "signals"}
    assert abs(reply["now"] / 1000 - time.time()) < 60
    have = ",".join(f"{name}:{v}" for name, v in versions.items())
    assert lead.asks_for(f"{lead.path}/regions?as=console&have={have}")["regions"] == []
    lead.does("entry", entry="admit")
    newer = lead.asks_for(f"{lead.path}/regions?as=console&have={have}")["regions"]
    assert {region["id"] for region in newer} == {"people", "counts"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as=participant", "as"),
        ("as=nobody", "as"),
        ("as=console&have=now", "have"),
        ("as=console&have=now:-1", "have"),
        ("as=console&have=nothing:1", "have"),
        ("as=console&wait=long", "wait"),
    ],
)
def test_a_wrong_question_for_regions_is_refused(lead: Lead, query: str, field: str) -> None:
    reply = lead.opens(f"{lead.path}/regions?{query}", Accept="application/json")
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), field)


def test_waiting_for_regions_ends_when_something_happens(lead: Lead) -> None:
    regions = lead.asks_for(f"{lead.path}/regions?as=screen")["regions"]
    have = ",".join(f"{region['id']}:{region['v']}" for region in regions)
    heard: list[object] = []
    other = lead.also()
    asking = threading.Thread(
        target=lambda: heard.append(
            other.asks_for(f"{lead.path}/regions?as=screen&have={have}&wait=25")
        )
    )
    began = time.monotonic()
    asking.start()
    lead.puts("slide")
    asking.join(20)
    assert heard
    assert time.monotonic() - began < 20
    assert "Good to see you" in str(heard[0])


def test_the_screen_shows_the_way_in(lead: Lead, lead_server: AttuneServer) -> None:
    lead.phones(3)
    page = lead.follows(f"{lead.path}/screen").text
    code = lead.room()["code"]
    assert f"<span>{code[:4]}</span><span>{code[5:]}</span>" in page
    assert "127.0.0.1" in words_of(page)
    assert '<svg viewBox="0 0' in page
    assert "phones are here" in words_of(page)
    lead.puts("weather")
    status = words_of(lead.regions("screen")["status"])
    assert status == "Arriving, step 2 of 7 The question is open. No rush."
    assert code[:4] in lead.regions("screen")["stage"]


def test_the_screen_is_dimmed_and_enlarged_by_its_address(lead: Lead) -> None:
    page = lead.follows(f"{lead.path}/screen?theme=dark&scale=1.15").text
    assert 'data-theme="dark" data-scale="large"' in page
    page = lead.follows(f"{lead.path}/screen?theme=x&scale=9").text
    assert "data-theme" not in page
    assert "data-scale" not in page


def test_ending_asks_once_and_says_what_goes(lead: Lead) -> None:
    number = lead.puts("weather")
    page = lead.follows(f"{lead.path}/ending").text
    assert "Every answer and pass, and the key that could open them." in words_of(page)
    assert "“Weather report” is still open" in words_of(page)
    assert f'name="seen" value="{number}"' in page
    assert lead.room()["state"] == "live"


def test_ending_a_room_that_has_moved_on_changes_nothing(lead: Lead) -> None:
    lead.puts("slide")
    assert code_of(lead.does("ending", seen=0)) == (409, "closed")
    reply = lead.presses("ending", seen=0)
    assert reply.status_code == 409
    assert "The room has moved on." in words_of(reply.text)
    assert 'name="seen" value="1"' in reply.text
    reply = lead.does("ending")
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "seen")
    assert lead.room()["state"] == "live"


def test_an_ended_room_takes_nothing_and_shows_its_summary(
    lead: Lead, lead_server: AttuneServer
) -> None:
    lead.puts("weather")
    assert (lead_server.folder / "keys" / "live" / lead.ref).exists()
    assert lead.presses("ending", seen=1).headers["Location"] == lead.path
    assert lead.does("ending", seen=1).json()["state"] == "ended"
    room = lead.room()
    assert (room["state"], room["code"], room["rounds"]) == ("ended", None, [])
    assert not (lead_server.folder / "keys" / "live" / lead.ref).exists()
    assert lead.opens(lead.path).headers["Location"] == f"{lead.path}/summary"
    assert lead.opens(f"{lead.path}/ending").status_code == 303
    for command in COMMANDS:
        if command not in ("ending", "forgetting"):
            reply = lead.does(command, seen=1, step=lead.step("slide"), to=0, entry="open")
            assert code_of(reply) == (410, "ended"), command
    assert "Thank you for being here." in words_of(lead.regions("screen")["stage"])
    assert "This room has ended." in words_of(lead.regions()["now"])


def test_forgetting_destroys_the_summary_and_its_key(lead: Lead, lead_server: AttuneServer) -> None:
    kept: Path = lead_server.folder / "keys" / "kept" / lead.ref
    assert code_of(lead.does("forgetting")) == (409, "closed")
    assert kept.exists()
    lead.does("ending", seen=0)
    assert "Delete this summary now" in words_of(lead.follows(f"{lead.path}/summary").text)
    assert lead.presses("forgetting").headers["Location"] == "/home"
    until(lambda: not kept.exists(), what="the key to be gone")
    assert code_of(lead.does("forgetting")) == (404, "not_yours")
    assert lead.opens(f"{lead.path}/summary").status_code == 404
