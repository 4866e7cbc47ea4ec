"""What is let in: handshakes of our own pages, frames of the protocol. The rest does no harm."""

import pytest
import requests
import websocket

from tests.realtime.cast import Lead, Refused, Socket, tea
from tests.servers import until

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
QUERY = "EIO=4&transport=websocket"


def handshake(lead: Lead, query: str = QUERY, **headers: str) -> requests.Response:
    """Ask for a connection by hand; only what is refused has an answer that ends."""
    sent = {"Origin": lead.url, **HANDSHAKE, **headers}
    return requests.get(
        f"{lead.url}/socket.io/?{query}",
        headers={name: value for name, value in sent.items() if value},
        timeout=10,
    )


def log_of(lead: Lead) -> str:
    return lead.server.log_text()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://elsewhere.example", "X-Forwarded-Host": "elsewhere.example"}, 403),
        (
            {
                "Origin": "https://elsewhere.example",
                "X-Forwarded-Host": "elsewhere.example",
                "X-Forwarded-Proto": "https",
                "Forwarded": "host=elsewhere.example;proto=https",
            },
            403,
        ),
        ({"Host": "elsewhere.example"}, 421),
        ({"Host": "elsewhere.example", "Origin": "http://elsewhere.example"}, 421),
    ],
)
def test_no_other_site_can_connect(lead: Lead, headers: dict[str, str], status: int) -> None:
    lead.opens()
    assert handshake(lead, **headers).status_code == status


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("EIO=4&transport=polling", {}),
        ("EIO=4&transport=polling", {"Upgrade": ""}),
        (QUERY, {"Upgrade": ""}),
        ("EIO=3&transport=websocket", {}),
        ("transport=websocket", {}),
        (QUERY + "&sid=abc", {}),
        (QUERY + "&j=0", {}),
        (QUERY, {"Sec-WebSocket-Version": "8"}),
        (QUERY, {"Sec-WebSocket-Key": ""}),
        ("", {}),
    ],
)
def test_there_is_no_way_in_but_a_websocket(
    lead: Lead, query: str, headers: dict[str, str]
) -> None:
    reply = handshake(lead, query, **headers)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "invalid"


def test_nothing_is_compressed_even_when_a_browser_offers_it(lead: Lead) -> None:
    phone = lead.opens().phone()
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    connected = phone.connects(headers=[offer])
    assert "sec-websocket-extensions" not in (connected.ws.headers or {})
    assert connected.asks("clock", {"t0": 1})["t0"] == 1


@pytest.mark.parametrize(
    "auth",
    [
        None,
        {},
        [],
        {"as": "participant"},
        {"as": "owner", "room": "x"},
        {"as": "participant", "room": 1},
        {"as": "participant", "room": "x", "have": {"stage": "1"}},
        {"as": "participant", "room": "x", "have": []},
        {"as": "participant", "room": "x", "have": {str(n): 1 for n in range(99)}},
        {"as": "participant", "room": "x", "seat": 1},
    ],
)
def test_who_does_not_say_properly_who_they_are_is_refused(lead: Lead, auth: object) -> None:
    with pytest.raises(Refused) as refused:
        Socket(lead.url, auth=auth, cookies=lead.cookies)
    assert refused.value.code == "invalid"


def test_who_is_refused_may_say_it_again(lead: Lead) -> None:
    phone = lead.opens().phone()
    socket = phone.connects(connects=False)
    with pytest.raises(Refused):
        socket.connects({"as": "participant", "room": "elsewhere"})
    socket.connects({"as": "participant", "room": phone.ref})
    assert socket.asks("mine")["ok"]


def test_who_never_says_who_they_are_is_let_go_after_ten_seconds(lead: Lead) -> None:
    silent = Socket(lead.url, connects=False)
    until(lambda: silent.is_closed, 30)


NESTED = "[" * 200 + "]" * 200
MISTAKES = [
    "[]",
    "[[]]",
    "[{}]",
    "[1]",
    "[null]",
    '[""]',
    '["nothing"]',
    '["connect"]',
    '["disconnect"]',
    '["connect",{"as":"console"}]',
    '["__class__"]',
    '["?"]',
    '["answer"]',
    '["answer",null]',
    '["answer",[]]',
    '["answer",1,2]',
    '["answer",{}]',
    '["answer",NaN]',
    '["answer",{"round":1e999}]',
    '["answer",{"round":' + "9" * 5000 + "}]",
    '["answer",{"round":1,"idem":"' + "a" * 32 + '","answer":{"picks":["\\ud800"]}}]',
    f'["answer",{NESTED}]',
    "[" * 5000,
    '["answer"',
    "{}",
    "",
    '"answer"',
    '["clock",{"t0":NaN}]',
    '["clock",{"t0":true}]',
    '["take_back",{"round":1}]',
]


@pytest.mark.parametrize("body", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_and_the_connection_kept(lead: Lead, body: str) -> None:
    phone = lead.opens().phone().connects()
    before = len(log_of(lead))
    told = phone.asks_for(body)
    assert told["ok"] is False
    assert set(told["error"]) == {"code", "message", "field"}
    assert told["error"]["code"] == "invalid"
    assert phone.asks("clock", {"t0": 1})["t0"] == 1
    assert "error" not in log_of(lead)[before:]


def test_what_is_too_long_is_told_so(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    sent = tea(number) | {"answer": {"picks": ["a"], "other": "x" * 20_000}}
    assert phone.asks("answer", sent)["error"]["code"] == "too_large"
    assert phone.asks("answer", tea(number))["ok"]


def test_a_frame_without_end_closes_its_own_connection_only(lead: Lead) -> None:
    lead.opens()
    loud, other = lead.phone().connects(), lead.phone().connects()
    loud.sends("42" + "x" * 70_000)
    until(lambda: loud.is_closed)
    pieces = lead.phone().connects()
    pieces.ws.send_frame(websocket.ABNF.create_frame("42[", websocket.ABNF.OPCODE_TEXT, 0))
    for _ in range(3):
        if not pieces.is_closed:
            more = websocket.ABNF.create_frame("x" * 30_000, websocket.ABNF.OPCODE_CONT, 0)
            pieces.ws.send_frame(more)
    until(lambda: pieces.is_closed)
    assert other.asks("mine")["ok"]


def test_who_makes_the_same_mistake_again_and_again_is_let_go(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    for number in range(30):
        if not phone.is_closed:
            phone.sends(f'42{number}["nothing"]')
    until(lambda: phone.is_closed)


def test_a_client_cannot_run_the_server_s_own_handlers(lead: Lead) -> None:
    lead.opens()
    console, phone = lead.watches(), lead.phone().connects()
    until(lambda: lead.sees()["people"]["here"] == 1)
    phone.sends('42["disconnect"]')
    phone.sends('42["disconnect","for fun"]')
    phone.sends('40{"as":"console"}')
    assert phone.asks("clock", {"t0": 1})["t0"] == 1
    assert lead.sees()["people"]["here"] == 1
    assert not console.is_closed
