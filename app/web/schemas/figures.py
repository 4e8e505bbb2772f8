"""Figures of a place as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.community.figure_withdrawals import VERDICTS
from app.community.figures import NAME_MAX, UNIT_MAX
from app.web.schemas import InSchema, Text


class FigureOut(Schema):
    """One figure as it was stated: never changed, never added to another."""

    id = fields.Integer()
    said = fields.String(metadata={"description": "As it is printed, with qualifier and unit"})
    value = fields.String(metadata={"description": "The number, exactly"})
    qualifier = fields.String()
    span = fields.String(metadata={"description": "Over which time, in words"})
    as_of_on = fields.Date()
    source = fields.String()


class FigureKindOut(Schema):
    """One kind of figure at a place with its history, the latest first."""

    code = fields.String()
    name = fields.String()
    unit = fields.String()
    history = fields.List(fields.Nested(FigureOut))
    live_said = fields.String(allow_none=True)
    live_exact = fields.Integer(allow_none=True)


class LiveCountOut(Schema):
    """One live count, by its own unit."""

    code = fields.String()
    name = fields.String()
    unit = fields.String()
    value = fields.Integer()


class PlaceFiguresOut(Schema):
    """A place in figures: what came from elsewhere, and apart from it what is counted here."""

    node_code = fields.String()
    book = fields.String(allow_none=True)
    stated = fields.List(fields.Nested(FigureKindOut))
    counted = fields.List(fields.Nested(LiveCountOut))


class WithdrawalDecisionIn(InSchema):
    """Take the figure down, or leave it."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))


class AskedOut(Schema):
    """Where a withdrawal stands."""

    id = fields.String()
    figure_id = fields.Integer()
    state = fields.String()


class WithdrawalOut(Schema):
    """A figure that is withdrawn or that somebody asked to take down, and why."""

    id = fields.UUID()
    figure_id = fields.Integer()
    node_code = fields.String()
    kind_code = fields.String()
    said = fields.String()
    as_of_on = fields.Date()
    source = fields.String()
    state = fields.String()
    reason = fields.String()
    asked_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class FigureKindIn(InSchema):
    """What a kind of figure is called, and what it is counted in."""

    name = Text(required=True, length_max=NAME_MAX)
    unit = Text(required=True, length_max=UNIT_MAX)


class KindOut(Schema):
    """A kind of figure."""

    code = fields.String()
    name = fields.String()
    unit = fields.String()
