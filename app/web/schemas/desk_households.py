"""What the desk's forms of household points send."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.points.case_numbers import CASE_NO_MAX
from app.points.models_rule import POOLINGS
from app.web.schemas import InSchema, Text
from app.web.schemas.deductions import DeductionIn
from app.web.schemas.household_points import SHARES_MAX, HelpIn, VerdictIn
from app.web.translate import _

SHARE = re.compile(r"(\S{1,40})[\s,\uff0c]+(\S{1,8})")

__all__ = ["CaseFormIn", "DeductionIn", "HelpIn", "MinusIn", "PoolFormIn", "ReviewFormIn"]


class ReviewFormIn(VerdictIn):
    """A review at the desk."""

    is_on_duty = fields.Boolean(load_default=False)


class Shares(fields.Field[list[tuple[str, int | None]]]):
    """One person a line: number and points, or number and the word for being on duty."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[tuple[str, int | None]]:
        lines = [line.strip() for line in str(value).splitlines() if line.strip()]
        found = [SHARE.fullmatch(line) for line in lines]
        if not 0 < len(found) <= SHARES_MAX or not all(found):
            raise ValidationError("one person a line: number and points")
        return [(each[1], _points(each[2])) for each in found if each]


def _points(said: str) -> int | None:
    if said in ("duty", _("在岗")):
        return None
    if not (said.isascii() and said.isdigit()):
        raise ValidationError("points, or on duty")
    return int(said)


class CaseFormIn(InSchema):
    """A shared case: who gets how much of what one 件 gives."""

    case_no = Text(required=True, length_max=CASE_NO_MAX)
    category_code = Text(required=True, length_max=24)
    served_on = fields.Date(required=True)
    reason = Text(required=True)
    shares = Shares(required=True)


class PoolFormIn(InSchema):
    """Who earns from now on."""

    pooling = fields.String(required=True, validate=validate.OneOf(POOLINGS))


class MinusIn(InSchema):
    """Something that takes points away."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{1,23}\Z"))
    name = Text(required=True, length_max=32)
    measure = fields.String(required=True, validate=validate.OneOf(("times", "pieces")))
