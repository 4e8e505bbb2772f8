"""Statement lines as people say them: what it was for, and what it left.

One journal may move several vintages; on the phone it is one line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import listings as activity_listings
from app.base.db import NEVER
from app.ledger.statements import StatementLine, statement
from app.mall import listings as mall_listings
from app.mall import shops, vouchers
from app.points import grants, programmes
from app.points.models import Grant
from app.service_orders import neighbours
from app.web.h5.own import Own
from app.web.pages import hours
from app.web.translate import _, _l

LINES_MAX = 200
ROWS_MAX = 1_000
KINDS = {
    "opening": _l("以前的记录转入"),
    "grant_reversal": _l("撤回一笔"),
    "deduction": _l("扣分"),
    "deduction_reversal": _l("扣分退回"),
    "donation": _l("捐给公共池"),
    "donation_back": _l("收回捐出的"),
    "hardship_help": _l("公共池帮扶"),
    "home_passing": _l("一户留下的积分"),
    "gift": _l("亲属赠予"),
    "expiry": _l("积分到期"),
    "merge": _l("两个账户合并"),
    "hold_lapsed": _l("占用的积分退回"),
    "redemption": _l("换东西"),
    "cancel": _l("店员撤单，退回"),
    "refund": _l("退货，退回"),
    "voucher": _l("换券"),
    "voucher_back": _l("退券，退回"),
    "exchange_escrow": _l("请邻居帮忙，先托着"),
    "exchange_release": _l("帮邻居办了事"),
    "exchange_refund": _l("没办成的互助，退回"),
}
SOURCES = {
    "manual": _l("人工补记"),
    "backfill": _l("补录"),
    "opening": _l("以前的记录转入"),
}
SALES = {
    "redemption": _l("换%(goods)s"),
    "cancel": _l("撤单退回：%(goods)s"),
    "refund": _l("退货退回：%(goods)s"),
    "voucher": _l("换券：%(goods)s"),
    "voucher_back": _l("券没用，退回：%(goods)s"),
}

DISPUTED = ("redemption", "cancel", "refund")
"""Lines of redemptions; an objection may be about one of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the passbook.

    Attributes:
        delta: Whole points or minutes; above 0 came.
        until: Last days of the points that came.
        kind, subject_id: The record that an objection would be about, if there is one.
    """

    title: str
    note: str
    delta: int
    balance: int
    posted_at: datetime
    journal_id: UUID
    until: tuple[Any, ...] = ()
    kind: str | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines of one member refer to, each kind read once."""

    grants: dict[UUID, Grant]
    titles: dict[UUID, str]
    categories: dict[str, str]
    sales: dict[UUID, tuple[str, str]]
    exchanges: dict[UUID, tuple[str, str]]


def read(session: Session, me: Own, unit: str) -> tuple[list[Line], int]:
    """Return the newest lines first, and how many older ones there are."""
    moved = list(_moved(session, me, unit).values())[::-1]
    known = _known(session, me, unit)
    return [_line(known, unit, each) for each in moved[:LINES_MAX]], len(moved[LINES_MAX:])


def find(session: Session, me: Own, unit: str, journal_id: UUID) -> Line | None:
    """Return one line of the member's passbook; None if it has no such line."""
    moved = _moved(session, me, unit).get(journal_id)
    return _line(_known(session, me, unit), unit, moved) if moved else None


def sale_titles(session: Session, me: Own) -> dict[UUID, tuple[str, str]]:
    """Return what each redemption of the member was, and where."""
    found = mall_listings.list_of_member(session, **me.key, limit=ROWS_MAX)
    ids = [each.id for each in found]
    lines = mall_listings.lines_of(session, ledger_id=me.ledger_id, redemption_ids=ids)
    names = {
        shop_id: shops.get(session, ledger_id=me.ledger_id, shop_id=shop_id).name
        for shop_id in {each.shop_id for each in found}
    }
    bought = vouchers.list_of_member(session, **me.key, limit=ROWS_MAX)
    titles = {one.id: (what.name, shop.name) for one, what, shop in bought}
    return titles | {
        each.id: (
            _("、").join(
                _("%(name)s %(n)s 件", name=line.name, n=line.quantity_count)
                for line in lines[each.id]
            ),
            names[each.shop_id],
        )
        for each in found
    }


def _moved(session: Session, me: Own, unit: str) -> dict[UUID, list[StatementLine]]:
    found = statement(session, ledger_id=me.ledger_id, owner_id=me.member.id, unit=unit)
    journals: dict[UUID, list[StatementLine]] = {}
    for line in found.lines:
        journals.setdefault(line.journal_id, []).append(line)
    return journals


def _known(session: Session, me: Own, unit: str) -> _Known:
    programme = programmes.of_ledger(session, me.ledger_id)
    categories = programmes.list_categories(session, programme)
    mine = activity_listings.mine(session, **me.key, limit=ROWS_MAX)
    made = grants.list_of_member(session, **me.key, limit=ROWS_MAX)
    return _Known(
        {each.id: each for each in made},
        {stay.id: slot.activity.title for slot in mine for stay in slot.stays},
        {each.code: each.name for each in categories},
        sale_titles(session, me) if unit == "points" else {},
        _exchange_titles(session, me),
    )


def _exchange_titles(session: Session, me: Own) -> dict[UUID, tuple[str, str]]:
    """Return what each exchange was, and its number: the same in both passbooks (P11)."""
    found = neighbours.list_of_member(session, **me.key, limit=ROWS_MAX)
    return {each.id: (each.title, each.number) for each in found}


def _line(known: _Known, unit: str, lines: Sequence[StatementLine]) -> Line:
    first, last = lines[0], lines[-1]
    title, note, kind, subject_id = _told(known, first)
    came = [line.ref.vintage_on for line in lines if line.delta > 0] if unit == "points" else []
    return Line(
        title=title,
        note=note,
        delta=sum(line.delta for line in lines),
        balance=last.balance,
        posted_at=first.posted_at,
        journal_id=first.journal_id,
        until=tuple(_distinct(day for day in came if day != NEVER)),
        kind=kind,
        subject_id=subject_id,
    )


def _told(known: _Known, line: StatementLine) -> tuple[str, str, str | None, UUID | None]:
    grant = known.grants.get(line.source_id)
    if grant is not None:
        helped, number = known.exchanges.get(grant.source_id, ("", ""))
        did = known.titles.get(grant.source_id) or helped or SOURCES.get(grant.source_kind)
        did = str(did or known.categories.get(grant.category_code or "", _("志愿服务")))
        if line.kind == "grant_reversal":
            return _("撤回：%(what)s", what=did), line.reason, "grant", grant.id
        if grant.minutes:
            did = _("%(what)s %(n)s 小时", what=did, n=hours(grant.minutes))
        return did, line.reason or number, "grant", grant.id
    if line.source_id in known.exchanges:
        helped, number = known.exchanges[line.source_id]
        title = _("%(what)s：%(title)s", what=KINDS[line.kind], title=helped)
        return title, number, None, None
    if line.source_id in known.sales:
        goods, shop = known.sales[line.source_id]
        disputed = "redemption" if line.kind in DISPUTED else None
        return str(SALES[line.kind]) % {"goods": goods}, shop, disputed, line.source_id
    return str(KINDS.get(line.kind, _("其他"))), line.reason, None, None


def _distinct(days: Iterable[Any]) -> list[Any]:
    return sorted(set(days))
