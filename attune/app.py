"""Puts the application together from the core and the sides it is given.

Nothing here knows a side or an exercise kind by name: sides are arguments, kinds are found.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel
from flask_login import LoginManager

from attune import (
    assets,
    db,
    drawing,
    health,
    kinds,
    logs,
    markdown,
    migrating,
    packing,
    refusals,
    security,
    templating,
)
from attune.config import Config
from attune.errors import BadSetting
from attune.i18n import LANGUAGES
from attune.keys import keyring

ROOT = Path(__file__).parent
login = LoginManager()
login.user_loader(lambda _: None)  # without a side that signs people in there is nobody
babel = Babel()


class Side(Protocol):
    """A package of views or events; it attaches itself."""

    def init_app(self, app: Flask) -> None: ...


class Application(Flask):
    """Flask, which would log the path of what failed."""

    def log_exception(self, exc_info: Any) -> None:
        logs.failed("request", exc_info[1])


def create_app(
    sides: Sequence[Side] = (),
    config: Config | None = None,
    *,
    kind_folders: Sequence[Path] = (),
) -> Flask:
    """Make the application. Raises BadSetting.

    `kind_folders` hold exercise kinds beside those that ship with Attune.
    """
    config = config.with_secret_key() if config else Config.load()
    logs.configure(config.log)
    app = Application("attune", root_path=str(ROOT), static_folder=None)
    app.config["ATTUNE"] = config
    app.config.update(db.flask_settings(config.database_url))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    _prepare_folder(config)
    security.harden(app, config)
    app.after_request(lambda reply: packing.packed(reply, request.accept_encodings))
    refusals.init_app(app)
    health.init_app(app)
    db.prepare(app)
    _open_keys(app, config)
    login.session_protection = None  # it would keep a digest of the address in the cookie
    login.init_app(app)
    babel.init_app(app, default_locale="en", locale_selector=_language)
    drawing.read_translations(app)
    _find_templates(app, kind_folders)
    _add_words(app)
    _answer_for_the_socket(app)
    for side in sides:
        side.init_app(app)
    app.wsgi_app = assets.serving(app.wsgi_app)  # type: ignore[method-assign, assignment]
    security.gate(app, config, files=assets.URL)
    return app


def settings() -> Config:
    """The settings of the running application."""
    return cast("Config", current_app.config["ATTUNE"])


def path_for(endpoint: str, **values: Any) -> str:
    """The path of a page. Works in a push too, where there is no request to ask."""
    return current_app.url_map.bind("").build(endpoint, values)


def _prepare_folder(config: Config) -> None:
    try:
        config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(_cannot("ATTUNE_INSTANCE", error)) from None


def _open_keys(app: Flask, config: Config) -> None:
    """Use the folder of keys, and make it for a server that has had no room yet.

    Never later: an empty folder in the place of one that was lost, or of a volume that is not
    there, would look as if all was well (`Keyring.trouble` says what is wrong).
    """
    with app.app_context():
        is_new = migrating.answers() and not migrating.has_rooms()
    try:
        keyring.open_folder(config.keys, is_new=is_new)
    except OSError as error:
        raise BadSetting(_cannot("ATTUNE_KEYS", error)) from None


def _cannot(setting: str, error: OSError) -> str:
    return f"{setting} names a folder that Attune may write to; {error.filename}: {error.strerror}."


def _find_templates(app: Flask, kind_folders: Sequence[Path]) -> None:
    if kind_folders:
        kinds.use(*kind_folders)
    app.jinja_loader = templating.finds(kinds.FOLDER, *kind_folders)
    templating.prepare(app.jinja_env)
    starts = app.extensions.setdefault("attune_starts", [])
    starts.append(lambda: templating.read_all(app.jinja_env))


def _add_words(app: Flask) -> None:
    built = assets.Assets()
    app.jinja_env.globals.update(
        asset=built.url,
        icon_at=built.icon,
        play_modules=built.modules,
        path_for=path_for,
        help_of_server=lambda: settings().help_text,
    )
    app.jinja_env.globals.pop("config")  # it holds the secret key
    app.context_processor(refusals.of_language)
    app.jinja_env.filters["say"] = drawing.tell
    app.jinja_env.filters["say_in"] = drawing.tell_in
    app.jinja_env.filters["markdown"] = markdown.html


def _language() -> str:
    """What a side says (`g.language`: the room's, or the facilitators'), or the browser's."""
    if chosen := g.get("language"):
        return str(chosen)
    if not has_request_context():
        return "en"
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _answer_for_the_socket(app: Flask) -> None:
    """Give the socket's own path a rule.

    Flask-SocketIO pushes a request for it at every event. Without a rule the router's exception
    is kept with all of its frames: some 125 objects for each connection, in a cycle. The rule
    for websockets is needed as well, or the exception is WebsocketMismatch instead.
    """
    for websocket in (True, False):
        app.add_url_rule(
            "/socket.io/",
            f"socket.io-{websocket}",
            lambda: ("", 404),
            websocket=websocket,
        )
