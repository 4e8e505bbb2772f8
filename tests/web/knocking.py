"""What a request to any route needs: an address, and a body that its schema would let through."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate
from werkzeug.routing import AnyConverter, Rule

from app.base import clock
from app.base.ids import new_id


@dataclass(frozen=True)
class Door:
    """A route with one of its methods, and one of the words its address allows."""

    rule: Rule
    method: str
    word: str = ""

    @property
    def name(self) -> str:
        """The endpoint, with the word of the address if there are several."""
        return f"{self.rule.endpoint}:{self.word}" if self.word else str(self.rule.endpoint)

    def address(self, names: Mapping[str, Any]) -> str:
        """Fill the address in; what nothing is named after is a plausible nothing."""
        found = {name: self._part(name, names) for name in self.rule.arguments}
        _, path = self.rule.build(found) or ("", self.rule.rule)
        return str(path)

    @property
    def is_api(self) -> bool:
        """Whether programs knock here, and not a browser."""
        return self.rule.rule.startswith("/api/")

    def _part(self, name: str, names: Mapping[str, Any]) -> str:
        if isinstance(self.rule._converters[name], AnyConverter):
            return self.word
        return str(names.get(name) or new_id())


def doors(app: Flask) -> list[Door]:
    """Every route with each of its methods and words."""
    return [
        Door(rule, method, word)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for word in _words(rule)
    ]


def _words(rule: Rule) -> list[str]:
    for part in rule._converters.values():
        if isinstance(part, AnyConverter):
            return sorted(part.items)
    return [""]


def compose(app: Flask, door: Door, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request that the route's schemas would let through."""
    own = f"{door.rule.endpoint}."
    named = {**names, **{k.removeprefix(own): v for k, v in names.items() if k.startswith(own)}}
    sent: dict[str, dict[str, Any]] = {}
    for asked in _arguments(app.view_functions[door.rule.endpoint]):
        schema = asked["schema"]
        body = example(schema() if isinstance(schema, type) else schema, named)
        sent.setdefault(asked["in"], {}).update(body)
    return {
        "path": door.address(named),
        "method": door.method,
        "query_string": sent.get("query"),
        "json": sent.get("json"),
        "data": {**sent.get("form", {}), **sent.get("files", {})} or None,
    }


def knock(client: FlaskClient, request: dict[str, Any], **headers: str) -> int:
    """Send it, under a key of its own; return the status."""
    sent = {"Idempotency-Key": secrets.token_urlsafe(24), "If-Match": '"1"', **headers}
    answer = client.open(**request, headers=sent)
    answer.close()
    return int(answer.status_code)


def _arguments(view: Any) -> list[dict[str, Any]]:
    found = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    return [each for each in found if "schema" in each]


def example(schema: Schema, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a schema requires, and what we have a name for."""
    found = {}
    for name, field in schema.load_fields.items():
        if field.required or names.get(name) is not None:
            found[field.data_key or name] = _value(name, field, names)
    return found


def _value(name: str, field: fields.Field[Any], names: Mapping[str, Any]) -> Any:
    known = names.get(name)
    if known is not None and not isinstance(field, fields.Nested):
        value = known
    elif isinstance(field, fields.List):
        singular = name.removesuffix("s")
        value = [_value(singular, field.inner, names)]
    elif isinstance(field, fields.Nested):
        value = example(field.schema, names)
    elif isinstance(field, fields.Raw) and type(field) is fields.Raw:
        value = (BytesIO(b"external_id,name,phone,node_code\n"), "list.csv")
    else:
        value = _plain(field)
    return _text(value)


def _plain(field: fields.Field[Any]) -> Any:
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return next(iter(check.choices))
        if isinstance(check, validate.Range) and check.min is not None:
            return max(int(check.min), 1)
        if isinstance(check, validate.Regexp):
            return "0" * 64 if "64" in check.regex.pattern else "000000"
    for kind, make in PLAIN.items():
        if isinstance(field, kind):
            return make()
    return "一二三"


PLAIN: dict[type[Any], Any] = {
    fields.UUID: new_id,
    fields.Boolean: lambda: True,
    fields.AwareDateTime: clock.now,
    fields.DateTime: clock.now,
    fields.Date: clock.today,
    fields.Integer: lambda: 1,
    fields.Dict: dict,
}


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
