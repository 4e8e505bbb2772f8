"""Offers of a place's merchants: published, ended, counted by month; lists and groups (M1)."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import terms, tree
from app.mall import merchants, offer_lists, offer_uses, offers
from app.mall.models import Merchant
from app.mall.offers import OfferTerms
from app.people import groups, members
from app.people.models_group import GROUPS
from app.risk import limits
from app.web import corrections, qr
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_partners import GroupMemberIn, GroupMembersIn, GroupPageIn, OfferIn
from app.web.session import actor
from app.web.staff import desk, forms, menu, sent_files
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("offers", __name__, url_prefix="/<place>/offers")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the offers of the place's merchants, and their uses by month."""
    return _show()


@bp.post("/merchants/<uuid:merchant_id>")
@allow(SIGNED_IN)
def publish(merchant_id: UUID) -> ResponseReturnValue:
    """Publish an offer of a merchant that has signed."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _merchant(session, merchant_id, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "merchant_id": merchant_id}
        offers.publish(session, **named, terms=OfferTerms(**asked), actor=actor())

    return forms.answer(
        verb,
        schema=OfferIn,
        said=_("优惠登出去了。"),
        to=url_for("staff.offers.merchant", merchant_id=merchant_id),
        again=lambda problem: _one(merchant_id, problem),
    )


@bp.post("/<uuid:offer_id>/end")
@allow(SIGNED_IN)
def end(offer_id: UUID) -> ResponseReturnValue:
    """End an offer."""

    def verb(session: Session, _asked: dict[str, Any]) -> str:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "offer_id": offer_id}
        found = offers.get(session, **key)
        _merchant(session, found.merchant_id, desk.WORKERS)
        offers.end(session, **key, actor=actor())
        return str(found.merchant_id)

    return forms.answer(
        verb,
        show=lambda made: made,
        said=_("优惠停了，用过的记录还在。"),
        to=lambda made: url_for("staff.offers.merchant", merchant_id=made),
        again=_show,
    )


@bp.get("/merchants/<uuid:merchant_id>")
@allow(SIGNED_IN)
def merchant(merchant_id: UUID) -> ResponseReturnValue:
    """Show a merchant's offers, its code to be put up, and the form for its list."""
    return _one(merchant_id)


@bp.post("/merchants/<uuid:merchant_id>/list")
@allow(SIGNED_IN)
def take_in(merchant_id: UUID) -> ResponseReturnValue:
    """Take in the merchant's list of the month; lines that may not stand are shown."""

    def verb(session: Session, _asked: dict[str, Any]) -> dict[str, Any]:
        _merchant(session, merchant_id, desk.WORKERS)
        rows = offer_lists.open_list(BytesIO(sent_files.sent()))
        lines, unread = offer_lists.read(rows)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "merchant_id": merchant_id}
        found = offer_lists.take_in(session, **named, lines=lines, actor=actor())
        return sent_files.outcome(found.new, found.unchanged, [*unread, *found.bad])

    made, problem = forms.send(verb, show=lambda found: found)
    return _one(merchant_id, problem, made)


@bp.post("/groups")
@allow(SIGNED_IN)
def put_in_group() -> ResponseReturnValue:
    """Note that members, named by their numbers, belong to a group."""

    def verb(session: Session, asked: dict[str, Any]) -> int:
        desk.require_here(session, desk.WORKERS)
        found = [numbered(session, number) for number in asked["numbers"].split()]
        for each in found:
            desk.require_at(session, each.node_id, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "group": asked["group"]}
        return groups.put(session, **named, member_ids=[each.id for each in found], actor=actor())

    return forms.answer(
        verb,
        schema=GroupMembersIn,
        show=lambda count: count,
        said=lambda count: _("新记了 %(n)s 人。", n=count),
        to=url_for("staff.offers.show"),
        again=_show,
    )


@bp.get("/groups")
@allow(SIGNED_IN)
def group() -> ResponseReturnValue:
    """List who of the place belongs to a group."""
    return _group()


@bp.post("/groups/out")
@allow(SIGNED_IN)
def take_out_of_group() -> ResponseReturnValue:
    """Note that a member belongs to a group no more."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_here(session, desk.WORKERS)
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "member_id": asked["member_id"]}
        desk.require_at(session, members.get(session, **named).node_id, desk.WORKERS)
        groups.take_out(session, **named, group=asked["group"], actor=actor())

    return forms.answer(
        verb,
        schema=GroupMemberIn,
        said=_("移出来了，这个群体的优惠他用不了了。"),
        to=url_for("staff.offers.group", group=request.form.get("group", "")),
        again=_group,
    )


def _merchant(session: Session, merchant_id: UUID, names: tuple[str, ...]) -> Merchant:
    found = merchants.get(session, ledger_id=desk.ledger_id(), merchant_id=merchant_id)
    desk.require_at(session, found.node_id, names)
    return found


def _group(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    asked, wrong = forms.asked(GroupPageIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        return forms.page(
            "partners/group.html",
            problem or wrong,
            asked=asked,
            found=groups.list_within(session, **key, **asked),
            total=groups.count_within(session, **key)[asked["group"]],
        )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    here = desk.here()
    if not here.has_points:
        raise NotFound("this programme keeps hours only")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": here.node}
    with reading() as session:
        found = offers.list_within(session, **key)
        counts = offer_uses.by_offer(
            session,
            ledger_id=desk.ledger_id(),
            offer_ids=[offer.id for offer, _behind in found],
            period=limits.monthly(clock.today()),
        )
        return forms.page(
            "partners/offers.html",
            problem,
            found=found,
            counts=counts,
            months=offer_uses.by_month(session, **key),
            groups=groups.count_within(session, **key),
            group_options=[(each, each) for each in GROUPS],
            is_open=offers.is_open,
        )


def _one(
    merchant_id: UUID, problem: Problem | None = None, taken: dict[str, Any] | None = None
) -> ResponseReturnValue:
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "merchant_id": merchant_id}
    with reading() as session:
        found = _merchant(session, merchant_id, desk.READERS)
        listed = offers.list_of_merchant(session, **key)
        counts = offer_uses.by_offer(
            session, ledger_id=desk.ledger_id(), offer_ids=[one.id for one in listed]
        )
        payable = offers.payable(session, **key)
        called = terms.names(session, tree.get(session, found.node_id), terms.PARTNER_CLASS)
        class_name = called.get(found.partner_class or "", found.partner_class or "")
    path = url_for("h5.partner_offers.merchant", merchant_id=merchant_id)
    address = current_app.config["PUBLIC_URL"].rstrip("/") + path
    return forms.page(
        "partners/merchant_offers.html",
        problem,
        merchant=found,
        class_name=class_name,
        offers=listed,
        counts=counts,
        is_open=offers.is_open,
        svg=qr.svg(address, label=found.name),
        taken=taken,
        group_options=[(each, each) for each in GROUPS],
        payable=[(str(each.id), f"{each.name} {each.price_points}") for each in payable],
        today=clock.today(),
        told=corrections.told,
    )
