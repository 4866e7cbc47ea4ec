"""What a phone on a slow network has to fetch before it can take part."""

import http.client
import json

import pytest

from bench.weight import GOAL, weigh
from tests.front.stand import DIST
from tests.journeys.pages import Place
from tests.servers import AttuneServer


def test_the_first_page_is_light(place: Place) -> None:
    room = place.programme()
    phone = place.joins(room)
    wires = [weigh(place, "join page", place.url)]
    for number in range(len(room.prompts)):
        room.puts_step(number)
        wires.append(weigh(place, f"step {number}", phone.url, phone.context.cookies()))
    assert [(wire.page, wire.total) for wire in wires if wire.total > GOAL] == []
    for wire in wires:
        for kind in ("Document", "Stylesheet", "Script", "Font"):
            assert wire.of(kind), f"{kind} is not counted, so this shows nothing"


def test_a_phone_fetches_nothing_of_the_facilitators(place: Place) -> None:
    room = place.programme()
    phone = place.joins(room)
    room.puts_step()
    wire = weigh(place, "room", phone.url, phone.context.cookies())
    assert [file for file in wire.fetched if "lead" in file or "opsz" in file] == []


@pytest.mark.parametrize("name", ["main.css", "main.js", "lead.css", "lead.js", "img/icons.svg"])
def test_a_built_file_comes_compressed_and_is_kept_for_ever(
    name: str, journeys_server: AttuneServer
) -> None:
    path = "/static/dist/" + json.loads((DIST / "manifest.json").read_text())[name]
    found = asks(journeys_server, path, "gzip, br")
    assert found.getheader("Content-Encoding") == "br"
    assert "immutable" in (found.getheader("Cache-Control") or "")
    assert found.getheader("X-Content-Type-Options") == "nosniff"
    assert asks(journeys_server, path, "gzip").getheader("Content-Encoding") == "gzip"
    assert asks(journeys_server, path, "").getheader("Content-Encoding") is None


def test_a_picture_opened_as_a_page_may_do_nothing(journeys_server: AttuneServer) -> None:
    file = json.loads((DIST / "manifest.json").read_text())["img/icons.svg"]
    found = asks(journeys_server, f"/static/dist/{file}", "")
    assert (found.getheader("Content-Security-Policy") or "").startswith("default-src 'none';")


def test_a_page_is_compressed_and_its_length_says_little(journeys_server: AttuneServer) -> None:
    lengths = set()
    for _ in range(12):
        found = asks(journeys_server, "/", "gzip")
        assert found.getheader("Content-Encoding") == "gzip"
        lengths.add(found.getheader("Content-Length"))
    assert len(lengths) > 3, "the same page twice is to differ in length"
    assert asks(journeys_server, "/", "").getheader("Content-Encoding") is None


def test_a_code_that_opens_nothing_gets_the_same_bytes_each_time(
    journeys_server: AttuneServer,
) -> None:
    lengths = {
        asks(journeys_server, f"/join/{code}", "gzip").getheader("Content-Length")
        for code in ("BCDFGHJK", "BCDFGHJM", "BCDFGHJN")
    }
    assert len(lengths) == 1


def asks(server: AttuneServer, path: str, accepted: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": accepted} if accepted else {})
    found = connection.getresponse()
    found.read()
    connection.close()
    return found
