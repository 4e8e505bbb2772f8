"""Offers of merchants: for a group, so often a month, for no points; each use is counted."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from time import perf_counter

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.ledger.models import Journal
from app.mall import merchants, offer_lists, offer_uses, offers
from app.mall.errors import (
    OfferNeedsPoints,
    OfferNotForYou,
    OfferNotOpen,
    ShopClosed,
    StateConflict,
)
from app.mall.models import OfferUse
from app.mall.offer_lists import Listed
from app.mall.offers import OfferTerms
from app.people import groups
from app.risk import freezes
from app.risk.errors import AccountFrozen, LimitExceeded
from tests.factories import mall as make
from tests.factories import people

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
RIDERS = "新就业群体"


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def publish(session, mall, **terms):
    said = {"title": "素面一碗八折", "terms": "凭码，每月两次", "from_on": date(2026, 3, 1)} | terms
    return offers.publish(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        terms=OfferTerms(**said),
        actor=mall.staff,
    )


def use(session, mall, offer, member, door="code"):
    return offer_uses.use(
        session,
        ledger_id=mall.ledger_id,
        offer_id=offer.id,
        member_id=member.id,
        door=door,
        actor=mall.clerk,
    )


def put(session, mall, *found):
    named = {"ledger_id": mall.ledger_id, "group": RIDERS, "actor": mall.staff}
    return groups.put(session, **named, member_ids=[one.id for one in found])


def journal_count(session, mall):
    query = sa.select(sa.func.count()).select_from(Journal)
    return session.scalar(query.where(Journal.ledger_id == mall.ledger_id))


def test_m1_l9_an_offer_is_for_a_group_and_its_use_posts_nothing(session, mall):
    offer = publish(session, mall, audience=RIDERS)
    rider, other = (make.a_member(session, mall, name) for name in ("商千帆", "林可风"))
    assert put(session, mall, rider) == 1
    assert put(session, mall, rider) == 0
    before = journal_count(session, mall)
    made = use(session, mall, offer, rider)
    assert (made.period, made.ordinal, made.door) == ("2026-03", 1, "code")
    with make.refused(session, mall, OfferNotForYou, audience=RIDERS):
        use(session, mall, offer, other)
    groups.take_out(
        session, ledger_id=mall.ledger_id, group=RIDERS, member_id=rider.id, actor=mall.staff
    )
    with make.refused(session, mall, OfferNotForYou):
        use(session, mall, offer, rider)
    assert journal_count(session, mall) == before
    make.require_clean(session, mall.ledger_id)


def test_d35_an_offer_is_used_so_often_a_month_and_again_in_the_next(session, mall):
    offer = publish(session, mall, person_period_max=2)
    member = make.a_member(session, mall)
    assert [use(session, mall, offer, member).ordinal for _ in range(2)] == [1, 2]
    with make.refused(session, mall, LimitExceeded, used=2, maximum=2):
        use(session, mall, offer, member)
    with clock.held_at(MARCH + timedelta(days=30)):
        use(session, mall, offer, member, door="own")
        counted = offer_uses.by_month(session, ledger_id=mall.ledger_id, node=mall.node)
    assert counted == {"2026-03": 2, "2026-04": 1}


def test_m3_an_offer_of_a_suspended_merchant_is_not_used(session, mall):
    offer = publish(session, mall)
    member = make.a_member(session, mall)
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    merchants.suspend(session, **named)
    for door in ("code", "own"):
        with make.refused(session, mall, ShopClosed, merchant_state="suspended"):
            use(session, mall, offer, member, door)
    assert (
        offers.list_within(session, ledger_id=mall.ledger_id, node=mall.node, open_only=True) == []
    )
    with make.refused(session, mall, ShopClosed):
        take_in(session, mall, Listed(offer.number, member.volunteer_no, date(2026, 3, 1)))


def test_an_offer_has_its_days_and_an_end(session, mall):
    named = {"ledger_id": mall.ledger_id, "actor": mall.staff}
    early = publish(session, mall, from_on=date(2026, 3, 11))
    over = publish(session, mall, until_on=date(2026, 3, 9))
    ended = publish(session, mall)
    offers.end(session, **named, offer_id=ended.id)
    member = make.a_member(session, mall)
    for offer in (early, over, ended):
        with make.refused(session, mall, OfferNotOpen):
            use(session, mall, offer, member)
    with make.refused(session, mall, StateConflict):
        offers.end(session, **named, offer_id=ended.id)


def test_who_may_not_publish_or_use(session, mall):
    for wrong in (
        {"title": " "}, {"terms": "长" * 201}, {"audience": "某党"},
        {"until_on": date(2026, 2, 1)}, {"person_period_max": 0},
    ):  # fmt: skip
        with make.refused(session, mall, ValidationFailed):
            publish(session, mall, **wrong)
    elsewhere = make.a_mall(session)
    foreign = make.put_goods(session, elsewhere, kind="offer", stock_count=0)
    with make.refused(session, mall, NotFound):
        publish(session, mall, goods_id=foreign.id)
    own = people.member_of(session, mall.ledger_id, mall.clerk)
    with make.refused(session, mall, SecondPersonRequired):
        use(session, mall, publish(session, mall), own)


def test_m1_an_offer_that_costs_points_is_never_used_for_nothing(session, mall):
    paid = make.put_goods(session, mall, price=50, kind="offer", stock_count=0)
    offer = publish(session, mall, goods_id=paid.id)
    member = make.a_member(session, mall)
    for door in ("code", "own"):
        with make.refused(session, mall, OfferNeedsPoints, goods_id=str(paid.id)):
            use(session, mall, offer, member, door)
    found = take_in(session, mall, Listed(offer.number, member.volunteer_no, clock.today()))
    assert (found.new, [one.reason for one in found.bad]) == (0, ["needs_points"])
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed, field="goods_id"):
        publish(session, mall, goods_id=salt.id)


def test_d37_a_clerk_records_no_offer_for_their_household_and_nobody_frozen_uses_one(session, mall):
    offer, member = publish(session, mall), make.a_member(session, mall)
    make.live_together(session, mall, mall.clerk, member)
    with make.refused(session, mall, SecondPersonRequired):
        use(session, mall, offer, member)
    assert use(session, mall, offer, member, door="own").ordinal == 1
    freezes.freeze(
        session,
        ledger_id=mall.ledger_id,
        subject_kind="member",
        subject_id=member.id,
        reason="核查",
        actor=mall.staff,
    )
    with make.refused(session, mall, AccountFrozen):
        use(session, mall, offer, member, door="own")


def test_m1_an_offer_is_used_at_its_own_merchants_address_alone(session, mall):
    offer, member = publish(session, mall), make.a_member(session, mall)
    named = {"ledger_id": mall.ledger_id, "offer_id": offer.id, "member_id": member.id}
    with make.refused(session, mall, NotFound):
        offer_uses.use(session, **named, merchant_id=new_id(), door="own", actor=mall.staff)
    named["merchant_id"] = mall.merchant.id
    assert offer_uses.use(session, **named, door="own", actor=mall.staff).ordinal == 1


def take_in(session, mall, *lines):
    return offer_lists.take_in(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        lines=lines,
        actor=mall.staff,
    )


def test_m1_a_merchants_list_is_taken_in_once_and_names_what_is_wrong(session, mall):
    offer = publish(session, mall, audience=RIDERS, person_period_max=3)
    rider, other = (make.a_member(session, mall, name) for name in ("商千帆", "林可风"))
    put(session, mall, rider)
    text = (
        "优惠编号,志愿者编号,日期,次数\n"
        f"{offer.number},{rider.volunteer_no},2026-03-02,2\n"
        f"{offer.number},{rider.volunteer_no},2026/03/03,\n"
        f"{offer.number},{rider.volunteer_no},2026-03-04,1\n"
        f"{offer.number},{other.volunteer_no},2026-03-02,1\n"
        f"Y9999,{rider.volunteer_no},2026-03-02,1\n"
        f"{offer.number},X-1,2026-03-02,1\n"
        f"{offer.number},{rider.volunteer_no},2026-04-02,1\n"
        f"{offer.number},{rider.volunteer_no},三月,1\n"
        f"{offer.number},{rider.volunteer_no},2026-03-05,零\n"
    )
    lines, unread = offer_lists.read(offer_lists.open_list(BytesIO(text.encode())))
    found = take_in(session, mall, *lines)
    assert (found.new, found.unchanged) == (3, 0)
    assert [(one.line_no, one.reason) for one in (*found.bad, *unread)] == [
        (4, "over_limit"), (5, "not_in_group"), (6, "unknown_offer"), (7, "unknown_member"),
        (8, "wrong_day"), (9, "bad_day"), (10, "bad_count"),
    ]  # fmt: skip
    again = take_in(session, mall, *lines)
    assert (again.new, again.unchanged, len(again.bad)) == (0, 3, 5)
    counts = offer_uses.by_offer(session, ledger_id=mall.ledger_id, offer_ids=[offer.id])
    assert counts == {offer.id: 3}


def test_m3_a_merchants_list_stands_for_the_days_of_its_agreement(session, mall):
    offer, member = publish(session, mall), make.a_member(session, mall)
    merchants.sign(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        agreement_no="协议9",
        from_on=date(2026, 1, 1),
        until_on=date(2026, 3, 5),
        actor=mall.staff,
    )
    days = (date(2026, 3, 5), date(2026, 3, 6))
    found = take_in(
        session, mall, *(Listed(offer.number, member.volunteer_no, day) for day in days)
    )
    assert (found.new, [one.reason for one in found.bad]) == (1, ["wrong_day"])


def test_m1_a_scanned_use_and_the_same_on_the_list_are_one(session, mall):
    offer, member = publish(session, mall), make.a_member(session, mall)
    use(session, mall, offer, member)
    found = take_in(session, mall, Listed(offer.number, member.volunteer_no, clock.today(), 2))
    assert (found.new, found.unchanged) == (1, 1)


def test_m1_a_month_of_a_thousand_uses_is_taken_in_within_a_second_or_two(session, mall):
    offer = publish(session, mall, person_period_max=50)
    members = [make.a_member(session, mall) for _ in range(21)]
    lines = [
        Listed(offer.number, one.volunteer_no, date(2026, 3, 1 + day % 9), 8)
        for one in members
        for day in range(6)
    ]
    began = perf_counter()
    found = take_in(session, mall, *lines)
    assert (found.new, found.bad) == (1_008, ())
    assert perf_counter() - began < 20
    query = sa.select(sa.func.count()).select_from(OfferUse)
    assert session.scalar(query.where(OfferUse.ledger_id == mall.ledger_id)) == 1_008
