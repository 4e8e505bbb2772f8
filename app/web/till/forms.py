"""Forms of the till's pages: what was typed, judged by the API's own schemas."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from app.base.errors import ValidationFailed
from app.web.errors import pointers

HIDDEN = ("csrf_token", "idempotency_key")


def typed() -> dict[str, Any]:
    """Return the form's filled fields, without the hidden ones."""
    return {
        name: value.strip()
        for name, value in request.form.items()
        if name not in HIDDEN and value.strip()
    }


def load(schema: type[Schema], values: dict[str, Any]) -> dict[str, Any]:
    """Read values by a schema.

    Raises:
        ValidationFailed: They do not fit it; fact `errors` says where.
    """
    try:
        asked: dict[str, Any] = schema().load(values)
    except ValidationError as error:
        raise ValidationFailed(errors=list(pointers(error.messages))) from error
    return asked
