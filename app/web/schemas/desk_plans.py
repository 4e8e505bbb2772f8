"""What the desk's form of a plan takes: texts, choices, and rows of a day and two times."""

from typing import Any

from marshmallow import fields, validate

from app.activities.models_shift import WAYS
from app.activities.plan_rules import SESSION_COUNT_MAX, UNIT_COUNT_MAX
from app.activities.shifts.attending import CHECKPOINT_COUNT_MIN
from app.activities.shifts.repeats import EVERY
from app.activities.shifts.series import PART_COUNT_MAX
from app.web.schemas import InSchema, Text, WholeNumber

ROWS = SESSION_COUNT_MAX
DAYS_MAX, WEEKS_MAX = 31, 12
TEXT_MAX = 2_000
"""The rules of a plan know how long each text may be; no browser sends more than this."""


class PlanBase(InSchema):
    """An activity as staff wish it; nothing chosen for `team_id` means the place itself."""

    title = Text(required=True)
    category_code = Text(required=True, length_max=24)
    address = Text(required=True)
    description = Text(load_default="", is_empty_ok=True, length_max=TEXT_MAX)
    team_id = fields.UUID(load_default=None)
    alliance_id = fields.UUID(load_default=None)
    unit_ids = fields.List(
        WholeNumber(), load_default=list, validate=validate.Length(max=UNIT_COUNT_MAX)
    )
    quota_count = Text(load_default="", length_max=8)
    weeks = WholeNumber(load_default=1, validate=validate.Range(min=1, max=WEEKS_MAX))
    days = WholeNumber(load_default=1, validate=validate.Range(min=1, max=DAYS_MAX))
    every = fields.String(load_default="", validate=validate.OneOf(("", *EVERY)))
    turn_count = WholeNumber(load_default=0, validate=validate.Range(min=0, max=PART_COUNT_MAX))
    way = fields.String(load_default="screen", validate=validate.OneOf(WAYS))
    checkpoints = Text(load_default="", is_empty_ok=True, length_max=TEXT_MAX)
    checkpoint_min_count = WholeNumber(load_default=CHECKPOINT_COUNT_MIN)
    needs_log = fields.String(load_default="")
    venue_id = WholeNumber(load_default=None)
    is_paid = fields.String(load_default="")
    is_emergency = fields.String(load_default="")
    version = WholeNumber(load_default=0)
    then = fields.String(load_default="draft", validate=validate.OneOf(("draft", "submit")))


_TIMES: dict[str, Any] = {
    f"{name}_{row}": Text(length_max=10)
    for row in range(1, ROWS + 1)
    for name in ("on", "begins", "ends")
}
PlanIn = PlanBase.from_dict(_TIMES, name="StaffPlanIn")
