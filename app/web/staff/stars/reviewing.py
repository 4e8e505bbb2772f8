"""Stars at the desk: who may rise, the review, the notice, one member's way, bars (D41)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members
from app.people.models import Member
from app.points import programmes
from app.points.stars import bars, counting, granting, rises, tables
from app.web import paging
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_stars import BarIn, PutUpIn, ReviewIn, RisesIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("stars", __name__, url_prefix="/<place>/stars")
YEAR_DAYS = 365
STATES = {
    "reviewed": _l("初审通过，等公示"),
    "noticed": _l("正在公示"),
    "granted": _l("已评定"),
    "refused": _l("没有通过"),
    "lapsed": _l("时长又不够了"),
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show who may rise, who was reviewed, and what is up."""
    return _show()


@bp.post("/review")
@allow(SIGNED_IN)
def review() -> ResponseReturnValue:
    """Review the chosen members."""

    def verb(session: Session, asked: dict[str, Any]) -> int:
        desk.require_here(session, desk.DECIDERS)
        for whose in _chosen(session, asked["member_ids"]):
            desk.require_at(session, whose.node_id, desk.DECIDERS)
        made = rises.review(session, ledger_id=desk.ledger_id(), actor=actor(), **asked)
        return len(made)

    return forms.answer(
        verb,
        schema=ReviewIn,
        show=int,
        said=lambda count: _("审过了 %(n)s 人。", n=count),
        to=url_for("staff.stars.show"),
        again=_show,
    )


@bp.post("/notice")
@allow(SIGNED_IN)
def put_up() -> ResponseReturnValue:
    """Put up everybody who was reviewed here."""

    def verb(session: Session, asked: dict[str, Any]) -> UUID:
        node = desk.require_here(session, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node_id": node.id}
        return granting.put_up(session, **named, actor=actor(), **asked).id

    return forms.answer(
        verb,
        schema=PutUpIn,
        show=str,
        said=_("公示发出去了。期满没有异议的，第二天自动评定。"),
        to=lambda notice_id: url_for("staff.notices.show", notice_id=notice_id),
        again=_show,
    )


@bp.get("/<uuid:member_id>")
@allow(SIGNED_IN)
def member(member_id: UUID) -> ResponseReturnValue:
    """Show where one member stands and how they came there."""
    return _member(member_id)


@bp.post("/<uuid:member_id>/bar")
@allow(SIGNED_IN)
def bar(member_id: UUID) -> ResponseReturnValue:
    """Bar a member who told false hours."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.DECIDERS)
        days = YEAR_DAYS * asked.pop("years")
        bars.bar(session, **_key(member_id), days=days, actor=actor(), **asked)

    return _step(verb, member_id, _("记下了，到期前不能升星。"), BarIn)


@bp.post("/<uuid:member_id>/bars/<uuid:bar_id>/lift")
@allow(SIGNED_IN)
def lift(member_id: UUID, bar_id: UUID) -> ResponseReturnValue:
    """Lift a bar that a colleague set."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.DECIDERS)
        bars.lift(session, **_key(member_id), bar_id=bar_id, actor=actor(), **asked)

    return _step(verb, member_id, _("取消了，可以升星。"), ReasonIn)


def _step(verb: Any, member_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.stars.member", member_id=member_id),
        again=lambda problem: _member(member_id, problem),
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    asked, unread = forms.asked(RisesIn)
    with reading() as session:
        node = desk.here().node
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node}
        programme = programmes.of_ledger(session, desk.ledger_id())
        live = {
            state: rises.list_in(session, **key, states=(state,), **paging.slice_in(asked, state))
            for state in counting.LIVE_RISES
        }
        return forms.page(
            "stars/reviewing.html",
            problem or unread,
            asked=asked,
            due=rises.list_due(session, **key, **paging.slice_in(asked)),
            due_count=rises.count_due(session, **key),
            counts={state: rises.count_in(session, **key, states=(state,)) for state in live},
            at_once_max=granting.AT_ONCE_MAX,
            **live,
            rules=tables.current(session, programme.id),
        )


def _member(member_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    with reading() as session:
        whose = desk.member(session, member_id)
        return forms.page(
            "stars/member.html",
            problem,
            member=whose,
            found=counting.standing(session, **_key(member_id)),
            listed=rises.list_of_member(session, **_key(member_id)),
            barred=bars.list_live(session, **_key(member_id)),
            states=STATES,
            mine=desk.me(),
        )


def _key(member_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "member_id": member_id}


def _chosen(session: Session, member_ids: list[UUID]) -> list[Member]:
    found = members.get_many(session, ledger_id=desk.ledger_id(), member_ids=member_ids)
    return list(found.values())
