"""Requests to merge two memberships of one person: a colleague decides."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members, merges
from app.points import wallets
from app.web import merging
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("merges", __name__, url_prefix="/<place>/merges")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the requests that wait, longest waiting first."""
    return _show()


@bp.post("/<uuid:merge_id>/approve")
@allow(SIGNED_IN)
def approve(merge_id: UUID) -> ResponseReturnValue:
    """Approve: the old membership ends, and all it holds moves, in one unit of work."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, merge_id)
        merging.approve(session, ledger_id=desk.ledger_id(), merge_id=merge_id, actor=actor())

    return _step(verb, _("已合并，时长和积分都转过去了。"))


@bp.post("/<uuid:merge_id>/refuse")
@allow(SIGNED_IN)
def refuse(merge_id: UUID) -> ResponseReturnValue:
    """Refuse, or withdraw one's own request."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, merge_id)
        merges.refuse(session, ledger_id=desk.ledger_id(), merge_id=merge_id, actor=actor())

    return _step(verb, _("没有合并，两个账户都照旧。"))


def _step(verb: forms.Verb, said: str) -> ResponseReturnValue:
    return forms.answer(verb, said=said, to=url_for("staff.merges.show"), again=_show)


def _scoped(session: Session, merge_id: UUID) -> None:
    found = merges.get(session, ledger_id=desk.ledger_id(), merge_id=merge_id)
    for member_id in (found.old_member_id, found.kept_member_id):
        desk.member(session, member_id, desk.DECIDERS)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = merges.list_waiting(session, **key, node=desk.here().node)
        wanted = {each.old_member_id for each in found} | {each.kept_member_id for each in found}
        whose = members.get_many(session, **key, member_ids=wanted)
        held = {
            member_id: wallets.holding(session, **key, member_id=member_id) for member_id in wanted
        }
        return forms.page("merges.html", problem, found=found, whose=whose, held=held)
