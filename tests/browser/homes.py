"""A household with points, deductions, kin and gifts, put into the demo by the real verbs."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.cli import jobs
from app.cli.demo.jinxi_cast import PERSONAS
from app.community import tree
from app.people import households, relatives
from app.points import (
    applications,
    deduction_posting,
    deductions,
    gifts,
    grants,
    hardship,
    home_passings,
    indicators,
    notices,
    pool,
    pooling,
    programmes,
    rates,
)
from app.points.application_checks import Asked
from app.points.deeds import Deed
from app.points.models import Deduction, Notice
from app.points.rates import Terms
from tests.browser.desk_work import LIN, PLACE, WEN, ZHONG, book_of, member_of
from tests.browser.street import Street

LATER = timedelta(days=15)
"""After the notice of five working days, whatever holidays lie in it."""


def move_in(street: Street) -> None:
    """A household of two, with one of everything that its pages and the desk's show."""
    with street.session() as session:
        _rules(session)
        _household(session)
        taken, wrong = _deduct(session, "楼道堆杂物"), _deduct(session, "认错了楼道")
        _put_up(session, "三月扣分公示")
        with clock.held_at(clock.now() + LATER):
            jobs.post_applications(session, book_of(session))
        assert taken.state == wrong.state == "posted"
        _reverse(session, wrong)
        _ask_back(session, taken)
        _deduct(session, "共享单车占了通道")
        _put_up(session, "本月扣分公示")
        _deduct(session, "还没公示的一笔")
        _apply(session)
        _give(session)
        _empty(session)
        session.commit()


def _key(session: Session) -> dict[str, Any]:
    return {"ledger_id": book_of(session)}


def _staff(session: Session, number: int) -> Actor:
    """Two members far from the family act as staff: the verbs ask only who is who."""
    return Actor(member_of(session, f"NINGDE-{number:06}").person_id)


def _rules(session: Session) -> None:
    programme = programmes.of_ledger(session, book_of(session))
    named: dict[str, Any] = {"programme": programme, "actor": SYSTEM}
    indicators.add_minus_indicator(
        session, code="litter", name="乱堆乱放", measure="times", **named
    )
    rates.add_version(
        session,
        indicator_code="litter",
        terms=Terms(2, 1),
        valid_from_on=clock.today() - timedelta(days=60),
        **named,
    )
    pooling.set_pooling(session, pooling="household", **named)


def _household(session: Session) -> None:
    wen, lin = member_of(session, WEN), member_of(session, LIN)
    home = households.create(
        session, **_key(session), node_id=wen.node_id, name="温家", head_member_id=wen.id,
        actor=SYSTEM,
    )  # fmt: skip
    households.join(
        session, **_key(session), household_id=home.id, member_id=lin.id, relation="配偶",
        actor=SYSTEM,
    )  # fmt: skip
    for who, day in ((wen, 9), (lin, 5)):
        _serve(session, who.id, wen.node_id, day)


def _serve(session: Session, member_id: Any, node_id: int, days_ago: int) -> None:
    deed = Deed(
        member_id=member_id,
        source_kind="attendance",
        source_id=member_id,
        provenance="credited",
        minutes=240,
        quantity=0,
        category_code="other",
        served_on=clock.today() - timedelta(days=days_ago),
        node_id=node_id,
    )
    grants.grant(session, **_key(session), deeds=[deed], actor=SYSTEM)


def _deduct(session: Session, reason: str) -> Deduction:
    wen = member_of(session, WEN)
    asked = deductions.Asked(
        member_id=wen.id,
        node_id=wen.node_id,
        indicator_code="litter",
        quantity=1,
        happened_on=clock.today() - timedelta(days=1),
        reason=reason,
    )
    found = deductions.enter(session, **_key(session), asked=asked, actor=_staff(session, 30))
    deductions.decide(
        session, **_key(session), deduction_id=found.id, verdict="approved", reason=None,
        actor=_staff(session, 31),
    )  # fmt: skip
    return found


def _put_up(session: Session, title: str) -> Notice:
    today = clock.today()
    draft = notices.Draft(
        node_id=tree.by_code(session, PLACE).id,
        kind="applied",
        title=title,
        begins_on=today - timedelta(days=20),
        ends_on=today,
        contact="党群服务中心一楼，工作日 9:00–17:00",
    )
    return notices.publish(session, **_key(session), draft=draft, actor=_staff(session, 31))


def _ask_back(session: Session, found: Deduction) -> None:
    deduction_posting.ask_reversal(
        session,
        **_key(session),
        deduction_id=found.id,
        reason="那是楼下的",
        actor=_staff(session, 30),
    )


def _reverse(session: Session, found: Deduction) -> None:
    _ask_back(session, found)
    deduction_posting.decide_reversal(
        session, **_key(session), deduction_id=found.id, verdict="approved", reason=None,
        actor=_staff(session, 31),
    )  # fmt: skip


def _apply(session: Session) -> None:
    wen = member_of(session, WEN)
    programme = programmes.of_ledger(session, book_of(session))
    code = next(each.code for each in programmes.list_categories(session, programme)
                if each.indicator_code == "volunteering")  # fmt: skip
    day = clock.today() - timedelta(days=2)
    asked = Asked(
        member_id=wen.id,
        node_id=wen.node_id,
        category_code=code,
        minutes=90,
        served_on=day,
        starts_at=clock.local_instant(day, time(9)),
        ends_at=clock.local_instant(day, time(10, 30)),
        text="帮三号楼的老人买菜、取药",
    )
    applications.apply(session, **_key(session), asked=asked, actor=Actor(wen.person_id))


def _give(session: Session) -> None:
    """Kin on both sides, a gift, a donation, and help that waits for a second person."""
    key, wen = _key(session), member_of(session, WEN)
    zhong, names = member_of(session, ZHONG), [each.name for each in PERSONAS]
    asked = relatives.register(
        session, **key, member_id=wen.id, volunteer_no=ZHONG, name=names[2], relation="child",
        actor=Actor(wen.person_id),
    )  # fmt: skip
    relatives.confirm(
        session, **key, relative_id=asked.id, by="member", actor=Actor(zhong.person_id)
    )
    gifts.give(
        session, **key, giver_id=wen.id, relative_id=asked.id, points=1,
        actor=Actor(wen.person_id),
    )  # fmt: skip
    pool.donate(session, **key, member_id=wen.id, points=1, actor=Actor(wen.person_id))
    hardship.request(
        session, **key, member_id=zhong.id, node_id=zhong.node_id, points=1, reason="老伴住院",
        actor=_staff(session, 30),
    )  # fmt: skip


def _empty(session: Session) -> None:
    """Two households that nobody belongs to: one to be decided on, one on its way to the pool."""
    key = _key(session)
    for number, name in ((32, "陈家"), (33, "刘家")):
        member = member_of(session, f"NINGDE-{number:06}")
        home = households.create(
            session, **key, node_id=member.node_id, name=name, head_member_id=member.id,
            actor=SYSTEM,
        )  # fmt: skip
        _serve(session, member.id, member.node_id, 3)
        households.leave(session, **key, household_id=home.id, member_id=member.id, actor=SYSTEM)
    passing = home_passings.enter(
        session, **key, household_id=home.id, to_member_id=None, reason="找不到家人",
        actor=_staff(session, 30),
    )  # fmt: skip
    home_passings.decide(
        session, **key, passing_id=passing.id, verdict="approved", reason=None,
        actor=_staff(session, 31),
    )  # fmt: skip
