"""Deductions (扣分) at the desk: by two people, after a notice; reversed by two as well (P7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.people import members
from app.points import deduction_posting, deductions, programmes
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_households import DeductionIn
from app.web.schemas.household_points import VerdictIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("deductions", __name__, url_prefix="/<place>/deductions")
SHOWN_MAX, TAKEN_MAX = 100, 50


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits, what is on notice, what was taken, and the form."""
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
    """Approve or refuse a deduction; approved, it waits for its notice."""
    said = _("已决定。要扣的还没扣，先公示，期满没有异议才扣。")
    return _step(_at(deduction_id, desk.DECIDERS, deductions.decide), said, VerdictIn)


@bp.post("/<uuid:deduction_id>/reversal")
@allow(SIGNED_IN)
def ask_reversal(deduction_id: UUID) -> ResponseReturnValue:
    """Ask that a deduction be reversed; a colleague confirms."""
    verb = _at(deduction_id, desk.WORKERS, deduction_posting.ask_reversal)
    return _step(verb, _("提上去了，等同事确认，积分还没有退。"), ReasonIn)


@bp.post("/<uuid:deduction_id>/reversal/decide")
@allow(SIGNED_IN)
def decide_reversal(deduction_id: UUID) -> ResponseReturnValue:
    """Confirm or refuse a reversal."""
    said = _("已决定。退了的，账上另有一行，原来那行还在。")
    verb = _at(deduction_id, desk.DECIDERS, deduction_posting.decide_reversal)
    return _step(verb, said, VerdictIn)


def _at(deduction_id: UUID, roles: tuple[str, ...], does: Any) -> forms.Verb:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "deduction_id": deduction_id}
        desk.require_at(session, deductions.get(session, **key).node_id, roles)
        does(session, **key, actor=actor(), **asked)

    return verb


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.deductions.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    asked, _wrong = forms.asked(PageIn)
    scope: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        found = deductions.list_in(session, **scope, **asked)
        later = [
            each
            for state in ("reviewed", "noticed")
            for each in deductions.list_in(session, **scope, states=(state,), limit=SHOWN_MAX)
        ]
        taken = deductions.list_taken(session, **scope, limit=TAKEN_MAX)
        ids = {each.member_id for each in (*found, *later, *taken)}
        programme = programmes.of_ledger(session, desk.ledger_id())
        minus = [
            each
            for each in programmes.list_indicators(session, programme)
            if each.direction == "minus"
        ]
        return forms.page(
            "households/deductions.html",
            problem,
            asked=asked,
            counts=deductions.count_live(session, **scope),
            found=found,
            later=later,
            taken=taken,
            whose=members.get_many(session, ledger_id=desk.ledger_id(), member_ids=ids),
            names={each.code: each.name for each in minus},
            indicators=[(each.code, each.name) for each in minus],
            mine=desk.me(),
            today=clock.today(),
        )
