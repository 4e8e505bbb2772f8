"""Boards of closed quarters: which one is asked for, its rule and its lines."""

from marshmallow import Schema, fields, validate

from app.reports.models_quarter import SUBJECT_KINDS
from app.web.schemas import PageIn


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
