"""Runs the server: what the process may do, the socket it listens on, and how it ends.

Ending is the part to get right: nothing new comes in, what was acknowledged is on disk, and the
process is gone within seconds, however many phones are still connected.
"""

import contextlib
import ctypes
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import eventlet
import eventlet.debug
from eventlet import hubs, wsgi

from attune import logs
from attune.config import Config
from attune.errors import BadSetting

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BACKLOG = 4_096  # a hall that comes in at once waits in the kernel, and not at a closed door
MOST_FILES = 65_536
SPARE_FILES = 256  # for the database, keys and logs
IDLE_SECONDS = 60  # a websocket says something every 10 s, by its pings
FINISH_SECONDS = 5
PR_SET_DUMPABLE = 4
# The library would write a line for each request, with its address and path.
ACCESS_LOG: dict[str, Any] = {"log": logs.Silence(), "log_output": False}

Act = Callable[[], object]


class Chore(NamedTuple):
    """Something to do again and again while serving."""

    name: str
    seconds: float
    act: Act


def serve(
    app: "WSGIApplication",
    config: Config,
    *,
    started: Act,
    stops: Sequence[Act] = (),
    chores: Sequence[Chore] = (),
) -> None:
    """Serve until SIGTERM or SIGINT. `stops` are called in order once nothing new comes in."""
    allow_no_core_dump()
    files = allow_many_files()
    listener = listen(config)
    eventlet.debug.hub_exceptions(state=False)  # prints tracebacks, which quote messages
    logs.keep_content_out_of_tracebacks()
    counted = _Counted(app)
    server = eventlet.spawn(
        wsgi.server,
        listener,
        counted,
        protocol=_Protocol,
        **ACCESS_LOG,
        debug=False,
        max_size=files - SPARE_FILES,
        socket_timeout=IDLE_SECONDS,
    )
    for chore in chores:
        eventlet.spawn(_again_and_again, chore)
    logs.look_for_addresses(**ACCESS_LOG)
    with _signals() as wait_for_signal:
        started()
        settle_memory()
        logs.say("serving")
        wait_for_signal()
        logs.say("stopping")
        server.kill()
        listener.close()
        counted.finish(FINISH_SECONDS)
        for stop in stops:
            _stop(stop)
        eventlet.sleep(0.1)  # acknowledgements on their way out
    logs.say("stopped")


def listen(config: Config) -> Any:
    """The socket to accept on. Raises BadSetting when the address cannot be had."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return eventlet.listen((config.host, config.port), family, BACKLOG, reuse_port=False)
    except OSError as error:
        text = (
            f"ATTUNE_HOST={config.host} and ATTUNE_PORT={config.port} cannot be listened on "
            f"({error.strerror or error}). Is Attune running already? Otherwise choose another "
            "port."
        )
        raise BadSetting(text) from None


def allow_no_core_dump() -> None:
    """Keep what is in memory out of dumps: keys, and answers on their way to be sealed."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def allow_many_files() -> int:
    """Raise the limit of open files, one for each phone, and return what it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, MOST_FILES)


def settle_memory() -> None:
    """Leave what is there now out of every later collection, and collect seldom.

    With 1,000 connections a full collection stopped everything for 70 to 190 ms, and people
    joining triggered one after the other.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 1_000)


class _Protocol(wsgi.HttpProtocol):  # type: ignore[misc]
    """Eventlet's, which prints what it could not read, and keeps 24 KB for each connection."""

    rbufsize = wbufsize = 2_048
    error_message_format = ""

    def log_message(self, *_: object) -> None: ...


class _Counted:
    """The application, and how many requests it is working on. Websockets do not count."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._running = 0

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE"):
            return self._app(environ, start_response)
        self._running += 1
        try:
            return self._app(environ, start_response)
        finally:
            self._running -= 1

    def finish(self, seconds: float) -> None:
        """Let running requests end; one that waits for news waits in vain."""
        with eventlet.Timeout(seconds, exception=False):
            while self._running:
                eventlet.sleep(0.02)


@contextlib.contextmanager
def _signals() -> Iterator[Act]:
    """Give a function that waits until the process is told to end.

    A handler that set a flag would not be seen before the hub wakes by itself; a byte in a pipe
    wakes it.
    """
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    yield lambda: hubs.trampoline(reads, read=True)
    signal.set_wakeup_fd(-1)
    os.close(reads)
    os.close(writes)


def _stop(stop: Act) -> None:
    with eventlet.Timeout(FINISH_SECONDS, exception=False):
        try:
            stop()
        except Exception as error:  # noqa: BLE001  # the others have to be stopped all the same
            logs.failed("stop", error)


def _again_and_again(chore: Chore) -> None:
    while True:
        try:
            chore.act()
        except (Exception, eventlet.Timeout) as error:  # noqa: BLE001  # it is tried again
            logs.failed(chore.name, error)
        eventlet.sleep(chore.seconds)
