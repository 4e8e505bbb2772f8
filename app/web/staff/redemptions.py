"""Redemptions as staff see them: found by number, read line by line, refunded with a reason."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.mall import listings, refunds
from app.mall.models import Redemption
from app.people import members
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.shops import scoped
from app.web.translate import _

bp = Blueprint("redemptions", __name__, url_prefix="/<place>/redemptions")


@bp.get("")
@allow(SIGNED_IN)
def find() -> ResponseReturnValue:
    """Go to a redemption by the number on its slip."""
    number = request.args.get("number", "").strip()[:40]
    with reading() as session:
        found = listings.by_number(session, ledger_id=desk.ledger_id(), number=number)
    return show(found.id)


@bp.get("/<uuid:redemption_id>")
@allow(SIGNED_IN)
def show(redemption_id: UUID) -> ResponseReturnValue:
    """Show a redemption."""
    return _show(redemption_id)


@bp.post("/<uuid:redemption_id>/refund")
@allow(SIGNED_IN)
def refund(redemption_id: UUID) -> ResponseReturnValue:
    """Take a redemption back as staff: goods to the shelf, points to the member."""

    def verb(session: Session, asked: dict[str, Any]) -> Any:
        _scoped(session, redemption_id, desk.WORKERS)
        return refunds.refund(session, **_named(redemption_id), actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ReasonIn,
        show=lambda slip: {
            "returned": slip.returned_points,
            "recovered": slip.recovered_points,
            "expired": slip.expired_points,
        },
        said=_said,
        to=url_for("staff.redemptions.show", redemption_id=redemption_id),
        again=lambda problem: _show(redemption_id, problem),
    )


def _said(slip: dict[str, int]) -> str:
    parts = [_("退回 %(n)s 积分", n=slip["returned"])]
    if slip["recovered"]:
        parts.append(_("%(n)s 抵了待追回", n=slip["recovered"]))
    if slip["expired"]:
        parts.append(_("%(n)s 已过期，没有退", n=slip["expired"]))
    return _("已退：%(parts)s。货已回到货架。", parts=_("，").join(parts))


def _named(redemption_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "redemption_id": redemption_id}


def _scoped(session: Session, redemption_id: UUID, names: tuple[str, ...]) -> Redemption:
    """Return a redemption of a shop in scope; raises as `desk.require_at`."""
    found = listings.get(session, **_named(redemption_id))
    scoped(session, found.shop_id, names)
    return found


def _show(redemption_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = _scoped(session, redemption_id, desk.READERS)
        lines = listings.lines_of(session, **key, redemption_ids=[redemption_id])
        if redemption_id not in lines:
            raise NotFound("a redemption without lines")
        return forms.page(
            "redemption.html",
            problem,
            sale=found,
            lines=lines[redemption_id],
            shop=scoped(session, found.shop_id, desk.READERS),
            member=members.get(session, **key, member_id=found.member_id),
            clerk=members.find_of_person(session, **key, person_id=found.clerk_person_id),
        )
