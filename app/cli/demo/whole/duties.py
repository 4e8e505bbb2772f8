"""What people of the demo are here for: roving grid workers, stewards, pioneers, reviewers.

A duty opens no door and earns nothing; who is paid for it earns nothing on duty (O8).
"""

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo.whole import jianyang_cast, licheng_plan
from app.cli.demo.whole.outings import Stage
from app.cli.demo.whole.places import (
    BEIGAO,
    ESTATE_COUNT,
    JIANYANG,
    NANYANG,
    YUNGU,
    estate_code,
)
from app.community import tree
from app.people import duties
from app.people.models import Duty

ROVING_COUNT = 124
OF_LICHENG = (("silver_pioneer", 161), ("elder_reviewer", 84), ("able_neighbour", 387))
CHUNHUA_DUTIES = ("mediator", "publicist")
"""Thirty of 春华 hold both (C18); 网格员 they are where a grid asks them."""


def of_jianyang(session: Session, stage: Stage) -> None:
    """Give 建阳's duties: 124 roving grid workers (T27), 春华's thirty, a paid steward."""
    if _has_any(session, stage.ledger_id):
        return
    squads = {squad.name: squad for squad in jianyang_cast.squads()}
    _give(session, stage, roving(), YUNGU, "grid_roving")
    for kind in CHUNHUA_DUTIES:
        _give(session, stage, squads[jianyang_cast.CHUNHUA].keys, NANYANG, kind)
    _give(session, stage, ["jy-steward"], JIANYANG, "steward", is_paid=True)


@cache
def roving() -> tuple[str, ...]:
    """Return who is a roving grid worker: couriers and drivers, of 新就业群体 all of them."""
    squads = {squad.name: squad for squad in jianyang_cast.squads()}
    couriers = squads[jianyang_cast.HONGFENG].keys[1:]
    others = squads[jianyang_cast.XINGFULI].keys[20:]
    return (*couriers, *others)[:ROVING_COUNT]


def of_licheng(session: Session, stage: Stage) -> None:
    """Give 荔城's duties: 161 pioneers, 84 reviewers, 387 able neighbours, and the personas'."""
    if _has_any(session, stage.ledger_id):
        return
    taken = dict.fromkeys(range(1, ESTATE_COUNT + 1), 1)
    for kind, count in OF_LICHENG:
        each, more = divmod(count, ESTATE_COUNT)
        for place, number in enumerate(taken):
            first = taken[number]
            taken[number] = last = first + each + (place < more)
            keys = [f"lc-{number:02d}-{at:02d}" for at in range(first, last)]
            _give(session, stage, keys, estate_code(number), kind)
    _give(session, stage, ["lc-fang"], licheng_plan.FENGMEI, "steward")
    grid = f"{BEIGAO}001"
    _give(session, stage, ["lc-jian"], grid, "grid_full", is_paid=True)
    _give(session, stage, ["lc-chi"], grid, "grid_part")


def _give(
    session: Session,
    stage: Stage,
    keys: Sequence[str],
    node_code: str,
    kind_code: str,
    *,
    is_paid: bool = False,
) -> None:
    duties.give_many(
        session,
        ledger_id=stage.ledger_id,
        member_ids=[stage.people[key].member_id for key in keys],
        node=tree.by_code(session, node_code),
        kind_code=kind_code,
        is_paid=is_paid,
        actor=SYSTEM,
    )


def _has_any(session: Session, ledger_id: int) -> bool:
    query = sa.select(Duty.id).where(Duty.ledger_id == ledger_id).limit(1)
    return session.scalar(query) is not None
