"""Settling the shops' months, and the statements: shown, printed, taken along as a file."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError
from app.base.months import last_month, months
from app.base.transactions import reading
from app.mall import merchants, settlements, shops, statements
from app.mall.statements import Statement
from app.reports import mall_sheets, sheets
from app.reports.mall_sheets import yuan
from app.web.downloads import attached
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_partners import PeriodIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.shops import scoped
from app.web.translate import _

bp = Blueprint("settlements", __name__, url_prefix="/<place>/settlements")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show which shops have a month to settle, and what was settled."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def settle_all() -> ResponseReturnValue:
    """Settle the month of every shop of the place."""

    def verb(session: Session, asked: dict[str, Any]) -> int:
        node = desk.require_here(session, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node}
        return len(settlements.settle_all(session, **named, **asked, actor=actor()))

    return forms.answer(
        verb,
        schema=PeriodIn,
        show=lambda count: count,
        said=lambda count: _("结了 %(n)s 家店。", n=count),
        to=url_for("staff.settlements.show", period=request.form.get("period", "")),
        again=_show,
    )


@bp.post("/shops/<uuid:shop_id>")
@allow(SIGNED_IN)
def settle(shop_id: UUID) -> ResponseReturnValue:
    """Settle one shop's month."""

    def verb(session: Session, asked: dict[str, Any]) -> str:
        scoped(session, shop_id, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "shop_id": shop_id}
        return str(settlements.settle(session, **named, **asked, actor=actor()).id)

    return forms.answer(
        verb,
        schema=PeriodIn,
        show=lambda made: made,
        said=_("结好了，结算单不能再改。"),
        to=lambda made: url_for("staff.settlements.statement", settlement_id=made),
        again=_show,
    )


@bp.get("/<uuid:settlement_id>")
@allow(SIGNED_IN)
def statement(settlement_id: UUID) -> ResponseReturnValue:
    """Show a statement, reckoned again; the browser prints it, also to a PDF."""
    menu.at("mall")
    return forms.page("partners/statement.html", made=_read(settlement_id), yuan=yuan)


@bp.get("/<uuid:settlement_id>/file")
@allow(SIGNED_IN)
def file(settlement_id: UUID) -> ResponseReturnValue:
    """Give a statement as xlsx; no names are in it."""
    made = _read(settlement_id)
    return send_sheet(mall_sheets.statement(made), made.settlement.number)


def send_sheet(sheet: sheets.Sheet, name: str) -> Response:
    """Answer with a sheet as xlsx."""
    content = BytesIO()
    sheets.write_xlsx(sheet, content)
    return attached(content.getvalue(), name)


def _read(settlement_id: UUID) -> Statement:
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "settlement_id": settlement_id}
    with reading() as session:
        found = settlements.get(session, **key)
        scoped(session, found.shop_id, desk.READERS)
        return statements.read(session, **key)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    period = request.values.get("period") or last_month()
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = shops.list_within(session, **key, node=desk.here().node)
        try:
            due = settlements.due(
                session, **key, shop_ids=[each.id for each in found], period=period
            )
            is_over = settlements.end_of(period) <= clock.now()
        except DomainError as refusal:
            problem, period, due, is_over = forms.problem(refusal), last_month(), {}, False
        return forms.page(
            "partners/settlements.html",
            problem,
            period=period,
            is_over=is_over,
            months=[(each, each) for each in months()],
            due=due,
            shops={each.id: each for each in found},
            merchants=merchants.by_ids(
                session, **key, merchant_ids={each.merchant_id for each in found}
            ),
            made=settlements.list_within(session, **key, node=desk.here().node),
            yuan=yuan,
        )
