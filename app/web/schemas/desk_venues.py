"""What the desk's forms of venues, rosters and agreements take."""

from marshmallow import fields, validate

from app.community.models import AGREEMENT_KINDS
from app.web.schemas import InSchema, Text, WholeNumber

ROWS = 7
TEXT_MAX = 700


class VenueIn(InSchema):
    """A venue as staff write it: aliases one a line."""

    kind = Text(required=True, length_max=24)
    name = Text(required=True, length_max=64)
    address = Text(load_default=None)
    opening = Text(load_default=None, length_max=80)
    parent_id = WholeNumber(load_default=None)
    tags = fields.List(Text(length_max=16), load_default=list)
    aliases = Text(load_default="", is_empty_ok=True, length_max=TEXT_MAX)


class SpanIn(InSchema):
    """From one day to another; the last thirty days unless told otherwise."""

    begins_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to")


class AgreementIn(InSchema):
    """What a unit and a place agreed."""

    unit_id = WholeNumber(required=True)
    node_code = Text(required=True, length_max=32)
    kind = fields.String(required=True, validate=validate.OneOf(AGREEMENT_KINDS))
    title = Text(required=True, length_max=80)
    standard = Text(load_default=None, length_max=32)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(load_default=None)


class EndIn(InSchema):
    """Why an agreement ends."""

    reason = Text(required=True)


class HolderIn(InSchema):
    """Who of the staff holds a shift, by their number; left blank, nobody does."""

    volunteer_no = Text(load_default=None, length_max=40)


class RosterIn(InSchema):
    """The same shift on some days of a week: who, from when to when, on which weekdays."""

    monday = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("resident", "rotating")))
    begins = fields.Time(required=True, format="%H:%M")
    ends = fields.Time(required=True, format="%H:%M")
    weekdays = fields.List(
        WholeNumber(validate=validate.Range(min=0, max=6)),
        required=True,
        validate=validate.Length(min=1, max=ROWS),
    )
    volunteer_no = Text(load_default=None, length_max=40)
    people_count = WholeNumber(load_default=1, validate=validate.Range(min=1, max=20))
