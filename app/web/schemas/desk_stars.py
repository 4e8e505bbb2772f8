"""What the desk's forms for stars send."""

from marshmallow import fields, validate

from app.points.models_assessment import BODIES
from app.points.models_star import STAR_COUNTS
from app.points.stars.tables import NOTICE_WORKDAYS
from app.points.verdicts import VERDICTS
from app.reports.models_certificate import CERTIFICATE_KINDS
from app.web.schemas import InSchema, PageIn, Text, WholeNumber

BATCH_MAX = 200
HOURS_MAX = 1_000_000


class ReviewIn(InSchema):
    """Whom, and what came of it; a refusal says why."""

    member_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=BATCH_MAX)
    )
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(load_default=None, allow_none=True)


class PutUpIn(InSchema):
    """A notice of the reviewed ones: its title, and how to object without a phone."""

    title = Text(required=True, length_max=64)
    contact = Text(required=True, length_max=120)


class TableIn(InSchema):
    """A version of the star table: whole hours of each star, as many as there are."""

    hours = fields.List(
        WholeNumber(validate=validate.Range(min=1, max=HOURS_MAX)),
        required=True,
        validate=validate.Length(min=1, max=5),
    )
    counts = fields.String(required=True, validate=validate.OneOf(STAR_COUNTS))
    notice_workdays = WholeNumber(
        required=True,
        validate=validate.Range(min=NOTICE_WORKDAYS.start, max=NOTICE_WORKDAYS.stop - 1),
    )
    bar_years = WholeNumber(required=True, validate=validate.Range(min=1, max=3))
    valid_from_on = fields.Date(required=True)


class BarIn(InSchema):
    """For how many years, and why."""

    years = WholeNumber(required=True, validate=validate.Range(min=1, max=3))
    reason = Text(required=True)


class RuleIn(InSchema):
    """The weights of the quarter board's three inputs, in percent, and the full hours."""

    hours_weight = WholeNumber(required=True, validate=validate.Range(min=1, max=100))
    rating_weight = WholeNumber(required=True, validate=validate.Range(min=0, max=99))
    review_weight = WholeNumber(required=True, validate=validate.Range(min=0, max=99))
    full_hours = WholeNumber(required=True, validate=validate.Range(min=1, max=1_000))


class AssessorIn(InSchema):
    """Whom to appoint, and for which body."""

    volunteer_no = Text(required=True, length_max=32)
    body = fields.String(required=True, validate=validate.OneOf(BODIES))


class CertificateIn(InSchema):
    """What is to be certified for whom, and who answers for it."""

    volunteer_no = Text(required=True, length_max=32)
    kind = fields.String(required=True, validate=validate.OneOf(CERTIFICATE_KINDS))
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    issuer = Text(required=True, length_max=96)
    in_charge = Text(load_default="", length_max=32)
    contact = Text(load_default="", length_max=120)


class ProofsIn(PageIn):
    """Which of the proofs of a place: a number of theirs or of the volunteer."""

    number = fields.String(load_default="", validate=validate.Length(max=32))


class RisesIn(PageIn):
    """Which slices of the three lists of stars."""

    reviewed = WholeNumber(load_default=0, validate=validate.Range(min=0, max=1_000_000))
    noticed = WholeNumber(load_default=0, validate=validate.Range(min=0, max=1_000_000))
