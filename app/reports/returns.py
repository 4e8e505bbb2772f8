"""兑换后再服务率: how many of those who redeemed served again within 90 days (P6).

The unit is the person: the first redemption or voucher in the days asked about, and the first
service after it, counted in minutes, times or pieces. Who redeemed less than 90 days ago is
not counted yet, whether they came back already or not: else a young quarter would count its
early returners over nobody who may still come. They are named apart.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community.models import Node
from app.points.models import Grant
from app.reports import spendings
from app.reports.spendings import Spending
from app.service_orders.figures import percent

WITHIN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Return:
    """One redeemer: what they redeemed, and the service that followed it, if one did."""

    volunteer_no: str
    name_masked: str
    spending: Spending
    grant_id: UUID | None
    served_on: date | None

    @property
    def is_back(self) -> bool:
        """Whether a service followed."""
        return self.grant_id is not None


@dataclass(frozen=True, slots=True)
class Returns:
    """The rate with its rows: `came` of `counted`; `waiting` have days left, back or not."""

    came: list[Return]
    stayed_away: list[Return]
    waiting: list[Return]

    @property
    def counted(self) -> int:
        """How many redeemers are counted: the denominator."""
        return len(self.came) + len(self.stayed_away)

    @property
    def back_early(self) -> list[Return]:
        """Who is back already and has days left: in no figure yet."""
        return [each for each in self.waiting if each.is_back]

    @property
    def rate(self) -> Decimal | None:
        """The share that came back, in percent to a tenth; None of nobody."""
        return percent(len(self.came), self.counted)


def count(
    session: Session, *, ledger_id: int, node: Node, begins_on: date, ends_on: date
) -> Returns:
    """Count the redeemers registered at a place and below it, over some days, both included."""
    first = spendings.first_within(
        session, ledger_id=ledger_id, node=node, begins_on=begins_on, ends_on=ends_on
    )
    served = _services(session, ledger_id, [each.spending.member_id for each in first], begins_on)
    found = Returns([], [], [])
    for one in first:
        spent_at = one.spending.spent_at
        day = clock.local_date(spent_at)
        last = day + timedelta(days=WITHIN_DAYS)
        after = next(
            (
                (grant_id, served_on)
                for grant_id, served_on, at in served.get(one.spending.member_id, [])
                if served_on <= last and (at > spent_at if at else served_on > day)
            ),
            (None, None),
        )
        row = Return(one.volunteer_no, one.name_masked, one.spending, *after)
        if last >= clock.today():
            found.waiting.append(row)
        else:
            (found.came if row.is_back else found.stayed_away).append(row)
    return found


def _services(
    session: Session, ledger_id: int, member_ids: list[UUID], begins_on: date
) -> dict[UUID, list[tuple[UUID, date, datetime | None]]]:
    """Return each one's services from a day on that stand, the earliest first."""
    query = (
        sa.select(Grant.member_id, Grant.id, Grant.served_on, Grant.starts_at)
        .where(
            Grant.ledger_id == ledger_id,
            Grant.member_id.in_(member_ids),
            Grant.state == "posted",
            sa.or_(Grant.minutes > 0, Grant.quantity > 0, Grant.points > 0),
            Grant.source_kind != "opening",
            Grant.served_on >= begins_on,
        )
        .order_by(Grant.served_on, Grant.id)
    )
    found: dict[UUID, list[tuple[UUID, date, datetime | None]]] = {}
    for member_id, grant_id, served_on, starts_at in session.execute(query):
        found.setdefault(member_id, []).append((grant_id, served_on, starts_at))
    return found
