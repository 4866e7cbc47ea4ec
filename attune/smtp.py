"""Sends a mail, by the standard library: the one thing that Attune ever sends to anybody.

A password or a link never goes over the network in the clear: a server on another machine has to
offer TLS, and its certificate has to fit. `send` waits for the other side, so call it in a greenlet
of its own.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import parse_qsl, unquote, urlsplit

SECONDS = 15  # to wait for the other side, each time
PORTS = {"smtp": 587, "smtps": 465}
HERE = {"127.0.0.1", "::1", "localhost"}


class NotSafe(smtplib.SMTPException):
    """The mail server offers no TLS."""


@dataclass(frozen=True)
class Outbox:
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    sender: str
    is_tls: bool  # from the first byte; else it is asked for
    account: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> "Outbox":
        """`smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS`, or smtps. Raises ValueError."""
        wanted = "it is smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS, or smtps:// for TLS at once"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(wanted) from None
        query = dict(parse_qsl(parts.query))
        sender = query.pop("from", "")
        is_one = parseaddr(sender)[1] == sender and "@" in sender and sender.isprintable()
        extra = query or parts.path.strip("/") or parts.fragment
        if parts.scheme not in PORTS or not host or not is_one or extra:
            raise ValueError(wanted)
        return cls(
            host,
            port or PORTS[parts.scheme],
            sender,
            parts.scheme == "smtps",
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand the mail in. Raises OSError, smtplib.SMTPException."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers
        mail.set_content(text)
        with self._connected() as server:
            if self.account:
                server.login(self.account, self.password)
            server.send_message(mail)

    def _connected(self) -> smtplib.SMTP:
        if self.is_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            self._secure(server)
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self.host not in HERE:
            raise NotSafe
