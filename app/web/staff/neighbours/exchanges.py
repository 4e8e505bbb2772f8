"""Exchanges of a place: signed for a neighbour without a phone (L6), rings for review (A12)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.people import households, members
from app.risk import freezes
from app.service_orders import asking_for, confirming, exchanges, neighbours, rings
from app.service_orders.confirming import Done
from app.web import paging
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import ExchangesFilterIn, HelpSpanIn
from app.web.session import actor
from app.web.staff import desk, forms, menu, signal_scope
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("exchanges", __name__, url_prefix="/<place>/neighbours")
STATES = {
    "open": _l("等邻居来帮"),
    "accepted": _l("有邻居接下了"),
    "done": _l("办好了"),
    "withdrawn": _l("收回了"),
    "lapsed": _l("过期退回"),
}
OTHERS = ("open", "done", "withdrawn", "lapsed")
STATE_KINDS = {"open": "wait", "accepted": "wait", "done": "ok"}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show who helps whom here, what waits for a signature, and what is odd."""
    return draw()


@bp.post("/<uuid:exchange_id>/sign")
@allow(SIGNED_IN)
def sign(exchange_id: UUID) -> ResponseReturnValue:
    """Sign for a helped neighbour without a phone; never for oneself or one's household."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = exchanges.get(session, ledger_id=desk.ledger_id(), exchange_id=exchange_id)
        desk.require_at(session, found.node_id, desk.WORKERS)
        confirming.confirm(
            session,
            ledger_id=desk.ledger_id(),
            exchange_id=exchange_id,
            done=Done(**asked, confirmed_by="staff"),
            actor=actor(),
        )

    return forms.answer(
        verb,
        schema=HelpSpanIn,
        said=_("代签好了，积分给了帮忙的人，时长也记上了。"),
        to=url_for("staff.exchanges.show"),
        again=draw,
    )


def draw(problem: Problem | None = None) -> ResponseReturnValue:
    """Show the page, perhaps with a refusal beside the exchange that it is about."""
    menu.at("claims")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    scope: dict[str, Any] = {**key, "node": desk.here().node}
    asked, wrong = forms.asked(ExchangesFilterIn)
    past = paging.slice_in(asked, "past")
    with reading() as session:
        waiting = neighbours.list_unconfirmed(session, **scope, **paging.slice_in(asked))
        others = neighbours.list_in(session, **scope, **past, states=OTHERS)
        odd = [
            each
            for each in signal_scope.list_open(session, desk.ledger_id(), desk.here().node)
            if each.rule_code == rings.RULE
        ]
        ids = {each.subject_id for each in odd}
        for each in [*waiting, *others]:
            ids |= {each.asker_id} | ({each.helper_id} if each.helper_id else set())
        return forms.page(
            "neighbours/exchanges.html",
            problem or wrong,
            waiting=waiting,
            asked=asked,
            past=past,
            others=others,
            odd=odd,
            frozen=freezes.frozen_among(
                session, **key, subject_ids={each.asker_id for each in waiting}
            ),
            asked_by=asking_for.askers(session, **key, exchanges_of=[*waiting, *others]),
            me=desk.me(),
            whose=members.get_many(session, **key, member_ids=ids),
            circle=households.circle_of(session, **key, person_id=desk.me()),
            states=STATES,
            state_kinds=STATE_KINDS,
            now=clock.now(),
        )
