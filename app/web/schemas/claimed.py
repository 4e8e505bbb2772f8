"""Vouchers, places and reservations as staff find them, and classes as they change them."""

from marshmallow import Schema, fields, validate

from app.mall.models_claim import RESERVATION_STATES, VOUCHER_STATES
from app.mall.voucher_returns import REASON_MAX
from app.web.schemas import InSchema, Text
from app.web.schemas.lists import PlacePageIn
from app.web.schemas.vouchers import ReservationOut, VoucherOut

NUMBER_MAX = 48


class ClaimedFilterIn(PlacePageIn):
    """Those with a number that contains this."""

    number = Text(load_default="", is_empty_ok=True, length_max=NUMBER_MAX)


class VoucherFilterIn(ClaimedFilterIn):
    """Vouchers in this state."""

    state = fields.String(load_default=None, validate=validate.OneOf(VOUCHER_STATES))


class ReservationFilterIn(ClaimedFilterIn):
    """Reservations in this state."""

    state = fields.String(load_default=None, validate=validate.OneOf(RESERVATION_STATES))


class ClaimedVoucherOut(VoucherOut):
    """A voucher with its member's masked name."""

    member_name_masked = fields.String()


class ClaimedReservationOut(ReservationOut):
    """What was set aside, with its member's masked name."""

    member_name_masked = fields.String()


class VoucherPageOut(Schema):
    """A page of vouchers, and how many there are on all pages."""

    items = fields.List(fields.Nested(ClaimedVoucherOut))
    total_count = fields.Integer()


class ReservationPageOut(Schema):
    """A page of reservations, and how many there are on all pages."""

    items = fields.List(fields.Nested(ClaimedReservationOut))
    total_count = fields.Integer()


class TakeBackIn(InSchema):
    """Why a voucher or a place is returned for its member."""

    reason = Text(required=True, length_max=REASON_MAX)


class CancelClassIn(InSchema):
    """Why a class does not take place."""

    reason = Text(required=True, length_max=REASON_MAX)


class ClassTimeIn(InSchema):
    """The new time of a class."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class PlacesOut(Schema):
    """How many places moved with a class, or came back; their members were told."""

    places_count = fields.Integer()
