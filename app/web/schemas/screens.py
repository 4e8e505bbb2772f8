"""The leader's screen and the codes it is handed ahead, as the doors take and give them."""

from marshmallow import Schema, fields

from app.web.schemas import InSchema, WholeNumber


class ScreenOut(Schema):
    """What a leader's screen shows now for one direction."""

    direction = fields.String()
    token = fields.String()
    url = fields.String()
    svg = fields.String()
    short_code = fields.String()
    seconds_left = fields.Integer()


class SupplyIn(InSchema):
    """Which codes a screen holds already; without it, none."""

    after_slot = WholeNumber(load_default=None, allow_none=True)


class ModulesOut(Schema):
    """A QR code as a page draws it: `side` modules square, bits row by row, base64."""

    side = fields.Integer()
    bits = fields.String()


class SlotCodeOut(Schema):
    """The code of one slot of 15 seconds: slot 0 began with 1970, UTC."""

    slot = fields.Integer()
    token = fields.String()
    short_code = fields.String()
    qr = fields.Nested(ModulesOut)


class SupplyOut(Schema):
    """Codes for a screen that may lose its network; each is judged when it is scanned."""

    direction = fields.String()
    key_version = fields.Integer()
    now = fields.DateTime()
    closes_at = fields.DateTime()
    renew_seconds = fields.Integer()
    slot_seconds = fields.Integer()
    codes = fields.List(fields.Nested(SlotCodeOut))


class RevokedOut(Schema):
    """The number of the screen's new key."""

    key_version = fields.Integer()
