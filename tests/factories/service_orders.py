"""A street that asks: its kinds of orders, a team that takes them, paid hands, a neighbour.

It stands on the community of `activities`; the day is the same Tuesday, 2026-03-10.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM, Actor
from app.base.db import NEVER
from app.base.transactions import attempt
from app.ledger.posting import Line
from app.people import members, team_members
from app.people.models import Member
from app.points import wallets
from app.points.models import Grant
from app.reports import proofs
from app.service_orders import (
    categories,
    confirming,
    crediting,
    exchanges,
    filing,
    finishing,
    handling,
    posts,
)
from app.service_orders.categories import Kind
from app.service_orders.confirming import Done
from app.service_orders.exchanges import HelpWanted
from app.service_orders.filing import Request
from app.service_orders.finishing import Work
from app.service_orders.models import (
    Exchange,
    Order,
    Post,
)
from app.service_orders.posts import Call
from tests.factories import activities, ledger, snapshots
from tests.factories.activities import DAY, EVE, World, at, moment

KINDS = (
    Kind(code="errands", name="跑腿代办", credit_category_code="legal_advice", due_hours=24),
    Kind(code="lighting", name="楼道照明", handler_kind="staff", is_hard=True, due_hours=72),
    Kind(code="talk", name="陪聊", credit_category_code=None, due_hours=48),
)


@dataclass
class Street:
    """Who asks, who does it for nothing, who is paid for it."""

    world: World
    asker: Member
    helper: Member
    paid: Actor

    @property
    def ledger_id(self) -> int:
        return self.world.ledger_id

    @property
    def leader(self) -> Actor:
        return self.world.leader

    @property
    def asking(self) -> Actor:
        return Actor(self.asker.person_id)


def a_street(session: Session) -> Street:
    """Make the street on the eve."""
    world = activities.a_world(session)
    asker = activities.a_member(session, world, "邱晚晴")
    helper = activities.a_member(session, world, "陆映川")
    with at("08:45", EVE):
        team_members.join(
            session,
            ledger_id=world.ledger_id,
            team_id=world.team.id,
            member_id=helper.id,
            actor=SYSTEM,
        )
    for kind in KINDS:
        categories.put(session, ledger_id=world.ledger_id, kind=kind)
    session.commit()
    return Street(world, asker, helper, world.second_staff)


def filed(session: Session, street: Street, code: str = "errands", **more: Any) -> Order:
    """Something the asker asks for at eight."""
    with at("08:00"):
        request = Request(
            **{
                "title": "帮忙取药",
                "text": "腿脚不便，请帮忙到卫生服务站取药",
                "category_code": code,
                "requester_id": street.asker.id,
                **more,
            }
        )
        order = filing.file(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            request=request,
            actor=street.asking,
        )
        session.commit()
    return order


def assigned(session: Session, street: Street, code: str = "errands", **more: Any) -> Order:
    """The same, given to the team (or to paid hands)."""
    order = filed(session, street, code, **more)
    hands: dict[str, Any] = {"team_id": street.world.team.id}
    if order.handler_kind == "staff":
        hands = {"handler_id": street.paid.person_id}
    with at("08:30"):
        step(session, street, handling.assign, order, actor=street.world.staff, **hands)
    return order


def accepted(session: Session, street: Street, code: str = "errands", **more: Any) -> Order:
    """The same, taken on and under way."""
    order = assigned(session, street, code, **more)
    who = street.paid if order.handler_kind == "staff" else street.leader
    with at("08:40"):
        step(session, street, handling.accept, order, actor=who)
        step(session, street, handling.go_on, order, actor=who, meaning="worked", note="在路上")
    return order


def done(session: Session, street: Street, code: str = "errands", **more: Any) -> Order:
    """The same, finished at eleven; volunteers worked from nine to half past ten."""
    order = accepted(session, street, code, **more)
    if order.handler_kind == "staff":
        return finished(session, street, order, works=[], actor=street.paid)
    return finished(session, street, order)


def finished(session: Session, street: Street, order: Order, **more: Any) -> Order:
    """The order is told done at eleven, by the leader, with the helper's work."""
    values: dict[str, Any] = {
        "note": "办好了",
        "works": [work(street.helper.id)],
        "actor": street.leader,
    }
    with at("11:00"):
        return step(session, street, finishing.finish, order, **(values | more))


def finished_again(session: Session, street: Street, order: Order) -> None:
    """An order opened again is done within the hour, rated well and credited."""
    works = [work(street.helper.id, "14:30", "15:30")]
    step(session, street, finishing.finish, order, note="换好了", works=works, actor=street.leader)
    step(session, street, finishing.rate, order, stars=5, note="", actor=street.asking)
    crediting.credit(session, ledger_id=street.ledger_id, orders=[order], actor=street.asking)
    session.commit()


def work(member_id: UUID, begin: str = "09:00", end: str = "10:30") -> Work:
    """A stretch of work on the day."""
    return Work(member_id=member_id, starts_at=moment(begin), ends_at=moment(end))


def step(session: Session, street: Street, verb: Any, order: Order, **more: Any) -> Order:
    """Take one step and keep it."""
    found: Order = verb(session, ledger_id=street.ledger_id, order_id=order.id, **more)
    session.commit()
    return found


def rated(session: Session, street: Street, stars: int, code: str = "errands") -> Order:
    """A finished order, rated at noon and credited."""
    order = done(session, street, code)
    with at("12:00"):
        step(session, street, finishing.rate, order, stars=stars, note="", actor=street.asking)
        crediting.credit(session, ledger_id=street.ledger_id, orders=[order], actor=street.asking)
        session.commit()
    return order


def grants_of(session: Session, street: Street) -> list[Grant]:
    """Every grant of the book, first made first."""
    query = sa.select(Grant).where(Grant.ledger_id == street.ledger_id).order_by(Grant.made_at)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def everything(session: Session, street: Street) -> dict[str, list[str]]:
    """All rows that a refusal must leave as they were."""
    return snapshots.of_book(session, street.ledger_id)


@contextmanager
def refused(session: Session, street: Street, error: type[Exception]) -> Iterator[None]:
    """Expect a refusal, and nothing changed by it."""
    before = everything(session, street)
    with pytest.raises(error), attempt(session):
        yield
    session.expire_all()
    assert everything(session, street) == before


def prove(session: Session, street: Street) -> None:
    """Assert that the book proves itself."""
    found = proofs.prove(session, ledger_id=street.ledger_id)
    assert found.is_ok, [each for each in found.checks if not each.is_ok]
    session.commit()


def earned(
    session: Session, street: Street, member: Member, points: int, vintage_on: date = NEVER
) -> None:
    """Give points by the one way there is: an opening of a book kept on paper, say."""
    ledger.post(
        session,
        street.ledger_id,
        Line(wallets.POINTS_ISSUANCE, wallets.wallet_ref(member.id, vintage_on), points),
        kind="test_earning",
    )
    session.commit()


def asked(session: Session, street: Street, **more: Any) -> Exchange:
    """The asker wants somebody to mind the keys for two hours, for 20 points."""
    day, offer_id = more.pop("on", DAY), more.pop("offer_id", None)
    with at(more.pop("text", "13:00"), day):
        exchange = exchanges.ask(
            session,
            ledger_id=street.ledger_id,
            asker=more.pop("asker", street.asker),
            wanted=HelpWanted(
                title="代管钥匙", points=more.pop("points", 20), minutes=120, offer_id=offer_id
            ),
            actor=street.asking,
        )
        session.commit()
    assert not more
    return exchange


def taken_on(session: Session, street: Street, **more: Any) -> Exchange:
    """The same, and the helper takes it on at half past one."""
    helper, day = more.pop("helper", street.helper), more.get("on", DAY)
    exchange = asked(session, street, **more)
    with at("13:30", day):
        exchanges.accept(
            session, ledger_id=street.ledger_id, exchange_id=exchange.id, helper=helper
        )
        session.commit()
    return exchange


def helped(
    session: Session,
    street: Street,
    *,
    confirmed_by: str = "code",
    actor: Actor | None = None,
    **more: Any,
) -> Exchange:
    """The same, done from two to four and confirmed."""
    exchange = taken_on(session, street, **more)
    with at("16:00"):
        confirm(session, street, exchange, confirmed_by=confirmed_by, actor=actor)
    return exchange


def confirm(
    session: Session,
    street: Street,
    exchange: Exchange,
    begin: str = "14:00",
    end: str = "16:00",
    *,
    confirmed_by: str = "code",
    actor: Actor | None = None,
) -> None:
    """Confirm an exchange of the day."""
    confirming.confirm(
        session,
        ledger_id=street.ledger_id,
        exchange_id=exchange.id,
        done=Done(starts_at=moment(begin), ends_at=moment(end), confirmed_by=confirmed_by),
        actor=actor or street.asking,
    )
    session.commit()


def swap(session: Session, street: Street, asker: Member, helper: Member, day: date) -> None:
    """One neighbour helps another for a point, on a day."""
    earned(session, street, asker, 1)
    exchange = taken_on(session, street, asker=asker, helper=helper, on=day, points=1)
    with at("16:00", day):
        confirming.confirm(
            session,
            ledger_id=street.ledger_id,
            exchange_id=exchange.id,
            done=Done(
                starts_at=moment("14:00", day), ends_at=moment("16:00", day), confirmed_by="code"
            ),
            actor=Actor(asker.person_id),
        )
        session.commit()


def member_of(session: Session, street: Street, actor: Actor) -> Member:
    """The membership behind an actor."""
    found = members.find_of_person(session, ledger_id=street.ledger_id, person_id=actor.person_id)
    assert found is not None
    return found


def a_call(**more: Any) -> Call:
    """A post to sweep the stairs, two slots, until tomorrow noon."""
    values: dict[str, Any] = {
        "kind": "post",
        "title": "楼道清扫",
        "text": "三号楼，每周一次",
        "category_code": "cleanup",
        "slot_count": 2,
        "due_at": moment("12:00", DAY + timedelta(days=1)),
    }
    return Call(**(values | more))


def a_post(session: Session, street: Street, **more: Any) -> Post:
    """The same, put up at eight."""
    with at("08:00"):
        post = posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=a_call(**more),
            actor=street.world.staff,
        )
        session.commit()
    return post
