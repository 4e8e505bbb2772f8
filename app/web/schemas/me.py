"""A person's own matters, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.people.consents import PURPOSES, VERSION_MAX
from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.identity import PASSWORD_LENGTH_MAX

WITHDRAWABLE = ("board", "location")
"""A consent to be a member ends by leaving: see the erasure."""


class RoleOut(Schema):
    """A role at a place and below."""

    role = fields.String()
    node_code = fields.String()
    node_name = fields.String()
    until_on = fields.Date(allow_none=True)
    granted_at = fields.DateTime()


class HomeOut(Schema):
    """A book that the person is a member of."""

    book = fields.String()
    name = fields.String()
    has_points = fields.Boolean()
    member_id = fields.UUID()
    volunteer_no = fields.String()
    node_code = fields.String()
    node_name = fields.String()
    state = fields.String()
    joined_on = fields.Date()
    spendable_points = fields.Integer()
    next_expiry_points = fields.Integer(allow_none=True)
    next_expires_on = fields.Date(allow_none=True)


class MeOut(Schema):
    """The person behind this session."""

    person_id = fields.UUID()
    name = fields.String()
    phone_masked = fields.String(allow_none=True)
    has_password = fields.Boolean()
    has_pin = fields.Boolean()
    roles = fields.List(fields.Nested(RoleOut))
    books = fields.List(fields.Nested(HomeOut))


class JoinBookIn(InSchema):
    """Becoming a member in the book of another place."""

    node_code = Text(required=True, length_max=32)
    consent_version = Text(required=True, length_max=VERSION_MAX)


class OwnRecordOut(Schema):
    """All that is held of the person, in clear, one part for each book."""

    made_at = fields.DateTime()
    books = fields.List(fields.Dict())


class ConsentIn(InSchema):
    """A consent to one version of a text."""

    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES))
    text_version = Text(required=True, length_max=VERSION_MAX)


class ConsentOut(Schema):
    """A consent given, and when it was taken back."""

    purpose = fields.String()
    text_version = fields.String()
    given_at = fields.DateTime()
    withdrawn_at = fields.DateTime(allow_none=True)


class ProofIn(InSchema):
    """That it is oneself: the password, or one's phone with the code just sent to it."""

    password = fields.String(validate=validate.Length(min=1, max=PASSWORD_LENGTH_MAX))
    phone = Text(length_max=24)
    code = fields.String(validate=validate.Length(min=1, max=12))


class PasswordIn(ProofIn):
    """A new password, with the proof."""

    new_password = fields.String(
        required=True, validate=validate.Length(min=1, max=PASSWORD_LENGTH_MAX)
    )


class PinIn(ProofIn):
    """A new spending PIN of six digits, with the proof."""

    new_pin = fields.String(required=True, validate=validate.Length(min=1, max=12))


class CorrectionIn(ProofIn):
    """The name and the year as they should be, with the proof."""

    name = Text(required=True, length_max=64)
    birth_year = WholeNumber(load_default=None, allow_none=True)


class NewPhoneIn(ProofIn):
    """Another phone with the code just sent to it, and the proof that it is oneself."""

    new_phone = Text(required=True, length_max=24)
    new_code = fields.String(required=True, validate=validate.Length(min=1, max=12))


class OwnSessionOut(Schema):
    """A signed-in device."""

    id = fields.String()
    created_at = fields.DateTime()
    seen_at = fields.DateTime()
    expires_at = fields.DateTime()
    is_current = fields.Boolean()


class EndedOut(Schema):
    """How many were ended."""

    count = fields.Integer()


class ErasureBookOut(Schema):
    """What an erasure leaves behind in one book."""

    book = fields.String()
    spendable_points = fields.Integer()
    receivable_points = fields.Integer()
    held_points = fields.Integer()
    open_objections = fields.Integer()


class ErasurePreviewOut(Schema):
    """What is still there, to be used up or let go before."""

    books = fields.List(fields.Nested(ErasureBookOut))


class ErasureIn(ProofIn):
    """The wish to be erased, with the proof; points that are left are given up knowingly."""

    gives_up_points = fields.Boolean(load_default=False)


class MessageOut(Schema):
    """A line of the inbox: the topic names the sentence, the facts fill it."""

    id = fields.UUID()
    topic = fields.String()
    facts = fields.Dict()
    sent_at = fields.DateTime()
    read_at = fields.DateTime(allow_none=True)


class InboxOut(Schema):
    """A slice of the inbox, and how many lines are unread in all."""

    items = fields.List(fields.Nested(MessageOut))
    unread_count = fields.Integer()


class UnreadOut(Schema):
    """How many lines are unread."""

    unread_count = fields.Integer()


class ReadIn(InSchema):
    """Which lines were read; all of them unless some are named."""

    ids = fields.List(fields.UUID(), validate=validate.Length(max=500))


class CodeIn(InSchema):
    """What a one-time code is for."""

    purpose = fields.String(required=True, validate=validate.OneOf(("attend", "redeem", "confirm")))


class CodeOut(Schema):
    """A fresh one-time code: the QR's token, the digits under it, and how long it lives."""

    id = fields.String()
    token = fields.String()
    digits = fields.String()
    seconds = fields.Integer()
    expires_at = fields.DateTime()


class CodeStatusOut(Schema):
    """What became of a code."""

    purpose = fields.String()
    state = fields.String(validate=validate.OneOf(("live", "used", "expired")))
    expires_at = fields.DateTime()
    used_at = fields.DateTime(allow_none=True)
    result = fields.Dict(allow_none=True)


class BookQueryIn(InSchema):
    """Which book only."""

    book = Text(length_max=32)
