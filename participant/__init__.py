"""The participant's side: come in, give, pass, take back, leave. Nobody signs in here.

A phone is known by its seat's cookie and by nothing else. A view never asks who somebody is; it
asks `phone` for the room and the seat that the cookie opens, and gets a refusal or both.
"""

from flask import Blueprint, Flask

from participant import answers, away, joins, mine, privacy, regions, rooms, seats, signals, terms

_VIEWS = (joins, rooms, answers, mine, regions, seats, signals, away, terms, privacy)

bp = Blueprint("participant", __name__, template_folder="templates")
for views in _VIEWS:
    bp.register_blueprint(views.bp)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
