"""Deductions (扣分) at the desk: a minus indicator, a reason, and a second person (P7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.people import members
from app.points import deductions, programmes
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_households import DeductionIn
from app.web.schemas.household_points import VerdictIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("deductions", __name__, url_prefix="/<place>/deductions")
SHOWN_MAX = 100


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits for a second person, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def enter() -> ResponseReturnValue:
    """Enter a deduction; a colleague decides."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, desk.WORKERS)
        wanted = deductions.Asked(member_id=whose.id, node_id=whose.node_id, **asked)
        deductions.enter(session, ledger_id=desk.ledger_id(), asked=wanted, actor=actor())

    return _step(verb, _("已录入，等同事决定，现在还没有扣。"), DeductionIn)


@bp.post("/<uuid:deduction_id>/decide")
@allow(SIGNED_IN)
def decide(deduction_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a deduction."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "deduction_id": deduction_id}
        desk.require_at(session, deductions.get(session, **key).node_id, desk.DECIDERS)
        deductions.decide(session, **key, actor=actor(), **asked)

    return _step(verb, _("已决定。扣了的，本人会收到通知和原因。"), VerdictIn)


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.deductions.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        node = desk.here().node
        found = deductions.list_waiting(session, **key, node=node, limit=SHOWN_MAX)
        programme = programmes.of_ledger(session, desk.ledger_id())
        minus = [
            each
            for each in programmes.list_indicators(session, programme)
            if each.direction == "minus"
        ]
        return forms.page(
            "households/deductions.html",
            problem,
            found=found,
            whose=members.get_many(session, **key, member_ids={each.member_id for each in found}),
            names={each.code: each.name for each in minus},
            indicators=[(each.code, each.name) for each in minus],
            mine=desk.me(),
            today=clock.today(),
        )
