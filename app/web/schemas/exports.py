"""Files that are ordered, watched and fetched, and codes that are looked up."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.ledger.models import UNITS
from app.web.schemas import InSchema, Text
from app.web.schemas.reports import ExportIn

KINDS = ("hours_ranking", "statement", "orders")


class RankingOrderIn(ExportIn):
    """A ranking as a file that is written by and by."""


class StatementOrderIn(InSchema):
    """A member's statement as a file: over days, both included; left out is open."""

    kind = fields.String(required=True, validate=validate.OneOf(("xlsx", "csv")))
    unit = fields.String(load_default="points", validate=validate.OneOf(UNITS))
    begins_on = fields.Date(data_key="from", load_default=None)
    ends_on = fields.Date(data_key="to", load_default=None)

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        begins_on, ends_on = data.get("begins_on"), data.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            raise ValidationError("ends before it begins", "to")


class JobOut(Schema):
    """An ordered file: how far it is, and until when it can be fetched."""

    id = fields.UUID()
    kind = fields.String()
    file_kind = fields.String()
    state = fields.String(
        validate=validate.OneOf(("queued", "running", "done", "failed", "expired"))
    )
    percent = fields.Integer(metadata={"description": "0 to 100; 100 only when it is done"})
    done_count = fields.Integer()
    total_count = fields.Integer(allow_none=True)
    failure = fields.String(allow_none=True)
    size_bytes = fields.Integer(allow_none=True)
    verification_code = fields.String(allow_none=True)
    ordered_at = fields.DateTime()
    expires_at = fields.DateTime(allow_none=True)


class CodeIn(InSchema):
    """The verification code printed on a sheet."""

    code = Text(required=True, length_max=24)


class StandingOut(Schema):
    """What a code stands for, and whether the books still say so."""

    kind = fields.String()
    book = fields.String()
    place = fields.String(allow_none=True)
    filter = fields.Dict()
    row_count = fields.Integer()
    made_at = fields.DateTime()
    said = fields.Dict()
    now = fields.Dict()
    undone_count = fields.Integer()
    is_standing = fields.Boolean(allow_none=True)
