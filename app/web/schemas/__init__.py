"""What the doors take and give: one file per room, for JSON and forms alike.

Shape and bounds only. Whether a thing is allowed is for the room to say.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

POINTS_MAX = 1_000_000
TEXT_MAX = 200
YEARS = range(1900, 2200)
"""Years that people of a community speak of; the calendar's ends cannot be reckoned with."""


def require_sound(value: Any) -> None:
    """Refuse a date of no sensible year, and text that no database can keep.

    Raises:
        ValidationError: It is one; lists and mappings are looked through.
    """
    if isinstance(value, date) and value.year not in YEARS:
        raise ValidationError(f"a year from {YEARS[0]} to {YEARS[-1]}")
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValidationError("broken characters")
    if isinstance(value, str) and "\0" in value:
        raise ValidationError("no control characters")
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            require_sound(each)


class InSchema(Schema):
    """A request: an unknown field is an error, never silence."""

    class Meta:
        unknown = RAISE

    @validates_schema
    def check_soundness(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse dates and text that are well-formed, and yet nothing can be done with."""
        wrong = {}
        for name, value in data.items():
            try:
                require_sound(value)
            except ValidationError as error:
                field = self.load_fields.get(name)
                wrong[field.data_key or name if field else name] = error.messages
        if wrong:
            raise ValidationError(wrong)


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
