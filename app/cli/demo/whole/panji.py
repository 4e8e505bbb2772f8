"""潘集's 积分制: 90 villages with 武庙村, their registers of deeds, and their 90 shops."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.cli.demo import shops, wumiao, wumiao_orders
from app.cli.demo.whole import crowd, history, outings, sales
from app.cli.demo.whole import panji_plan as plan
from app.cli.demo.whole.outings import Stage
from app.cli.demo.whole.panji_plan import List
from app.cli.demo.whole.places import village_code
from app.cli.demo.whole.sales import Sale, ShopDay
from app.cli.demo.world import BEGAN_ON, Moment, Someone, at, step
from app.community import tree
from app.community.models import Node
from app.people import roles
from app.points import approvals, manual
from app.points.manual import ManualClaim
from app.points.models import Grant

APPROVED_HOURS = 2
"""A second person looks at a list two hours after it was entered."""


def count() -> int:
    """Return how many moments 潘集 has, 武庙村's with them."""
    served = plan.outings()
    own = len(outings.months(served)) + len(served) + len(plan.lists()) + len(plan.sales())
    days = sum(wumiao_orders.ORDERS.values()) // wumiao_orders.PER_DAY
    return own + 1 + len(wumiao.DEEDS) + days


def load() -> Iterator[int]:
    """Let 潘集 live; yield how many of its moments are done."""
    ledger_id = wumiao.settle_in()
    wumiao_orders.open_shop(ledger_id)
    step(at(BEGAN_ON, 16), lambda session: _settle_in(session, ledger_id))
    stage = step(at(BEGAN_ON, 17), lambda session: _stage(session, ledger_id))
    step(at(BEGAN_ON, 17, 30), lambda session: _open_shops(session, stage))
    moments = [
        *wumiao.moments(ledger_id, stage.people),
        *wumiao_orders.moments(ledger_id),
        *outings.moments(stage, plan.outings()),
        *(_entering(stage, each) for each in plan.lists()),
        *_sales(stage, plan.sales()),
    ]
    yield from history.live_through(ledger_id, moments, lived=lambda s: _lived(s, ledger_id))


def _settle_in(session: Session, ledger_id: int) -> None:
    squads = plan.squads()
    crowd.join(session, ledger_id, keepers=plan.PERSONAS, squads=squads, phone_from=plan.PHONE_FROM)
    crowd.found(session, ledger_id, squads)


def _stage(session: Session, ledger_id: int) -> Stage:
    people = crowd.equip(session, ledger_id, plan.PERSONAS)
    squads = plan.squads()
    nodes = tree.by_codes(session, [squad.node_code for squad in squads])
    return Stage(
        ledger_id,
        people,
        people["pj-desk"],
        {squad.name: squad.keys[0] for squad in squads},
        outings.teams_of(session, ledger_id),
        {code: node.id for code, node in nodes.items()},
        second=people["pj-second"],
    )


def _open_shops(session: Session, stage: Stage) -> None:
    nodes = tree.by_codes(session, stage.nodes)
    for number in plan.numbers():
        node, keeper = nodes[village_code(number)], stage.people[plan.keys_of(number)[0]]
        _open_shop(session, stage, number, node, keeper)


def _open_shop(session: Session, stage: Stage, number: int, node: Node, keeper: Someone) -> None:
    """Open a village's shop; who leads the group keeps it as its clerk."""
    opening = shops.Opening(
        ledger_id=stage.ledger_id,
        node=node,
        merchant=f"演示村{number:02d}村民委员会",
        name=plan.shop_name(number),
        shelf=plan.SHELF,
        approver=stage.staff.actor,
        clerk=keeper,
    )
    shops.open_shop(session, opening)
    if not roles.has(session, person_id=keeper.person_id, roles=("clerk",), node=node):
        roles.grant(
            session,
            person_id=keeper.person_id,
            node_id=node.id,
            role="clerk",
            actor=stage.staff.actor,
        )


def _entering(stage: Stage, each: List) -> Moment:
    """A list is entered by one person, and approved by another two hours later (A17)."""
    approved_at = at(each.day_on, 10 + APPROVED_HOURS)
    return Moment(approved_at, each.name, _entered(stage, each))


def _entered(stage: Stage, each: List) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        with clock.held_at(at(each.day_on, 10)):
            asked = manual.request_many(
                session,
                ledger_id=stage.ledger_id,
                claims=[_claim(stage, each, key) for key in each.keys],
                actor=stage.staff.actor,
            )
        assert stage.second is not None, "two people keep the register"
        approvals.decide(
            session,
            ledger_id=stage.ledger_id,
            grant_ids=[grant.id for grant in asked],
            level=2,
            verdict="approved",
            reason=None,
            actor=stage.second.actor,
        )

    return live


def _claim(stage: Stage, each: List, key: str) -> ManualClaim:
    is_case = each.category == "neighbour_mediation"
    return ManualClaim(
        member_id=stage.people[key].member_id,
        category_code=each.category,
        quantity=1,
        served_on=each.day_on,
        node_id=stage.nodes[village_code(each.number)],
        reason=each.reason,
        evidence="村务登记簿",
        case_no=f"PJ-{each.number:02d}-{each.day_on:%Y%m%d}" if is_case else None,
    )


def _sales(stage: Stage, planned: Mapping[tuple[int, date], tuple[Sale, ...]]) -> list[Moment]:
    return sales.moments(
        ShopDay(
            stage.ledger_id,
            plan.shop_name(number),
            day_on,
            each,
            stage.people[plan.keys_of(number)[0]],
            stage.people,
        )
        for (number, day_on), each in planned.items()
    )


def _lived(session: Session, ledger_id: int) -> set[str]:
    rows = session.execute(
        sa.select(Node.code, Grant.category_code, Grant.served_on)
        .join(Node, Node.id == Grant.node_id)
        .where(Grant.ledger_id == ledger_id, Grant.source_kind == "manual")
        .distinct()
    )
    entered = {plan.list_name(row[0], row[1] or "", row[2]) for row in rows}
    return outings.lived(session, ledger_id) | sales.lived(session, ledger_id) | entered
