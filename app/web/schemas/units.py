"""What hangs on a place: units, venues and its programme, and the kinds that places have."""

from marshmallow import Schema, fields, validate

from app.community.terms import CODE_MAX as TERM_MAX
from app.points.models_rule import EXPIRY_POLICIES
from app.web.schemas import InSchema, Text

KIND_MAX = 24
NAME_MAX = 64


class UnitOut(Schema):
    """A unit (共建单位); its id is what an activity names its co-organisers by."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String()
    partner_class = fields.String(allow_none=True)
    node_code = fields.String()


class UnitIn(InSchema):
    """A unit that works with a place."""

    kind = Text(required=True, length_max=KIND_MAX)
    name = Text(required=True, length_max=NAME_MAX)
    partner_class = Text(load_default=None, allow_none=True, length_max=TERM_MAX)


class TermIn(InSchema):
    """What a word of a list is called."""

    name = Text(required=True, length_max=TERM_MAX)


class TermOut(Schema):
    """A word of a list: its code for ever, its name today, and since when it is offered no more."""

    code = fields.String()
    name = fields.String()
    retired_on = fields.Date(allow_none=True)


class VenueOut(Schema):
    """A venue (阵地)."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String()
    address = fields.String(allow_none=True)
    node_code = fields.String()


class VenueIn(InSchema):
    """A venue of a place."""

    kind = Text(required=True, length_max=KIND_MAX)
    name = Text(required=True, length_max=NAME_MAX)
    address = Text(load_default=None, allow_none=True)


class KindOut(Schema):
    """A kind of place: province, community, grid, building."""

    code = fields.String()
    label_zh = fields.String()
    label_en = fields.String()
    is_official = fields.Boolean()


class KindIn(InSchema):
    """A local kind of place."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,15}\Z"))
    label_zh = Text(required=True, length_max=16)
    label_en = Text(required=True, length_max=32)


class ProgrammeIn(InSchema):
    """A programme to start at a place, with a book of its own; without points it keeps hours."""

    book = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9-]{1,31}\Z"))
    name = Text(required=True, length_max=NAME_MAX)
    has_points = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    expiry_policy = fields.String(load_default="never", validate=validate.OneOf(EXPIRY_POLICIES))
