"""Quarters over the API: proposed by one person, closed by another, frozen (S2, A15)."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.transactions import reading
from app.points import programmes
from app.points.models import Period
from app.points.quarters import closing, scoring
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.quarters import freezing
from app.web.acts import act
from app.web.api import standing
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.quarter_boards import BoardRuleIn, BoardRuleOut
from app.web.schemas.stars import PeriodOut
from app.web.session import actor

bp = Blueprint("quarters", __name__, url_prefix="/books/<book>/quarters", description="Quarters")
CLOSERS = ("administrator",)
"""Who proposes and who closes: at the place where the programme hangs."""


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, items_of(PeriodOut))
def list_quarters(book: str) -> dict[str, Any]:
    """List the quarters that were proposed or closed, the latest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = closing.list_all(session, ledger_id=ledger_id)
        return {"items": [_shown(each) for each in found]}


@bp.post("/<period>/proposal")
@allow(SIGNED_IN)
@bp.response(201, PeriodOut)
def propose(book: str, period: str) -> ResponseReturnValue:
    """Propose to close a quarter; it must be over for a whole day, and the next in turn."""
    return _step(book, period, closing.propose)


@bp.post("/<period>/closing")
@allow(SIGNED_IN)
@bp.response(201, PeriodOut)
def close(book: str, period: str) -> ResponseReturnValue:
    """Close a quarter that another person proposed to close; it never opens again."""
    return _step(book, period, _close)


@bp.delete("/<period>/proposal")
@allow(SIGNED_IN)
@bp.response(204)
def withdraw(book: str, period: str) -> ResponseReturnValue:
    """Take a proposal back."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> None:
        _require_closer(session, ledger_id)
        quarter = Quarter.named(period)
        closing.withdraw(session, ledger_id=ledger_id, quarter=quarter, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


@bp.post("/rule")
@allow(SIGNED_IN)
@bp.arguments(BoardRuleIn)
@bp.response(201, BoardRuleOut)
def add_rule(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Set the rule by which quarters are ranked from now on; closed ones keep theirs."""
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> Rule:
        _require_closer(session, ledger_id)
        programme = programmes.of_ledger(session, ledger_id)
        return scoring.add_version(
            session, programme=programme, wanted=Rule(**asked), actor=actor()
        )

    return act(verb, ledger_id=ledger_id, dump=BoardRuleOut().dump)


def _step(book: str, period: str, call: Any) -> ResponseReturnValue:
    ledger_id = standing.book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _require_closer(session, ledger_id)
        quarter = Quarter.named(period)
        return _dumped(call(session, ledger_id=ledger_id, quarter=quarter, actor=actor()))

    return act(verb, ledger_id=ledger_id)


def _close(session: Session, *, ledger_id: int, quarter: Quarter, actor: Actor) -> Period:
    freezing.close(session, ledger_id=ledger_id, quarter=quarter, actor=actor)
    found = closing.find(session, ledger_id=ledger_id, quarter=quarter)
    assert found is not None, "it was just closed"
    return found


def _require_closer(session: Session, ledger_id: int) -> None:
    standing.node_at(session, programmes.of_ledger(session, ledger_id).node_id, CLOSERS)


def _shown(found: Period) -> dict[str, Any]:
    quarter = Quarter.named(found.period)
    return {
        "period": found.period,
        "state": found.state,
        "begins_on": quarter.begins_on,
        "ends_on": quarter.ends_on,
        "proposed_at": found.proposed_at,
        "closed_at": found.closed_at,
    }


def _dumped(found: Period) -> dict[str, Any]:
    shown = _shown(found)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in shown.items()}  # fmt: skip
