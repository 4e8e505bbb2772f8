"""Members, their cards and their standing, as staff's doors take and give them."""

from marshmallow import Schema, fields, validate

from app.web.schemas import InSchema, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

REASON_MAX = 200


class MemberOut(Schema):
    """A member as others see them: masked."""

    id = fields.UUID()
    volunteer_no = fields.String()
    name = fields.String()
    node_code = fields.String()
    state = fields.String()
    joined_on = fields.Date()


class FullMemberOut(MemberOut):
    """A member opened by staff of the place; the opening was written down."""

    name_masked = fields.String()
    external_id = fields.String(allow_none=True)
    merged_into_id = fields.UUID(allow_none=True)
    is_frozen = fields.Boolean()
    teams = fields.List(fields.String())
    merged_from = fields.List(fields.String())


class MemberSearchIn(PlacePageIn):
    """A whole phone, a whole number of member or card, or a part of a name. Never in a URL."""

    text = Text(required=True, length_max=64)


class NewMemberIn(InSchema):
    """Somebody whom staff take in; with a card, if they have no phone (D46)."""

    name = Text(required=True, length_max=32)
    phone = Text(load_default=None, allow_none=True, length_max=24)
    node_code = Text(required=True, length_max=32)
    consent_version = Text(required=True, length_max=16)
    external_id = Text(load_default=None, allow_none=True, length_max=64)
    birth_year = WholeNumber(load_default=None, allow_none=True)
    guardian_consent_version = Text(load_default=None, allow_none=True, length_max=16)
    has_card = fields.Boolean(load_default=False)


class CardOut(Schema):
    """A 积分卡; the token of its QR is given by `print` alone."""

    id = fields.UUID()
    card_no = fields.String()
    state = fields.String()
    batch = fields.String(allow_none=True)
    replaces_id = fields.UUID(allow_none=True)
    issued_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)


class NewMemberOut(MemberOut):
    """The member, and their card if one was issued."""

    card = fields.Nested(CardOut, allow_none=True)


class CardIssueIn(InSchema):
    """Which printed batch the card belongs to, if any."""

    batch = Text(load_default=None, allow_none=True, length_max=24)


class PrintedCardOut(Schema):
    """What is printed: the number, and the token for the QR."""

    card_no = fields.String()
    token = fields.String()


class CardScanIn(InSchema):
    """What a scanner read from a card's QR."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=80))


class CardHolderOut(Schema):
    """Whose card it is: masked, for whoever scanned it."""

    member_id = fields.UUID()
    volunteer_no = fields.String()
    name = fields.String()
    card_no = fields.String()
    is_frozen = fields.Boolean()


class CardNumberIn(InSchema):
    """A printed card number."""

    card_no = Text(required=True, length_max=24)


class CardCountsOut(Schema):
    """Cards of a book by state; holders are people."""

    issued_count = fields.Integer()
    holder_count = fields.Integer()
    active_count = fields.Integer()
    lost_count = fields.Integer()
    replaced_count = fields.Integer()
    cancelled_count = fields.Integer()


class FoundCardOut(CardOut):
    """A card with whose it is."""

    member_id = fields.UUID()


class ImportIn(InSchema):
    """Whether to write nothing and say only what would come of it."""

    dry_run = fields.Boolean(load_default=False)


class UploadIn(InSchema):
    """One xlsx file, or a CSV file: UTF-8 with or without BOM, or GB18030."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class BadRowOut(Schema):
    """A row that was left out: on which line it begins, and why."""

    line_no = fields.Integer()
    reason = fields.String()
    text = fields.String()
    field = fields.String(allow_none=True, metadata={"description": "The column to blame"})


class ImportOut(Schema):
    """What an import brought, or would bring."""

    is_dry_run = fields.Boolean()
    new_count = fields.Integer()
    changed_count = fields.Integer()
    unchanged_count = fields.Integer()
    bad_count = fields.Integer()
    bad_rows = fields.List(fields.Nested(BadRowOut))


class ReasonIn(InSchema):
    """Why, in words."""

    reason = Text(required=True, length_max=REASON_MAX)


class FreezeIn(ReasonIn):
    """What is frozen or released, and why."""

    subject_kind = fields.String(required=True, validate=validate.OneOf(("member", "card")))
    subject_id = fields.UUID(required=True)


class FreezeOut(Schema):
    """A freeze, standing or lifted."""

    id = fields.UUID()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    reason = fields.String()
    frozen_at = fields.DateTime()
    released_at = fields.DateTime(allow_none=True)
    release_reason = fields.String(allow_none=True)


class RoleIn(InSchema):
    """A role at a place and below, until a last day."""

    role = Text(required=True, length_max=16)
    node_code = Text(required=True, length_max=32)
    until_on = fields.Date(load_default=None, allow_none=True)


class MergeIn(ReasonIn):
    """Two memberships of one person; the old one ends, the kept one stays."""

    old_member_id = fields.UUID(required=True)
    kept_member_id = fields.UUID(required=True)


class MergeOut(Schema):
    """A request to merge, and what became of it."""

    id = fields.UUID()
    old_member_id = fields.UUID()
    kept_member_id = fields.UUID()
    reason = fields.String()
    state = fields.String()
    requested_at = fields.DateTime()
    decided_at = fields.DateTime(allow_none=True)


class MergedOut(MergeOut):
    """An approved merge, with the journals that moved what the old one held."""

    journal_ids = fields.List(fields.UUID())


class AuditIn(InSchema):
    """Acts on one subject, or by one person."""

    subject_kind = fields.String(
        validate=validate.OneOf(("member", "card", "team", "household", "alliance"))
    )
    subject_id = fields.UUID()
    actor_id = fields.UUID()
    limit = WholeNumber(load_default=100, validate=validate.Range(min=1, max=500))


class AuditOut(Schema):
    """One line of the audit trail."""

    id = fields.UUID()
    actor_id = fields.UUID()
    on_behalf_id = fields.UUID(allow_none=True)
    action = fields.String()
    subject_kind = fields.String()
    subject_id = fields.UUID(allow_none=True)
    facts = fields.Dict()
    happened_at = fields.DateTime()
