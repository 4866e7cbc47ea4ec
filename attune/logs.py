"""What Attune writes about itself: one JSON object a line, on standard error, without content.

A library's message may hold what somebody wrote, a path or an address, so only the logger's
name, the place in the code and the type of an exception are kept of it. Our own messages are
kept, and hold nothing but names of our own; an exception's text is never logged, whoever says it.
"""

import json
import logging
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = str(Path(__file__).parent.parent)
OURS = {"attune", "facilitator", "participant", "realtime"}
MOST_PLACES = 12

_log = logging.getLogger("attune")


def configure(level: str) -> None:
    """Send everything that is logged through here, from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    # Libraries say at info what they did with whom; only what went wrong is of use.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.raiseExceptions = False  # it would print the message it could not format
    logging.captureWarnings(capture=True)


def keep_content_out_of_tracebacks() -> None:
    """From here on, what nobody caught is logged like the rest: a traceback quotes messages."""
    sys.excepthook = lambda _, error, traceback: _crashed(error, traceback)
    sys.unraisablehook = lambda found: failed("unraisable", found.exc_value)
    threading.excepthook = lambda found: failed("thread", found.exc_value)


def say(event: str, **facts: float) -> None:
    """Log an event of the server's own life. Never a ref, a code, a text or an address."""
    _log.info(event, extra={"facts": facts})


def failed(event: str, error: BaseException | None) -> None:
    """Log an exception: its type and where it was raised, not what it says."""
    _log.error(event, extra={"facts": described(error)})


def look_for_addresses(*, log: object, log_output: bool) -> None:
    """Look at how this server logs, once it serves: `keeps_no_addresses` is the answer."""
    for name in list(logging.root.manager.loggerDict):
        _through_here_alone(logging.getLogger(name))
    _looked["nothing"] = (
        isinstance(log, Silence)
        and not log_output
        and logging.getLogger().level >= logging.WARNING
        and all(isinstance(one.formatter, Lines) for one in logging.getLogger().handlers)
    )


def keeps_no_addresses() -> bool:
    """Whether this server has looked at its own log and found that it writes no address."""
    return _looked["nothing"]


def _through_here_alone(logger: logging.Logger) -> None:
    """Take a library's own way into a log away from it: what it says comes through `Lines`."""
    for handler in [one for one in logger.handlers if not isinstance(one.formatter, Lines)]:
        logger.removeHandler(handler)
    logger.propagate = True


_looked = {"nothing": False}


class Lines(logging.Formatter):
    """Writes a record as one line, without what may be content."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            facts = facts | described(record.exc_info[1])
        if record.name.partition(".")[0] in OURS:
            event = record.getMessage()
        else:
            event = "library"
            facts = facts | {"logger": record.name, "said": _place(record)}
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        level = record.levelname.lower()
        return json.dumps({"time": now, "level": level, "event": event, **facts})


class Silence:
    """Stands where eventlet wants a log: it writes whole requests and tracebacks there."""

    def debug(self, *_: object) -> None: ...

    info = warning = error = write = debug


def described(error: BaseException | None) -> dict[str, Any]:
    """The type of an exception, and where in our code it happened."""
    return {"error": _type(error), "at": places(error.__traceback__)} if error else {}


def places(traceback: TracebackType | None) -> list[str]:
    """The lines of our own code that it passed through, and the last line of any."""
    ours, last = [], ""
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        last = f"{_short(file)}:{traceback.tb_lineno}"
        if file.startswith(ROOT) and "site-packages" not in file:
            ours.append(last)
        traceback = traceback.tb_next
    return [*ours[-MOST_PLACES:], *([last] if last and last not in ours else [])]


def _crashed(error: BaseException, traceback: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        facts = {"error": _type(error), "at": places(traceback)}
        _log.critical("crashed", extra={"facts": facts})


def _type(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _place(record: logging.LogRecord) -> str:
    return f"{_short(record.pathname)}:{record.lineno}"


def _short(file: str) -> str:
    """The end of a path: where this is installed is nobody's business."""
    return "/".join(Path(file).parts[-2:])
