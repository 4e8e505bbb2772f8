"""Signing in and joining, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.web.schemas import InSchema, Text, WholeNumber

PASSWORD_LENGTH_MAX = 128


class PhoneIn(InSchema):
    """A mobile number, as typed."""

    phone = Text(required=True, length_max=24)


class CodeSignInIn(PhoneIn):
    """A phone and the one-time code that was sent to it."""

    code = fields.String(required=True, validate=validate.Length(min=1, max=12))


class PasswordSignInIn(PhoneIn):
    """A phone and a password; spaces are part of a password."""

    password = fields.String(
        required=True, validate=validate.Length(min=1, max=PASSWORD_LENGTH_MAX)
    )


class SignInIn(PhoneIn):
    """Either way in: exactly one of code and password."""

    code = fields.String(validate=validate.Length(min=1, max=12))
    password = fields.String(validate=validate.Length(min=1, max=PASSWORD_LENGTH_MAX))


class JoinIn(InSchema):
    """Joining by oneself: no ID number, no photo, no position (D46)."""

    name = Text(required=True, length_max=32)
    phone = Text(required=True, length_max=24)
    ticket = fields.String(required=True, validate=validate.Length(min=1, max=200))
    node_code = Text(required=True, length_max=32)
    consent_version = Text(required=True, length_max=16)
    birth_year = WholeNumber(load_default=None, allow_none=True)
    guardian_consent_version = Text(load_default=None, allow_none=True, length_max=16)


class SignedInOut(Schema):
    """A session opened for a program: send the token as `Authorization: Bearer`."""

    token = fields.String()
    person_id = fields.UUID()


class TicketOut(Schema):
    """The phone is proven, but nobody joined with it yet."""

    ticket = fields.String()
