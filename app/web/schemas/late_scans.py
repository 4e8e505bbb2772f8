"""Late scans, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.activities.states import REASON_LENGTH_MAX
from app.web.schemas import InSchema, Text
from app.web.schemas.attendance import TOKEN_MAX


class LateScanIn(InSchema):
    """A code that a phone kept while it had no network, and when it says it scanned it."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=TOKEN_MAX))
    scanned_at = fields.AwareDateTime(required=True)


class LateScanOut(Schema):
    """Evidence that waits for the leader; no hours and no points."""

    id = fields.UUID()
    session_id = fields.UUID()
    direction = fields.String()
    shown_at = fields.DateTime()
    claimed_at = fields.DateTime()
    received_at = fields.DateTime()
    state = fields.String()


class MyLateScanOut(LateScanOut):
    """One's own late scan, with the name of the activity."""

    title = fields.String()


class NamedLateScanOut(LateScanOut):
    """A late scan as a leader sees it: the name is masked; who shared the phone is counted."""

    member_id = fields.UUID()
    volunteer_no = fields.String()
    name_masked = fields.String()
    people_of_device_count = fields.Integer()


class AdmitIn(InSchema):
    """From when to when the member was there, on the leader's word, and why."""

    checked_in_at = fields.AwareDateTime(required=True)
    checked_out_at = fields.AwareDateTime(required=True)
    reason = Text(required=True, length_max=REASON_LENGTH_MAX)
