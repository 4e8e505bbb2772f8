"""Help asked for at the desk in the name of who has no phone, and taken back (L5, L7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.points import wallets
from app.service_orders import asking_for, exchanges
from app.service_orders.exchanges import HelpWanted
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import HelpForIn
from app.web.schemas.exchanges import ConsentIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.staff.neighbours import exchanges as shown
from app.web.translate import _, _l

bp = Blueprint("asking_for", __name__, url_prefix="/<place>/neighbours")
DURATIONS = (
    (30, _l("半小时")),
    (60, _l("1 小时")),
    (90, _l("1 个半小时")),
    (120, _l("2 小时")),
    (180, _l("3 小时")),
    (240, _l("4 小时")),
    (480, _l("8 小时")),
)


@bp.get("/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask who wants what, and how they agreed; `volunteer_no` fills in who."""
    return _form()


@bp.post("/new")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Ask neighbours for help in a member's name; their points wait in escrow."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        asker = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, asker.node_id, desk.WORKERS)
        note = asked.pop("consent_note")
        asking_for.ask(
            session,
            ledger_id=desk.ledger_id(),
            asker=asker,
            wanted=HelpWanted(**asked),
            consent_note=note,
            actor=actor(),
        )

    return forms.answer(
        verb,
        schema=HelpForIn,
        said=_("发给邻居了，积分先托着。帮好了请同事代签。"),
        to=url_for("staff.exchanges.show"),
        again=_form,
    )


@bp.post("/<uuid:exchange_id>/take-back")
@allow(SIGNED_IN)
def take_back(exchange_id: UUID) -> ResponseReturnValue:
    """Take a request back in the asker's name; the points return."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = exchanges.get(session, ledger_id=desk.ledger_id(), exchange_id=exchange_id)
        desk.require_at(session, found.node_id, desk.WORKERS)
        asking_for.withdraw(
            session,
            ledger_id=desk.ledger_id(),
            exchange_id=exchange_id,
            actor=actor(),
            **asked,
        )

    return forms.answer(
        verb,
        schema=ConsentIn,
        said=_("收回了，积分退给了求助的人。"),
        to=url_for("staff.exchanges.show"),
        again=shown.draw,
    )


def _form(problem: Problem | None = None) -> ResponseReturnValue:
    desk.require(*desk.WORKERS)
    menu.at("claims")
    if not desk.here().has_points:
        raise NotFound("this book keeps hours only")
    number = request.form.get("volunteer_no", request.args.get("volunteer_no", ""))[:40]
    with reading() as session:
        return forms.page(
            "neighbours/ask.html",
            problem,
            number=number,
            spendable=_spendable(session, number),
            durations=DURATIONS,
        )


def _spendable(session: Session, number: str) -> int | None:
    """Return what a member of this desk may spend; None while nobody is named."""
    if not number or "volunteer_no" in request.form:
        return None
    asker = numbered(session, number)
    desk.require_at(session, asker.node_id, desk.WORKERS)
    return wallets.holding(session, ledger_id=desk.ledger_id(), member_id=asker.id).spendable_points
