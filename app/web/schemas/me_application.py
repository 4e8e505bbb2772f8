"""What the phone's form for an application sends: one number, whatever it counts."""

from marshmallow import fields, validate

from app.points.application_checks import TEXT_MAX
from app.points.case_numbers import CASE_NO_MAX
from app.web.schemas import InSchema, Text

AMOUNT_MAX = 24


class MyApplicationIn(InSchema):
    """What I did: `amount` is hours or 次, as the category counts; a 件 is one (P7)."""

    category_code = Text(required=True, length_max=24)
    served_on = fields.Date(required=True)
    starts_at = fields.Time(load_default=None, format="%H:%M")
    ends_at = fields.Time(load_default=None, format="%H:%M")
    amount = fields.Decimal(
        load_default=None, places=2, validate=validate.Range(min=0, max=AMOUNT_MAX)
    )
    text = Text(required=True, length_max=TEXT_MAX)
    case_no = Text(load_default=None, length_max=CASE_NO_MAX)
    is_on_duty = fields.Boolean(load_default=False)
