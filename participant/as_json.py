"""Refusals of views that no person reads: JSON, whatever was asked for."""

from collections.abc import Callable
from functools import wraps

from flask import jsonify
from flask.typing import ResponseReturnValue

from attune import refusals
from attune.errors import Refusal

View = Callable[..., ResponseReturnValue]


def refusing_as_json(view: View) -> View:
    @wraps(view)
    def viewed(**values: object) -> ResponseReturnValue:
        try:
            return view(**values)
        except Refusal as refusal:
            return jsonify(refusals.as_json(refusal)), refusal.status

    return viewed
