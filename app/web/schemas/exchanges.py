"""Neighbours' help, as the doors take and give it."""

from marshmallow import Schema, fields, validate

from app.service_orders.offers import MINUTES_MAX, POINTS_MAX, TITLE_MAX
from app.web.schemas import InSchema, Text, WholeNumber

CODE_MAX = 64
CONSENT_MAX = 200


class _PriceIn(InSchema):
    """What it is, for how many points, for how long."""

    title = Text(required=True, length_max=TITLE_MAX)
    points = WholeNumber(required=True, validate=validate.Range(min=1, max=POINTS_MAX))
    minutes = WholeNumber(required=True, validate=validate.Range(min=1, max=MINUTES_MAX))


class OfferIn(_PriceIn):
    """What a member is ready to do for neighbours."""


class AskIn(_PriceIn):
    """What a neighbour asks for; with `offer_id` of the one who offered it."""

    text = Text(load_default="", length_max=1_000, is_empty_ok=True)
    offer_id = fields.UUID(load_default=None)


class AskForIn(AskIn):
    """The same in the name of a member, named by number, with how they agreed."""

    volunteer_no = Text(required=True, length_max=40)
    consent_note = Text(required=True, length_max=CONSENT_MAX)


class ConsentIn(InSchema):
    """How the member agreed."""

    consent_note = Text(required=True, length_max=CONSENT_MAX)


class HelpTimeIn(InSchema):
    """From when to when the help was given."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class HelpConfirmedIn(HelpTimeIn):
    """The same, with the one-time code of the helped neighbour (purpose `confirm`)."""

    code = Text(required=True, length_max=CODE_MAX)


class OfferOut(Schema):
    """An offer that stands; names are masked."""

    id = fields.UUID()
    title = fields.String()
    points = fields.Integer()
    minutes = fields.Integer()
    name_masked = fields.String()
    is_mine = fields.Boolean()
    offered_at = fields.DateTime()


class ExchangeOut(Schema):
    """A request for help and where it stands; names are masked, `side` is asker, helper or none.

    `text` is for the two of them only.
    """

    id = fields.UUID()
    number = fields.String()
    title = fields.String()
    text = fields.String(allow_none=True)
    points = fields.Integer()
    minutes = fields.Integer()
    state = fields.String()
    side = fields.String()
    asker_name_masked = fields.String()
    helper_name_masked = fields.String(allow_none=True)
    asked_at = fields.DateTime()
    lapses_at = fields.DateTime()
    starts_at = fields.DateTime(allow_none=True)
    ends_at = fields.DateTime(allow_none=True)
    confirmed_by = fields.String(allow_none=True)


class ReciprocityOut(Schema):
    """Given to neighbours, and received from them; confirmed help only."""

    given_count = fields.Integer()
    given_minutes = fields.Integer()
    earned_points = fields.Integer()
    received_count = fields.Integer()
    received_minutes = fields.Integer()
    spent_points = fields.Integer()
