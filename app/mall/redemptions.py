"""Redemption (兑换): goods out, points in, in one transaction (L3). The hot path of the till.

15 statements when the accounts exist: what stands at the till, its settings, the
shelf, the limits, the wallet, five of the posting, the number, the redemption, its
lines, the movements, the member's note. They do not grow with the basket. Locks
are taken in one order: till, goods by id, counters, accounts, serial.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import VersionStale
from app.ledger import posting
from app.mall import allowances, counter_accounts, sale_rules, sales, shelf, stall_shelf, standing
from app.mall.baskets import Basket
from app.mall.sales import Sale, Slip, SlipLine
from app.mall.shelf import OnShelf
from app.mall.standing import Standing
from app.points import wallets

__all__ = ["Slip", "SlipLine", "redeem"]


def redeem(
    session: Session, *, ledger_id: int, basket: Basket, expected_total_points: int, actor: Actor
) -> Slip:
    """Hand over goods for points, all of it or nothing.

    The door has consumed the one-time code, or identified the card, before: that
    stands even if this refuses (ruling 6). Prices come from the shelf; the till
    says what total it showed, and a price changed meanwhile is refused.

    Args:
        expected_total_points: The total that clerk and member saw.

    Raises:
        ValidationFailed: The basket itself is not sound.
        NotFound: Till, member or goods are not of this book.
        TillClosed, ShopClosed, AgreementOver, PermissionDenied: Nobody sells here now (M3, A14).
        MemberNotActive, AccountFrozen: The member or the card may not spend.
        CodeAlreadyUsed: This showing of code or card has paid for a basket (D34, E17).
        SecondPersonRequired: The clerk would serve their own household (A6, D37).
        StallOver: The till is at a stall, and this is not its day (M4).
        GoodsNotOnSale, StockConflict: The shelf cannot give it (D38).
        OfferNotOpen, OfferNotForYou, ClassNotAtTill: As `sale_rules` (M1, M6).
        VersionStale: The total differs from the expected one.
        StepUpRequired: Over the small amount without the member's confirmation.
        LimitExceeded: Pieces of the member (D35) or the day of the clerk (D37).
        InsufficientPoints: Fact `short_points` (E8).
    """
    wanted = basket.wanted()
    session.flush()  # what the door has pending: Core statements do not flush it themselves
    here = standing.read(session, ledger_id=ledger_id, basket=basket, actor=actor, for_update=True)
    for refusal in standing.refusals(here, actor):
        raise refusal
    maxima = allowances.maxima(session, here.node_path)
    goods = _take_goods(session, ledger_id, here, basket, wanted)
    sale = Sale(basket, here, goods, wanted, actor, clock.now())
    if sale.total_points != expected_total_points:
        raise VersionStale("a price has changed", total_points=sale.total_points)
    allowances.take(session, ledger_id=ledger_id, deal=sale.deal, goods=goods, maxima=maxima)
    journal_id, left_points = _post(session, ledger_id, sale)
    number = sales.write(session, ledger_id, sale, journal_id)
    sales.move_and_tell(session, ledger_id, sale, number)
    return sales.slip_of(sale, number, left_points)


def _take_goods(
    session: Session, ledger_id: int, here: Standing, basket: Basket, wanted: Mapping[UUID, int]
) -> dict[UUID, OnShelf]:
    """Take the goods from the shelf at which the till stands: the shop's, or a stall's (M4)."""
    named: Any = {"ledger_id": ledger_id, "shop_id": here.shop_id, "wanted": wanted}
    if here.stall_id is None:
        moved = shelf.sell(session, **named)
    else:
        moved = stall_shelf.sell(session, **named, stall_id=here.stall_id)
    key: Any = {"ledger_id": ledger_id, "member_id": basket.member_id}
    return sale_rules.at_till(session, **key, goods=moved).require()


def _post(session: Session, ledger_id: int, sale: Sale) -> tuple[UUID | None, int]:
    """Move the points from the member's lots to the shop (L3); nothing for a gift of 0 (L9).

    Returns the journal, and what the member may spend afterwards.
    """
    named: Any = {"ledger_id": ledger_id, "member_id": sale.basket.member_id}
    if sale.total_points == 0:
        return None, wallets.holding(session, **named).spendable_points
    paid = wallets.payment(
        session,
        **named,
        amount_points=sale.total_points,
        to=counter_accounts.of(sale.here.shop_id),
    )
    draft = posting.JournalDraft(
        key=f"redeem:{sale.id}",
        kind="redemption",
        lines=counter_accounts.shared_out(paid.lines, sale.points_by_kind),
        actor=sale.actor,
        source_id=sale.id,
        occurred_at=sale.sold_at,
    )
    return posting.post_one(session, ledger_id=ledger_id, draft=draft), paid.left_points
