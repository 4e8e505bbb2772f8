"""建阳's 1,764 orders (诉求): 1,710 finished and rated, 54 open on the second of March.

913 are of the four kinds called 难题; 1,635 of the ratings have four stars or five. Who
handles them is paid or leads a team: nobody earns for them here.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.cli.demo import names
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.crowd import Squad
from app.cli.demo.whole.outings import Stage
from app.cli.demo.world import Moment, Someone, at
from app.community import tree
from app.service_orders import categories, crediting, filing, finishing, handling
from app.service_orders.categories import Kind
from app.service_orders.filing import Request
from app.service_orders.models import Order

KINDS = (
    ("parking", "停车充电", 262, True, "充电桩不够用，想在楼下加装几个"),
    ("pipes", "老旧管网改造", 208, True, "下水管老化，雨天返水"),
    ("lighting", "楼道照明", 231, True, "楼道灯不亮，老人上下楼不方便"),
    ("cleanup", "环境整治", 212, True, "楼后堆了旧家具，请帮忙清理"),
    ("dispute", "邻里纠纷", 251, False, "楼上漏水，想请人来调解"),
    ("facility", "公共设施", 300, False, "健身器材坏了，请修一修"),
    ("help", "便民服务", 300, False, "老人行动不便，请上门帮忙"),
)
FINISHED, CONTENT = 1_710, 1_635
ESCALATED, WORKED, WAITING = 9, 30, 15
TOTAL = FINISHED + ESCALATED + WORKED + WAITING
DUE_HOURS = 72
FIRST_ON, LAST_ON = date(2025, 1, 6), date(2026, 2, 20)
LATE_ON, OPEN_ON, ESCALATED_ON = date(2026, 1, 12), date(2026, 2, 27), date(2026, 2, 24)


def put_kinds(session: Session, stage: Stage) -> None:
    """Put the seven kinds of orders; the four hard ones are for paid hands."""
    for code, name, _, is_hard, _ in KINDS:
        kind = Kind(
            code=code,
            name=name,
            handler_kind="staff" if is_hard else "volunteer",
            due_hours=DUE_HOURS,
            is_hard=is_hard,
        )
        categories.put(session, ledger_id=stage.ledger_id, kind=kind)


def moments(stage: Stage) -> list[Moment]:
    """Return every order's life as a moment, and the job that finds the late ones."""
    kinds = [kind for kind in KINDS for _ in range(kind[2])]
    names.random_of("jianyang:orders").shuffle(kinds)
    squads = cast.squads()
    found = []
    for number in range(TOTAL):
        chance = names.random_of(f"jianyang:order:{number}")
        squad = chance.choice(squads)
        filed_at = _filed_at(number)
        live = _living(stage, number, kinds[number], (squad, chance.choice(squad.keys[1:])))
        found.append(Moment(filed_at, external_id(number), live))
    return [*found, Moment(at(ESCALATED_ON, 23), "escalation", _escalating(stage))]


def external_id(number: int) -> str:
    """Return by which an order is found again."""
    return f"JY-{number + 1:04d}"


def lived(session: Session, ledger_id: int) -> set[str]:
    """Return the orders that the book has."""
    query = sa.select(Order.external_id).where(
        Order.ledger_id == ledger_id, Order.external_id.is_not(None)
    )
    return {str(each) for each in session.scalars(query)}


def _filed_at(number: int) -> datetime:
    """Spread the finished ones over the months; the late are of January, the rest of yesterday."""
    if number < FINISHED:
        span = (LAST_ON - FIRST_ON).days
        return at(FIRST_ON + timedelta(days=span * number // FINISHED), 9, number % 60)
    if number < FINISHED + ESCALATED:
        return at(LATE_ON + timedelta(days=number - FINISHED), 9)
    return at(OPEN_ON, 9, number % 60)


def _living(
    stage: Stage,
    number: int,
    kind: tuple[str, str, int, bool, str],
    whose: tuple[Squad, str],
) -> Callable[[Session], None]:
    squad, requester = whose

    def live(session: Session) -> None:
        code, _, _, is_hard, words = kind
        asking, filed_at = stage.people[requester], clock.now()
        request = Request(
            title=words,
            text=f"{words}。",
            category_code=code,
            requester_id=asking.member_id,
            external_id=external_id(number),
        )
        node = tree.get(session, stage.nodes[squad.node_code])
        order = filing.file(
            session, ledger_id=stage.ledger_id, node=node, request=request, actor=asking.actor
        )
        if number >= TOTAL - WAITING:
            return
        handler = stage.people["jy-steward"] if is_hard else stage.people[squad.keys[0]]
        _handle(session, stage, (order, filed_at), handler, None if is_hard else squad)
        if number < FINISHED:
            _finish(session, stage, (order, filed_at), handler)
            _rate(session, stage, (order, filed_at), asking, number)

    return live


def _handle(
    session: Session,
    stage: Stage,
    filed: tuple[Order, datetime],
    handler: Someone,
    squad: Squad | None,
) -> None:
    """Assign to the steward or to a team, take on, and begin (派单, 接单, 办理)."""
    order, filed_at = filed
    named: Any = {"ledger_id": stage.ledger_id, "order_id": order.id}
    with clock.held_at(filed_at + timedelta(hours=2)):
        handling.assign(
            session,
            **named,
            actor=stage.staff.actor,
            team_id=stage.teams[squad.name] if squad else None,
            handler_id=None if squad else handler.person_id,
        )
    with clock.held_at(filed_at + timedelta(hours=5)):
        handling.accept(session, **named, actor=handler.actor)
    with clock.held_at(filed_at + timedelta(hours=24)):
        handling.go_on(session, **named, meaning="worked", note="已到现场查看", actor=handler.actor)


def _finish(
    session: Session, stage: Stage, filed: tuple[Order, datetime], handler: Someone
) -> None:
    order, filed_at = filed
    with clock.held_at(filed_at + timedelta(hours=48)):
        finishing.finish(
            session,
            ledger_id=stage.ledger_id,
            order_id=order.id,
            note="已办结",
            works=(),
            actor=handler.actor,
        )


def _rate(
    session: Session,
    stage: Stage,
    filed: tuple[Order, datetime],
    asking: Someone,
    number: int,
) -> None:
    """Who asked rates it; one in twenty-three is not content."""
    order, filed_at = filed
    is_content = (
        number * (FINISHED - CONTENT) // FINISHED == (number + 1) * (FINISHED - CONTENT) // FINISHED
    )
    with clock.held_at(filed_at + timedelta(hours=60)):
        rated = finishing.rate(
            session,
            ledger_id=stage.ledger_id,
            order_id=order.id,
            stars=4 + number % 2 if is_content else 2 + number % 2,
            note="",
            actor=asking.actor,
        )
        crediting.credit(session, ledger_id=stage.ledger_id, orders=[rated], actor=asking.actor)


def _escalating(stage: Stage) -> Callable[[Session], None]:
    """Put what is late on the 督办 list, as the clock's job does; again changes nothing."""

    def live(session: Session) -> None:
        handling.escalate_overdue(session, ledger_id=stage.ledger_id, now=clock.now())

    return live
