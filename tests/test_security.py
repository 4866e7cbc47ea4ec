"""What stands before every request and on every response (docs/anonymity.md, S3 and S9)."""

import http.client
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import facilitator
import participant
import realtime
from attune import security
from attune.app import create_app
from attune.config import Config
from attune.errors import NotYours, TooFast
from tests.servers import AttuneServer

PUBLIC = "https://attune.example.org"
EVERY_RESPONSE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "attune",
}


class Side:
    """A side of the tests' own: says what it saw of a request."""

    def init_app(self, app: Flask) -> None:
        app.add_url_rule("/saw", "saw", lambda: {"address": request.remote_addr})
        app.add_url_rule("/token", "token", self.token)
        app.add_url_rule("/done", "done", lambda: {"done": True}, methods=["POST"])
        app.add_url_rule("/broken", "broken", self.broken)

    def token(self) -> dict[str, str]:
        from flask_wtf.csrf import generate_csrf  # noqa: PLC0415

        session["kept"] = "yes"
        return {"token": generate_csrf()}

    def broken(self) -> str:
        message = "a marked word"
        raise ValueError(message)


def make_app(folder: Path, **settings: object) -> Flask:
    values = {"instance": folder / "instance", **settings}
    return create_app(sides=[Side()], config=Config(**values))  # type: ignore[arg-type]


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return make_app(tmp_path, public_url=PUBLIC, proxies=1).test_client()


def get(client: FlaskClient, path: str = "/saw", **headers: str) -> TestResponse:
    return client.get(path, base_url=PUBLIC, headers=_named(headers))


def post(client: FlaskClient, **headers: str) -> TestResponse:
    token = client.get("/token", base_url=PUBLIC).json["token"]  # type: ignore[index]
    named = {"X-CSRF-Token": token, "Origin": PUBLIC} | _named(headers)
    sent = {name: value for name, value in named.items() if value}
    return client.post("/done", base_url=PUBLIC, headers=sent)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


# --- headers ------------------------------------------------------------------


def policy_of(response: TestResponse) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {part.partition(" ")[0]: part.partition(" ")[2] for part in parts}


def test_every_route_carries_every_header(tmp_path: Path) -> None:
    """S9, over the whole application as it is shipped."""
    sides = [facilitator, participant, realtime]
    app = create_app(sides=sides, config=Config(instance=tmp_path / "instance"))
    client = app.test_client()
    base = "http://127.0.0.1:8000"
    paths = sorted({_example(rule.rule) for rule in app.url_map.iter_rules()})
    assert len(paths) > 10
    for path in [*paths, "/no/such/page", "/static/dist/no-such-file.js"]:
        for response in (client.get(path, base_url=base), client.post(path, base_url=base)):
            for name, value in EVERY_RESPONSE.items():
                assert response.headers.get(name) == value, (path, name)
            assert response.headers["Cache-Control"].startswith("no-store"), path
            assert policy_of(response).items() >= POLICY.items(), path
            assert "unsafe" not in response.headers["Content-Security-Policy"], path


def _example(rule: str) -> str:
    return re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int:)[^>]+>", "nothing", rule))


def test_the_policy_names_the_sockets_of_our_own_origins_only(client: FlaskClient) -> None:
    assert policy_of(get(client))["connect-src"] == "'self' wss://attune.example.org"


def test_https_is_kept_to_where_it_is_spoken(client: FlaskClient, tmp_path: Path) -> None:
    assert "max-age=31536000" in get(client).headers["Strict-Transport-Security"]
    plain = make_app(tmp_path / "plain").test_client()
    response = plain.get("/saw", base_url="http://127.0.0.1:8000")
    assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize(("url", "secure"), [(PUBLIC, True), ("http://10.0.0.5:8000", False)])
def test_cookies_are_out_of_scripts_reach_and_secure_where_that_works(
    tmp_path: Path, url: str, secure: bool
) -> None:
    client = make_app(tmp_path, public_url=url, proxies=1).test_client()
    cookie = client.get("/token", base_url=url).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert ("Secure" in cookie) == secure
    assert cookie.startswith("attune=")


# --- host, origin, token --------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["evil.example", "attune.example.org:8000", "attune.example.org.evil.example", "", "127.0.0.1"],
)
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    response = get(client, Host=host)
    assert response.status_code == 421
    assert "example" not in response.text


def test_our_own_host_is_known_in_any_spelling(client: FlaskClient) -> None:
    for host in ("attune.example.org", "Attune.Example.ORG", "attune.example.org:443"):
        assert get(client, Host=host).status_code == 200


def test_health_answers_under_every_name(client: FlaskClient) -> None:
    assert get(client, "/healthz", Host="10.1.2.3:8000").status_code == 200


def test_a_forwarded_host_is_not_believed(client: FlaskClient) -> None:
    assert get(client, X_Forwarded_Host="evil.example").status_code == 200
    assert (
        get(client, Host="evil.example", X_Forwarded_Host="attune.example.org").status_code == 421
    )


def test_as_many_proxies_are_believed_as_there_are(tmp_path: Path) -> None:
    none = make_app(tmp_path / "none").test_client()
    seen = none.get(
        "/saw", base_url="http://127.0.0.1:8000", headers={"X-Forwarded-For": "203.0.113.9"}
    )
    assert seen.json == {"address": "127.0.0.1"}
    one = make_app(tmp_path / "one", public_url=PUBLIC, proxies=1).test_client()
    seen = get(one, X_Forwarded_For="198.51.100.1, 203.0.113.9")
    assert seen.json == {"address": "203.0.113.9"}


def test_our_own_page_may_post(client: FlaskClient) -> None:
    assert post(client).json == {"done": True}
    # Under no-referrer a browser writes null; then its own word about the page counts.
    assert post(client, Origin="null", Sec_Fetch_Site="same-origin").status_code == 200
    assert post(client, Origin="null").status_code == 200
    assert post(client, Origin="").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://attune.example.org"},
        {"Origin": "https://attune.example.org.evil.example"},
        {"Origin": "https://attune.example.org:8443"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "", "Sec_Fetch_Site": "same-site"},
    ],
)
def test_another_sites_page_may_not_post(client: FlaskClient, headers: dict[str, str]) -> None:
    response = post(client, **headers)
    assert response.status_code == 403
    assert "another site" in response.text


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_post_without_its_token_changes_nothing(client: FlaskClient, token: str) -> None:
    response = post(client, X_CSRF_Token=token, Accept="application/json")
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"]["code"] == "invalid"


# --- refusals ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/nothing", "GET", 404, "not_yours"),
        ("/done", "GET", 405, "invalid"),
        ("/broken", "GET", 500, "busy"),
    ],
)
def test_a_refusal_is_a_page_or_json_as_was_asked(
    client: FlaskClient, path: str, method: str, status: int, code: str
) -> None:
    page = client.open(path, method=method, base_url=PUBLIC)
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert "<h1" in page.text
    told = client.open(path, method=method, base_url=PUBLIC, headers={"Accept": "application/json"})
    assert told.status_code == status
    assert told.json is not None
    assert told.json["error"]["code"] == code
    assert told.json["error"].keys() == {"code", "message", "field"}
    assert "marked" not in page.text + told.text


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    token = client.get("/token", base_url=PUBLIC).json["token"]  # type: ignore[index]
    response = client.post(
        "/done",
        base_url=PUBLIC,
        data={"csrf_token": token, "text": "x" * 70_000},
        headers={"Origin": PUBLIC, "Accept": "application/json"},
    )
    assert response.status_code == 413
    assert response.json is not None
    assert response.json["error"]["code"] == "too_large"


# --- limits -----------------------------------------------------------------------


@pytest.fixture
def failures() -> security.Failures:
    return security.Failures("3/10minutes", of_address="6/10minutes")


def fail(failures: security.Failures, address: str, about: str = "") -> None:
    with pytest.raises(NotYours), failures.counted(about, address):
        raise NotYours


def test_who_fails_too_often_has_to_wait_and_nobody_else(failures: security.Failures) -> None:
    for _ in range(3):
        fail(failures, "203.0.113.9", "ana@example.org")
    with pytest.raises(TooFast), failures.counted("Ana@Example.org ", "203.0.113.9"):
        pytest.fail("it was let in")
    with failures.counted("mara@example.org", "203.0.113.9"):
        pass
    with failures.counted("ana@example.org", "203.0.113.10"):
        pass


def test_an_address_that_tries_many_accounts_has_to_wait(failures: security.Failures) -> None:
    for number in range(6):
        fail(failures, "203.0.113.9", f"somebody-{number}@example.org")
    assert failures.too_many("203.0.113.9", "mara@example.org")


def test_what_succeeds_is_not_counted(failures: security.Failures) -> None:
    for _ in range(50):
        with failures.counted("ana@example.org", "203.0.113.9"):
            pass
    assert not failures.too_many("203.0.113.9", "ana@example.org")


def test_many_tries_at_once_do_not_all_get_in(failures: security.Failures) -> None:
    inside = [failures.counted("ana@example.org", "203.0.113.9") for _ in range(3)]
    for one in inside:
        one.__enter__()
    with pytest.raises(TooFast), failures.counted("ana@example.org", "203.0.113.9"):
        pytest.fail("it was let in")
    for one in inside:
        one.__exit__(None, None, None)


def test_a_whole_network_of_the_new_addresses_is_one(failures: security.Failures) -> None:
    for number in range(6):
        fail(failures, f"2001:db8:1:2::{number + 1}")
    assert failures.too_many("2001:db8:1:2:ffff::1")
    assert not failures.too_many("2001:db8:1:3::1")


def test_no_address_is_kept(failures: security.Failures) -> None:
    fail(failures, "203.0.113.9", "ana@example.org")
    kept = repr(vars(failures._counts.storage))
    assert "203.0.113.9" not in kept
    assert "ana@" not in kept


# --- the real server ----------------------------------------------------------------


def test_static_files_and_the_socket_stand_behind_the_gate(
    server: Callable[..., AttuneServer],
) -> None:
    running = server()
    for path in ("/socket.io/?EIO=4&transport=websocket", "/"):
        for host, status in ((f"127.0.0.1:{running.port}", None), ("evil.example", 421)):
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            response.read()
            assert response.getheader("X-Content-Type-Options") == "nosniff", (path, host)
            assert status is None or response.status == status, (path, host)
            connection.close()
