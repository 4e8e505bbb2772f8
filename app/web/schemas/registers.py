"""The four lists and reporting-in, as the doors take and give them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.people.models_enlistment import SOURCES, STANDINGS
from app.service_orders.models_register import ENTRY_STATES, LISTS
from app.web.schemas import InSchema, PageIn, Text, WholeNumber

NUMBER_MAX = 40


class BesideOut(Schema):
    """A row that another is linked to."""

    id = fields.UUID()
    number = fields.String()
    list_code = fields.String()
    title = fields.String()
    state = fields.String()


class EntryOut(Schema):
    """A row of one of the four lists; `linked` are all rows it is linked to."""

    id = fields.UUID()
    number = fields.String()
    list_code = fields.String()
    title = fields.String()
    text = fields.String()
    unit_id = fields.Integer(allow_none=True)
    unit = fields.String(allow_none=True)
    node_code = fields.String()
    state = fields.String()
    due_on = fields.Date(allow_none=True)
    version = fields.Integer()
    linked = fields.List(fields.Nested(BesideOut))


class EntryIn(InSchema):
    """A row to enter: whose it is, until when."""

    node_code = Text(required=True, length_max=32)
    list_code = fields.String(required=True, validate=validate.OneOf(LISTS))
    title = Text(required=True, length_max=64)
    text = Text(load_default="", is_empty_ok=True, length_max=500)
    unit_id = WholeNumber(load_default=None, allow_none=True)
    due_on = fields.Date(load_default=None, allow_none=True)


class EntryFormIn(EntryIn):
    """The same from the desk, whose place and list are in the address."""

    class Meta(EntryIn.Meta):
        exclude = ("node_code", "list_code")


class EntryPageIn(PageIn):
    """Which rows to list."""

    node_code = Text(length_max=32)
    list_code = fields.String(required=True, validate=validate.OneOf(LISTS))
    state = fields.String(validate=validate.OneOf(ENTRY_STATES))


class ChangeIn(EntryIn):
    """What a row says from now on, and the version that was read."""

    class Meta(EntryIn.Meta):
        exclude = ("node_code", "list_code")

    version = WholeNumber(required=True)


class MoveIn(InSchema):
    """Where a row goes, and the version that was read."""

    state = fields.String(required=True, validate=validate.OneOf(ENTRY_STATES))
    version = WholeNumber(required=True)


class LinkIn(InSchema):
    """The other row, by its number."""

    other_number = Text(required=True, length_max=NUMBER_MAX)


class ListFileIn(InSchema):
    """Which list as which file."""

    node_code = Text(required=True, length_max=32)
    list_code = fields.String(required=True, validate=validate.OneOf(LISTS))
    kind = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "csv")))


class GridClaimsOut(Schema):
    """Claims of one grid; without a code, of what stands in no grid."""

    code = fields.String()
    name = fields.String()
    claim_count = fields.Integer()
    under_way_count = fields.Integer()
    accepted_count = fields.Integer()
    ended_count = fields.Integer()


class EnlistmentOut(Schema):
    """Somebody who reported in; no member until `is_member`."""

    id = fields.UUID()
    external_id = fields.String()
    name_masked = fields.String()
    unit = fields.String(allow_none=True)
    node_code = fields.String()
    standing = fields.String()
    source = fields.String()
    enlisted_on = fields.Date()
    is_member = fields.Boolean()
    is_elsewhere = fields.Boolean(
        metadata={"description": "Their membership is of another place: to look at, no refusal"}
    )


class EnlistmentPageIn(PageIn):
    """Whose list: of a residence, or of a unit."""

    node_code = Text(length_max=32)
    unit_id = WholeNumber()


class ShareOut(Schema):
    """One line: people who reported in, members among them, minutes served."""

    name = fields.String()
    node_code = fields.String(attribute="code")
    unit_id = fields.Integer(allow_none=True)
    enlisted_count = fields.Integer()
    joined_count = fields.Integer()
    minutes = fields.Integer()


class EnlistmentFiguresOut(Schema):
    """Three populations that are never added, and hours: by residence the whole, by unit a part."""

    enlisted_count = fields.Integer()
    team_people_count = fields.Integer()
    card_holder_count = fields.Integer()
    residences = fields.List(fields.Nested(ShareOut))
    of_which_units = fields.List(fields.Nested(ShareOut))


class EnlistmentIn(InSchema):
    """Somebody who reports in at the desk."""

    external_id = Text(required=True, length_max=64)
    name = Text(required=True, length_max=32)
    phone = Text(load_default="", is_empty_ok=True, length_max=20)
    unit_id = WholeNumber(load_default=None, allow_none=True)
    node_code = Text(required=True, length_max=32)
    standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    source = fields.String(load_default="offline", validate=validate.OneOf(SOURCES))


class UnitEnlistmentIn(InSchema):
    """A unit that reports in to a community."""

    unit_id = WholeNumber(required=True)
    node_code = Text(required=True, length_max=32)


class UnitHoursIn(InSchema):
    """Of which days a unit's hours are wanted, both included."""

    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)

    @validates_schema
    def require_order(self, asked: dict[str, Any], **_more: Any) -> None:
        """The first day is not after the last."""
        if asked["begins_on"] > asked["ends_on"]:
            raise ValidationError("the first day is not after the last", "ends_on")


class UnitEnlistmentOut(Schema):
    """A unit that reported in."""

    unit_id = fields.Integer()
    unit = fields.String()
    node_code = fields.String()
