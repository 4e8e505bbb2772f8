"""建阳's 48 爱心商户: what each does for 新就业群体 for no points, and 12,096 uses in 2025 (M1).

Every merchant sends its list once a month, 21 uses each: 1,008 a month. Nothing of it is
posted (L9); names and offers are invented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import names
from app.cli.demo.shops import AGREED_FOR
from app.cli.demo.whole import duties
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.outings import Stage
from app.cli.demo.world import Moment, at
from app.community import tree
from app.community.models import Node
from app.mall import clerks, merchants, offer_lists, offers, shops
from app.mall.models import Merchant, Offer, OfferUse
from app.mall.offer_lists import Listed
from app.mall.offers import OfferTerms
from app.people import groups, members

TRADES = (
    ("早餐店", "热豆浆免费续杯", "出示志愿者码，豆浆续杯不加钱。"),
    ("理发店", "理发优先不排队", "骑手、司机来理发，不用排队，洗头免费。"),
    ("药房", "免费量血压", "量血压、取创可贴，都不收费。"),
    ("便利店", "热水和微波炉随便用", "接热水、热饭、充电，都不收费。"),
    ("水果店", "每次送一个时令水果", "歇脚时送一个洗好的水果。"),
    ("电动车修理", "免费打气、查刹车", "打气、查刹车不收费，换件另算。"),
    ("洗衣店", "工装每月免费洗一件", "一个月一件工装，免费洗好。"),
    ("打印店", "免费打印五页", "证件、合同，每次五页以内不收费。"),
    ("书店", "借书免押金", "给孩子借书不收押金，两周内还。"),
    ("面馆", "加面不加价", "面不够随时加，不加价。"),
    ("奶茶店", "夏天免费一杯凉茶", "六月到九月，每次一杯凉茶。"),
    ("眼镜店", "免费清洗、调校眼镜", "清洗、调校眼镜不收费。"),
)
"""What a trade is called, what it offers, and on which terms."""

PREFIXES = ("朝露", "和风", "青禾", "暖阳")
AUDIENCE, CLASS = "新就业群体", "商企发展"
FIRST_ON, PERSON_MAX = date(2025, 1, 1), 2
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
USES_A_MONTH = 1_008
KEEPER, KEPT = "jy-bai", "青禾面馆"
"""Who keeps one of them: she may be tried as a merchant at her own till."""


@dataclass(frozen=True, slots=True)
class Shopkeeping:
    """A merchant: its name and trade, and the community where it is."""

    name: str
    title: str
    terms: str
    node_code: str


def planned() -> list[Shopkeeping]:
    """Return the 48, two in each community; 青禾面馆 is in 云谷."""
    named = [
        (f"{prefix}{trade}", title, terms) for trade, title, terms in TRADES for prefix in PREFIXES
    ]
    shift = [name for name, _, _ in named].index(KEPT)
    return [
        Shopkeeping(*each, cast.COMMUNITIES[(place - shift) % len(cast.COMMUNITIES)])
        for place, each in enumerate(named)
    ]


def users_of(merchant: Shopkeeping, month: str) -> list[tuple[str, date]]:
    """Draw who of the couriers and drivers used a merchant's offer in a month, and when."""
    chance = names.random_of(f"jianyang:offer:{merchant.name}:{month}")
    keys = chance.sample(duties.roving(), USES_A_MONTH // len(planned()))
    return [(key, date.fromisoformat(f"{month}-{chance.randint(1, 28):02d}")) for key in keys]


def sign_up(session: Session, stage: Stage) -> None:
    """Sign and list the 48, publish an offer of each, and say who is of 新就业群体."""
    made = sa.select(Offer.id).where(Offer.ledger_id == stage.ledger_id).limit(1)
    if session.scalar(made) is not None:
        return
    groups.put(
        session,
        ledger_id=stage.ledger_id,
        group=AUDIENCE,
        member_ids=[stage.people[key].member_id for key in duties.roving()],
        actor=stage.staff.actor,
    )
    nodes = tree.by_codes(session, cast.COMMUNITIES)
    for number, each in enumerate(planned(), 1):
        _sign_one(session, stage, each, nodes[each.node_code], f"JY-AX-{number:03d}")


def moments(stage: Stage) -> list[Moment]:
    """Return the twelve days on which the month's lists come in, early in the next month."""
    found = []
    for month in MONTHS:
        day_on = date.fromisoformat(f"{month}-28") + timedelta(days=5)
        found.append(Moment(at(day_on, 17), _name(month), _taking_in(stage, month)))
    return found


def lived(session: Session, ledger_id: int) -> set[str]:
    """Return the months that the book has."""
    query = sa.select(OfferUse.period).where(OfferUse.ledger_id == ledger_id).distinct()
    return {_name(month) for month in session.scalars(query)}


def _name(month: str) -> str:
    return f"offers:{month}"


def _sign_one(
    session: Session, stage: Stage, each: Shopkeeping, node: Node, agreement_no: str
) -> None:
    """Let one merchant apply, be approved, sign, be listed, open its place and offer."""
    ledger_id, desk = stage.ledger_id, stage.staff.actor
    merchant_id = merchants.apply(
        session,
        ledger_id=ledger_id,
        node_id=node.id,
        name=each.name,
        actor=SYSTEM,
        partner_class=CLASS,
    ).id
    named: Any = {"ledger_id": ledger_id, "merchant_id": merchant_id, "actor": desk}
    merchants.approve(session, **named)
    until_on = FIRST_ON + AGREED_FOR
    merchants.sign(session, **named, agreement_no=agreement_no, from_on=FIRST_ON, until_on=until_on)
    merchants.enlist(session, **named)
    shop = shops.open_shop(session, **named, node_id=node.id, name=each.name, kind="partner")
    if each.name == KEPT:
        person_id = stage.people[KEEPER].person_id
        clerks.assign(
            session, ledger_id=ledger_id, shop_id=shop.id, person_id=person_id, actor=desk
        )
    terms = OfferTerms(each.title, each.terms, FIRST_ON, None, AUDIENCE, PERSON_MAX)
    offers.publish(session, **named, terms=terms)


def _taking_in(stage: Stage, month: str) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        ids = [stage.people[key].member_id for key in duties.roving()]
        found = members.get_many(session, ledger_id=stage.ledger_id, member_ids=ids)
        numbers = {key: found[stage.people[key].member_id].volunteer_no for key in duties.roving()}
        published = _published(session, stage.ledger_id)
        for each in planned():
            _take_in(session, stage, published[each.name], _lines(each, month, numbers, published))

    return live


def _published(session: Session, ledger_id: int) -> dict[str, tuple[UUID, str]]:
    """Return each merchant's id and its offer's number by the merchant's name."""
    rows = session.execute(
        sa.select(Merchant.name, Offer.merchant_id, Offer.number)
        .join(
            Merchant,
            (Merchant.ledger_id == Offer.ledger_id) & (Merchant.id == Offer.merchant_id),
        )
        .where(Offer.ledger_id == ledger_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _lines(
    each: Shopkeeping,
    month: str,
    numbers: dict[str, str],
    published: dict[str, tuple[UUID, str]],
) -> list[Listed]:
    offer_number = published[each.name][1]
    return [Listed(offer_number, numbers[key], day_on) for key, day_on in users_of(each, month)]


def _take_in(
    session: Session, stage: Stage, merchant: tuple[UUID, str], lines: list[Listed]
) -> None:
    taken = offer_lists.take_in(
        session,
        ledger_id=stage.ledger_id,
        merchant_id=merchant[0],
        lines=lines,
        actor=stage.staff.actor,
    )
    assert (taken.new, taken.bad) == (len(lines), ()), f"a list was not taken in whole: {taken}"
