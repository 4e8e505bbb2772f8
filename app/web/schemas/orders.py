"""Orders as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.service_orders.categories import HOURS_MAX
from app.service_orders.filing import TEXT_MAX, TITLE_MAX
from app.service_orders.handling import TALKED
from app.service_orders.models import HANDLER_KINDS, MEANINGS
from app.service_orders.models_order import ORDER_STATES
from app.web.schemas import InSchema, PageIn, Text, WholeNumber
from app.web.schemas.lists import PlacePageIn

CODE_MAX, REASON_MAX, WORKS_MAX = 24, 200, 50


class FileIn(InSchema):
    """What is asked for."""

    title = Text(required=True, length_max=TITLE_MAX)
    text = Text(load_default="", length_max=TEXT_MAX, is_empty_ok=True)
    category_code = Text(required=True, length_max=CODE_MAX)


class DeskFileIn(FileIn):
    """The same, entered by staff at a place: for a member by number, or for nobody in the book."""

    node_code = Text(required=True, length_max=32)
    volunteer_no = Text(load_default=None, length_max=40)
    external_id = Text(load_default=None, length_max=64)


class WhyIn(InSchema):
    """Why, in words."""

    reason = Text(required=True, length_max=REASON_MAX)


class RatingIn(InSchema):
    """One star to five, and perhaps a sentence."""

    stars = WholeNumber(required=True, validate=validate.Range(min=1, max=5))
    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class DeskWhyIn(WhyIn):
    """Why, and how the member agreed who asked; empty where that is nobody of the book."""

    consent_note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class DeskRatingIn(RatingIn):
    """What who asked says of it, and how they said it; empty where that is no member."""

    consent_note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class AssignIn(InSchema):
    """To a team, or to one member."""

    team_id = fields.UUID(load_default=None)
    member_id = fields.UUID(load_default=None)
    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class RerouteIn(WhyIn):
    """To those whose kind of work it is."""

    category_code = Text(required=True, length_max=CODE_MAX)


class ProgressIn(InSchema):
    """A step between: talked over, or under way."""

    meaning = fields.String(required=True, validate=validate.OneOf(TALKED))
    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)


class WorkIn(InSchema):
    """What one volunteer did, from when to when."""

    member_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)


class FinishIn(InSchema):
    """What was done; paid hands tell no work."""

    note = Text(load_default="", length_max=REASON_MAX, is_empty_ok=True)
    works = fields.List(
        fields.Nested(WorkIn), load_default=list, validate=validate.Length(max=WORKS_MAX)
    )


class TasksIn(PageIn):
    """What is to be done, or what is done."""

    is_done = fields.Boolean(load_default=False)


class OrdersIn(PlacePageIn):
    """Which orders of a place and below it."""

    state = fields.String(load_default=None, validate=validate.OneOf(ORDER_STATES))
    meaning = fields.String(load_default=None, validate=validate.OneOf(MEANINGS))
    category_code = Text(load_default=None, length_max=CODE_MAX)
    only_overdue = fields.Boolean(load_default=False)
    only_unassigned = fields.Boolean(load_default=False)
    only_hard = fields.Boolean(load_default=False)
    only_rated = fields.Boolean(load_default=False)
    only_good = fields.Boolean(load_default=False)


class FiguresIn(InSchema):
    """Of which place, filed on which days, both included."""

    node_code = Text(load_default=None, length_max=32)
    begins_on = fields.Date(data_key="from", load_default=None)
    ends_on = fields.Date(data_key="to", load_default=None)


class ExportOrdersIn(FiguresIn):
    """Which orders as a file, and of what kind the file is."""

    kind = fields.String(required=True, validate=validate.OneOf(("xlsx", "csv")))
    state = fields.String(load_default=None, validate=validate.OneOf(ORDER_STATES))
    category_code = Text(load_default=None, length_max=CODE_MAX)
    only_overdue = fields.Boolean(load_default=False)


class KindIn(InSchema):
    """A kind of order. Without `credit_category_code` its work earns nothing."""

    name = Text(required=True, length_max=32)
    handler_kind = fields.String(load_default="volunteer", validate=validate.OneOf(HANDLER_KINDS))
    due_hours = WholeNumber(load_default=72, validate=validate.Range(min=1, max=HOURS_MAX))
    credit_category_code = Text(load_default=None, length_max=32)
    is_hard = fields.Boolean(load_default=False)
    is_open = fields.Boolean(load_default=True)


class KindOut(Schema):
    """A kind of order: who takes it, by when, what it counts as."""

    code = fields.String()
    name = fields.String()
    handler_kind = fields.String(validate=validate.OneOf(HANDLER_KINDS))
    due_hours = fields.Integer()
    credit_category_code = fields.String(allow_none=True)
    is_hard = fields.Boolean()
    is_open = fields.Boolean()


class StepSchema(InSchema):
    """One step of a workflow: its code, its name at the place, and what it means."""

    code = Text(required=True, length_max=CODE_MAX)
    name = Text(required=True, length_max=16)
    meaning = fields.String(required=True, validate=validate.OneOf(MEANINGS))


class TemplateIn(InSchema):
    """A new workflow under a code of its own."""

    code = Text(required=True, length_max=CODE_MAX)
    name = Text(required=True, length_max=32)
    steps = fields.List(fields.Nested(StepSchema), required=True, validate=validate.Length(max=12))


class TemplateOut(Schema):
    """A workflow in its newest version."""

    code = fields.String()
    version = fields.Integer()
    name = fields.String()
    steps = fields.List(fields.Nested(StepSchema))


class ChoiceIn(InSchema):
    """Which workflow a place uses; none: that of the places above it."""

    template_code = Text(required=True, allow_none=True, length_max=CODE_MAX)


class StageOut(Schema):
    """A step on the way, as the place calls it: `done`, `now` (it comes next) or empty."""

    name = fields.String()
    state = fields.String()
    at = fields.DateTime(allow_none=True)


class LineOut(Schema):
    """A line of an order's history, for those who may read the order in full.

    `by`: who held an office by name if staff read it, anybody else by their part.
    """

    act = fields.String()
    step = fields.String(allow_none=True)
    note = fields.String()
    by = fields.String()
    at = fields.DateTime()


class OrderOut(Schema):
    """An order in a list: no text, names masked."""

    id = fields.UUID()
    number = fields.String()
    external_id = fields.String(allow_none=True)
    node_code = fields.String()
    category_code = fields.String()
    category_name = fields.String()
    title = fields.String()
    state = fields.String(validate=validate.OneOf(ORDER_STATES))
    step = fields.String()
    meaning = fields.String(validate=validate.OneOf(MEANINGS))
    next_step = fields.String(allow_none=True)
    hands = fields.String()
    handler_kind = fields.String()
    filed_at = fields.DateTime()
    due_at = fields.DateTime()
    escalated_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)
    rated_at = fields.DateTime(allow_none=True)
    stars = fields.Integer(allow_none=True)
    reopened_count = fields.Integer()


class OrderFullOut(OrderOut):
    """An order in full, for who asked, who does it, and staff of the place."""

    text = fields.String()
    asker_name_masked = fields.String(allow_none=True)
    stages = fields.List(fields.Nested(StageOut))
    history = fields.List(fields.Nested(LineOut))


class FiguresOut(Schema):
    """Counts of orders, and their shares as decimal text, rounded half up."""

    filed_count = fields.Integer()
    finished_count = fields.Integer()
    open_count = fields.Integer()
    unassigned_count = fields.Integer()
    overdue_count = fields.Integer()
    rated_count = fields.Integer()
    good_count = fields.Integer()
    finished_percent = fields.String(allow_none=True)
    good_percent = fields.String(allow_none=True)


class NamedFiguresOut(FiguresOut):
    """The figures of one kind, or of one place."""

    code = fields.String()
    name = fields.String()


class FigureSheetOut(Schema):
    """All figures of a place: the whole, the 难题, by kind, by place; one sum each way."""

    total = fields.Nested(FiguresOut)
    hard = fields.Nested(FiguresOut)
    by_category = fields.List(fields.Nested(NamedFiguresOut))
    by_place = fields.List(fields.Nested(NamedFiguresOut))
