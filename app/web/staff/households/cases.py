"""Shared cases at the desk: one number, what each gets of it, and who was on duty (K4, C33)."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.people import members
from app.points import cases, programmes, rates
from app.points.cases import Entry, Share
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_households import CaseFormIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("cases", __name__, url_prefix="/<place>/cases")
SHOWN_MAX = 50


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the cases with their shares, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def enter() -> ResponseReturnValue:
    """Enter a shared case; each share waits for a colleague."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        parts = [
            Share(numbered(session, number).id, points or 0, is_on_duty=points is None)
            for number, points in asked.pop("shares")
        ]
        entry = Entry(node_id=node.id, shares=parts, **asked)
        cases.open_case(session, ledger_id=desk.ledger_id(), entry=entry, actor=actor())

    return forms.answer(
        verb,
        schema=CaseFormIn,
        said=_("已录入，每人的一份等同事审核。"),
        to=url_for("staff.cases.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = cases.list_in(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        shares = cases.shares_of(session, **key, cases=found)
        ids = {each.member_id for listed in shares.values() for each in listed}
        return forms.page(
            "households/cases.html",
            problem,
            found=found,
            shares=shares,
            whose=members.get_many(session, **key, member_ids=ids),
            categories=_categories(session),
            today=clock.today(),
        )


def _categories(session: Session) -> list[tuple[str, str]]:
    """List what is counted in 件, each with what one gives today."""
    programme = programmes.of_ledger(session, desk.ledger_id())
    counted = {
        each.code
        for each in programmes.list_indicators(session, programme)
        if each.measure == "pieces" and each.direction == "plus"
    }
    card = rates.card(session, programme.id)
    found = []
    for each in programmes.list_categories(session, programme):
        if each.indicator_code not in counted or each.indicator_code is None:
            continue
        rate = card.find_on(each.indicator_code, clock.today())
        if rate is not None:
            points = rates.earn(rate, carry=0, quantity=1).points
            found.append((each.code, _("%(name)s，一件 %(n)s 积分", name=each.name, n=points)))
    return found
