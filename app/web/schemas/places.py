"""Places of the org tree and their settings, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.web.schemas import InSchema, Text, WholeNumber

COUNT_MAX = 100_000_000


class NodeOut(Schema):
    """A place."""

    code = fields.String()
    name = fields.String()
    short_name = fields.String()
    kind = fields.String()
    depth = fields.Integer()
    household_count = fields.Integer(allow_none=True)
    resident_count = fields.Integer(allow_none=True)
    closed_on = fields.Date(allow_none=True)


class FullNodeOut(NodeOut):
    """A place with the way down to it and the book that is kept for it."""

    breadcrumb = fields.String()
    parent_code = fields.String(allow_none=True)
    book = fields.String(allow_none=True)


class NodeSearchIn(InSchema):
    """A code, or a whole official or short name."""

    text = Text(required=True, length_max=64)


class FoundNodeOut(Schema):
    """A place that the text may mean."""

    code = fields.String()
    breadcrumb = fields.String()


class NewNodeIn(InSchema):
    """A place to be added below another."""

    kind_code = Text(required=True, length_max=16)
    code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)
    short_name = Text(load_default=None, allow_none=True, length_max=64)
    household_count = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=COUNT_MAX)
    )
    resident_count = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=COUNT_MAX)
    )
    external_id = Text(load_default=None, allow_none=True, length_max=64)


class NewGridIn(InSchema):
    """A grid (网格): its code is the community's and a number, the next free one if not given."""

    number = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=999)
    )
    name = Text(load_default="", is_empty_ok=True, length_max=64)
    household_count = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=COUNT_MAX)
    )
    resident_count = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=0, max=COUNT_MAX)
    )


class NewGridOut(NodeOut):
    """The grid; the warning says that it is smaller or larger than is wished (O6)."""

    has_size_warning = fields.Boolean()


class SettingOut(Schema):
    """What holds at a place, who says so, and what may be chosen."""

    name = fields.String()
    value = fields.Raw(allow_none=True)
    from_node_code = fields.String(allow_none=True)
    default = fields.Raw(allow_none=True)
    minimum = fields.Integer()
    maximum = fields.Integer()
    may_be_off = fields.Boolean()
    doc = fields.String()
    source = fields.String()


class SettingIn(InSchema):
    """A number within the setting's bounds; null switches off what may be off."""

    value = fields.Integer(required=True, strict=True, allow_none=True)


class ChangeOut(Schema):
    """A setting before and after, as it holds at the place."""

    name = fields.String()
    old = fields.Raw(allow_none=True)
    new = fields.Raw(allow_none=True)
