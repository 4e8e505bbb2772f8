"""Deductions (扣分): what a door takes in and shows."""

from marshmallow import Schema, fields, validate

from app.points.deductions import QUANTITY_MAX
from app.points.models_household import DEDUCTION_STATES
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn


class DeductionIn(InSchema):
    """Points to be taken by a minus indicator, with the reason; a colleague decides."""

    volunteer_no = Text(required=True, length_max=40)
    indicator_code = Text(required=True, length_max=24)
    quantity = WholeNumber(required=True, validate=validate.Range(min=1, max=QUANTITY_MAX))
    happened_on = fields.Date(required=True)
    reason = Text(required=True)


class DeductionsIn(PlacePageIn):
    """Which deductions of which place; those that wait unless said otherwise."""

    state = fields.String(load_default="waiting", validate=validate.OneOf(DEDUCTION_STATES))


class DeductionOut(Schema):
    """A deduction and where it stands; `journal_id` took the points, the other gave them back."""

    id = fields.UUID()
    name_masked = fields.String()
    indicator_code = fields.String()
    quantity = fields.Integer()
    points = fields.Integer()
    happened_on = fields.Date()
    reason = fields.String()
    state = fields.String()
    refusal_reason = fields.String(allow_none=True)
    notice_id = fields.UUID(allow_none=True)
    journal_id = fields.UUID(allow_none=True)
    is_reversal_asked = fields.Boolean()
    reversal_reason = fields.String(allow_none=True)
    reversal_journal_id = fields.UUID(allow_none=True)
