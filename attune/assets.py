"""The built front end: addresses of its files by their plain names, and serving them.

Each file's name holds a digest of what is in it, so browsers keep it for ever. `hatch_build.py`
writes the files and the manifest.
"""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from _typeshed.wsgi import WSGIApplication

DIST = Path(__file__).parent / "static" / "dist"
URL = "/static/dist/"
NEEDED = ("main.css", "main.js", "lead.css", "lead.js")
_HASHED = re.compile(r"-[0-9a-f]{10}\.\w+$")


class Assets:
    """What was built, as the manifest names it."""

    def __init__(self, folder: Path = DIST) -> None:
        manifest = folder / "manifest.json"
        found: dict[str, Any] = json.loads(manifest.read_text()) if manifest.is_file() else {}
        self._icons: dict[str, str] = found.pop("icons", {})
        self._modules: dict[str, str] = found.pop("kinds", {})
        self._files: dict[str, str] = found

    def url(self, name: str) -> str:
        """Where `main.css` is. What was not built leads nowhere, which the browser shows."""
        return URL + self._files.get(name, name)

    def icon(self, name: str) -> str:
        """Where the picture of this name is, in whichever sprite has it."""
        return URL + self._icons.get(name, f"#{name}")

    def modules(self) -> dict[str, str]:
        """Where the script of each kind is that brings one."""
        return {kind: URL + file for kind, file in self._modules.items()}

    @property
    def missing(self) -> list[str]:
        """What no page can do without and is not there."""
        return [name for name in NEEDED if name not in self._files]


class _Files(WhiteNoise):  # type: ignore[misc]
    def add_file_to_dictionary(self, url: str, path: str, *args: Any, **kwargs: Any) -> None:
        """Serve what a page names; the manifest and the build's stamp are none of it."""
        if _HASHED.search(url):
            super().add_file_to_dictionary(url, path, *args, **kwargs)


def serving(app: "WSGIApplication", folder: Path = DIST) -> "WSGIApplication":
    """The application with its static files in front, compressed where browsers take it."""
    folder.mkdir(parents=True, exist_ok=True)
    return _Files(
        app,
        root=str(folder),
        prefix=URL,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,
        add_headers_function=_guard_pictures,
    )


def _guard_pictures(headers: "Headers", path: str, url: str) -> None:  # noqa: ARG001  # WhiteNoise's
    """A picture that somebody opens as a page of its own may do nothing."""
    if url.endswith(".svg"):
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
