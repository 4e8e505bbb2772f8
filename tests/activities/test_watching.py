"""Odd patterns become signals for people; nothing is refused for them (F6, F8, F9)."""

import pytest
import sqlalchemy as sa

from app.activities import codes, scans, taking
from app.activities.errors import AlreadyCheckedIn
from app.base.actors import Actor
from app.people.errors import CodeExpired
from app.risk.models import Signal
from tests.factories import activities as make
from tests.factories import people
from tests.factories.activities import EVE, at, moment


@pytest.fixture
def slot(session, world):
    return make.opened(session, world)[1][0]


def crowd(session, world, count):
    with at("08:30", EVE):
        members = people.members(session, world.ledger_id, world.node, count)
        session.commit()
    return members


def raised(session, world):
    query = sa.select(Signal).where(Signal.ledger_id == world.ledger_id)
    return {each.rule_code: each.facts for each in session.scalars(query)}


@pytest.mark.parametrize(("count", "is_flagged"), [(2, False), (3, True)])
def test_one_phone_for_many_people_is_flagged_when_the_session_is_confirmed(
    session, world, slot, count, is_flagged
):
    with at("08:50"):
        ticket = make.ticket(session, slot, "in")
        for each in crowd(session, world, count):
            make.checkin.check_in(
                session,
                ledger_id=world.ledger_id,
                member_id=each.id,
                ticket=ticket,
                actor=Actor(each.person_id),
                device_hash=b"d" * 32,
            )
    make.confirm(session, world, slot)

    assert ("one_device_many_people" in raised(session, world)) is is_flagged


def test_a_session_taken_in_by_hand_is_flagged(session, world, slot):
    members = crowd(session, world, 5)
    named = {"ledger_id": world.ledger_id, "session_id": slot.id, "actor": world.leader}
    with at("08:50"):
        taking.roll_in(session, **named, member_ids=[each.id for each in members])
    make.confirm(session, world, slot)

    assert raised(session, world) == {"roll_share": {"by_hand_count": 5, "people_count": 5}}


def test_a_persons_fifth_refused_scan_is_flagged_once(session, world, slot, member):
    make.scan_in(session, world, slot, member, "08:50")
    for second in range(7):
        with at(f"08:51:{second:02}"):
            tried = scans.tried_with(make.ticket(session, slot, "in"), member_id=member.id)
            scans.keep(session, ledger_id=world.ledger_id, tried=tried, refusal=AlreadyCheckedIn())

    assert raised(session, world) == {
        "repeated_refused_scans": {"session_id": str(slot.id), "refused_count": 5}
    }


def test_an_expired_code_is_kept_under_the_session_it_names(session, world, slot):
    with at("08:50"):
        token = codes.current(slot, "in").token
    with at("09:50"):
        named = codes.find_session(session, token=token)
        tried = scans.tried_with(named, member_id=None)
        scans.keep(session, ledger_id=world.ledger_id, tried=tried, refusal=CodeExpired())
    (kept,) = scans.list_of_session(session, ledger_id=world.ledger_id, session_id=slot.id)

    assert (kept.outcome, kept.member_id, kept.seen_at) == ("code_expired", None, moment("09:50"))
    assert codes.find_session(session, token="x") is None
    assert raised(session, world) == {}
