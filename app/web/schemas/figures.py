"""Figures of a place as the doors take and give them."""

from marshmallow import Schema, fields


class FigureOut(Schema):
    """One figure as it was stated: never changed, never added to another."""

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
