"""What the doors take and give: one file per room, for JSON and forms alike.

Shape and bounds only. Whether a thing is allowed is for the room to say.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

POINTS_MAX = 1_000_000
TEXT_MAX = 200


class InSchema(Schema):
    """A request: an unknown field is an error, never silence."""

    class Meta:
        unknown = RAISE


class WholeNumber(fields.Integer):
    """7 or "7", for a form sends text; never 7.5, never true."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str):
            if not (value.isascii() and value.isdigit() and len(value) < 16):
                raise self.make_error("invalid", input=value)
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Text(fields.String):
    """A line of text: trimmed, no control characters, within its length."""

    def __init__(self, *, length_max: int = TEXT_MAX, is_empty_ok: bool = False, **kwargs: Any):
        least = 0 if is_empty_ok else 1
        super().__init__(validate=validate.Length(min=least, max=length_max), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in text) or "\x7f" in text:
            raise ValidationError("no control characters")
        return text


class PageIn(InSchema):
    """Which slice of a list."""

    limit = WholeNumber(load_default=50, validate=validate.Range(min=1, max=500))
    offset = WholeNumber(load_default=0, validate=validate.Range(min=0, max=1_000_000))


class ProblemOut(Schema):
    """A refusal (RFC 9457) with a stable code."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    outcome = fields.String(validate=validate.OneOf(["none", "applied", "unknown"]))
    retryable = fields.String()
    request_id = fields.String()
    facts = fields.Dict()
    errors = fields.List(fields.Dict())
