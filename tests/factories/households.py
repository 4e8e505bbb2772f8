"""Households that pool: a programme that counts 件 and 次, families, and applications of theirs."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM, Actor
from app.people import objections
from app.people.models import Household, Member, Objection
from app.people.objections import DisputedRecord
from app.points import (
    application_notices,
    applications,
    deduction_notices,
    deductions,
    indicators,
    notices,
    objection_answers,
    pooling,
    proof_checks,
)
from app.points.application_checks import Asked
from app.points.models import Application, Deduction, Notice
from app.points.notices import Draft
from app.points.rates import Terms
from tests.factories import people
from tests.factories import points as make

DAY = date(2026, 3, 20)
"""A Friday; five working days later is Friday 27 March."""


def world(session: Session, *, pools: str = "household", **more: Any) -> make.World:
    """潘集's card: 20 a mediation (件), 10 a cleaning (次), 5 an hour; pooled by household."""
    made = make.world(session, terms=None, mediation="pieces", environment="times", **more)
    make.rate(session, made, "mediation", Terms(20, 1))
    make.rate(session, made, "environment", Terms(10, 1))
    make.rate(session, made, "volunteering", Terms(5, 60))
    pooling.set_pooling(session, programme=made.programme, pooling=pools, actor=SYSTEM)
    session.commit()
    return made


def family(
    session: Session, made: make.World, *names: str, name: str = "温家"
) -> tuple[Household, list[Member]]:
    """A household of these people; the first is its head."""
    kin = [make.member(session, made, each) for each in names]
    return people.live_together(session, *kin, name=name, relation="家人"), kin


def clean(session: Session, made: make.World, member_id: UUID, times: int = 1, **more: Any):
    """So many cleanings by hand, approved by the second person: 10 points each."""
    waiting = make.grant(
        session,
        made,
        member_id,
        0,
        source_kind="manual",
        provenance="none",
        quantity=times,
        category_code="cleanup",
        hold_reasons=("manual",),
        **more,
    )
    return make.decide(session, made, waiting)[0]


def apply(session: Session, made: make.World, member: Member, **more: Any) -> Application:
    """A member applies for one cleaning of that day, unless told otherwise."""
    asked: dict[str, Any] = {
        "member_id": member.id,
        "node_id": made.node.id,
        "category_code": "cleanup",
        "quantity": 1,
        "served_on": DAY,
        "text": "清理楼道",
    }
    return applications.apply(
        session,
        ledger_id=made.ledger_id,
        asked=Asked(**{**asked, **more}),
        actor=Actor(member.person_id),
    )


def review(session: Session, made: make.World, found: Application, **more: Any) -> Application:
    """The member of staff approves, unless told otherwise."""
    said: dict[str, Any] = {"verdict": "approved", "reason": None, "actor": made.staff}
    return applications.review(
        session, ledger_id=made.ledger_id, application_id=found.id, **{**said, **more}
    )


def put_up(session: Session, made: make.World, **more: Any) -> Notice:
    """Put up what was reviewed, for five working days unless told otherwise."""
    said: dict[str, Any] = {
        "node_id": made.node.id,
        "kind": "applied",
        "title": "三月积分公示",
        "begins_on": date(2026, 3, 1),
        "ends_on": DAY,
        "contact": "党群服务中心一楼",
    }
    draft = Draft(**{**said, **more})
    return notices.publish(session, ledger_id=made.ledger_id, draft=draft, actor=made.second)


def a_minus(session: Session, made: make.World, points_each: int = 15) -> None:
    """An indicator that takes 15 a time, unless told otherwise."""
    indicators.add_minus_indicator(
        session, programme=made.programme, code="litter", name="乱堆乱放", measure="times",
        actor=SYSTEM,
    )  # fmt: skip
    make.rate(session, made, "litter", Terms(points_each, 1))
    session.commit()


def deduct(session: Session, made: make.World, member: Member, **more: Any) -> Deduction:
    """The member of staff enters one time of that day, unless told otherwise."""
    said: dict[str, Any] = {
        "member_id": member.id,
        "node_id": made.node.id,
        "indicator_code": "litter",
        "quantity": 1,
        "happened_on": DAY,
        "reason": "楼道堆放杂物",
    }
    asked = deductions.Asked(**{**said, **more})
    return deductions.enter(session, ledger_id=made.ledger_id, asked=asked, actor=made.staff)


def decide_deduction(
    session: Session, made: make.World, found: Deduction, actor: Actor, verdict: str = "approved"
) -> Deduction:
    return deductions.decide(
        session,
        ledger_id=made.ledger_id,
        deduction_id=found.id,
        verdict=verdict,
        reason="查实",
        actor=actor,
    )


def taken(session: Session, made: make.World, member: Member, **more: Any) -> Deduction:
    """A deduction that was approved, put up, and taken when its notice was over."""
    found = deduct(session, made, member, **more)
    decide_deduction(session, made, found, made.second)
    closes_on = put_up(session, made).closes_on
    deduction_notices.post_due(
        session, ledger_id=made.ledger_id, today=closes_on + timedelta(days=1)
    )
    return found


def object_to(
    session: Session, made: make.World, notice: Notice, number: int, who: Member
) -> Objection:
    """Object to a line of the notice as everybody may, and return the objection."""
    named: dict[str, Any] = {"ledger_id": made.ledger_id}
    line = notices.list_lines(session, **named, notice_id=notice.id)[number - 1]
    record = DisputedRecord("notice", line.id, who.id, notice.published_by_id, made.node.id)
    return objections.raise_objection(
        session,
        **named,
        member_id=who.id,
        record=record,
        claim="没有看到有人清理",
        actor=Actor(who.person_id),
    )


def answer(session: Session, made: make.World, objection: Objection, verdict: str) -> None:
    """Somebody who had no part in it answers."""
    decider = make.member(session, made, "白既明").person_id
    said: dict[str, Any] = {"verdict": verdict, "reason": "问过邻居"}
    objection_answers.answer(session, objection=objection, actor=Actor(decider), **said)


def post_due(session: Session, made: make.World, today: date) -> int:
    return application_notices.post_due(session, ledger_id=made.ledger_id, today=today)


def score(session: Session, made: make.World, home: Household) -> pooling.Score:
    return pooling.score(session, ledger_id=made.ledger_id, household_id=home.id)


def require_proven(session: Session, ledger_id: int) -> None:
    """Every check of the points room holds."""
    session.flush()
    broken = [each for each in proof_checks.checks(session, ledger_id=ledger_id) if not each.is_ok]
    assert broken == []
