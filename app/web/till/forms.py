"""Forms of the till's pages: what was typed, judged by the API's own schemas."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from app.base.errors import ValidationFailed
from app.web.errors import pointers
from app.web.translate import _, _l

HIDDEN = ("csrf_token", "idempotency_key")
FIELDS = {
    "reason": _l("有差的请写原因"),
    "counted": _l("请把每样都数一数"),
    "items": _l("请至少数一样"),
    "count": _l("请填整数件数"),
}
"""What to do about a field, in the words of the page."""


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


def in_words(problem: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a problem as the page says it, with what to do about each field."""
    if problem is None:
        return None
    named = [str(problem.get("facts", {}).get("field", ""))]
    named += [each["pointer"].rsplit("/", 1)[-1] for each in problem.get("errors", [])]
    said = {str(FIELDS[name]) for name in named if name in FIELDS}
    errors = [{"label": _("请看"), "detail": text} for text in sorted(said)]
    return {**problem, "errors": errors}
