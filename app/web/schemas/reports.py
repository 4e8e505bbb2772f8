"""Statements, proofs, rankings and exports, as the doors take and give them."""

from typing import Any

from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from app.ledger.models import UNITS
from app.reports.rankings import PROVENANCES
from app.web.schemas import InSchema, PageIn, Text

EXPORT_KINDS = ("xlsx", "csv")


class StatementIn(InSchema):
    """Which statement: of a unit, over some days (both included), as JSON or CSV."""

    unit = fields.String(load_default="points", validate=validate.OneOf(UNITS))
    begins_on = fields.Date(data_key="from", load_default=None)
    ends_on = fields.Date(data_key="to", load_default=None)
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        begins_on, ends_on = data.get("begins_on"), data.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            raise ValidationError("ends before it begins", "to")


class StatementLineOut(Schema):
    """One movement, with the balance it left."""

    journal_id = fields.UUID()
    kind = fields.String()
    reason = fields.String()
    source_id = fields.UUID()
    occurred_at = fields.DateTime()
    posted_at = fields.DateTime()
    account = fields.String(metadata={"description": "Which of the owner's accounts moved"})
    expires_on = fields.Date(allow_none=True)
    delta = fields.Integer()
    balance = fields.Integer()


class HeldOut(Schema):
    """An amount that is reserved."""

    amount = fields.Integer()
    held_at = fields.DateTime()
    expires_at = fields.DateTime(allow_none=True)


class StatementOut(Schema):
    """存折: opening, lines, closing, and what is held below the line."""

    unit = fields.String()
    volunteer_no = fields.String()
    opening = fields.Integer()
    lines = fields.List(fields.Nested(StatementLineOut))
    closing = fields.Integer()
    held = fields.Integer()
    holds = fields.List(fields.Nested(HeldOut))


class UnitIn(InSchema):
    """Which unit to explain."""

    unit = fields.String(load_default="points", validate=validate.OneOf(UNITS))


class ExplainedLineOut(Schema):
    """One movement with the facts behind it."""

    kind = fields.String()
    delta = fields.Integer()
    balance = fields.Integer()
    posted_at = fields.DateTime()
    source = fields.Dict()


class ExplanationOut(Schema):
    """Why the balance is what it is: the lines sum to it, or `is_proven` is false."""

    unit = fields.String()
    volunteer_no = fields.String()
    lines = fields.List(fields.Nested(ExplainedLineOut))
    total = fields.Integer()
    balance = fields.Integer()
    is_proven = fields.Boolean()


class CheckOut(Schema):
    """One check of a proof."""

    name = fields.String()
    is_ok = fields.Boolean()
    detail = fields.String()


class ProofOut(Schema):
    """The outcome of a proof of the book."""

    book = fields.String()
    is_ok = fields.Boolean()
    is_read_only = fields.Boolean()
    read_only_reason = fields.String(allow_none=True)
    proved_at = fields.DateTime(allow_none=True)
    checks = fields.List(fields.Nested(CheckOut))
    minutes = fields.Integer(metadata={"description": "What members hold"})
    points = fields.Integer()


class RankingIn(InSchema):
    """Which ranking: of the members of a place, over days (both included)."""

    node_code = Text(length_max=32)
    begins_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(required=True, data_key="to")
    team_id = fields.UUID()
    category_code = Text(length_max=24)
    provenance = fields.List(fields.String(validate=validate.OneOf(PROVENANCES)))


class RankingPageIn(RankingIn, PageIn):
    """Which slice of which ranking."""


class ExportIn(RankingIn):
    """A ranking as a file."""

    kind = fields.String(required=True, validate=validate.OneOf(EXPORT_KINDS))


class RankedOut(Schema):
    """One line of a ranking; the name is masked."""

    rank = fields.Integer()
    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    community = fields.String()
    credited_minutes = fields.Integer()
    honorary_minutes = fields.Integer()
    historical_minutes = fields.Integer()
    total_minutes = fields.Integer()
    points = fields.Integer()
    grant_count = fields.Integer()


class RankingOut(Schema):
    """A ranking, best first; ties share a rank."""

    cut = fields.Dict()
    total = fields.Integer()
    items = fields.List(fields.Nested(RankedOut))


class VerifyIn(InSchema):
    """The verification code printed on a sheet."""

    code = Text(required=True, length_max=24)


class VerifiedOut(Schema):
    """Whether this file is the one that left the house, and what that one was."""

    is_unchanged = fields.Boolean()
    kind = fields.String()
    filter = fields.Dict()
    row_count = fields.Integer()
    made_at = fields.DateTime()
    sha256 = fields.String()
