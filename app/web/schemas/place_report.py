"""A place's report as the doors take and give it."""

from marshmallow import Schema, fields

from app.web.schemas import InSchema, PageIn


class ReportIn(InSchema):
    """Up to which day, today if none is named."""

    as_of_on = fields.Date(data_key="as_of")


class ReportRowsIn(PageIn):
    """Which of the rows behind a line."""

    as_of_on = fields.Date(data_key="as_of")


class ReportLineOut(Schema):
    """A line: its unit is part of it, and no two lines are ever added."""

    code = fields.String()
    name = fields.String()
    unit = fields.String()
    value = fields.Integer(metadata={"description": "Hours are given in minutes"})
    share_percent = fields.String(allow_none=True)
    stated = fields.String(allow_none=True, metadata={"description": "As others stated it"})
    source = fields.String(allow_none=True)
    is_as_stated = fields.Boolean()


class ReportOut(Schema):
    """A place's report up to a day."""

    node_code = fields.String()
    book = fields.String()
    as_of_on = fields.Date()
    lines = fields.List(fields.Nested(ReportLineOut))
