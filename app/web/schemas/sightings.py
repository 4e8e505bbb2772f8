"""Sightings (随手拍) as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.service_orders.models_sighting import SIGHTING_KINDS, SIGHTING_STATES
from app.web.schemas import InSchema, PageIn, Text, WholeNumber


class SightingIn(InSchema):
    """What somebody saw, and where; the photo comes as a file."""

    kind = fields.String(required=True, validate=validate.OneOf(SIGHTING_KINDS))
    place_text = Text(required=True, length_max=64)
    text = Text(required=True, length_max=500)
    node_code = Text(
        length_max=32,
        load_default=None,
        metadata={"description": "The place of the duty; needed by who reports at several"},
    )


class SightingPhotoIn(InSchema):
    """A photo of it: JPEG, PNG or WebP."""

    photo = fields.Raw(metadata={"type": "string", "format": "binary"})


class SightingOut(Schema):
    """A report as its maker and staff see it."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    place_text = fields.String(attribute="place")
    text = fields.String()
    node_code = fields.String()
    has_photo = fields.Boolean()
    seen_at = fields.AwareDateTime()
    state = fields.String()
    reason = fields.String(allow_none=True)
    points = fields.Integer(allow_none=True)
    volunteer_no = fields.String()


class SightingPageIn(PageIn):
    """Which reports to list, of which place."""

    node_code = Text(length_max=32)
    state = fields.String(validate=validate.OneOf(SIGHTING_STATES))


class SightingRateIn(InSchema):
    """What an accepted report makes, and how many a day earn."""

    points = WholeNumber(required=True, validate=validate.Range(min=1, max=1_000))
    most_a_day = WholeNumber(required=True, validate=validate.Range(min=1, max=100))
    valid_from_on = fields.Date(required=True)


class SightingRateOut(Schema):
    """The rate that holds from a day on."""

    version = fields.Integer()
    points = fields.Integer()
    cap_points_day = fields.Integer()
    valid_from_on = fields.Date()
