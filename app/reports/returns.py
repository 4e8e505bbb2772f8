"""兑换后再服务率: how many of those who redeemed served again within 90 days (P6).

The unit is the person: the first redemption in the days asked about, and the first service
after it. Who redeemed less than 90 days ago is not counted yet, and is named apart.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.community import tree
from app.community.models import Node
from app.mall.models import Redemption
from app.people.models import Member
from app.points.models import Grant
from app.service_orders.figures import percent

WITHIN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Return:
    """One redeemer: the redemption and the service that followed it, if one did."""

    member_id: UUID
    volunteer_no: str
    name_masked: str
    redemption_id: UUID
    number: str
    redeemed_at: datetime
    grant_id: UUID | None
    served_on: date | None


@dataclass(frozen=True, slots=True)
class Returns:
    """The rate with its rows: `came` of `counted`; `waiting` are not old enough to count."""

    came: list[Return]
    stayed_away: list[Return]
    waiting: list[Return]

    @property
    def counted(self) -> int:
        """How many redeemers are counted: the denominator."""
        return len(self.came) + len(self.stayed_away)

    @property
    def rate(self) -> Decimal | None:
        """The share that came back, in percent to a tenth; None of nobody."""
        return percent(len(self.came), self.counted)


def count(
    session: Session, *, ledger_id: int, node: Node, begins_on: date, ends_on: date
) -> Returns:
    """Count the redeemers registered at a place and below it, over some days, both included."""
    first = _first_redemptions(session, ledger_id, node, begins_on, ends_on)
    served = _services(session, ledger_id, [each[0] for each in first], begins_on)
    found = Returns([], [], [])
    for member_id, volunteer_no, name, redemption_id, number, redeemed_at in first:
        day = clock.local_date(redeemed_at)
        last = day + timedelta(days=WITHIN_DAYS)
        after = next(
            (
                (grant_id, served_on)
                for grant_id, served_on, at in served.get(member_id, [])
                if served_on <= last and (at > redeemed_at if at else served_on > day)
            ),
            (None, None),
        )
        row = Return(member_id, volunteer_no, name, redemption_id, number, redeemed_at, *after)
        if row.grant_id is not None:
            found.came.append(row)
        else:
            (found.waiting if last >= clock.today() else found.stayed_away).append(row)
    return found


def _first_redemptions(
    session: Session, ledger_id: int, node: Node, begins_on: date, ends_on: date
) -> list[tuple[UUID, str, str, UUID, str, datetime]]:
    """Return each redeemer's first completed redemption of the days."""
    query = (
        sa.select(
            Member.id,
            Member.volunteer_no,
            Member.name_masked,
            Redemption.id,
            Redemption.number,
            Redemption.redeemed_at,
        )
        .join(
            Member,
            sa.and_(Member.ledger_id == Redemption.ledger_id, Member.id == Redemption.member_id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            Redemption.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Redemption.state == "done",
            Redemption.redeemed_at >= clock.day_bounds(begins_on)[0],
            Redemption.redeemed_at < clock.day_bounds(ends_on)[1],
            tree.within(Node.path, node),
        )
        .order_by(Redemption.redeemed_at, Redemption.id)
    )
    first: dict[UUID, tuple[UUID, str, str, UUID, str, datetime]] = {}
    for row in session.execute(query):
        first.setdefault(row[0], (row[0], row[1], row[2], row[3], row[4], row[5]))
    return list(first.values())


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
            Grant.minutes > 0,
            Grant.source_kind != "opening",
            Grant.served_on >= begins_on,
        )
        .order_by(Grant.served_on, Grant.id)
    )
    found: dict[UUID, list[tuple[UUID, date, datetime | None]]] = {}
    for member_id, grant_id, served_on, starts_at in session.execute(query):
        found.setdefault(member_id, []).append((grant_id, served_on, starts_at))
    return found
