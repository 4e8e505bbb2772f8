"""Shops of a place: opened, suspended, staffed with clerks; their tills and day-end lists."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.mall import clerks, day_end, goods, listings, merchants, shops, stock, tills
from app.mall.models import Shop
from app.people import members
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ClerkIn, ShopIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("shops", __name__, url_prefix="/<place>/shops")
RECENT = 20
SELLING = shops.MAY_OPEN_SHOPS


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the shops of the place, what runs out, and the merchants behind them."""
    return _list()


@bp.post("")
@allow(SIGNED_IN)
def open_shop() -> ResponseReturnValue:
    """Open a shop of an approved merchant at this place."""

    def verb(session: Session, asked: dict[str, Any]) -> Shop:
        node = desk.require_here(session, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
        behind = merchants.get(session, **key, merchant_id=asked["merchant_id"])
        desk.require_at(session, behind.node_id, desk.WORKERS)
        return shops.open_shop(session, **key, node_id=node.id, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ShopIn,
        show=lambda made: str(made.id),
        said=_("店开好了，先加店员和商品。"),
        to=lambda made: url_for("staff.shops.shop", shop_id=made),
        again=_list,
    )


@bp.get("/<uuid:shop_id>")
@allow(SIGNED_IN)
def shop(shop_id: UUID) -> ResponseReturnValue:
    """Show a shop: goods, clerks, tills, what was redeemed."""
    return draw(shop_id)


@bp.post("/<uuid:shop_id>/suspend")
@allow(SIGNED_IN)
def suspend(shop_id: UUID) -> ResponseReturnValue:
    """Stop redemptions for now."""
    return _state(shops.suspend, shop_id, _("店暂停了，现在不能兑换。"))


@bp.post("/<uuid:shop_id>/reopen")
@allow(SIGNED_IN)
def reopen(shop_id: UUID) -> ResponseReturnValue:
    """Let a suspended shop redeem again."""
    return _state(shops.reopen, shop_id, _("店又开了。"))


@bp.post("/<uuid:shop_id>/close")
@allow(SIGNED_IN)
def close(shop_id: UUID) -> ResponseReturnValue:
    """Close a suspended shop for good."""
    return _state(shops.close, shop_id, _("店关了，以前的记录还在。"))


@bp.post("/<uuid:shop_id>/clerks")
@allow(SIGNED_IN)
def add_clerk(shop_id: UUID) -> ResponseReturnValue:
    """Let a member serve at the shop from today."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, shop_id, desk.WORKERS)
        whose = numbered(session, asked["volunteer_no"])
        desk.require_at(session, whose.node_id, desk.WORKERS)
        clerks.assign(
            session,
            ledger_id=desk.ledger_id(),
            shop_id=shop_id,
            person_id=whose.person_id,
            until_on=asked["until_on"],
            actor=actor(),
        )

    return step(verb, shop_id, _("店员加好了，今天起可以开收银台。"), ClerkIn)


@bp.post("/<uuid:shop_id>/clerks/<uuid:person_id>/end")
@allow(SIGNED_IN)
def end_clerk(shop_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """End a clerk's time at the shop at once."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        scoped(session, shop_id, desk.WORKERS)
        clerks.end(
            session,
            ledger_id=desk.ledger_id(),
            shop_id=shop_id,
            person_id=person_id,
            actor=actor(),
        )

    return step(verb, shop_id, _("不再是这家店的店员。"))


@bp.get("/<uuid:shop_id>/tills/<uuid:till_id>")
@allow(SIGNED_IN)
def till(shop_id: UUID, till_id: UUID) -> ResponseReturnValue:
    """Show the day-end list of a till, and what was redeemed on it."""
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "till_id": till_id}
    with reading() as session:
        found = scoped(session, shop_id, desk.READERS)
        opened = tills.get(session, **key)
        if opened.shop_id != shop_id:
            raise NotFound("a till of another shop")
        clerk = members.find_of_person(
            session, ledger_id=desk.ledger_id(), person_id=opened.opened_by_id
        )
        return forms.page(
            "till.html",
            shop=found,
            till=opened,
            clerk=clerk,
            day=day_end.read(session, **key),
            sales=listings.list_of_till(session, **key, limit=200),
        )


def scoped(session: Session, shop_id: UUID, names: tuple[str, ...]) -> Shop:
    """Return a shop of a place in scope; raises as `desk.require_at`."""
    found = shops.get(session, ledger_id=desk.ledger_id(), shop_id=shop_id)
    desk.require_at(session, found.node_id, names)
    return found


def step(verb: forms.Verb, shop_id: UUID, said: str, schema: Any = None) -> ResponseReturnValue:
    """Do one step for a shop and go back to its page."""
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.shops.shop", shop_id=shop_id),
        again=lambda problem: draw(shop_id, problem),
    )


def draw(shop_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    """Draw the shop's page, after a refusal with its problem."""
    menu.at("mall")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "shop_id": shop_id}
    with reading() as session:
        found = scoped(session, shop_id, desk.READERS)
        serving = clerks.list_of(session, **key)
        opened = tills.list_of_shop(session, **key, limit=RECENT)
        persons = {each.person_id for each in serving} | {each.opened_by_id for each in opened}
        return forms.page(
            "shop.html",
            problem,
            shop=found,
            place=tree.get(session, found.node_id),
            goods=goods.list_of_shop(session, **key),
            clerks=serving,
            tills=opened,
            names=_names(session, persons),
            sales=listings.list_of_shop(session, **key, limit=RECENT),
        )


def _state(change: Callable[..., Any], shop_id: UUID, said: str) -> ResponseReturnValue:
    def verb(session: Session, _asked: dict[str, Any]) -> None:
        scoped(session, shop_id, desk.WORKERS)
        change(session, ledger_id=desk.ledger_id(), shop_id=shop_id, actor=actor())

    return step(verb, shop_id, said)


def _names(session: Session, person_ids: set[UUID]) -> dict[UUID, Any]:
    found = {
        person_id: members.find_of_person(session, ledger_id=desk.ledger_id(), person_id=person_id)
        for person_id in person_ids
    }
    return {person_id: member for person_id, member in found.items() if member}


def _list(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("mall")
    desk_now = desk.here()
    if not desk_now.has_points:
        raise NotFound("this programme keeps hours only")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = shops.list_within(session, **key, node=desk_now.node)
        behind = merchants.list_within(session, **key, node=desk_now.node)
        begins_at = clock.day_bounds(clock.today().replace(day=1))[0]
        return forms.page(
            "shops.html",
            problem,
            shops=found,
            low={each.id: goods.list_low(session, **key, shop_id=each.id) for each in found},
            differences=stock.differences_by_shop(
                session,
                **key,
                shop_ids=[each.id for each in found],
                begins_at=begins_at,
                ends_at=clock.now(),
            ),
            merchants=behind,
            selling_options=[(each.id, each.name) for each in behind if each.state in SELLING],
            nodes=tree.get_many(
                session, {*(each.node_id for each in found), *(each.node_id for each in behind)}
            ),
        )
