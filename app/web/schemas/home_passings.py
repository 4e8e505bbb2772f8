"""Empty households: what they hold, and who gets it."""

from marshmallow import Schema, fields

from app.web.schemas import InSchema, Text


class PassingIn(InSchema):
    """Who gets an empty household's points, and why; without a number, the common pool."""

    volunteer_no = Text(load_default=None, allow_none=True, length_max=40, is_empty_ok=True)
    reason = Text(required=True)


class PassingOut(Schema):
    """Where an empty household's points go; `to_name_masked` None: to the common pool."""

    id = fields.UUID()
    household_id = fields.UUID()
    to_name_masked = fields.String(allow_none=True)
    reason = fields.String()
    state = fields.String()
    closes_on = fields.Date(allow_none=True)
    points = fields.Integer()
    settled_points = fields.Integer()


class EmptyHomeOut(Schema):
    """A household that nobody belongs to, with what is left in it."""

    household_id = fields.UUID()
    name = fields.String()
    points = fields.Integer()
    owed_points = fields.Integer()
    left_on = fields.Date(allow_none=True)
    passing = fields.Nested(PassingOut, allow_none=True)
