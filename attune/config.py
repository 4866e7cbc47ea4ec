"""Every setting: read once from the environment, checked together, then never changed.

A setting that nobody knows is refused too: a misspelt one would otherwise silently do nothing.
"""

import difflib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from attune.errors import BadSetting
from attune.i18n import N_
from attune.smtp import Outbox

PREFIX = "ATTUNE_"
# Set for the build of the front end (hatch_build.py), and none of the server's business.
NOT_OURS = {"ATTUNE_FRONT_END"}
NOT_YET = {
    "ATTUNE_QUEUE_URL": "a queue is for several workers, which come with a later version",
}
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg2")
LOOPBACK = {"127.0.0.1": "127.0.0.1", "::1": "[::1]", "localhost": "localhost"}
SHORTEST_SECRET = 32  # characters
# Until somebody writes their own, it is told in the room's language.
HELP_TEXT = N_(
    "If something here is hard for you, you may stop at any time, look away or leave. Tell the "
    "person who leads this room, or somebody you trust. If you or anybody else is in danger, "
    "call the emergency number of the place where you are."
)


class Config(BaseSettings):
    """The settings. A field `port` is the variable ATTUNE_PORT, its description the manual."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    instance: Path = Field(
        default=Path("instance"),
        description="The folder for what Attune keeps: database, keys, secret key.",
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="The database: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; "
        "a file in the instance folder unless set.",
    )
    keys: Path = Field(
        default=Path(),
        description="The folder for the rooms' keys; `keys` in the instance folder unless set.",
    )
    secret_key: str = Field(
        default="",
        repr=False,
        description="Signs cookies and seals second factors: 32 random characters or more. "
        "Made at the first start, in the instance folder, unless set.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=1, le=65_535, description="The port to listen on.")
    public_url: str = Field(
        default="",
        description="What people type to get here, such as `https://attune.example.org`; "
        "`http://HOST:PORT` unless set.",
    )
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further addresses that lead here, with spaces between them.",
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many reverse proxies stand in front, so how many `X-Forwarded-For` "
        "entries are believed.",
    )
    proxy_keeps_no_addresses: bool = Field(
        default=False,
        description="With a proxy in front: 1 once its own log keeps no addresses for Attune. Only "
        "then people are told that their address on the network is not kept.",
    )
    workers: int = Field(
        default=1, ge=1, description="How many processes serve. One; more come later."
    )
    retention_days: int = Field(
        default=30,
        ge=1,
        le=3_650,
        description="How many days a summary is kept, at most. Rooms of children and teens: 7.",
    )
    help_text: str = Field(
        default=HELP_TEXT,
        min_length=1,
        max_length=1_000,
        description="What participants read on every page about where to find help. Replace it "
        "with who is there for your people.",
    )
    exit_url: str = Field(
        default="about:blank",
        description="Where the quick exit leads: a page that says nothing.",
    )
    mail_url: str = Field(
        default="",
        repr=False,
        description="The mail server for links to a new password: "
        "`smtp://USER:PASSWORD@HOST:PORT?from=ADDRESS`, or `smtps://`. Without it nothing is "
        "mailed.",
    )
    log: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="How much is logged. Never what people write or who they are.",
    )

    @classmethod
    def load(cls) -> "Config":
        """Read the environment; make the secret key if there is none. Raises BadSetting."""
        _refuse_unknown(os.environ)
        try:
            config = cls()
        except ValidationError as error:
            raise BadSetting("\n".join(_explained(error))) from None
        return config.with_secret_key()

    def with_secret_key(self) -> "Config":
        """The same settings with the key of the instance folder, which is made when missing."""
        if self.secret_key:
            return self
        key = _kept_secret(self.instance / "secret-key")
        return self.model_copy(update={"secret_key": key})

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def outbox(self) -> Outbox | None:
        """Where mail is handed in; None without a mail server."""
        return Outbox.read(self.mail_url) if self.mail_url else None

    @property
    def all_origins(self) -> tuple[str, ...]:
        """Every address a page of ours may have been loaded from, the public one first."""
        return (self.public_url, *self.origins)

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("origins")
    @classmethod
    def _read_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin(one) for one in value)

    @field_validator("public_url")
    @classmethod
    def _read_public_url(cls, value: str) -> str:
        return _origin(value) if value else ""

    @field_validator("database_url")
    @classmethod
    def _read_database_url(cls, value: str) -> str:
        scheme = value.partition("://")[0]
        if value and ("://" not in value or scheme not in DATABASES):
            text = "it begins with sqlite:/// or postgresql://, for example sqlite:////srv/a.sqlite"
            raise ValueError(text)
        if scheme == "sqlite" and value.partition(":///")[2] in ("", ":memory:"):
            raise ValueError("the database has to be a file, as the rooms outlive a restart")
        return value

    @field_validator("secret_key")
    @classmethod
    def _read_secret_key(cls, value: str) -> str:
        if value and len(value) < SHORTEST_SECRET:
            text = f"it needs {SHORTEST_SECRET} characters; leave it unset to have one made"
            raise ValueError(text)
        return value

    @field_validator("exit_url")
    @classmethod
    def _read_exit_url(cls, value: str) -> str:
        if value != "about:blank" and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("it is about:blank or begins with https://")
        return value

    @field_validator("mail_url")
    @classmethod
    def _read_mail_url(cls, value: str) -> str:
        if value:
            Outbox.read(value)
        return value

    @field_validator("workers")
    @classmethod
    def _read_workers(cls, value: int) -> int:
        if value > 1:
            text = "only 1 is possible now: several workers come with a later version"
            raise ValueError(text)
        return value

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: Any) -> Any:
        """`ATTUNE_KEYS=` in a file of settings means: not set."""
        return {name: value for name, value in values.items() if value != ""}

    @model_validator(mode="after")
    def _check_together(self) -> "Config":
        instance = self.instance.absolute()
        found = {
            "instance": instance,
            "keys": self.keys.absolute() if self.keys != Path() else instance / "keys",
            "database_url": self.database_url or f"sqlite:///{instance / 'attune.sqlite'}",
            "public_url": self.public_url or self._address(),
            "origins": self.origins if self.public_url else (*self.origins, *self._here()),
        }
        # Frozen from here on; this is still part of the making.
        self.__dict__.update(found)
        self._check_addresses()
        self._check_folders()
        return self

    def _address(self) -> str:
        """What people type when nobody said: the address it listens on, if that is one."""
        if self.host in {"0.0.0.0", "::", ""}:  # noqa: S104  # refused, not used
            text = (
                f"ATTUNE_PUBLIC_URL is missing: ATTUNE_HOST={self.host} listens on every "
                "address, so say which one people type, for example "
                f"ATTUNE_PUBLIC_URL=http://192.168.1.20:{self.port}"
            )
            raise ValueError(text)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return _origin(f"http://{host}:{self.port}")

    def _here(self) -> tuple[str, ...]:
        """The other names of this machine, when it listens to nobody else."""
        if self.host not in LOOPBACK:
            return ()
        others = (name for host, name in LOOPBACK.items() if host != self.host)
        return tuple(_origin(f"http://{name}:{self.port}") for name in others)

    def _check_addresses(self) -> None:
        schemes = {urlsplit(origin).scheme for origin in self.all_origins}
        if len(schemes) > 1:
            text = (
                "ATTUNE_ORIGINS mixes http and https with ATTUNE_PUBLIC_URL: cookies are sent "
                "over one of them only, so people on the other could not stay in a room"
            )
            raise ValueError(text)
        if self.is_https and not self.proxies:
            text = (
                "ATTUNE_PUBLIC_URL is https, but Attune itself speaks http: put a proxy in "
                "front and say so with ATTUNE_PROXIES=1, or use an http:// address"
            )
            raise ValueError(text)

    def _check_folders(self) -> None:
        file = self.database_url.partition(":///")[2]
        if not self.database_url.startswith("sqlite"):
            return
        if Path(file).absolute().is_relative_to(self.keys):
            text = (
                "ATTUNE_DATABASE_URL puts the database inside ATTUNE_KEYS: a copy of one must "
                "never be a copy of both. Use another folder"
            )
            raise ValueError(text)


def variables() -> dict[str, str]:
    """Each environment variable and what it is for, in order."""
    return {
        f"{PREFIX}{name.upper()}": field.description or ""
        for name, field in Config.model_fields.items()
    }


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = variables()
    for name in sorted(environment):
        if not name.upper().startswith(PREFIX) or name.upper() in known or name in NOT_OURS:
            continue
        if name in NOT_YET:
            if environment[name]:
                raise BadSetting(f"{name} cannot be used yet: {NOT_YET[name]}. Leave it unset.")
            continue
        ends = [one.removeprefix(PREFIX) for one in known]
        near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), ends, 1)
        hint = f"Did you mean {PREFIX}{near[0]}?" if near else f"There are: {', '.join(known)}."
        raise BadSetting(f"{name} is no setting of Attune. {hint}")


def _explained(error: ValidationError) -> Iterator[str]:
    """One line for each that is wrong: which, and why. Never the value: it may be secret."""
    for problem in error.errors(include_url=False, include_input=False):
        why = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            yield f"{why}."
            continue
        name = f"{PREFIX}{problem['loc'][0]}".upper()
        yield f"{name} does not fit: {why[:1].lower()}{why[1:]}."


def _origin(url: str) -> str:
    """`https://host` or `https://host:port`, in lower case and without a usual port."""
    text = "it is an address like https://attune.example.org, without a path"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(text) from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not host or extra:
        raise ValueError(text)
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def _kept_secret(file: Path) -> str:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_secret(file)
        key = file.read_text().strip()
        readable = file.stat().st_mode & 0o007
    except OSError as error:
        text = (
            f"ATTUNE_INSTANCE: {file} can be neither read nor made ({error.strerror}). Name a "
            "folder that Attune may write to."
        )
        raise BadSetting(text) from None
    if readable:
        raise BadSetting(f"{file} can be read by everybody on this machine: chmod 600 {file}")
    if len(key) < SHORTEST_SECRET:
        text = (
            f"{file} is not a secret key ({SHORTEST_SECRET} characters or more). Restore it "
            "from a backup, or delete it to have a new one made: everybody then signs in again."
        )
        raise BadSetting(text)
    return key


def _make_secret(file: Path) -> None:
    try:
        # Whole or not at all, and by one of two that start at the same time.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as opened:
        opened.write(secrets.token_urlsafe(48) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
