"""Duties (岗位身份) at the desk: how many hold each, what each may do, given and ended."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import duties
from app.people.team_cards import list_parts
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.duties import DutyIn, HoldersIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _, _l

bp = Blueprint("duties", __name__, url_prefix="/<place>/duties")
ACTS = {
    "report": _l("随手拍"),
    "patrol": _l("巡查"),
    "visit": _l("走访"),
    "take_orders": _l("接单"),
    "dispatch": _l("派单"),
    "mediate": _l("调解"),
    "rate": _l("评议，不评自己办的"),
    "advise": _l("参谋"),
    "publicise": _l("宣传"),
    "lead": _l("牵头"),
}
PAYS = {
    "never": _l("无偿，计时长积分"),
    "always": _l("有偿，岗位上不计"),
    "either": _l("看这个人"),
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the report of duties, the holders of one kind, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def give() -> ResponseReturnValue:
    """Give a member a duty here or at a part of this place."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_here(session, desk.WORKERS)
        node = tree.by_code(session, asked["node_code"])
        desk.require_at(session, node.id, desk.WORKERS)
        whose = numbered(session, asked["volunteer_no"])
        desk.require_at(session, whose.node_id, desk.WORKERS)
        duties.give(
            session,
            ledger_id=desk.ledger_id(),
            member_id=whose.id,
            node=node,
            kind_code=asked["kind"],
            is_paid=asked["is_paid"],
            actor=actor(),
        )

    kind = request.form.get("kind", "")[:24]
    return forms.answer(
        verb,
        schema=DutyIn,
        said=_("记好了。"),
        to=url_for("staff.duties.show", kind=kind),
        again=_show,
    )


@bp.post("/<uuid:duty_id>/end")
@allow(SIGNED_IN)
def end(duty_id: UUID) -> ResponseReturnValue:
    """End a duty; what was done in it stays."""

    def verb(session: Session, _asked: dict[str, Any]) -> str:
        duty = duties.get(session, ledger_id=desk.ledger_id(), duty_id=duty_id)
        desk.require_at(session, duty.node_id, desk.WORKERS)
        duties.end(session, ledger_id=duty.ledger_id, duty_id=duty_id, actor=actor())
        return duty.kind_code

    return forms.answer(
        verb,
        show=lambda kind: kind,
        said=_("结束了，以前做的都还在。"),
        to=lambda kind: url_for("staff.duties.show", kind=kind),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    chosen = (request.form.get("kind") or request.args.get("kind", ""))[:24]
    asked, wrong = forms.asked(HoldersIn)
    slice_ = {name: asked[name] for name in ("limit", "offset")}
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        kinds = duties.kinds(session)
        named = next((each for each in kinds if each.code == chosen), None)
        node = desk.here().node
        return forms.page(
            "registers/duties.html",
            problem or wrong,
            **slice_,
            kinds=kinds,
            counts=duties.counts(session, **key),
            people_count=duties.count_people(session, **key),
            chosen=named,
            held=duties.list_in(session, **key, kind_code=named.code, **slice_) if named else [],
            places=[(node.code, node.short_name)]
            + [(each.code, each.short_name) for each in list_parts(session, node)],
            acts=ACTS,
            pays=PAYS,
        )
