"""Duties as the doors take and give them."""

from marshmallow import Schema, fields

from app.web.schemas import InSchema, PageIn, Text

CODE_MAX = 24
NUMBER_MAX = 32


class DutyKindOut(Schema):
    """A kind of duty, and how many people hold it here: each person once."""

    code = fields.String()
    label_zh = fields.String()
    label_en = fields.String()
    may = fields.List(fields.String())
    pay = fields.String(metadata={"description": "never, always, or either: said of each holder"})
    is_single = fields.Boolean()
    people_count = fields.Integer()


class DutyReportOut(Schema):
    """The duties of a place; `people_count` counts everybody once, and is no sum."""

    node_code = fields.String()
    people_count = fields.Integer()
    kinds = fields.List(fields.Nested(DutyKindOut))


class DutyOut(Schema):
    """A duty that somebody holds."""

    id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    kind = fields.String()
    node_code = fields.String()
    is_paid = fields.Boolean()
    begun_on = fields.Date()
    ended_on = fields.Date(allow_none=True)


class DutyPageIn(PageIn):
    """Which duties to list."""

    node_code = Text(length_max=32)
    kind = Text(length_max=CODE_MAX)


class DutyIn(InSchema):
    """A duty to give to a member at a place."""

    volunteer_no = Text(required=True, length_max=NUMBER_MAX)
    kind = Text(required=True, length_max=CODE_MAX)
    node_code = Text(required=True, length_max=32)
    is_paid = fields.Boolean(load_default=False, truthy={True, "on"}, falsy={False, ""})


class HoldersIn(PageIn):
    """Whose holders the desk shows, and which slice of them."""

    kind = Text(length_max=CODE_MAX)
