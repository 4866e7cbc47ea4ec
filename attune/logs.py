"""What Attune writes about itself: one JSON object a line, on standard error, without content.

A library's message may hold what somebody wrote, a path or an address, so only the logger's
name, the place in the code and the type of an exception are kept of it. Our own messages are
kept, and hold nothing but names of our own; an exception's text is never logged, whoever says it.
"""

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

ROOT = str(Path(__file__).parent.parent)
OURS = {"attune", "facilitator", "participant", "realtime"}
LARGEST_TRACE = 12  # frames of our own


def configure(level: str) -> None:
    """Send everything that is logged through here, from `level` on."""
    wanted = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(wanted),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries say at info what they did with whom; only what went wrong is of use.
    logging.basicConfig(level=max(wanted, logging.WARNING), handlers=[Handler()], force=True)
    logging.raiseExceptions = False  # it would print the message it could not format
    logging.captureWarnings(capture=True)


def keep_content_out_of_tracebacks() -> None:
    """From here on, what nobody caught is logged like the rest: a traceback quotes messages."""
    sys.excepthook = _crashed
    sys.unraisablehook = lambda found: failed("unraisable", found.exc_value)
    threading.excepthook = lambda found: failed("thread", found.exc_value)


def say(event: str, **facts: str | float) -> None:
    """Log an event of the server's own life. Never a ref, a code, a text or an address."""
    structlog.get_logger().info(event, **facts)


def warn(event: str, **facts: str | float) -> None:
    structlog.get_logger().warning(event, **facts)


def failed(event: str, error: BaseException | None, **facts: str | float) -> None:
    """Log an exception: its type and where it was raised, not what it says."""
    structlog.get_logger().error(event, **facts, **described(error))


def described(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {"error": _type_name(error), "at": places(error.__traceback__)}


def places(traceback: TracebackType | None) -> list[str]:
    """Where in our code it happened, and the last place in any."""
    ours, last = [], ""
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        last = f"{_short(file)}:{traceback.tb_lineno}"
        if file.startswith(ROOT) and "site-packages" not in file:
            ours.append(last)
        traceback = traceback.tb_next
    return [*ours[-LARGEST_TRACE:], *([last] if last and last not in ours else [])]


class Handler(logging.Handler):
    """Takes what libraries log, and leaves out what they say."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        log = structlog.get_logger()
        method = log.error if record.levelno >= logging.ERROR else log.warning
        if record.name.partition(".")[0] in OURS:
            method(record.getMessage(), **described(error))
        else:
            place = f"{_short(record.pathname)}:{record.lineno}"
            method("library", logger=record.name, said_at=place, **described(error))


class Silence:
    """Stands where eventlet wants a log: it writes whole requests and tracebacks there."""

    def debug(self, *_: object) -> None: ...

    info = warning = error = write = debug


def _crashed(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error("crashed", error=_type_name(error), at=places(traceback))


def _type_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _short(file: str) -> str:
    """The end of a path: where this is installed is nobody's business."""
    return "/".join(Path(file).parts[-2:])
