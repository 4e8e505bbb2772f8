"""Lists as every door gives them: `{"items": […]}`."""

from functools import cache

from marshmallow import Schema, fields

from app.web.schemas import InSchema, PageIn, Text


@cache
def items_of(schema: type[Schema]) -> type[Schema]:
    """Return the schema of a list of these, named after them; the same one every time."""
    name = schema.__name__.removesuffix("Out") + "List"
    listed = Schema.from_dict({"items": fields.List(fields.Nested(schema))}, name=name)
    listed.__module__ = schema.__module__
    return listed


class PlaceIn(InSchema):
    """Of which place and everything below it; without one, of the highest that is one's own."""

    node_code = Text(length_max=32)


class PlacePageIn(PlaceIn, PageIn):
    """Which slice of a list, of which place."""
