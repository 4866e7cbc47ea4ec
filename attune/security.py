"""What every request meets first and every response carries: host, origin, headers, limits.

The gate stands outside Flask, so that it covers static files and the socket's handshake too.
An address is never kept: it is counted under a digest whose salt is renewed every ten minutes.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf import CSRFProtect
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.middleware.proxy_fix import ProxyFix

from attune import logs
from attune.config import Config
from attune.errors import Invalid, Refusal, TooFast
from attune.i18n import say

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 64 * 1024  # bytes
SESSION_HOURS = 12
HEALTH = {"/healthz", "/readyz"}  # asked by machines, often by address
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SALT_SECONDS = 600
FOUND = {"200", "206", "304"}
SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "usb",
    "xr-spatial-tracking",
)

Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

csrf = CSRFProtect()


class ForeignPage(Invalid):
    status: ClassVar[int] = 403
    default = say("This was sent from another site, so nothing was done. Open the room's page.")


def harden(app: Flask, config: Config) -> None:
    """Set what Flask has to know before the sides come; `gate` is for after them."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="attune",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # On plain http (a classroom's network) a secure cookie would not come back.
        SESSION_COOKIE_SECURE=config.is_https,
        PERMANENT_SESSION_LIFETIME=SESSION_HOURS * 3600,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=500,
        # It would ask for a Referer, which our own policy tells browsers not to send.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a room may be open all day
    )
    own = frozenset(config.all_origins)
    app.before_request(lambda: _check_origin(own))
    csrf.init_app(app)


def gate(app: Flask, config: Config, files: str) -> None:
    """Close the gate around all that the application and its sides have put together.

    `files` is the path under which the built files are.
    """
    app.wsgi_app = Gate(app.wsgi_app, config, files)  # type: ignore[method-assign]
    if config.proxies:
        # Nothing is believed of X-Forwarded-Host: addresses we write come from the settings.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=0
        )


class Gate:
    """Refuses foreign hosts, and adds the headers that every response carries."""

    def __init__(self, app: "WSGIApplication", config: Config, files: str) -> None:
        self._app = app
        self._files = files
        self._hosts = {urlsplit(origin).netloc for origin in config.all_origins}
        self._usual_port = ":443" if config.is_https else ":80"
        self._headers = list(headers(config))
        self._of_files = list(headers_of_files(config))

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        def start(status: str, given: Headers, exc_info: "OptExcInfo | None" = None, /) -> Write:
            is_file = status[:3] in FOUND and environ["PATH_INFO"].startswith(self._files)
            there = {name.lower() for name, _ in given}
            wanted = self._of_files if is_file else self._headers
            added = [header for header in wanted if header[0].lower() not in there]
            return start_response(status, [*given, *added], exc_info)

        if not self._is_ours(environ):
            return _plain(start, "421 Misdirected Request", b"There is no such site here.\n")
        try:
            return self._app(environ, start)
        except Exception as error:
            if environ.get("HTTP_UPGRADE"):
                raise  # the connection speaks another protocol by now
            logs.failed("request", error)
            return _plain(start, "500 Internal Server Error", b"Something went wrong here.\n")

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        host = environ.get("HTTP_HOST", "").lower().removesuffix(self._usual_port)
        return host in self._hosts or environ.get("PATH_INFO") in HEALTH


def headers(config: Config, *, in_frames: bool = False) -> Iterator[tuple[str, str]]:
    """What every response carries unless it says otherwise itself.

    `in_frames`: its own pages may stand in frames of its own pages, as in a rehearsal.
    """
    # Safari before 16.4 does not count a websocket of the same host among 'self'.
    # A policy cannot name an IPv6 address: browsers complain of it, and leave it out.
    named = [origin for origin in config.all_origins if "[" not in origin]
    sockets = " ".join("ws" + origin.removeprefix("http") for origin in named)
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {sockets}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-src 'self'; frame-ancestors 'self'" if in_frames else "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types attune",
    )
    yield "Content-Security-Policy", "; ".join(policy)
    yield "X-Content-Type-Options", "nosniff"
    yield "X-Frame-Options", "SAMEORIGIN" if in_frames else "DENY"
    yield "Referrer-Policy", "no-referrer"
    off = ", ".join(f"{feature}=()" for feature in SWITCHED_OFF)
    yield "Permissions-Policy", f"{off}, screen-wake-lock=(self)"
    yield "Cross-Origin-Opener-Policy", "same-origin"
    yield "Cross-Origin-Resource-Policy", "same-origin"
    yield "X-Robots-Tag", "noindex, nofollow"
    # Nothing of a room may be left in a browser's cache; built files say otherwise themselves.
    yield "Cache-Control", "no-store"
    if config.is_https:
        yield "Strict-Transport-Security", "max-age=31536000"


def headers_of_files(config: Config) -> Iterator[tuple[str, str]]:
    """What a built file carries: no more than it needs, or a phone fetches 1 kB more with each."""
    yield "X-Content-Type-Options", "nosniff"
    yield "Cross-Origin-Resource-Policy", "same-origin"
    if config.is_https:
        yield "Strict-Transport-Security", "max-age=31536000"


def _check_origin(own: frozenset[str]) -> None:
    """Refuse what another site's page sends in a person's name, beside the form's token.

    Under `no-referrer` browsers send `Origin: null` with a plain form; then it is the browser's
    own word about the sending page that counts, which old ones and plain http leave out.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin", "null").lower()
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origin not in {*own, "null"} or site not in {"same-origin", "none"}:
        raise ForeignPage


def _plain(start: "StartResponse", status: str, body: bytes) -> list[bytes]:
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class Failures:
    """How often an address failed lately, at one thing (`about`) and at all.

    A hall of people shares one address, so honest people count as many: only failures count.
    """

    def __init__(self, each: str, of_address: str, salt_seconds: int = SALT_SECONDS) -> None:
        self._salt_seconds = salt_seconds
        self._each = parse_many(each) if each else []
        self._of_address = parse_many(of_address)
        self._counts = FixedWindowRateLimiter(MemoryStorage())
        self._salt = b""
        self._salted = 0.0

    @contextmanager
    def counted(self, about: str = "", address: str | None = None) -> Iterator[None]:
        """Count a Refusal raised inside. Raises TooFast when there were too many before.

        It counts as failed until it is known, or many tries at once would all get in.
        """
        address = address or request.remote_addr or ""
        if self.too_many(address, about):
            raise TooFast
        self.note(address, about)
        try:
            yield
        except Refusal:
            raise
        except BaseException:
            self._count(address, about, -1)
            raise
        self._count(address, about, -1)

    def too_many(self, address: str, about: str = "") -> bool:
        return not all(self._counts.test(*one) for one in self._keys(address, about))

    def note(self, address: str, about: str = "") -> None:
        self._count(address, about, 1)

    def _count(self, address: str, about: str, by: int) -> None:
        for one in self._keys(address, about):
            self._counts.hit(*one, cost=by)

    def _keys(self, address: str, about: str) -> Iterator[tuple[RateLimitItem, str]]:
        if time.monotonic() > self._salted + self._salt_seconds or not self._salt:
            self._salt, self._salted = secrets.token_bytes(32), time.monotonic()
        network = _network(address)
        for limit in self._each if about else ():
            yield limit, self._digest(f"{network} {about.strip().casefold()}")
        for limit in self._of_address:
            yield limit, self._digest(network)

    def _digest(self, text: str) -> str:
        digest = hmac.digest(self._salt, text.encode("utf8", "replace"), hashlib.sha256)
        return digest.hex()


def _network(address: str) -> str:
    """A home or a phone has a whole /64 of the newer addresses to itself."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address) and not read.ipv4_mapped:
        return str(IPv6Address(int(read) >> 64 << 64))
    return str(read.ipv4_mapped or read) if isinstance(read, IPv6Address) else str(read)


failed_codes = Failures("", of_address="120/minute; 600/10minutes")
failed_sign_ins = Failures("8/10minutes", of_address="40/10minutes")
failed_second_steps = Failures("8/10minutes", of_address="40/10minutes")
# Of one account, from wherever: who has the password could else try a code from each of many
# addresses. No address is in it, so its salt may stay for a day.
guessed_codes = Failures("", of_address="20/hour", salt_seconds=24 * 3600)


def too_many_failed_codes(address: str) -> bool:
    """Whether this address has typed so many wrong codes that it has to wait."""
    return failed_codes.too_many(address)


def note_failed_code(address: str) -> None:
    failed_codes.note(address)


def too_many_failed_sign_ins(address: str, email: str) -> bool:
    """Whether this address has failed so often, for this account or for several."""
    return failed_sign_ins.too_many(address, email)


def note_failed_sign_in(address: str, email: str) -> None:
    failed_sign_ins.note(address, email)
