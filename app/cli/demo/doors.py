"""What stands open in 金溪社区 today, so that a first visitor finds something at every door.

Kinds of orders to ask for, a post and a project to claim, two wishes, what a neighbour can
do, and a merchant's offer. It lies after the demo's history and posts nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.transactions import unit_of_work
from app.cli.demo.jinxi_people import ledger_of
from app.cli.demo.places import COMMUNITY
from app.cli.demo.world import Someone, everyone
from app.community import tree
from app.community.models import Node
from app.mall import merchants, shops
from app.mall import offers as merchant_offers
from app.mall.offers import OfferTerms
from app.people import members
from app.service_orders import categories, offers, posts, wishes
from app.service_orders.categories import Kind
from app.service_orders.offers import Proposal
from app.service_orders.posts import Call
from app.service_orders.wishes import Words

ORDER_KINDS = (
    Kind(code="escort", name="陪着看病", credit_category_code="convenience"),
    Kind(code="errands", name="代买代办", credit_category_code="convenience"),
    Kind(code="repairs", name="小修小补", credit_category_code="convenience"),
    Kind(code="facility", name="公共设施坏了", handler_kind="staff"),
)
WEEK, YEAR = timedelta(days=7), timedelta(days=365)
CALLS = (
    ("post", "傍晚看护校门口", "放学时段，在斑马线边上看护孩子过马路。", "traffic", 4, WEEK),
    ("project", "给独居老人读报", "每周一次，上门读报、说说话。", "five_home", 6, None),
)
"""Kind, title, text, what it counts as, places, and for how long it is open."""
WISHES = (
    Words(kind="维修", title="楼道灯坏了，想请人换一换", value_max_yuan=20),
    Words(kind="学习", title="想要一本三年级的课外书", value_max_yuan=30),
)
SKILL = Proposal(title="理发", points=10, minutes=30)
MERCHANT, OFFER = "青苗面馆", "志愿者吃面，送一个煎蛋"


def open_all() -> bool:
    """Open every door in one transaction; False if the book has posts or kinds already."""
    now = clock.now()

    def work(session: Session) -> bool:
        ledger_id = ledger_of(session)
        node = tree.by_code(session, COMMUNITY)
        if categories.list_of(session, ledger_id=ledger_id) or posts.list_in(
            session, ledger_id=ledger_id, node=node, limit=1
        ):
            return False
        people = everyone(session, ledger_id)
        for kind in ORDER_KINDS:
            categories.put(session, ledger_id=ledger_id, kind=kind)
        _call(session, ledger_id, node, people["zhuo"], now)
        _neighbours(session, ledger_id, people["lin"], people["zhuo"])
        _merchant(session, ledger_id, node, people["zhuo"])
        return True

    return unit_of_work(work)


def _call(session: Session, ledger_id: int, node: Node, staff: Someone, now: datetime) -> None:
    for kind, title, text, category_code, slot_count, lasts in CALLS:
        call = Call(
            kind=kind,
            title=title,
            text=text,
            category_code=category_code,
            slot_count=slot_count,
            due_at=now + lasts if lasts else None,
        )
        posts.make(session, ledger_id=ledger_id, node=node, call=call, actor=staff.actor)


def _neighbours(session: Session, ledger_id: int, neighbour: Someone, staff: Someone) -> None:
    member = members.get(session, ledger_id=ledger_id, member_id=neighbour.member_id)
    for words in WISHES:
        wishes.make(session, ledger_id=ledger_id, wisher=member, words=words, actor=staff.actor)
    offers.make(session, ledger_id=ledger_id, member=member, proposal=SKILL)


def _merchant(session: Session, ledger_id: int, node: Node, staff: Someone) -> None:
    """Let one merchant apply, be approved by another, sign, be listed, and offer."""
    today = clock.today()
    merchant_id = merchants.apply(
        session, ledger_id=ledger_id, node_id=node.id, name=MERCHANT, actor=SYSTEM
    ).id
    key: dict[str, Any] = {"ledger_id": ledger_id, "merchant_id": merchant_id}
    actor = staff.actor
    merchants.approve(session, **key, actor=actor)
    merchants.sign(
        session, **key, agreement_no="XY-01", from_on=today, until_on=today + YEAR, actor=actor
    )
    merchants.enlist(session, **key, actor=actor)
    shops.open_shop(session, **key, node_id=node.id, name=MERCHANT, kind="partner", actor=actor)
    terms = OfferTerms(OFFER, "每人每月两次，出示本人的码。", today, None)
    merchant_offers.publish(session, **key, terms=terms, actor=actor)
