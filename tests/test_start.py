"""Starting, stopping, the commands, and what the log says: on a real server."""

import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import requests

from tests.servers import ROOT, AttuneServer, until

Start = Callable[..., AttuneServer]
MARK = "zyxmarked"


def test_the_first_start_says_where_everything_is(server: Start) -> None:
    running = server()
    said = running.log_text()
    assert f"Attune is at {running.url}\n" in said
    assert str(running.folder / "instance") in said
    assert str(running.folder / "keys") in said
    assert running.setup_link().startswith(f"{running.url}/setup?token=")


def test_the_second_start_takes_up_what_is_there_and_is_quick(server: Start) -> None:
    running = server()
    link = running.setup_link()
    running.stop()
    begun = time.monotonic()
    running.start()
    seconds = time.monotonic() - begun
    print(f"second start: {seconds:.2f} s")
    assert seconds < 30  # ten times the figure that bin/bench holds
    assert running.setup_link() == link


def test_the_setup_link_is_not_said_again_once_somebody_can_sign_in(server: Start) -> None:
    running = server()
    running.setup_link()
    assert add_facilitator(running, "jo@example.org").returncode == 0
    running.stop()
    before = len(running.log_text())
    running.start()
    assert "/setup" not in running.log_text()[before:]


def test_a_running_server_is_well(server: Start) -> None:
    running = server()
    assert requests.get(f"{running.url}/healthz", timeout=5).json() == {"ok": True}
    ready = requests.get(f"{running.url}/readyz", timeout=5)
    assert ready.json() == {"ok": True, "database": True, "writer": True}


def test_a_database_without_its_tables_is_not_ready(server: Start) -> None:
    running = server()
    drop_tables(running)
    assert requests.get(f"{running.url}/readyz", timeout=5).status_code == 503
    assert requests.get(f"{running.url}/healthz", timeout=5).status_code == 200


def test_it_leaves_no_core_dump_and_has_a_file_for_every_phone(server: Start) -> None:
    limits = Path(f"/proc/{server().pid}/limits").read_text()
    core = re.search(r"Max core file size +(\d+)", limits)
    files = re.search(r"Max open files +(\d+)", limits)
    assert core
    assert core[1] == "0"
    assert files
    hardest = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert hardest == resource.RLIM_INFINITY or int(files[1]) >= min(hardest, 65_536)


# --- ending -----------------------------------------------------------------------


def test_it_ends_at_once_when_told_to(server: Start) -> None:
    for sig in (signal.SIGTERM, signal.SIGINT):
        running = server()
        assert running.stop(sig, seconds=5) == 0


def test_open_connections_do_not_hold_it_up(server: Start) -> None:
    running = server()
    idle = socket.create_connection(("127.0.0.1", running.port))
    half = socket.create_connection(("127.0.0.1", running.port))
    half.sendall(b"POST /join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\ncode")
    kept = requests.Session()
    kept.get(f"{running.url}/healthz", timeout=5)
    assert running.stop(seconds=12) == 0
    for one in (idle, half, kept):
        one.close()


# --- settings and commands ------------------------------------------------------------


def test_a_wrong_setting_stops_the_start_with_a_reason(tmp_path: Path) -> None:
    done = AttuneServer(tmp_path, {"ATTUNE_RETENTION_DAYS": "soon"}).command()
    assert done.returncode == 2
    assert "ATTUNE_RETENTION_DAYS" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(server: Start, tmp_path: Path) -> None:
    taken = server().port
    done = AttuneServer(tmp_path, {"ATTUNE_PORT": str(taken)}).command()
    assert done.returncode == 2
    assert f"ATTUNE_PORT={taken}" in done.stderr
    assert "running already" in done.stderr


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = "postgresql://nobody:secretword@127.0.0.1:1/nothing"
    done = AttuneServer(tmp_path, {"ATTUNE_DATABASE_URL": url}).command("migrate")
    assert done.returncode == 2
    assert "ATTUNE_DATABASE_URL" in done.stderr
    assert "secretword" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_given_whatever_the_settings(tmp_path: Path) -> None:
    done = AttuneServer(tmp_path, {"ATTUNE_PORT": "no"}).command("--help")
    assert done.returncode == 0
    for command in ("migrate", "check", "forget", "facilitator"):
        assert command in done.stdout


def test_every_command_is_in_the_operators_guide(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    listed = AttuneServer(tmp_path).command("--help").stdout.partition("Commands:")[2]
    commands = re.findall(r"^  (\w+)", listed, re.MULTILINE)
    assert len(commands) >= 4
    for command in commands:
        assert f"`attune {command}" in guide, command


def test_check_finds_a_good_server_well_and_a_bare_one_not(tmp_path: Path) -> None:
    bare = AttuneServer(tmp_path)
    before = bare.command("check")
    assert before.returncode == 1
    assert "`attune migrate` does it" in before.stdout
    assert bare.command("migrate").returncode == 0
    after = bare.command("check")
    assert after.returncode == 0, after.stdout
    assert "WRONG" not in after.stdout


def test_forgetting_by_hand_says_how_many(tmp_path: Path) -> None:
    one = AttuneServer(tmp_path)
    one.command("migrate")
    assert one.command("forget").stdout == "Rooms forgotten: 0.\n"


def test_a_lost_folder_of_keys_is_said_at_the_start_and_not_made_anew(server: Start) -> None:
    running = server()
    running.stop()
    with sqlite3.connect(running.folder / "attune.sqlite") as database:
        database.execute(
            "INSERT INTO room (ref, title, state, entry, settings, day)"
            " VALUES ('r', '', 'ended', 'open', '{}', '2026-01-01')"
        )
    database.close()
    shutil.rmtree(running.folder / "keys")
    running.start()
    assert f"WRONG  keys: {running.folder / 'keys'} is not there" in running.log_text()
    check = running.command("check")
    assert check.returncode == 1
    assert "mkdir -m 700" in check.stdout
    assert not (running.folder / "keys").exists()


def test_a_backup_is_written_beside_a_running_server_and_restored_elsewhere(
    server: Start, tmp_path: Path
) -> None:
    running = server()
    add_facilitator(running, "jo@example.org")
    file = tmp_path / "backup"
    assert running.command("backup", str(file)).returncode == 0
    again = running.command("backup", str(file))
    assert again.returncode == 1
    assert "there already" in again.stderr
    refused = running.command("restore", str(file))
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    (tmp_path / "other").mkdir()
    restored = AttuneServer(tmp_path / "other").command("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert "Restored: 1 who lead, 0 rooms." in restored.stdout


def test_accounts_are_made_shut_and_reset_from_the_command_line(tmp_path: Path) -> None:
    one = AttuneServer(tmp_path)
    one.command("migrate")
    assert add_facilitator(one, "jo@example.org").returncode == 0
    again = add_facilitator(one, "jo@example.org")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert one.command("facilitator", "disable", "jo@example.org").returncode == 0
    reset = typed(one, "another password here\n", "facilitator", "reset", "jo@example.org")
    assert reset.returncode == 0
    assert one.command("facilitator", "disable", "nobody@example.org").returncode == 1


def add_facilitator(one: AttuneServer, email: str) -> subprocess.CompletedProcess[str]:
    words = ("facilitator", "add", email, "--name", "Jo")
    return typed(one, "a long password 1\n", *words)


def typed(one: AttuneServer, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that reads standard input."""
    return subprocess.run(
        [sys.executable, "-m", "attune.cli", *words],
        cwd=one.folder,
        env=one.environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- the log ------------------------------------------------------------------------


def test_nothing_of_what_is_sent_is_in_the_log(server: Start) -> None:
    running = server(ATTUNE_LOG="debug")
    send_marked_requests(running)
    send_marked_bytes(running)
    drop_tables(running)
    send_marked_requests(running)
    text = until(lambda: "error" in running.log_text() and running.log_text())
    running.stop()
    text = running.log_text()
    assert MARK not in text.lower()
    assert "/r/" not in text
    assert "203.0.113" not in text
    assert "Traceback" not in text
    assert "OperationalError" in text  # it was logged, by its type


def send_marked_requests(running: AttuneServer) -> None:
    visitor = requests.Session()
    visitor.headers.update(
        {
            "User-Agent": MARK,
            "Cookie": f"seat-{MARK}={MARK}; attune={MARK}",
            "X-Forwarded-For": "203.0.113.9",
            "Referer": f"http://{MARK}/",
        }
    )
    fields = {"code": MARK, "email": f"{MARK}@example.org", "password": MARK, "answer": MARK}
    paths = ["/", f"/join/{MARK}", f"/r/{MARK}", f"/r/{MARK}/mine", f"/rooms/{MARK}", "/sign-in"]
    paths += [f"/r/{MARK}/rounds/1/answer", "/join", f"/setup?token={MARK}", f"/{MARK}%00%ff"]
    paths += [f"/static/dist/{MARK}", f"/socket.io/?EIO=4&transport=polling&sid={MARK}"]
    for path in paths:
        visitor.get(running.url + path, timeout=5)
        token = visitor.get(f"{running.url}/sign-in", timeout=5).text
        found = re.search(r'name="csrf-token" content="([^"]+)"', token)
        data = fields | {"csrf_token": found[1] if found else MARK}
        visitor.post(running.url + path, data=data, timeout=5)
        visitor.post(running.url + path, json={"answer": MARK}, timeout=5)
        visitor.post(running.url + path, data=f'{{"{MARK}', timeout=5)
        visitor.request(MARK.upper(), running.url + path, timeout=5)


def send_marked_bytes(running: AttuneServer) -> None:
    """What is no HTTP, or only nearly."""
    host = f"Host: 127.0.0.1:{running.port}\r\n"
    for raw in (
        f"{MARK}\r\n\r\n",
        f"GET /{MARK} HTTP/9.9\r\n{host}\r\n",
        f"GET /{MARK * 2_000} HTTP/1.1\r\n{host}\r\n",
        f"GET / HTTP/1.1\r\n{host}{MARK}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}X: {MARK * 10_000}\r\n\r\n",
        f"POST / HTTP/1.1\r\n{host}Content-Length: {MARK}\r\n\r\n{MARK}",
        f"POST /join HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n{MARK}\r\n{MARK}",
        (
            f"GET /socket.io/?EIO=4&transport=websocket&x={MARK} HTTP/1.1\r\n{host}"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {MARK}\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: http://{MARK}\r\n\r\n{MARK}"
        ),
    ):
        with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
            connection.sendall(raw.encode("latin1"))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
    asked = HTTPConnection("127.0.0.1", running.port, timeout=5)
    asked.request("GET", "/healthz")
    assert asked.getresponse().status == 200
    asked.close()


def drop_tables(running: AttuneServer) -> None:
    database = sqlite3.connect(running.folder / "attune.sqlite", timeout=10)
    with database:
        database.execute("PRAGMA foreign_keys=OFF")
        for table in ("facilitator", "room", "plan", "alembic_version"):
            database.execute(f"DROP TABLE {table}")
    database.close()
