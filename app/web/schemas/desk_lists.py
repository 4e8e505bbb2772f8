"""Filters of the desk's lists, as they stand in the address; and what is added to a list."""

from marshmallow import fields, validate

from app.web.schemas import InSchema, PageIn, Text, WholeNumber

CARD_STATES = ("active", "lost", "replaced", "cancelled")
VIEWS = ("month", "list")


class CardListIn(PageIn):
    """Which cards are shown."""

    state = fields.String(validate=validate.OneOf(CARD_STATES))


class TeamListIn(PageIn):
    """Which teams are shown: by a part of a name or alias, by kind, by lead body."""

    text = Text(length_max=64, load_default=None)
    kind = Text(length_max=24, load_default=None)
    lead_body = Text(length_max=64, load_default=None)


class CalendarIn(PageIn):
    """Which sessions the calendar shows, as a month or as a list of days."""

    view = fields.String(validate=validate.OneOf(VIEWS))
    month = Text(length_max=7)
    begins_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to")
    state = Text(length_max=16)
    team_id = fields.UUID(data_key="team")
    category_code = Text(length_max=24, data_key="category")


class ReviewIn(PageIn):
    """Which of the waiting grants are shown."""

    limit = WholeNumber(load_default=500, validate=validate.Range(min=1, max=500))
    team_id = fields.UUID(data_key="team")
    activity_id = fields.UUID(data_key="activity")
    hold = Text(length_max=16)
    source = Text(length_max=16)


class OrganisersIn(PageIn):
    """Held on which days, both included; and the unit whose own list is shown."""

    begins_on = fields.Date(load_default=None, data_key="from")
    ends_on = fields.Date(load_default=None, data_key="to")
    unit_id = WholeNumber(load_default=None, data_key="unit", validate=validate.Range(min=1))


class UnitIn(InSchema):
    """A co-organising unit of this place: its kind, and its class if it is a partner (T16)."""

    name = Text(required=True, length_max=64)
    kind = Text(required=True, length_max=24)
    partner_class = Text(load_default=None, allow_none=True, length_max=24)
