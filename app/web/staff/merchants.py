"""Merchants behind the shops: applied for by one, approved by another, signed, listed (M3)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import terms, tree
from app.mall import merchants
from app.mall.models import Merchant
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_partners import ClassIn, MerchantIn, SignIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("merchants", __name__, url_prefix="/<place>/merchants")
STEPS: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "approve": (merchants.approve, desk.DECIDERS, _l("已批准，请登记协议。")),
    "enlist": (merchants.enlist, desk.WORKERS, _l("已上架，它的店可以兑换了。")),
    "suspend": (merchants.suspend, desk.WORKERS, _l("已暂停，它的店都不能兑换。")),
    "resume": (merchants.resume, desk.WORKERS, _l("已恢复。")),
    "close": (merchants.close, desk.WORKERS, _l("已关闭，以前的记录还在。")),
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the merchants of the place, and the form of an application."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def apply() -> ResponseReturnValue:
    """File an application; a colleague approves it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        merchants.apply(
            session, ledger_id=desk.ledger_id(), node_id=node.id, actor=actor(), **asked
        )

    return _step(verb, _("已申请，等同事批准。"), MerchantIn)


@bp.post("/<uuid:merchant_id>/sign")
@allow(SIGNED_IN)
def sign(merchant_id: UUID) -> ResponseReturnValue:
    """Note the agreement that a merchant signed, or its renewal."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "merchant_id": merchant_id}
        found: Merchant = merchants.get(session, **key)
        desk.require_at(session, found.node_id, desk.WORKERS)
        merchants.sign(session, **key, **asked, actor=actor())

    return _step(verb, _("协议记好了。"), SignIn)


@bp.post("/<uuid:merchant_id>/<step>")
@allow(SIGNED_IN)
def change(merchant_id: UUID, step: str) -> ResponseReturnValue:
    """Approve, list, suspend, resume or close a merchant."""
    if step not in STEPS:
        raise NotFound("no such step")
    act, names, said = STEPS[step]

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "merchant_id": merchant_id}
        found: Merchant = merchants.get(session, **key)
        desk.require_at(session, found.node_id, names)
        act(session, **key, actor=actor())

    return _step(verb, said)


def _step(verb: forms.Verb, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.merchants.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    if not desk.here().has_points:
        raise NotFound("this programme keeps hours only")
    asked, unread = forms.asked(ClassIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        found = merchants.list_within(session, **key, partner_class=asked["partner_class"])
        nodes = tree.get_many(session, {each.node_id for each in found})
        words = terms.list_at(session, desk.here().node, terms.PARTNER_CLASS)
    return forms.page(
        "merchants.html",
        problem or unread,
        found=found,
        nodes=nodes,
        mine=desk.me(),
        today=clock.today(),
        classes=[(each.code, each.name) for each in words],
        offered=[(each.code, each.name) for each in words if each.retired_on is None],
        called={each.code: each.name for each in words},
        chosen=asked["partner_class"],
    )
