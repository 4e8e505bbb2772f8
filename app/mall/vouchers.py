"""Vouchers (券) and places of a class: paid at issue, honoured once, returned in time.

The points go to the partner's shop when the voucher is issued (L8); its use posts nothing
and is one conditional update, so of two scans one wins (M7). A place takes one from the
session's capacity and gives it back when it is returned in time (M6).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, VersionStale
from app.base.ids import new_id
from app.community import settings
from app.ledger import books, posting
from app.mall import (
    claim_codes,
    claim_owners,
    counter_accounts,
    goods,
    sale_rules,
    shelf,
    shops,
    spending,
)
from app.mall.claim_codes import ClaimCode
from app.mall.errors import GoodsNotOnSale, VoucherNotYet, VoucherOver, VoucherUsed
from app.mall.models import Goods, Shop, Voucher
from app.mall.shelf import OnShelf
from app.mall.spending import Spender
from app.people import inbox, members
from app.people.errors import WrongAudience
from app.points import wallets

KINDS = ("service", "offer")
"""Kinds of goods that are bought as a voucher."""

DAYS = "mall.voucher_days"


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh voucher and the code that its member shows."""

    voucher: Voucher
    code: ClaimCode


def issue(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    goods_id: UUID,
    expected_points: int,
    actor: Actor,
) -> Issued:
    """Buy a voucher of a service, or a place of its session: points out, one piece taken.

    Raises:
        NotFound: Member or goods are not of this book.
        ShopClosed, AgreementOver, MemberNotActive, AccountFrozen: As `spending`.
        GoodsNotOnSale: No service on sale, or its session has begun.
        OfferNotOpen, OfferNotForYou: It is of offers, none of which is open and for them (M1).
        VersionStale: The price is not the one that was shown; fact `total_points`.
        LimitExceeded: The member's month of it is used up (D35).
        StockConflict: No place or piece is left.
        InsufficientPoints: Fact `short_points`.
    """
    session.flush()
    buyer = spending.spender(session, ledger_id=ledger_id, member_id=member_id)
    wished = _wanted(session, ledger_id, goods_id)
    shop = spending.require_selling(session, ledger_id=ledger_id, shop_id=wished.shop_id)
    wanted = {goods_id: 1}
    moved = shelf.sell(session, ledger_id=ledger_id, shop_id=shop.id, wanted=wanted)
    wished = _wanted(session, ledger_id, goods_id)  # the goods are held: it cannot move now
    named: Any = {"ledger_id": ledger_id, "member_id": member_id}
    one = sale_rules.for_member(session, **named, goods=moved).require()[goods_id]
    if one.price_points != expected_points:
        raise VersionStale("the price has changed", total_points=one.price_points)
    node = spending.node_of(session, shop)
    whose: Any = {"ledger_id": ledger_id, "owner_id": buyer.owner_id}
    spending.use_item(session, **whose, goods=one, node=node, pieces=1, on=clock.today())
    valid_days = settings.read(session, node, DAYS)[DAYS]
    made, code = _write(session, wished, buyer, valid_days, actor)
    _record(session, made, {goods_id: one}, -1, "redemption", actor)
    facts = {"points": made.total_points, "number": made.number, "shop": shop.name}
    inbox.tell(session, ledger_id=ledger_id, notes=[inbox.Note(member_id, "debited", facts)])
    return Issued(made, code)


def use(
    session: Session, *, ledger_id: int, shop_id: UUID, presented: str, actor: Actor
) -> Voucher:
    """Honour a voucher at its shop, once; posts nothing (L8, M7).

    Raises:
        NotFound: No such voucher.
        WrongAudience: It is of another book, or of another shop; fact `shop`.
        ShopClosed: The shop or its merchant may not redeem now (M3).
        SecondPersonRequired: A clerk would honour a voucher of their own household (D37).
        VoucherUsed: It was used before; fact `used_at`.
        VoucherOver: It was returned, has lapsed, or its day has passed.
        VoucherNotYet: It is a place, and its class is not today; fact `starts_at` (M6).
    """
    condition = claim_codes.matches(
        session, Voucher, prefix=claim_codes.VOUCHER, ledger_id=ledger_id, presented=presented
    )
    found = _found(session, ledger_id, condition)
    if found.shop_id != shop_id:
        there = shops.get(session, ledger_id=ledger_id, shop_id=found.shop_id)
        raise WrongAudience("a voucher of another shop", shop=there.name)
    spending.require_open(session, ledger_id=ledger_id, shop_id=shop_id)
    owner_id = claim_owners.of(session, found)
    owner = members.get(session, ledger_id=ledger_id, member_id=owner_id)
    spending.require_not_own(session, member=owner, actor=actor)
    today = clock.today()
    used = session.execute(
        sa.update(Voucher)
        .where(
            Voucher.ledger_id == ledger_id,
            Voucher.id == found.id,
            Voucher.state == "open",
            Voucher.valid_until_on >= today,
            sa.or_(Voucher.starts_at.is_(None), Voucher.valid_until_on == today),
        )
        .values(state="used", used_at=clock.now(), used_by_id=actor.person_id)
        .returning(Voucher.id)
        .execution_options(synchronize_session=False)
    )
    if used.first() is None:
        raise _why_not(_found(session, ledger_id, Voucher.id == found.id))
    return _found(session, ledger_id, Voucher.id == found.id)


def get(session: Session, *, ledger_id: int, voucher_id: UUID) -> Voucher:
    """Return a voucher of this book as it stands now.

    Raises:
        NotFound: There is none of this id.
    """
    return _found(session, ledger_id, Voucher.id == voucher_id)


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[tuple[Voucher, Goods, Shop]]:
    """List a member's vouchers with their goods and shops, open ones first, then the newest."""
    is_open = sa.case((Voucher.state == "open", 0), else_=1)
    query = (
        _with_names(ledger_id)
        .where(claim_owners.rows_of(Voucher, ledger_id=ledger_id, member_id=member_id))
        .order_by(is_open, Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(one, goods_row, shop) for one, goods_row, shop in session.execute(query)]


def list_of_shop(
    session: Session, *, ledger_id: int, shop_id: UUID, limit: int = 50
) -> list[tuple[Voucher, Goods, Shop]]:
    """List a shop's vouchers with their goods, the newest first."""
    query = (
        _with_names(ledger_id)
        .where(Voucher.shop_id == shop_id)
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(limit)
    )
    return [(one, goods_row, shop) for one, goods_row, shop in session.execute(query)]


def _with_names(ledger_id: int) -> sa.Select[Voucher, Goods, Shop]:
    return (
        sa.select(Voucher, Goods, Shop)
        .join(Goods, sa.and_(Goods.ledger_id == Voucher.ledger_id, Goods.id == Voucher.goods_id))
        .join(Shop, sa.and_(Shop.ledger_id == Voucher.ledger_id, Shop.id == Voucher.shop_id))
        .where(
            Voucher.ledger_id == ledger_id,
            Goods.ledger_id == ledger_id,
            Shop.ledger_id == ledger_id,
        )
        .execution_options(populate_existing=True)
    )


def _wanted(session: Session, ledger_id: int, goods_id: UUID) -> Goods:
    """Return goods that are sold as a voucher, and whose session has not begun."""
    one = goods.get(session, ledger_id=ledger_id, goods_id=goods_id)
    has_begun = one.starts_at is not None and one.starts_at <= clock.now()
    if one.kind not in KINDS or has_begun:
        named = [{"goods_id": str(one.id), "number": one.number, "name": one.name}]
        raise GoodsNotOnSale("not sold as a voucher now", goods=named)
    return one


def _write(
    session: Session, wished: Goods, buyer: Spender, valid_days: int, actor: Actor
) -> tuple[Voucher, ClaimCode]:
    """Post the price and write the voucher; the serial last, since it stays locked."""
    ledger_id, voucher_id, now = wished.ledger_id, new_id(), clock.now()
    code = claim_codes.new(claim_codes.VOUCHER, ledger_id)
    journal_id = _post(session, wished, buyer.member_id, voucher_id, actor)
    day = f"{clock.local_date(now):%Y%m%d}"
    serial = serials.take(session, ledger_id=ledger_id, name=f"voucher:{day}")
    made = Voucher(
        ledger_id=ledger_id,
        id=voucher_id,
        number=f"{books.get(session, ledger_id).code}-V{day}-{serial:04d}",
        member_id=buyer.member_id,
        household_id=buyer.household_id,
        shop_id=wished.shop_id,
        goods_id=wished.id,
        total_points=wished.price_points,
        state="open",
        issued_at=now,
        starts_at=wished.starts_at,
        return_until_at=_return_until(wished),
        valid_until_on=_valid_until(wished, now, valid_days),
        journal_id=journal_id,
        **code.columns(voucher_id),
    )
    session.add(made)
    session.flush()
    return made, code


def _return_until(wished: Goods) -> datetime | None:
    if wished.starts_at is None:
        return None
    return wished.starts_at - timedelta(hours=wished.return_hours or 0)


def _valid_until(wished: Goods, now: datetime, valid_days: int) -> date:
    if wished.starts_at is not None:
        return clock.local_date(wished.starts_at)
    return clock.local_date(now) + timedelta(days=valid_days)


def _post(
    session: Session, wished: Goods, member_id: UUID, voucher_id: UUID, actor: Actor
) -> UUID | None:
    """Move the price from the member's lots to the shop's account of this kind (L8)."""
    if not wished.price_points:
        return None
    paid = wallets.payment(
        session,
        ledger_id=wished.ledger_id,
        member_id=member_id,
        amount_points=wished.price_points,
        to=counter_accounts.of(wished.shop_id, wished.kind),
    )
    draft = posting.JournalDraft(
        key=f"voucher:{voucher_id}",
        kind="voucher",
        lines=paid.lines,
        actor=actor,
        source_id=voucher_id,
    )
    return posting.post_one(session, ledger_id=wished.ledger_id, draft=draft)


def _record(
    session: Session, made: Voucher, moved: dict[UUID, OnShelf], change: int, kind: str,
    actor: Actor,
) -> None:  # fmt: skip
    shelf.record(
        session,
        ledger_id=made.ledger_id,
        moved=moved,
        changes={made.goods_id: change},
        kind=kind,
        actor=actor,
        voucher_id=made.id,
    )


def _found(session: Session, ledger_id: int, condition: sa.ColumnElement[bool]) -> Voucher:
    query = sa.select(Voucher).where(Voucher.ledger_id == ledger_id, condition)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such voucher")
    return found


def _why_not(found: Voucher) -> Exception:
    if found.state == "used" and found.used_at is not None:
        return VoucherUsed(used_at=found.used_at.isoformat())
    if found.state == "open" and found.valid_until_on > clock.today():
        return VoucherNotYet(starts_at=found.starts_at and found.starts_at.isoformat())
    return VoucherOver(state=found.state, valid_until_on=found.valid_until_on.isoformat())
