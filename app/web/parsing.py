"""How requests are read before any schema sees them: JSON, and the text in addresses.

What no schema could look at is refused here: a body nested deeper than the reader can
go, and control characters in an address, which a database would not take.
"""

import json
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import Map, UnicodeConverter

LENGTH_MAX = 200
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class HouseParser(FlaskParser):
    """The API's parser: it refuses what it cannot read, and misspelt names in a query."""

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json and req.get_data(cache=True):
            raise UnsupportedMediaType("send JSON, and say so")
        try:
            return super()._raw_load_json(req)
        except RecursionError as error:
            raise json.JSONDecodeError("nested too deep", "[", 0) from error

    def load_form(self, req: Request, schema: Schema) -> Any:
        """Read the fields of a form.

        Raises:
            UnsupportedMediaType: What was sent is no form.
        """
        _require_form(req)
        return super().load_form(req, schema)

    def load_files(self, req: Request, schema: Schema) -> Any:
        """Read the files of a form.

        Raises:
            UnsupportedMediaType: What was sent is no form.
        """
        _require_form(req)
        return super().load_files(req, schema)


def _require_form(req: Request) -> None:
    if req.content_length and req.mimetype not in FORMS:
        raise UnsupportedMediaType("send a form")


class HouseJson(DefaultJSONProvider):
    """Flask's JSON, to which too deep is as malformed as anything else."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON.

        Raises:
            ValueError: It is none, or nested too deep.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


class AddressText(UnicodeConverter):
    """A piece of an address: no slash, no control character, of sensible length."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, minlength=1, maxlength=LENGTH_MAX)
        self.regex = f"[^/\\x00-\\x1f\\x7f]{{1,{LENGTH_MAX}}}"


# A query with a misspelt name is refused like a body with one: the schema says so.
Blueprint.ARGUMENTS_PARSER = HouseParser(unknown=None)


def init_app(app: Flask) -> None:
    """Read every request of the application this way; before the first route is hung."""
    app.json = HouseJson(app)
    app.url_map.converters["default"] = AddressText
