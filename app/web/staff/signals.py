"""Signals: something odd, for a person to judge. A signal refuses nothing by itself."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.risk import signals
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import JudgeIn
from app.web.session import actor
from app.web.staff import desk, forms, menu, signal_scope
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("signals", __name__, url_prefix="/<place>/signals")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the cases of this place, gravest first."""
    return _show()


@bp.post("/<uuid:signal_id>/decide")
@allow(SIGNED_IN)
def decide(signal_id: UUID) -> ResponseReturnValue:
    """Judge a case; a freeze or a reversal is an act of its own."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = signals.get(session, ledger_id=desk.ledger_id(), signal_id=signal_id)
        place = signal_scope.place_of(session, found)
        if place is None:
            raise NotFound("its subject is gone")
        desk.require_at(session, place, desk.DECIDERS)
        signals.decide(
            session, ledger_id=desk.ledger_id(), signal_id=signal_id, actor=actor(), **asked
        )

    return forms.answer(
        verb,
        schema=JudgeIn,
        said=_("已记下您的判断。"),
        to=url_for("staff.signals.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("today")
    with reading() as session:
        found = signal_scope.list_open(session, desk.ledger_id(), desk.here().node)
        about = {each.subject_id for each in found if each.subject_kind == "member"}
        whose = members.get_many(session, ledger_id=desk.ledger_id(), member_ids=about)
    return forms.page(
        "signals.html",
        problem,
        found=found,
        whose=whose,
        may_decide=desk.here().may(desk.DECIDERS),
    )
