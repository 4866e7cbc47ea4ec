"""Settings are read once, and nonsense is refused in words that say what to do."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from attune import config as config_module
from attune.config import Config
from attune.errors import BadSetting

DOCS = Path(config_module.__file__).parent.parent / "docs" / "operating.md"


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in config_module.variables():
        monkeypatch.delenv(name, raising=False)


def loaded(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Config:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Config.load()


def test_without_any_setting_everything_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = loaded(monkeypatch)
    assert config.database_url == f"sqlite:///{tmp_path}/instance/attune.sqlite"
    assert config.keys == tmp_path / "instance" / "keys"
    assert config.public_url == "http://127.0.0.1:8000"
    assert "http://localhost:8000" in config.all_origins
    assert config.retention_days == 30
    assert not any(letter.isdigit() for letter in config.help_text)


def test_the_secret_key_is_made_once_and_for_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loaded(monkeypatch)
    file = tmp_path / "instance" / "secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.secret_key) >= 32
    assert Config.load().secret_key == first.secret_key
    assert first.secret_key not in repr(first)


def test_a_secret_key_that_everybody_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(monkeypatch)
    (tmp_path / "instance" / "secret-key").chmod(0o644)
    with pytest.raises(BadSetting, match="chmod 600"):
        Config.load()


def test_settings_cannot_be_changed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(monkeypatch)
    with pytest.raises(ValueError, match="frozen"):
        config.port = 9  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"ATTUNE_PORT": "eight"}, "ATTUNE_PORT"),
        ({"ATTUNE_PORT": "70000"}, "ATTUNE_PORT.*65535"),
        ({"ATTUNE_PROT": "8000"}, "ATTUNE_PROT is no setting.*Did you mean ATTUNE_PORT"),
        ({"ATTUNE_XYZZY": "1"}, "no setting.*There are: ATTUNE_INSTANCE"),
        ({"ATTUNE_QUEUE_URL": "redis://x"}, "ATTUNE_QUEUE_URL cannot be used yet"),
        ({"ATTUNE_MAIL_URL": "smtp://x"}, "ATTUNE_MAIL_URL.*from=ADDRESS"),
        ({"ATTUNE_MAIL_URL": "http://x?from=a@b.org"}, "ATTUNE_MAIL_URL.*smtps://"),
        ({"ATTUNE_MAIL_URL": "smtp://x?from=a@b.org%0aBcc:c@d.org"}, "ATTUNE_MAIL_URL.*ADDRESS"),
        ({"ATTUNE_WORKERS": "2"}, "ATTUNE_WORKERS.*later version"),
        ({"ATTUNE_WORKERS": "0"}, "ATTUNE_WORKERS"),
        ({"ATTUNE_RETENTION_DAYS": "0"}, "ATTUNE_RETENTION_DAYS"),
        ({"ATTUNE_LOG": "loud"}, "ATTUNE_LOG.*'debug'"),
        ({"ATTUNE_SECRET_KEY": "short"}, "ATTUNE_SECRET_KEY.*32"),
        ({"ATTUNE_DATABASE_URL": "mysql://x/y"}, "ATTUNE_DATABASE_URL.*postgresql://"),
        ({"ATTUNE_DATABASE_URL": "sqlite://"}, "ATTUNE_DATABASE_URL.*a file"),
        ({"ATTUNE_DATABASE_URL": "sqlite:///:memory:"}, "ATTUNE_DATABASE_URL.*a file"),
        ({"ATTUNE_PUBLIC_URL": "attune.example.org"}, "ATTUNE_PUBLIC_URL.*https://"),
        ({"ATTUNE_PUBLIC_URL": "https://a.example/sub"}, "without a path"),
        ({"ATTUNE_PUBLIC_URL": "https://a.example"}, "ATTUNE_PROXIES=1"),
        ({"ATTUNE_HOST": "0.0.0.0"}, "ATTUNE_PUBLIC_URL is missing"),
        ({"ATTUNE_EXIT_URL": "javascript:alert(1)"}, "ATTUNE_EXIT_URL"),
        (
            {"ATTUNE_PUBLIC_URL": "http://a.example", "ATTUNE_ORIGINS": "https://b.example"},
            "ATTUNE_ORIGINS mixes",
        ),
        (
            {"ATTUNE_KEYS": "/srv/x", "ATTUNE_DATABASE_URL": "sqlite:////srv/x/db.sqlite"},
            "ATTUNE_DATABASE_URL puts the database inside ATTUNE_KEYS",
        ),
    ],
)
def test_nonsense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    with pytest.raises(BadSetting, match=f"(?s){says}"):
        loaded(monkeypatch, **variables)


def test_what_is_refused_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSetting) as refused:
        loaded(monkeypatch, ATTUNE_DATABASE_URL="mysql://me:marked-word@host/name")
    assert "marked-word" not in str(refused.value)


def test_addresses_are_compared_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    config = loaded(
        monkeypatch,
        ATTUNE_PUBLIC_URL="https://Attune.Example.org:443/",
        ATTUNE_ORIGINS="https://b.example:8443, https://c.example",
        ATTUNE_PROXIES="1",
    )
    assert config.all_origins == (
        "https://attune.example.org",
        "https://b.example:8443",
        "https://c.example",
    )


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, ATTUNE_PORT="", ATTUNE_KEYS="").port == 8000


def test_every_setting_is_in_the_operators_guide_and_no_other() -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| `ATTUNE_")]
    documented = {row.split("`")[1]: row for row in rows}
    assert list(documented) == [*config_module.variables(), *config_module.NOT_YET]
    for name, description in config_module.variables().items():
        assert description in documented[name]


def test_every_dependency_is_named_with_its_reason() -> None:
    project = tomllib.loads((DOCS.parent.parent / "pyproject.toml").read_text())["project"]
    needed = [re.split(r"[~>=]", one)[0] for one in project["dependencies"]]
    text = (DOCS.parent / "decisions" / "0001-dependencies.md").read_text()
    assert re.findall(r"^\| ([a-z0-9.-]+) \| \S", text, re.MULTILINE)[1:] == needed
