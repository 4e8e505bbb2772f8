"""建阳's 时间银行: 21,531.0 hours of 4,026 people, 612 cards, 446 gifts, 30 services."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import shops
from app.cli.demo.whole import (
    crowd,
    duties,
    history,
    jianyang_enlisted,
    jianyang_orders,
    jianyang_outings,
    jianyang_partners,
    jianyang_sales,
    jianyang_sightings,
    jianyang_stars,
    outings,
    sales,
)
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.outings import Outing, Stage
from app.cli.demo.whole.places import YUNGU, venue_of
from app.cli.demo.whole.sales import ShopDay
from app.cli.demo.world import BEGAN_ON, Moment, at, find_book, step
from app.community import tree, units
from app.people import cards
from app.people.models import Card, Member

CARDS_ON = date(2024, 12, 27)
REPLACED_FROM = date(2025, 5, 12)
CO_ORGANISERS = (("物业公司", "汇采物业"), ("业主委员会", "瑞云苑小区业主委员会"))


def count() -> int:
    """Return how many moments 建阳 has."""
    plan = jianyang_outings.planned()
    served = len(plan) + len(outings.months(plan)) + len(jianyang_outings.STRAYS)
    asked = jianyang_orders.TOTAL + 1
    listed = len(jianyang_partners.MONTHS) + 2  # and the stars, reviewed and granted
    return served + asked + listed + jianyang_sales.DAY_COUNT + cast.REPLACED_COUNT


def load() -> Iterator[int]:
    """Let 建阳 live; yield how many of its moments are done."""
    ledger_id = step(at(BEGAN_ON, 8), _settle_in)
    step(at(BEGAN_ON, 8, 30), lambda session: crowd.found(session, ledger_id, cast.squads()))
    stage = step(at(BEGAN_ON, 9), lambda session: _stage(session, ledger_id))
    step(at(CARDS_ON), lambda session: _issue_cards(session, stage))
    step(at(CARDS_ON, 10), lambda session: duties.of_jianyang(session, stage))
    step(at(CARDS_ON, 10, 10), lambda session: jianyang_sightings.put_rate(session, stage))
    step(at(CARDS_ON, 10, 30), lambda session: jianyang_stars.decide(session, stage))
    step(at(CARDS_ON, 11), lambda session: jianyang_partners.sign_up(session, stage))
    jianyang_enlisted.take_in(ledger_id)
    plan = step(at(BEGAN_ON, 10), _plan)
    step(at(BEGAN_ON, 11), lambda session: jianyang_orders.put_kinds(session, stage))
    moments = [
        *outings.moments(stage, plan),
        *_sales(stage, plan),
        *_replacements(stage),
        *jianyang_orders.moments(stage),
        *jianyang_partners.moments(stage),
        *jianyang_stars.moments(stage),
    ]
    yield from history.live_through(ledger_id, moments, lived=lambda s: _lived(s, ledger_id))
    seen_at = at(jianyang_sightings.SEEN_ON, 11, 20)
    step(seen_at, lambda session: jianyang_sightings.report(session, stage))


def _settle_in(session: Session) -> int:
    book = find_book(session, "jianyang")
    assert book is not None, "the programmes were started before"
    crowd.join(
        session,
        book.id,
        keepers=cast.PERSONAS,
        squads=cast.squads(),
        phone_from=cast.PHONE_FROM,
    )
    return book.id


def _stage(session: Session, ledger_id: int) -> Stage:
    people = crowd.equip(session, ledger_id, cast.PERSONAS)
    squads = cast.squads()
    nodes = tree.by_codes(session, cast.COMMUNITIES)
    opening = shops.Opening(
        ledger_id=ledger_id,
        node=nodes[YUNGU],
        merchant="云谷社区居民委员会",
        name=jianyang_sales.SHOP,
        shelf=jianyang_sales.SHELF,
        approver=people["jy-ye"].actor,
        clerk=people["jy-qin"],
    )
    shops.open_shop(session, opening)
    return Stage(
        ledger_id,
        people,
        people["jy-desk"],
        {squad.name: squad.keys[0] for squad in squads},
        outings.teams_of(session, ledger_id),
        {code: node.id for code, node in nodes.items()},
    )


def _plan(session: Session) -> list[Outing]:
    """Return the activities; the party at 瑞云苑广场 has its venue and two co-organisers (C12)."""
    venue = venue_of(session, f"{YUNGU}-e1", "square", "瑞云苑广场")
    yungu = tree.by_code(session, YUNGU)
    unit_ids = tuple(
        units.add(session, node=yungu, kind=kind, name=name, actor=SYSTEM).id
        for kind, name in CO_ORGANISERS
    )
    return jianyang_outings.planned(venue.id, unit_ids)


def _sales(stage: Stage, plan: list[Outing]) -> list[Moment]:
    return sales.moments(
        ShopDay(
            stage.ledger_id,
            jianyang_sales.SHOP,
            day_on,
            each,
            stage.people["jy-qin"],
            stage.people,
        )
        for day_on, each in jianyang_sales.planned(plan).items()
    )


def _issue_cards(session: Session, stage: Stage) -> None:
    holders = [stage.people[key].member_id for key in _holders()]
    issued = sa.select(Card.id).where(Card.ledger_id == stage.ledger_id).limit(1)
    if session.scalar(issued) is None:
        cards.issue_many(
            session,
            ledger_id=stage.ledger_id,
            member_ids=holders,
            actor=stage.staff.actor,
            batch="2025",
        )


def _holders() -> list[str]:
    return [
        key for place, squad in enumerate(cast.squads()) for key in cast.card_holders(squad, place)
    ]


def _replacements(stage: Stage) -> list[Moment]:
    """Nine cards are lost and replaced, a month apart (P3)."""
    lost = [squad.keys[2] for squad in cast.squads()[: cast.REPLACED_COUNT]]
    return [
        Moment(
            at(REPLACED_FROM + timedelta(days=30 * number), 8),
            f"card:{key}",
            _replacing(stage, key),
        )
        for number, key in enumerate(lost)
    ]


def _replacing(stage: Stage, key: str) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        member_id = stage.people[key].member_id
        (old,) = cards.list_of(session, ledger_id=stage.ledger_id, member_id=member_id)
        actor = stage.staff.actor
        cards.report_lost(session, ledger_id=stage.ledger_id, card_id=old.id, actor=actor)
        cards.replace(
            session, ledger_id=stage.ledger_id, card_id=old.id, actor=actor, batch="2025-补"
        )

    return live


def _lived(session: Session, ledger_id: int) -> set[str]:
    replaced = (
        sa.select(Member.external_id)
        .join(Card, (Card.ledger_id == Member.ledger_id) & (Card.member_id == Member.id))
        .where(
            Member.ledger_id == ledger_id,
            Card.ledger_id == ledger_id,
            Card.state == "replaced",
        )
    )
    return (
        outings.lived(session, ledger_id)
        | sales.lived(session, ledger_id)
        | jianyang_orders.lived(session, ledger_id)
        | jianyang_partners.lived(session, ledger_id)
        | jianyang_stars.lived(session, ledger_id)
        | {f"card:{key}" for key in session.scalars(replaced)}
    )
