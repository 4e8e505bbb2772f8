"""Manual grants: A17, A10, L2."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.community import settings
from app.people.models import Audit
from app.points import manual, programmes
from app.points.errors import (
    CaseAlreadyCounted,
    CaseNumberNeeded,
    EvidenceNeeded,
    OverlapWithOtherActivity,
)
from app.points.manual import ManualClaim
from app.points.rates import Terms
from app.risk.errors import LimitExceeded
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(session: Session) -> make.World:
    """潘集's card: 20 for a mediation case, 10 for a cleaning, 5 for an hour."""
    world = make.world(session, terms=None, mediation="pieces", environment="times")
    make.rate(session, world, "mediation", Terms(20, 1))
    make.rate(session, world, "environment", Terms(10, 1))
    make.rate(session, world, "volunteering", Terms(5, 60))
    session.commit()
    return world


def claim(world: make.World, member_id, **more: Any) -> ManualClaim:
    asked: dict[str, Any] = {
        "member_id": member_id,
        "category_code": "neighbour_mediation",
        "quantity": 1,
        "served_on": DAY,
        "node_id": world.node.id,
        "reason": "调解成功",
        "case_no": "2026-001",
    }
    return ManualClaim(**{**asked, **more})


def request(session: Session, world: make.World, member_id, **more: Any):
    asked = claim(world, member_id, **more)
    return manual.request(session, ledger_id=world.ledger_id, claim=asked, actor=world.staff)


def refused(session: Session, world: make.World, refusal, member_id, **more: Any) -> None:
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        request(session, world, member_id, **more)
    assert make.snapshot(session, world.ledger_id) == before


def test_a17_a_manual_grant_waits_for_a_second_person(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member.id, evidence="调解协议书")
    assert waiting.evidence == "案号 2026-001；调解协议书"
    assert (waiting.state, waiting.hold_reasons) == ("waiting_level_2", "manual")
    assert make.balances(session, world.ledger_id) == {}
    with pytest.raises(SecondPersonRequired), attempt(session):
        make.decide(session, world, waiting, actor=world.staff)
    assert make.balances(session, world.ledger_id) == {}
    assert make.decide(session, world, waiting, level=2)[0].points == 20
    assert make.hours_of(session, world, member.id) == 0
    acts = sa.select(Audit.action).where(
        Audit.ledger_id == world.ledger_id, Audit.subject_id == waiting.id
    )
    assert set(session.scalars(acts)) == {"manual_grant_requested", "grant_approved"}


def test_l2_times_make_points_without_minutes(session, world):
    member = make.member(session, world)
    waiting = request(session, world, member.id, category_code="cleanup", quantity=3, case_no=None)
    assert make.decide(session, world, waiting)[0].points == 30


def test_a10_a_piece_is_one_case_with_its_number_by_hand_as_well(session, world):
    member = make.member(session, world)
    refused(session, world, CaseNumberNeeded, member.id, quantity=3)
    refused(session, world, CaseNumberNeeded, member.id, case_no=None)
    assert request(session, world, member.id).quantity == 1


def test_a3_hours_by_hand_say_from_when_to_when_and_no_time_is_credited_twice(session, world):
    member = make.member(session, world)
    hours = {"category_code": "other", "quantity": 0, "case_no": None}
    morning = {**hours, **make.stay(DAY, 9, 11)}
    refused(session, world, ValidationFailed, member.id, **hours, minutes=120)
    refused(session, world, ValidationFailed, member.id, **{**morning, "minutes": 121})
    refused(session, world, ValidationFailed, member.id, **{**morning, **make.stay(DAY, 20, 22)})
    make.grant(session, world, member.id, **make.stay(DAY, 10, 12))
    refused(session, world, OverlapWithOtherActivity, member.id, **morning)
    later = {**hours, **make.stay(DAY, 12, 14)}
    two = [claim(world, member.id, **later), claim(world, member.id, **later)]
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(OverlapWithOtherActivity), attempt(session):
        manual.request_many(session, ledger_id=world.ledger_id, claims=two, actor=world.staff)
    assert make.snapshot(session, world.ledger_id) == before
    assert request(session, world, member.id, **later).state == "waiting_level_2"


def test_hours_may_be_granted_by_hand_too(session, world):
    member = make.member(session, world)
    hours = {**make.stay(DAY, 9, 11), "minutes": 90}
    waiting = request(session, world, member.id, category_code="other", quantity=0, **hours)
    decided = make.decide(session, world, waiting)[0]
    assert (decided.minutes, decided.points, decided.provenance) == (90, 7, "credited")


def test_a_manual_grant_says_why_and_grants_something(session, world):
    member = make.member(session, world)
    refused(session, world, ValidationFailed, member.id, reason=" ")
    refused(session, world, ValidationFailed, member.id, quantity=0)
    refused(session, world, NotFound, member.id, category_code="unheard_of")
    refused(session, world, NotFound, new_id())


def test_p7_evidence_is_asked_for_by_hand_as_well(session, world):
    member = make.member(session, world)
    cleaned = {"category_code": "cleanup", "case_no": None}
    said = {"programme": world.programme, "indicator_code": "environment", "approver_role": None}
    programmes.demand(session, **said, evidence="photo", actor=SYSTEM)
    refused(session, world, EvidenceNeeded, member.id, **cleaned)
    request(session, world, member.id, **cleaned, evidence="照片在档案盒 3")
    programmes.demand(session, **said, evidence="case_number", actor=SYSTEM)
    refused(session, world, EvidenceNeeded, member.id, **cleaned, evidence="照片")
    assert request(session, world, member.id, **{**cleaned, "case_no": "清-7"}).quantity == 1


def test_a_manual_grant_is_capped(session, world):
    member = make.member(session, world)
    settings.put(session, node=world.city, name=manual.MAX_POINTS, value=40, actor=SYSTEM)
    cleaned = {"category_code": "cleanup", "case_no": None}
    assert request(session, world, member.id, quantity=4, **cleaned).state == "waiting_level_2"
    refused(session, world, LimitExceeded, member.id, quantity=5, **cleaned)


def test_a10_a_case_number_pays_once(session, world):
    member, other = make.member(session, world), make.member(session, world, "任清和")
    first = request(session, world, member.id, case_no="2026-017")
    assert first.evidence == "案号 2026-017"
    refused(session, world, CaseAlreadyCounted, other.id, case_no=" 2026-017 ")
    make.decide(session, world, first)
    refused(session, world, CaseAlreadyCounted, member.id, case_no="2026-017")


def test_a_refused_case_may_be_entered_again(session, world):
    member = make.member(session, world)
    first = request(session, world, member.id, case_no="2026-017")
    make.decide(session, world, first, verdict="refused", reason="案卷不全")
    again = request(session, world, member.id, case_no="2026-017")
    assert (again.source_id, again.source_version) == (first.source_id, 2)
    assert make.decide(session, world, again)[0].points == 20
