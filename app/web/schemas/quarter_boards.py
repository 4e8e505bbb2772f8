"""Boards of closed quarters: which one is asked for, its rule and its lines."""

from marshmallow import Schema, fields, validate

from app.reports.models_quarter import SUBJECT_KINDS
from app.web.schemas import InSchema, PageIn, Text, WholeNumber


class BoardQueryIn(PageIn):
    """Whom the board lists, and which slice of it."""

    kind = fields.String(load_default="team", validate=validate.OneOf(SUBJECT_KINDS))


class ClosedQuarterOut(Schema):
    """A closed quarter, and whom its public boards list here."""

    period = fields.String()
    kinds = fields.List(fields.String())


class BoardRuleOut(Schema):
    """The rule printed on a board: weights in percent; version 0 ranks by hours alone."""

    version = fields.Integer()
    hours_weight = fields.Integer()
    rating_weight = fields.Integer()
    review_weight = fields.Integer()
    full_minutes = fields.Integer()


class BoardLineOut(Schema):
    """A line: ties share a rank. `score`: minutes under version 0, else hundredths."""

    rank = fields.Integer()
    name = fields.String()
    score = fields.Integer()
    minutes = fields.Integer()


class QuarterBoardOut(Schema):
    """A closed quarter's board of a place, as it was frozen."""

    period = fields.String()
    kind = fields.String()
    rule = fields.Nested(BoardRuleOut)
    line_count = fields.Integer()
    total_minutes = fields.Integer()
    items = fields.List(fields.Nested(BoardLineOut))


class PackIn(InSchema):
    """Of which place."""

    node_code = Text(required=True, length_max=32)


class QuarterFileIn(PackIn):
    """Of which place, and whom the board ranks."""

    kind = fields.String(load_default="member", validate=validate.OneOf(SUBJECT_KINDS))


class BoardRuleIn(InSchema):
    """The weights of the board's three inputs, in percent, and the hours that make a full score."""

    hours_weight = WholeNumber(required=True, validate=validate.Range(min=1, max=100))
    rating_weight = WholeNumber(required=True, validate=validate.Range(min=0, max=99))
    review_weight = WholeNumber(required=True, validate=validate.Range(min=0, max=99))
    full_minutes = WholeNumber(required=True, validate=validate.Range(min=60, max=60_000))


class ReturnOut(Schema):
    """A redeemer: what they redeemed, and the service that followed, if one did."""

    volunteer_no = fields.String()
    name_masked = fields.String()
    state = fields.String(metadata={"description": "came, stayed_away or waiting"})
    spending_kind = fields.String()
    spending_number = fields.String()
    spent_at = fields.AwareDateTime()
    grant_id = fields.UUID(allow_none=True)
    served_on = fields.Date(allow_none=True)


class ReturnsOut(Schema):
    """The rate of those whose 90 days are over, with numerator, denominator and every row."""

    rate_percent = fields.String(allow_none=True)
    came_count = fields.Integer()
    counted_count = fields.Integer()
    waiting_count = fields.Integer()
    back_early_count = fields.Integer()
    items = fields.List(fields.Nested(ReturnOut))
