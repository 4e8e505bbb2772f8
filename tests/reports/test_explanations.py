"""Why is this balance X: every kind of line, its source, and the sum."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.activities import corrections
from app.activities.corrections import Change
from app.base.actors import SYSTEM, Actor
from app.ledger.models import Account
from app.mall import refunds
from app.points import approvals, expiry, grants, openings, programmes
from app.points.openings import PaperBalance
from app.reports import explanations
from tests.factories import activities as onsite
from tests.factories import mall as shop
from tests.factories import points
from tests.factories.activities import at
from tests.ledger.statements_counted import counted


def explain(session, ledger_id, member_id, unit="points"):
    session.flush()
    session.expire_all()
    return explanations.explain(session, ledger_id=ledger_id, member_id=member_id, unit=unit)


def sources(found):
    return [each.source for each in found.lines]


@pytest.fixture
def world(session):
    return points.world(session)


def test_a_presence_is_explained_by_its_doors_its_rate_and_its_people(session):
    world = onsite.a_world(session)
    member = onsite.a_member(session, world)
    activity, (slot,) = onsite.opened(session, world)
    onsite.been(session, world, slot, member, "08:50", "10:59")
    onsite.confirm(session, world, slot)
    found = explain(session, world.ledger_id, member.id)

    (source,) = sources(found)
    assert (found.total, found.balance, found.is_proven) == (1, 1, True)
    assert source["rate"]["formula"] == "(0 + 119 × 1) ÷ 60 = 1 … 59"
    stay = source["attendance"]
    assert (stay["title"], stay["number"]) == (activity.title, activity.number)
    assert (stay["in_door"], stay["out_door"]) == ("code", "code")
    assert stay["checked_in_at"] == onsite.moment("08:50").isoformat()
    assert stay["checked_out_at"] == onsite.moment("10:59").isoformat()
    assert (stay["credited_minutes"], source["minutes"]) == (119, 119)
    assert stay["confirmed_by"] == world.leader_member.name_masked


def test_a_corrected_presence_is_explained_as_it_was_and_as_it_is(session):
    world = onsite.a_world(session)
    member = onsite.a_member(session, world)
    _, (slot,) = onsite.opened(session, world)
    out = onsite.been(session, world, slot, member, "08:50", "11:00")
    onsite.confirm(session, world, slot)
    with at("13:00"):
        change = Change(onsite.moment("10:00"), onsite.moment("11:00"), "晚到", 1)
        named = {"ledger_id": world.ledger_id}
        made = corrections.correct(
            session, attendance_id=out.attendance_id, change=change, actor=world.leader, **named
        )
        assert made is None, "an hour of two is below the minimum share"
        session.commit()
    found = explain(session, world.ledger_id, member.id)
    first, back = sources(found)

    assert (found.total, found.balance, found.is_proven) == (0, 0, True)
    assert first["attendance"]["checked_in_at"] == onsite.moment("08:50").isoformat()
    assert first["attendance"]["credited_minutes"] == 120
    assert (back["kind"], back["reason"]) == ("reversal", "晚到")
    assert back["of"]["grant_id"] == first["grant_id"]


def test_a_redemption_and_its_refund_name_shop_and_goods(session):
    mall = shop.a_mall(session)
    member = shop.a_member(session, mall)
    programme = programmes.of_ledger(session, mall.ledger_id)
    world = points.World(programme, mall.node, mall.node)
    points.rate(session, world, "volunteering", points.HOURLY)
    points.grant(session, world, member.id, 480)
    salt = shop.put_goods(session, mall, price=3)
    slip = shop.redeem(session, mall, member, (salt, 2))
    session.commit()
    found = explain(session, mall.ledger_id, member.id)
    sale = sources(found)[1]

    assert (found.total, found.balance, found.is_proven) == (2, 2, True)
    assert (sale["kind"], sale["number"], sale["shop"]) == ("redemption", slip.number, "积分超市")
    assert sale["lines"] == [{"goods": "食盐", "count": 2, "price_points": 3}]
    refunds.refund(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=slip.redemption_id,
        reason="坏的",
        actor=mall.staff,
    )
    found = explain(session, mall.ledger_id, member.id)
    assert (found.balance, found.is_proven) == (8, True)
    assert sources(found)[2]["of"]["number"] == slip.number


def test_paper_expiry_and_approval_are_explained(session):
    world = points.world(session, expiry_policy="calendar_year")
    member = points.member(session, world)
    (line,) = openings.request(
        session,
        ledger_id=world.ledger_id,
        document_no="JX-17",
        as_of_on=date(2024, 12, 31),
        balances=[PaperBalance(member.id, 0, 5)],
        actor=world.staff,
    )
    openings.decide(
        session,
        ledger_id=world.ledger_id,
        opening_ids=[line.id],
        verdict="approved",
        actor=world.second,
    )
    waiting = points.grant(session, world, member.id, 60, hold_reasons=("roll",))
    points.decide(session, world, waiting)
    expiry.expire_due(session, ledger_id=world.ledger_id, today=date(9998, 1, 1))
    session.commit()
    found = explain(session, world.ledger_id, member.id)
    paper, earned, gone = sources(found)

    assert (paper["kind"], paper["document_no"], paper["points"]) == ("opening", "JX-17", 5)
    assert [each["verdict"] for each in paper["decided_by"]] == ["approved"]
    assert [each["level"] for each in earned["decided_by"]] == [3]
    assert gone["kind"] == "expiry"
    assert (found.total, found.balance, found.is_proven) == (0, 0, True)


def test_e11_what_was_clawed_back_beyond_the_wallet_stands_as_a_debt(session):
    mall = shop.a_mall(session)
    member = shop.a_member(session, mall)
    programme = programmes.of_ledger(session, mall.ledger_id)
    world = points.World(programme, mall.node, mall.node)
    points.rate(session, world, "volunteering", points.HOURLY)
    made = points.grant(session, world, member.id, 480)
    salt = shop.put_goods(session, mall, price=5)
    shop.redeem(session, mall, member, (salt, 1))
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=made.id, reason="虚假", actor=SYSTEM
    )
    found = explain(session, world.ledger_id, member.id)

    assert (found.total, found.balance, found.is_proven) == (-5, -5, True)
    assert {each.line.ref.kind for each in found.lines} == {"wallet", "receivable"}


def test_minutes_are_explained_as_points_are(session, world):
    member = points.member(session, world)
    points.grant(session, world, member.id, 90, provenance="honorary")
    found = explain(session, world.ledger_id, member.id, "minutes")

    assert (found.total, found.balance, found.is_proven) == (90, 90, True)
    assert sources(found)[0]["provenance"] == "honorary"
    assert sources(found)[0]["rate"] is None


def test_a_balance_that_no_line_explains_is_not_proven(session, world):
    member = points.member(session, world)
    points.grant(session, world, member.id, 120)
    session.execute(
        sa.update(Account)
        .where(Account.ledger_id == world.ledger_id, Account.owner_id == member.id)
        .where(Account.kind == "wallet")
        .values(credits_posted=Account.credits_posted + 1)
    )
    found = explain(session, world.ledger_id, member.id)

    assert (found.total, found.balance, found.is_proven) == (2, 3, False)


def test_who_has_nothing_has_nothing_to_explain(session, world):
    found = explain(session, world.ledger_id, points.member(session, world).id)

    assert (found.lines, found.total, found.balance, found.is_proven) == ((), 0, 0, True)


def test_many_lines_cost_what_one_costs(session):
    world = onsite.a_world(session)
    costs = []
    for count in (1, 6):
        member = onsite.a_member(session, world)
        for number in range(count):
            hour = 6 + 2 * number
            span = (f"{hour:02d}:00", f"{hour + 1:02d}:00")
            _, (slot,) = onsite.opened(session, world, span)
            onsite.been(session, world, slot, member, *span)
            onsite.confirm(session, world, slot, "23:00")
        session.commit()
        with counted(session) as statements:
            found = explain(session, world.ledger_id, member.id)
        assert len(found.lines) == count
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 13, costs


def test_two_people_behind_a_grant_are_named_masked(session):
    world = onsite.a_world(session)
    member = onsite.a_member(session, world)
    _, (slot,) = onsite.opened(session, world, is_emergency=True)
    onsite.been(session, world, slot, member, "09:00", "11:00")
    (waiting,) = onsite.confirm(session, world, slot)
    approvals.decide(
        session,
        ledger_id=world.ledger_id,
        grant_ids=[waiting.id],
        level=2,
        verdict="approved",
        reason=None,
        actor=Actor(world.second_staff.person_id),
    )
    session.commit()
    (source,) = sources(explain(session, world.ledger_id, member.id))

    assert source["made_by"] == world.leader_member.name_masked
    assert source["decided_by"][0]["name_masked"] == "沈*舟"
