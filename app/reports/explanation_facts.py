"""What stands behind the lines of a statement, read in one statement for each kind of source."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.activities.models import Activity, ActivitySession, Attendance, Correction
from app.ledger.models import Journal
from app.mall.models import Goods, Redemption, RedemptionLine, Shop, Voucher
from app.people.models import Member
from app.points.models import (
    Decision,
    Deduction,
    Donation,
    Gift,
    Grant,
    Help,
    HomePassing,
    Rate,
)
from app.service_orders.models import Exchange


@dataclass(slots=True)
class Facts:
    """Rows behind the journals of one member, each by the id that names it.

    Attributes:
        journals: (kind, source, reversed kind, reversed source, actor) by journal.
        stays: (attendance, session, activity) by attendance.
        corrections: By attendance and the version that the correction made.
        decisions: By what was decided on: a grant, a back-fill, an opening.
    """

    journals: dict[UUID, Any] = field(default_factory=dict)
    grants: dict[UUID, Grant] = field(default_factory=dict)
    rates: dict[tuple[int, str, int], Rate] = field(default_factory=dict)
    stays: dict[UUID, Any] = field(default_factory=dict)
    corrections: dict[tuple[UUID, int], Correction] = field(default_factory=dict)
    decisions: dict[UUID, list[Decision]] = field(default_factory=dict)
    sales: dict[UUID, Any] = field(default_factory=dict)
    sale_lines: dict[UUID, list[Any]] = field(default_factory=dict)
    exchanges: dict[UUID, Exchange] = field(default_factory=dict)
    deductions: dict[UUID, Deduction] = field(default_factory=dict)
    given: dict[UUID, Donation | Help | Gift | HomePassing] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)


def gather(session: Session, *, ledger_id: int, journal_ids: Collection[UUID]) -> Facts:
    """Read all that stands behind these journals; statements do not grow with their number."""
    facts = Facts()
    if not journal_ids:
        return facts
    facts.journals = _journals(session, ledger_id, journal_ids)
    sources = _sources(facts.journals)
    found = _rows(session, Grant, ledger_id, Grant.id, sources)
    facts.grants = {grant.id: grant for grant in found}
    behind = {grant.source_id for grant in found}
    facts.rates = _rates(session, found)
    facts.stays = _stays(session, ledger_id, behind)
    for change in _rows(session, Correction, ledger_id, Correction.attendance_id, behind):
        facts.corrections[change.attendance_id, change.version] = change
    for decision in _rows(session, Decision, ledger_id, Decision.subject_id, sources | behind):
        facts.decisions.setdefault(decision.subject_id, []).append(decision)
    _add_sales(session, ledger_id, sources, facts)
    exchanges = _rows(session, Exchange, ledger_id, Exchange.id, sources - set(facts.grants))
    facts.exchanges = {each.id: each for each in exchanges}
    left = sources - set(facts.grants) - set(facts.sales) - set(facts.exchanges)
    for each in _rows(session, Deduction, ledger_id, Deduction.id, left):
        facts.deductions[each.id] = each
    for model in (Donation, Help, Gift, HomePassing):
        for each in _rows(session, model, ledger_id, model.id, left - set(facts.deductions)):
            facts.given[each.id] = each
    facts.names = _names(session, ledger_id, _people(facts))
    return facts


def _journals(session: Session, ledger_id: int, journal_ids: Collection[UUID]) -> dict[UUID, Any]:
    undone = aliased(Journal)
    query = (
        sa.select(
            Journal.id,
            Journal.kind,
            Journal.source_id,
            Journal.actor_id,
            undone.kind.label("undone_kind"),
            undone.source_id.label("undone_source_id"),
        )
        .outerjoin(
            undone,
            sa.and_(undone.ledger_id == Journal.ledger_id, undone.id == Journal.reverses_id),
        )
        .where(Journal.ledger_id == ledger_id, Journal.id.in_(journal_ids))
    )
    return {row.id: row for row in session.execute(query)}


def _sources(journals: dict[UUID, Any]) -> set[UUID]:
    found = {row.source_id for row in journals.values()}
    return found | {row.undone_source_id for row in journals.values() if row.undone_source_id}


def _rows(
    session: Session, model: Any, ledger_id: int, column: Any, wanted: Collection[UUID]
) -> list[Any]:
    if not wanted:
        return []
    query = sa.select(model).where(model.ledger_id == ledger_id, column.in_(wanted))
    return list(session.scalars(query.order_by(*model.__table__.primary_key.columns)))


def _rates(session: Session, grants: Collection[Grant]) -> dict[tuple[int, str, int], Rate]:
    programmes = {grant.programme_id for grant in grants if grant.rate_version is not None}
    if not programmes:
        return {}
    found = session.scalars(sa.select(Rate).where(Rate.programme_id.in_(programmes)))
    return {(rate.programme_id, rate.indicator_code, rate.version): rate for rate in found}


def _stays(session: Session, ledger_id: int, wanted: Collection[UUID]) -> dict[UUID, Any]:
    if not wanted:
        return {}
    query = (
        sa.select(Attendance, ActivitySession, Activity)
        .join(
            ActivitySession,
            sa.and_(
                ActivitySession.ledger_id == Attendance.ledger_id,
                ActivitySession.id == Attendance.session_id,
            ),
        )
        .join(
            Activity,
            sa.and_(
                Activity.ledger_id == ActivitySession.ledger_id,
                Activity.id == ActivitySession.activity_id,
            ),
        )
        .where(Attendance.ledger_id == ledger_id, Attendance.id.in_(wanted))
    )
    return {row[0].id: row for row in session.execute(query)}


def _add_sales(session: Session, ledger_id: int, sources: Collection[UUID], facts: Facts) -> None:
    """Add redemptions with their lines, and vouchers."""
    facts.sales = _sales(session, ledger_id, sources)
    for row in _sale_lines(session, ledger_id, set(facts.sales)):
        facts.sale_lines.setdefault(row.redemption_id, []).append(row)
    for row in _vouchers(session, ledger_id, sources):
        facts.sales[row.id] = row
        facts.sale_lines[row.id] = [row]


def _sales(session: Session, ledger_id: int, wanted: Collection[UUID]) -> dict[UUID, Any]:
    query = (
        sa.select(
            Redemption.id,
            Redemption.number,
            Redemption.redeemed_at,
            Redemption.state,
            Redemption.clerk_person_id,
            Shop.name.label("shop_name"),
        )
        .join(Shop, sa.and_(Shop.ledger_id == Redemption.ledger_id, Shop.id == Redemption.shop_id))
        .where(Redemption.ledger_id == ledger_id, Redemption.id.in_(wanted))
    )
    return {row.id: row for row in session.execute(query)}


def _sale_lines(session: Session, ledger_id: int, wanted: Collection[UUID]) -> list[Any]:
    if not wanted:
        return []
    line = RedemptionLine
    query = (
        sa.select(line.redemption_id, line.quantity_count, line.price_points, Goods.name)
        .join(Goods, sa.and_(Goods.ledger_id == line.ledger_id, Goods.id == line.goods_id))
        .where(line.ledger_id == ledger_id, line.redemption_id.in_(wanted))
        .order_by(line.redemption_id, line.line)
    )
    return list(session.execute(query))


def _vouchers(session: Session, ledger_id: int, wanted: Collection[UUID]) -> list[Any]:
    """Vouchers in the shape of sales with one line; no clerk stands behind them (L8)."""
    query = (
        sa.select(
            Voucher.id,
            Voucher.number,
            Voucher.issued_at.label("redeemed_at"),
            Voucher.state,
            sa.null().label("clerk_person_id"),
            Shop.name.label("shop_name"),
            sa.literal(1).label("quantity_count"),
            Voucher.total_points.label("price_points"),
            Goods.name.label("name"),
        )
        .join(Shop, sa.and_(Shop.ledger_id == Voucher.ledger_id, Shop.id == Voucher.shop_id))
        .join(Goods, sa.and_(Goods.ledger_id == Voucher.ledger_id, Goods.id == Voucher.goods_id))
        .where(Voucher.ledger_id == ledger_id, Voucher.id.in_(wanted))
    )
    return list(session.execute(query))


def _people(facts: Facts) -> set[UUID]:
    """Everybody whose word stands behind a line: recorders, confirmers, deciders, clerks."""
    found = {grant.made_by_id for grant in facts.grants.values()}
    found |= {each.decided_by_id for listed in facts.decisions.values() for each in listed}
    found |= {row.clerk_person_id for row in facts.sales.values()} - {None}
    found |= {each.entered_by_id for each in facts.deductions.values()}
    for stay, _, _ in facts.stays.values():
        found |= {stay.confirmed_by_id, stay.second_confirmed_by_id} - {None}
    return found


def _names(session: Session, ledger_id: int, wanted: Collection[UUID]) -> dict[UUID, str]:
    if not wanted:
        return {}
    query = sa.select(Member.person_id, Member.name_masked).where(
        Member.ledger_id == ledger_id, Member.person_id.in_(wanted)
    )
    return {row.person_id: row.name_masked for row in session.execute(query)}
