"""Make what Attune runs in: .tools (uv), .venv (the libraries) and the built front end.

Standard library only, as nothing is installed yet. Each step leaves a stamp, so a second run
does nothing but compare hashes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
LOCKS = {
    "tools": ["locks/tools.txt"],
    "run": ["locks/run.txt", "locks/build.txt"],
    "dev": ["locks/dev.txt"],
}
OFFLINE = """
What failed is above. Usually it is the network: Attune's libraries come from the Python
package index this machine is set up for (PIP_INDEX_URL or pip.conf name another one)."""


def main(level: str) -> None:
    os.chdir(ROOT)
    with _one_at_a_time():
        if level == "tools":
            prepare_tools()
            return
        prepare_environment(level)
        build_front_end()


def prepare_tools() -> None:
    """Make .tools, which holds nothing but uv."""
    stamp = _stamp(LOCKS["tools"])
    if _matches(TOOLS / "stamp", stamp):
        return
    _say("Getting the installer (once, about 20 MB)")
    try:
        # Not cleared: when this very script runs in .tools, it must not pull the floor away.
        venv.create(TOOLS, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(TOOLS, ignore_errors=True)
        _stop("Python lacks its venv module (on Debian or Ubuntu: apt install python3-venv).")
    pip = [str(TOOLS / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _run([*pip, "install", "--require-hashes", "-r", *LOCKS["tools"]])
    (TOOLS / "stamp").write_text(stamp)


def prepare_environment(level: str) -> None:
    """Make .venv; the development one holds all that the smaller one does."""
    stamps = {name: _stamp([*LOCKS[name], "pyproject.toml"]) for name in ("run", "dev")}
    enough = [stamps["dev"]] if level == "dev" else list(stamps.values())
    if any(_matches(VENV / "stamp", stamp) for stamp in enough):
        return
    prepare_tools()
    _say("Installing the libraries" + (" and the tools for tests" if level == "dev" else ""))
    uv = str(TOOLS / "bin/uv")
    environment = _uv_environment()
    python = str(VENV / "bin/python")
    if not os.access(python, os.X_OK):
        _run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)],
            environment,
        )
    (VENV / "stamp").unlink(missing_ok=True)
    # Compiled now: a first start would take seconds more, and each one where nothing is cached.
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    locks = [part for lock in LOCKS[level] for part in ("-r", lock)]
    _run([*install, "--require-hashes", *locks], environment)
    # The front end is built below, with its own words, and not inside the installer.
    _run(
        [*install, "--no-deps", "--no-build-isolation", "--offline", "-e", "."],
        environment | {"ATTUNE_FRONT_END": "later"},
        otherwise="Attune itself could not be installed in .venv; the reason is above.",
    )
    (VENV / "stamp").write_text(stamps[level])


def build_front_end() -> None:
    if subprocess.run([VENV / "bin/python", "hatch_build.py"], check=False).returncode:
        _stop("The front end could not be built; the reason is above.")


def _uv_environment() -> dict[str, str]:
    """Let uv use what pip on this machine is set up for: uv does not read pip's settings."""
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    environment.pop("VIRTUAL_ENV", None)
    environment.setdefault("UV_LINK_MODE", "copy")
    pip = subprocess.run(
        [TOOLS / "bin/python", "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in pip.stdout.splitlines():
        name, _, value = line.partition("=")
        value = value.strip("'\"")
        if name.endswith(".index-url"):
            environment.setdefault("UV_DEFAULT_INDEX", value)
        elif name.endswith(".cert"):
            environment.setdefault("SSL_CERT_FILE", value)
    return environment


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (ROOT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(names: list[str]) -> str:
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}".encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _matches(file: Path, stamp: str) -> bool:
    return file.is_file() and file.read_text() == stamp


def _run(
    command: list[str], environment: dict[str, str] | None = None, otherwise: str = OFFLINE
) -> None:
    if subprocess.run(command, env=environment, check=False).returncode:
        _stop(otherwise)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(text: str) -> NoReturn:
    _say(text)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
