"""What the phone's form for a back-fill sends: of oneself, at home, and never for points."""

from marshmallow import fields

from app.web.schemas import InSchema, Text
from app.web.schemas.desk_fields import Minutes


class MyBackfillIn(InSchema):
    """Past service of one's own that nobody recorded (D24)."""

    category_code = Text(load_default=None, allow_none=True, length_max=24)
    minutes = Minutes(data_key="hours", required=True)
    served_on = fields.Date(required=True)
    evidence = Text(required=True, length_max=200)
