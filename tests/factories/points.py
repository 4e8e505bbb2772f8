"""A community under a programme, members with posted points, and what a book looks like."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.community.models import Node
from app.ledger.models import Account
from app.people.models import Member
from app.points import approvals, grants, mergings, programmes, rates, wallets
from app.points.deeds import Deed
from app.points.models import (
    Grant,
    Programme,
)
from app.points.rates import Terms
from tests.factories import community as places
from tests.factories import people, snapshots

HOURLY = Terms(points=1, per_quantity=60)
"""D27's default: one credited hour, one point, the rest carried."""
RATES_FROM = date(2020, 1, 1)


@dataclass(frozen=True)
class World:
    """金溪社区 under a programme that hangs on 宁德市, with two members of staff."""

    programme: Programme
    city: Node
    node: Node
    staff: Actor = field(default_factory=lambda: Actor(new_id()))
    second: Actor = field(default_factory=lambda: Actor(new_id()))

    @property
    def ledger_id(self) -> int:
        return self.programme.ledger_id


def world(
    session: Session,
    *,
    terms: Terms | None = HOURLY,
    has_points: bool = True,
    expiry_policy: str = "never",
    **measures: str,
) -> World:
    """Start a programme whose four indicators earn by `terms` (None: no rate yet).

    Further arguments say how an indicator is measured: `mediation="pieces"`.
    """
    line = places.make_jinxi(session)
    programme = programmes.start(
        session,
        node=line[1],
        book_code="ningde",
        name="爱心银行",
        has_points=has_points,
        expiry_policy=expiry_policy,
        actor=SYSTEM,
    )
    for code, measure in measures.items():
        programmes.measure_by(
            session, programme=programme, indicator_code=code, measure=measure, actor=SYSTEM
        )
    made = World(programme, line[1], line[-1])
    if has_points and terms is not None:
        for indicator in programmes.list_indicators(session, programme):
            rate(session, made, indicator.code, terms)
    session.commit()
    return made


def rate(
    session: Session,
    made: World,
    indicator_code: str,
    terms: Terms,
    valid_from_on: date = RATES_FROM,
) -> None:
    """Add the next version of a rate."""
    rates.add_version(
        session,
        programme=made.programme,
        indicator_code=indicator_code,
        terms=terms,
        valid_from_on=valid_from_on,
        actor=SYSTEM,
    )


def member(session: Session, made: World, name: str = "温如许") -> Member:
    """A member of the world's book."""
    joined = people.member(session, made.ledger_id, made.node, name)
    session.commit()
    return joined


def deed(made: World, member_id: UUID, minutes: int = 60, **more: Any) -> Deed:
    """A credited attendance of today, of the category 其他志愿服务 unless told otherwise."""
    defaults: dict[str, Any] = {
        "source_kind": "attendance",
        "source_id": new_id(),
        "provenance": "credited",
        "category_code": "other",
        "served_on": clock.today(),
        "node_id": made.node.id,
    }
    return Deed(member_id=member_id, minutes=minutes, **{**defaults, **more})


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a Shanghai day."""
    return clock.local_instant(day, time(hour, minute))


def stay(day: date, begins: int, ends: int) -> dict[str, Any]:
    """Arguments of a deed that took these hours of a day."""
    return {
        "served_on": day,
        "minutes": (ends - begins) * 60,
        "starts_at": at(day, begins),
        "ends_at": at(day, ends),
    }


def grant(session: Session, made: World, member_id: UUID, minutes: int = 60, **more: Any) -> Grant:
    """Grant one deed, made by staff."""
    given = deed(made, member_id, minutes, **more)
    return grants.grant(session, ledger_id=made.ledger_id, deeds=[given], actor=made.staff)[0]


def merge(session: Session, old: Member, kept: Member) -> None:
    """Merge one number of a person into another, with all that the old one holds."""
    found = people.merged(session, old, kept).merge
    mergings.post(session, ledger_id=old.ledger_id, merge=found, actor=Actor(found.decided_by_id))


def decide(session: Session, made: World, *waiting: Grant, **more: Any) -> list[Grant]:
    """Let the second member of staff approve, at level 3 unless told otherwise."""
    chosen: dict[str, Any] = {"level": 3, "verdict": "approved", "reason": None}
    return approvals.decide(
        session,
        ledger_id=made.ledger_id,
        grant_ids=[each.id for each in waiting],
        **{"actor": made.second, **chosen, **more},
    )


def member_with(session: Session, made: World, points: int) -> Member:
    """A member who has earned these points by credited hours of earlier days.

    Eight hours a day at most, so that nothing waits.
    """
    earned = member(session, made)
    minutes, day = points * 60, clock.today()
    while minutes:
        day, part = day - timedelta(days=1), min(minutes, 480)
        grant(session, made, earned.id, part, served_on=day)
        minutes -= part
    session.commit()
    return earned


def points_of(session: Session, made: World, member_id: UUID) -> int:
    """What the member may spend."""
    return holding(session, made, member_id).spendable_points


def spendable(session: Session, member: Member) -> int:
    """The same, of a member of any book."""
    key = {"ledger_id": member.ledger_id, "member_id": member.id}
    return wallets.holding(session, **key).spendable_points


def holding(session: Session, made: World, member_id: UUID) -> wallets.Holding:
    return wallets.holding(session, ledger_id=made.ledger_id, member_id=member_id)


def balances(session: Session, ledger_id: int) -> dict[tuple[str, str, str, date], int]:
    """Every account that holds something, with its posted balance."""
    rows = session.execute(
        sa.select(
            Account.unit,
            Account.kind,
            Account.owner_id,
            Account.vintage_on,
            Account.credits_posted - Account.debits_posted,
        ).where(Account.ledger_id == ledger_id)
    )
    return {(row[0], row[1], str(row[2]), row[3]): row[4] for row in rows if row[4]}


def hours_of(session: Session, made: World, member_id: UUID, provenance: str = "credited") -> int:
    """Posted minutes of a provenance."""
    wanted = wallets.hours_ref(member_id, provenance)
    found = balances(session, made.ledger_id)
    return found.get((wanted.unit, wanted.kind, str(member_id), wanted.vintage_on), 0)


def snapshot(session: Session, ledger_id: int) -> dict[str, list[str]]:
    """All that a refusal must leave as it was, read anew."""
    session.expire_all()
    return snapshots.of_book(session, ledger_id)


def trial_balance(session: Session, ledger_id: int) -> dict[str, int]:
    """Sum of all balances per unit: nought in an honest book."""
    total: dict[str, int] = {}
    for (unit, *_), balance in balances(session, ledger_id).items():
        total[unit] = total.get(unit, 0) + balance
    return total
