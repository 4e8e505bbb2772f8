"""A member's loops as the API gives them."""

from marshmallow import Schema, fields, validate

from app.web.schemas import InSchema, WholeNumber


class LoopsIn(InSchema):
    """How many of the latest."""

    limit = WholeNumber(load_default=10, validate=validate.Range(min=1, max=100))


class EarnedOut(Schema):
    """The service that earned points, and their posting."""

    grant_id = fields.UUID()
    source_kind = fields.String()
    served_on = fields.Date()
    minutes = fields.Integer()
    points = fields.Integer()
    journal_id = fields.UUID()
    posted_at = fields.AwareDateTime()


class SpentOut(Schema):
    """What points were spent for: a redemption or a voucher."""

    kind = fields.String()
    id = fields.UUID()
    number = fields.String()
    points = fields.Integer()
    spent_at = fields.AwareDateTime()
    journal_id = fields.UUID(allow_none=True)


class AgainOut(Schema):
    """What came next: a sign-up, or a service that needed none."""

    on = fields.Date()
    activity_id = fields.UUID(allow_none=True)
    title = fields.String()
    grant_id = fields.UUID(allow_none=True)
    source_kind = fields.String()


class LoopOut(Schema):
    """One loop: the service before, the spending, what came next."""

    earned = fields.Nested(EarnedOut, allow_none=True)
    spent = fields.Nested(SpentOut)
    again = fields.Nested(AgainOut, allow_none=True)
