"""Certificates and assessments over the API."""

from marshmallow import Schema, fields, validate

from app.points.models_assessment import ASSESSED_KINDS, BODIES
from app.reports.models_certificate import CERTIFICATE_KINDS
from app.web.schemas import InSchema, Text, WholeNumber


class MyCertificateIn(InSchema):
    """Of which days, both included."""

    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)


class CertificateIn(MyCertificateIn):
    """What is to be certified for whom, and who answers for it."""

    member_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(CERTIFICATE_KINDS))
    issuer = Text(required=True, length_max=96)
    in_charge = Text(load_default="", length_max=32)
    contact = Text(load_default="", length_max=120)


class CertificateFileIn(InSchema):
    """As what: `pdf`, or of merit `xlsx`."""

    kind = fields.String(load_default="pdf", validate=validate.OneOf(("pdf", "xlsx")))


class CertificateOut(Schema):
    """A certificate: hours of some days by provenance; it names nobody."""

    id = fields.UUID()
    number = fields.String()
    kind = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    credited_minutes = fields.Integer()
    honorary_minutes = fields.Integer()
    historical_minutes = fields.Integer()
    grant_count = fields.Integer()
    issuer = fields.String()
    verification_code = fields.String()
    issued_at = fields.DateTime()
    withdrawn_at = fields.DateTime(allow_none=True)
    withdraw_reason = fields.String(allow_none=True)


class LookedUpOut(CertificateOut):
    """What a code opens. `is_same`: the books of today still say so."""

    is_same = fields.Boolean()


class AssessorIn(InSchema):
    """Whom to appoint as assessor, where and for which body."""

    node_code = Text(required=True, length_max=32)
    member_id = fields.UUID(required=True)
    body = fields.String(required=True, validate=validate.OneOf(BODIES))


class AssessorOut(Schema):
    """An assessor."""

    id = fields.UUID()
    member_id = fields.UUID()
    body = fields.String()


class AssessmentIn(InSchema):
    """A score from 0 to 100 of a member, a team or a project for a quarter."""

    period = Text(required=True, length_max=6)
    subject_kind = fields.String(required=True, validate=validate.OneOf(ASSESSED_KINDS))
    subject_id = fields.UUID(required=True)
    score = WholeNumber(required=True, validate=validate.Range(min=0, max=100))
    note = Text(load_default="", is_empty_ok=True)


class AssessmentOut(Schema):
    """A score that was given."""

    id = fields.UUID()
    period = fields.String()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    score = fields.Integer()
