"""What a plan must say before it may be kept: future only, precise place, no back-fill (D20)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities.shifts import attending
from app.activities.wording import clean
from app.base import clock
from app.base.errors import ValidationFailed
from app.community import tree
from app.community.models import Unit, Venue
from app.people.models import Alliance, Team
from app.points import activity_types, programmes

TITLE_LENGTH_MAX = 80
DESCRIPTION_LENGTH_MAX = 1000
ADDRESS_LENGTH_MIN = 4
ADDRESS_LENGTH_MAX = 200
SESSION_COUNT_MAX = 60
SESSION_LENGTH_MAX = timedelta(hours=24)
ACTIVITY_LENGTH_MAX = timedelta(days=366)
QUOTA_MAX = 100_000
UNIT_COUNT_MAX = 20
BACKFILL_WORD = "补录"


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session (场次): from when to when, and for how many (None: any number)."""

    starts_at: datetime
    ends_at: datetime
    quota_count: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity as its leader wishes it.

    Attributes:
        team_id: The planning team; None when staff plan for the community.
        alliance_id: The alliance that is called; None calls every team of the community.
        is_paid: Paid work: presence is kept, no hours come of it (A5).
        is_emergency: Its hours wait for a second signature (A4).
        unit_ids: Co-organising units (联合单位), each of which sees its own subset (C9).
        way: By the screen's code, a `route` of checkpoints, or a `visit` to a home.
        checkpoints: The places of a route, in order (C13).
        checkpoint_min_count: So many of them, in order, make a presence count.
        needs_log: Each shift needs its log before it is confirmed (T14).
    """

    node_id: int
    title: str
    category_code: str
    address: str
    sessions: Sequence[PlannedSession]
    description: str = ""
    team_id: UUID | None = None
    alliance_id: UUID | None = None
    venue_id: int | None = None
    is_paid: bool = False
    is_emergency: bool = False
    unit_ids: Sequence[int] = ()
    way: str = "screen"
    checkpoints: Sequence[str] = ()
    checkpoint_min_count: int = 2
    needs_log: bool = False


def check(session: Session, *, ledger_id: int, plan: Plan) -> None:
    """Refuse a plan that no rule allows (D20, C3).

    Raises:
        ValidationFailed: Fact `field` says where.
        NotFound: No such place, or the programme has no such category.
    """
    check_texts(plan)
    check_times(plan.sessions)
    attending.check(plan)
    _check_place(session, ledger_id, plan)
    _check_links(session, ledger_id, plan)


def check_texts(plan: Plan) -> None:
    """Refuse a missing or overlong text, and a title that speaks of back-fill (D20)."""
    title = clean(plan.title, field="title", length_max=TITLE_LENGTH_MAX)
    if BACKFILL_WORD in "".join(unicodedata.normalize("NFKC", title).split()):
        raise ValidationFailed("back-fill is no activity (D20)", field="title", reason="backfill")
    clean(plan.description, field="description", length_min=0, length_max=DESCRIPTION_LENGTH_MAX)


def check_times(sessions: Sequence[PlannedSession]) -> None:
    """Refuse sessions in the past, too long, or spread over more than a year (D20)."""
    if not 0 < len(sessions) <= SESSION_COUNT_MAX:
        raise ValidationFailed("an activity has one session or more", field="sessions")
    now = clock.now()
    for each in sessions:
        if not now < each.starts_at < each.ends_at <= each.starts_at + SESSION_LENGTH_MAX:
            raise ValidationFailed("sessions lie in the future (D20)", field="sessions")
        if each.quota_count is not None and not 0 < each.quota_count <= QUOTA_MAX:
            raise ValidationFailed("a quota is one or more", field="quota_count")
    first = min(each.starts_at for each in sessions)
    if max(each.ends_at for each in sessions) - first > ACTIVITY_LENGTH_MAX:
        raise ValidationFailed("longer than a year (D20)", field="sessions")


def _check_place(session: Session, ledger_id: int, plan: Plan) -> None:
    """The address must be one that people find: more than the community's own name."""
    node = tree.get(session, plan.node_id)
    programme = programmes.of_node(session, node)
    if programme.ledger_id != ledger_id:
        raise ValidationFailed("this place belongs to another book", field="node_id")
    activity_types.require_offered(session, programme, plan.category_code)
    address = clean(
        plan.address,
        field="address",
        length_min=ADDRESS_LENGTH_MIN,
        length_max=ADDRESS_LENGTH_MAX,
    )
    line = tree.ancestors(session, node)
    if address in {name for place in line for name in (place.name, place.short_name)}:
        raise ValidationFailed("a precise address is needed (D20)", field="address")


def _check_links(session: Session, ledger_id: int, plan: Plan) -> None:
    if plan.team_id is not None and not _count(session, Team, ledger_id, plan.team_id):
        raise ValidationFailed("no such team", field="team_id")
    if plan.alliance_id is not None and not _count(session, Alliance, ledger_id, plan.alliance_id):
        raise ValidationFailed("no such alliance", field="alliance_id")
    if plan.venue_id is not None and session.get(Venue, plan.venue_id) is None:
        raise ValidationFailed("no such venue", field="venue_id")
    if len(plan.unit_ids) > UNIT_COUNT_MAX or len(set(plan.unit_ids)) != len(plan.unit_ids):
        raise ValidationFailed("too many units, or one twice", field="unit_ids")
    if plan.unit_ids:
        query = sa.select(sa.func.count()).where(Unit.id.in_(plan.unit_ids))
        if session.scalar(query) != len(plan.unit_ids):
            raise ValidationFailed("no such unit", field="unit_ids")


def _count(
    session: Session, model: type[Team] | type[Alliance], ledger_id: int, row_id: UUID
) -> int:
    query = sa.select(sa.func.count()).where(model.ledger_id == ledger_id, model.id == row_id)
    if model is Team:
        query = query.where(Team.closed_on.is_(None))
    return session.scalar(query) or 0
