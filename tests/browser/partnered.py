"""Partners, stars and proofs put into the demo by the real verbs: something on every page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.mall import clerks, goods, merchants, offers, reservations, shops, stock, vouchers
from app.mall.goods import GoodsTerms
from app.mall.offers import OfferTerms
from app.mall.reservations import Wish
from app.people import members
from app.points import grants
from app.points.deeds import Deed
from app.points.quarters import assessing, closing
from app.points.quarters.calendar import Quarter
from app.reports import certificates
from app.reports.certificates import Wanted
from app.reports.quarters import freezing
from tests.browser.desk_work import JIA, PLACE, WEN, book_of, member_of
from tests.browser.street import Street

MAKER, CHECKER = Actor(new_id()), Actor(new_id())
"""Two people of the past, other than whoever looks."""


@dataclass(frozen=True)
class Partners:
    """What was put there, by the ids that addresses need."""

    shop_id: UUID
    merchant_id: UUID
    lesson_id: UUID
    meal_id: UUID
    voucher_id: UUID
    reservation_id: UUID
    certificate_id: UUID
    code: str
    quarter: str
    assessor_id: UUID


def put_up(street: Street) -> Partners:
    """A merchant's shop with offers, a meal, a class; what 温如许 bought; a closed quarter."""
    with street.session() as session:
        ledger_id, node = book_of(session), tree.by_code(session, PLACE)
        key: dict[str, Any] = {"ledger_id": ledger_id}
        merchant = merchants.apply(
            session, **key, node_id=node.id, name="近邻面馆", actor=MAKER, partner_class="商企发展"
        )
        named = {**key, "merchant_id": merchant.id}
        merchants.approve(session, **named, actor=CHECKER)
        today = clock.today()
        merchants.sign(
            session, **named, agreement_no="协议 2026-07", from_on=today,
            until_on=today + timedelta(days=365), actor=CHECKER,
        )  # fmt: skip
        merchants.enlist(session, **named, actor=CHECKER)
        shop = shops.open_shop(
            session, **named, node_id=node.id, name="近邻面馆", kind="partner", actor=MAKER
        )
        for title, audience in (("素面八折", None), ("骑手热饭免费加热", "新就业群体")):
            terms = OfferTerms(
                title=title, terms="出示结果，每桌一次", from_on=today, audience=audience
            )
            offers.publish(session, **named, terms=terms, actor=MAKER)
        begins_at = clock.now() + timedelta(days=3)
        made = goods.add_many(
            session, **key, shop_id=shop.id, actor=MAKER,
            terms=[
                GoodsTerms("C1", "长者食堂午餐券", 8, kind="service"),
                GoodsTerms(
                    "K1", "四点半书法课", 5, kind="service", starts_at=begins_at,
                    ends_at=begins_at + timedelta(hours=1), return_hours=24,
                ),
                GoodsTerms("Y1", "食用油一升装", 6),
            ],
        )  # fmt: skip
        stock.intake(session, **key, counts={one.id: 20 for one in made}, actor=MAKER)
        meal, lesson, oil = made
        wen = member_of(session, WEN)
        mine = {**key, "member_id": wen.id, "actor": Actor(wen.person_id)}
        bought = vouchers.issue(session, **mine, goods_id=meal.id, expected_points=8)
        vouchers.issue(session, **mine, goods_id=lesson.id, expected_points=5)
        kept = reservations.reserve(
            session, **key, wish=Wish(wen.id, oil.id, 1, 6), actor=Actor(wen.person_id)
        )
        stock.count(session, **key, counted={oil.id: 18}, reason="少一瓶", actor=MAKER)
        _serve(session, ledger_id, node)
        quarter = _close_a_quarter(session, ledger_id)
        seat = assessing.appoint(
            session, **key, node_id=node.id, member_id=wen.id, body="committee", actor=MAKER
        )
        proof = certificates.issue(
            session, **key, actor=MAKER,
            wanted=Wanted(
                kind="merit", member_id=wen.id,
                begins_on=today - timedelta(days=365), ends_on=today, issuer="金溪社区居委会",
            ),
        )  # fmt: skip
        session.commit()
        return Partners(
            shop.id, merchant.id, lesson.id, meal.id, bought.voucher.id, kept.reservation.id,
            proof.id, proof.verification_code, quarter, seat.id,
        )  # fmt: skip


def let_serve(street: Street, partners: Partners) -> None:
    """Let the demo's clerk serve at the merchant's shop as well."""
    with street.session() as session:
        clerk = member_of(session, JIA)
        clerks.assign(
            session,
            ledger_id=clerk.ledger_id,
            shop_id=partners.shop_id,
            person_id=clerk.person_id,
            actor=MAKER,
        )
        session.commit()


def _serve(session: Session, ledger_id: int, node: Node) -> None:
    """Some neighbours served in the quarter that is over, and today."""
    over = Quarter.of(clock.today()).before
    found = members.list_in(session, ledger_id=ledger_id, node=node, limit=8, offset=20)
    deeds = [
        Deed(
            member_id=each.id,
            source_kind="attendance",
            source_id=new_id(),
            source_version=1,
            provenance="credited",
            minutes=60 * (place % 3 + 1),
            category_code="tutoring",
            served_on=day,
            node_id=node.id,
        )
        for place, each in enumerate(found)
        for day in (over.begins_on, clock.today())
    ]
    grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=MAKER)


def _close_a_quarter(session: Session, ledger_id: int) -> str:
    """Close the last quarter that is over for a day."""
    quarter = Quarter.of(clock.today()).before
    key: dict[str, Any] = {"ledger_id": ledger_id, "quarter": quarter}
    closing.propose(session, **key, actor=MAKER)
    freezing.close(session, **key, actor=SYSTEM)
    return quarter.name
