"""Vouchers and places: paid at issue, honoured once, returned in time, lapsed with points back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.base import clock
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed, VersionStale
from app.ledger import balances
from app.ledger.errors import InsufficientPoints
from app.mall import (
    figures,
    for_sale,
    goods,
    merchants,
    offer_uses,
    offers,
    quotes,
    settlements,
    shops,
    voucher_returns,
    vouchers,
)
from app.mall.errors import (
    AgreementOver,
    ClassNotAtTill,
    GoodsNotOnSale,
    OfferNotForYou,
    OfferNotOpen,
    ReturnTooLate,
    ShopClosed,
    StockConflict,
    VoucherNotYet,
    VoucherOver,
    VoucherUsed,
)
from app.mall.models import Voucher
from app.mall.offers import OfferTerms
from app.people import groups
from app.people.errors import WrongAudience
from app.risk.errors import LimitExceeded
from tests.factories import mall as make
from tests.factories import people
from tests.factories.points import spendable

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)
RIDERS = "新就业群体"
CLASS_AT = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def meal(session, mall, **terms):
    named = {"price": 80, "kind": "service", "name": "长者食堂餐券"} | terms
    return make.put_goods(session, mall, **named)


def a_class(session, mall, places=2, **terms):
    said = {"starts_at": CLASS_AT, "ends_at": CLASS_AT + timedelta(hours=1), "return_hours": 24}
    return meal(session, mall, price=30, name="四点半课堂", stock_count=places, **said | terms)


def use(session, mall, presented, shop_id=None, actor=None):
    return vouchers.use(
        session,
        ledger_id=mall.ledger_id,
        shop_id=shop_id or mall.shop_id,
        presented=presented,
        actor=actor or mall.clerk,
    )


def give_back(session, mall, made, member):
    return voucher_returns.give_back(
        session,
        ledger_id=mall.ledger_id,
        voucher_id=made.id,
        member_id=member.id,
        actor=people.acting(member),
    )


def taken(session, mall):
    found = balances.of_owner(session, ledger_id=mall.ledger_id, owner_id=mall.shop_id)
    return {each.ref.kind: each.posted for each in found if each.posted}


def test_l8_a_voucher_is_posted_at_issue_and_its_use_posts_nothing(session, mall):
    member, one = make.a_member(session, mall, points=100), meal(session, mall)
    made = make.buy(session, member, one)
    assert (spendable(session, member), taken(session, mall)) == (20, {"shop_service": 80})
    assert make.stock_of(session, mall, one) == 9
    make.require_clean(session, mall.ledger_id)
    used = use(session, mall, made.code.token)
    assert (used.state, used.used_by_id) == ("used", mall.clerk.person_id)
    assert taken(session, mall) == {"shop_service": 80}
    make.require_clean(session, mall.ledger_id)


def test_m7_a_meal_voucher_is_used_once_and_refused_the_second_time(session, mall):
    member, one = make.a_member(session, mall, points=100), meal(session, mall)
    made = make.buy(session, member, one)
    use(session, mall, " ".join([made.code.digits[:6], made.code.digits[6:]]))
    for presented in (made.code.token, made.code.digits):
        with make.refused(session, mall, VoucherUsed, used_at=clock.now().isoformat()):
            use(session, mall, presented)
    with make.refused(session, mall, VoucherUsed):
        give_back(session, mall, made.voucher, member)


def test_m6_t15_a_place_takes_one_of_the_capacity_and_comes_back_with_its_points(session, mall):
    member, other, third = (make.a_member(session, mall, points=50) for _ in range(3))
    lesson = a_class(session, mall)
    first = make.buy(session, member, lesson)
    make.buy(session, other, lesson)
    with make.refused(session, mall, StockConflict):
        make.buy(session, third, lesson)
    with clock.held_at(CLASS_AT - timedelta(hours=24)):
        back = give_back(session, mall, first.voucher, member)
    assert (back.state, spendable(session, member)) == ("returned", 50)
    assert make.stock_of(session, mall, lesson) == 1
    make.buy(session, third, lesson)
    make.require_clean(session, mall.ledger_id)


def test_m6_a_place_given_back_too_late_stays_paid_and_is_missed(session, mall):
    member, lesson = make.a_member(session, mall, points=50), a_class(session, mall)
    made = make.buy(session, member, lesson)
    with (
        clock.held_at(CLASS_AT - timedelta(hours=23)),
        make.refused(session, mall, ReturnTooLate),
    ):
        give_back(session, mall, made.voucher, member)
    after = date(2026, 3, 21)
    assert voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=after) == 1
    assert voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=after) == 0
    found = vouchers.get(session, ledger_id=mall.ledger_id, voucher_id=made.voucher.id)
    assert (found.state, spendable(session, member)) == ("missed", 20)
    make.require_clean(session, mall.ledger_id)


def test_d34_a_voucher_that_nobody_used_lapses_and_its_points_come_back(session, mall):
    member, one = make.a_member(session, mall, points=100), meal(session, mall)
    made = make.buy(session, member, one)
    last_on = made.voucher.valid_until_on
    assert last_on == date(2026, 3, 10) + timedelta(days=90)
    named = {"ledger_id": mall.ledger_id}
    assert voucher_returns.lapse_due(session, **named, today=last_on) == 0
    with clock.held_at(MARCH + timedelta(days=91)):
        with make.refused(session, mall, VoucherOver, state="open"):
            use(session, mall, made.code.token)
        assert voucher_returns.lapse_due(session, **named, today=clock.today()) == 1
        with make.refused(session, mall, VoucherOver, state="lapsed"):
            use(session, mall, made.code.token)
        assert (spendable(session, member), taken(session, mall)) == (100, {})
        make.require_clean(session, mall.ledger_id)


def test_e10_of_a_returned_voucher_expired_points_stay_expired(session, mall):
    member, one = make.a_member(session, mall, points=60, vintage_on=date(2026, 3, 31)), None
    make.ledger.issue(session, mall.ledger_id, member.id, 40, date(2027, 12, 31))
    one = meal(session, mall)
    made = make.buy(session, member, one)
    with clock.held_at(MARCH + timedelta(days=30)):
        give_back(session, mall, made.voucher, member)
        assert spendable(session, member) == 40
        make.require_clean(session, mall.ledger_id)


def test_d39_a_voucher_returned_after_its_settlement_is_in_the_next_statement(session, mall):
    member, one = make.a_member(session, mall, points=100), meal(session, mall)
    made = make.buy(session, member, one)
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "actor": mall.staff}
    with clock.held_at(datetime(2026, 4, 2, 4, tzinfo=UTC)):
        march = settlements.settle(session, **named, period="2026-03")
        give_back(session, mall, made.voucher, member)
    with clock.held_at(datetime(2026, 5, 2, 4, tzinfo=UTC)):
        april = settlements.settle(session, **named, period="2026-04")
        assert (march.total_points, april.total_points) == (80, -80)
        assert taken(session, mall) == {}
        make.require_clean(session, mall.ledger_id)


def test_d35_vouchers_have_a_limit_per_person_and_month(session, mall):
    member = make.a_member(session, mall, points=400)
    one = meal(session, mall, person_period_max=1)
    made = make.buy(session, member, one)
    with make.refused(session, mall, LimitExceeded, used=1, maximum=1):
        make.buy(session, member, one)
    give_back(session, mall, made.voucher, member)
    make.buy(session, member, one)


def test_a9_a_code_of_another_book_or_shop_is_refused_by_name(session, mall):
    member = make.a_member(session, mall, points=100)
    made = make.buy(session, member, meal(session, mall))
    elsewhere = make.a_mall(session)
    with make.refused(session, mall, WrongAudience, book="爱心银行"):
        use(session, elsewhere, made.code.token, elsewhere.shop_id)
    with make.refused(session, mall, NotFound):
        use(session, elsewhere, made.code.digits, elsewhere.shop_id)
    second = shops.open_shop(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        node_id=mall.node.id,
        name="理发店",
        kind="partner",
        actor=mall.staff,
    )
    with make.refused(session, mall, WrongAudience, shop="积分超市"):
        use(session, mall, made.code.token, second.id)


def test_m3_a_voucher_of_a_suspended_merchant_is_neither_sold_nor_honoured(session, mall):
    member, one = make.a_member(session, mall, points=200), meal(session, mall)
    made = make.buy(session, member, one)
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    merchants.suspend(session, **named)
    with make.refused(session, mall, ShopClosed):
        use(session, mall, made.code.token)
    with make.refused(session, mall, ShopClosed):
        make.buy(session, member, one)


def test_what_is_not_sold_as_a_voucher(session, mall):
    member = make.a_member(session, mall, points=100)
    with make.refused(session, mall, GoodsNotOnSale):
        make.buy(session, member, make.put_goods(session, mall))
    with clock.held_at(CLASS_AT), make.refused(session, mall, GoodsNotOnSale):
        make.buy(session, member, a_class(session, mall))
    one = meal(session, mall)
    with make.refused(session, mall, VersionStale, total_points=80):
        make.buy(session, member, one, expected=70)
    dear = meal(session, mall, price=101)
    with make.refused(session, mall, InsufficientPoints, short_points=1):
        make.buy(session, member, dear)
    goods.edit(
        session, ledger_id=mall.ledger_id, goods_id=one.id, version=one.version,
        changes={"is_on_sale": False}, actor=mall.staff,
    )  # fmt: skip
    with make.refused(session, mall, GoodsNotOnSale):
        make.buy(session, member, one)


def test_m1_an_offer_for_points_is_a_voucher_of_its_group(session, mall):
    member = make.a_member(session, mall, points=100)
    one = make.put_goods(session, mall, price=5, kind="offer", stock_count=0)
    terms = OfferTerms("洗车半价", "凭券", clock.today(), audience="新就业群体", goods_id=one.id)
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    offers.publish(session, **named, terms=terms)
    with make.refused(session, mall, OfferNotForYou):
        make.buy(session, member, one)


def paid_offer(session, mall, *, price=50, person_period_max=2, **terms):
    """Goods of kind `offer`, and an offer of 新就业群体 that costs them."""
    limit = terms.pop("goods_max", None)
    one = make.put_goods(
        session, mall, price=price, kind="offer", stock_count=0, person_period_max=limit
    )
    said = {"from_on": clock.today(), "audience": RIDERS} | terms
    made = offers.publish(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        terms=OfferTerms(
            "洗车半价", "凭券", person_period_max=person_period_max, goods_id=one.id, **said
        ),
        actor=mall.staff,
    )
    return one, made


def a_rider(session, mall, points=300):
    rider = make.a_member(session, mall, points=points)
    named = {"ledger_id": mall.ledger_id, "group": RIDERS, "actor": mall.staff}
    groups.put(session, **named, member_ids=[rider.id])
    return rider


def quote(session, mall, member, one):
    return quotes.quote(
        session,
        ledger_id=mall.ledger_id,
        basket=make.a_basket(mall, member, (one, 1)),
        actor=mall.clerk,
    )


def test_m1_a_paid_offer_is_sold_to_its_group_alone_also_at_the_till(session, mall):
    one, _offer = paid_offer(session, mall)
    rider, other = a_rider(session, mall), make.a_member(session, mall, points=300)
    with make.refused(session, mall, OfferNotForYou, audience=RIDERS):
        make.redeem(session, mall, other, (one, 1))
    (line,) = quote(session, mall, other, one).lines
    assert [type(each) for each in line.refusals] == [OfferNotForYou]
    assert make.redeem(session, mall, rider, (one, 1)).total_points == 50
    make.require_clean(session, mall.ledger_id)


@pytest.mark.parametrize("how", ["ended", "not yet", "over"])
def test_m1_a_paid_offer_outside_its_days_is_sold_to_nobody(session, mall, how):
    tomorrow = clock.today() + timedelta(days=1)
    yesterday = clock.today() - timedelta(days=1)
    days = {
        "ended": {},
        "not yet": {"from_on": tomorrow},
        "over": {"from_on": yesterday, "until_on": yesterday},
    }[how]
    one, offer = paid_offer(session, mall, **days)
    if how == "ended":
        offers.end(session, ledger_id=mall.ledger_id, offer_id=offer.id, actor=mall.staff)
    rider = a_rider(session, mall)
    with make.refused(session, mall, OfferNotOpen):
        make.buy(session, rider, one)
    with make.refused(session, mall, OfferNotOpen):
        make.redeem(session, mall, rider, (one, 1))
    (line,) = quote(session, mall, rider, one).lines
    assert [type(each) for each in line.refusals] == [OfferNotOpen]
    assert for_sale.at_till(session, ledger_id=mall.ledger_id, till=mall.till) == []


def test_d35_the_offers_own_limit_counts_by_phone_and_at_the_till(session, mall):
    one, _offer = paid_offer(session, mall, person_period_max=1)
    rider = a_rider(session, mall)
    make.buy(session, rider, one)
    with make.refused(session, mall, LimitExceeded, used=1, maximum=1):
        make.buy(session, rider, one)
    with make.refused(session, mall, LimitExceeded, used=1, maximum=1):
        make.redeem(session, mall, rider, (one, 1))
    wide, _offer = paid_offer(session, mall, person_period_max=3, goods_max=2)
    for _ in range(2):
        make.buy(session, rider, wide)
    with make.refused(session, mall, LimitExceeded, used=2, maximum=2):
        make.buy(session, rider, wide)


def test_m6_no_till_hands_out_a_place_of_a_class(session, mall):
    member, lesson = make.a_member(session, mall, points=100), a_class(session, mall)
    for at in (MARCH, CLASS_AT + timedelta(minutes=90)):
        with clock.held_at(at):
            with make.refused(session, mall, ClassNotAtTill, starts_at=CLASS_AT.isoformat()):
                make.redeem(session, mall, member, (lesson, 1))
            (line,) = quote(session, mall, member, lesson).lines
            assert [type(each) for each in line.refusals] == [ClassNotAtTill]
    assert for_sale.at_till(session, ledger_id=mall.ledger_id, till=mall.till) == []


def test_m6_a_place_is_honoured_on_the_day_of_its_class_alone(session, mall):
    member, lesson = make.a_member(session, mall, points=100), a_class(session, mall)
    made = make.buy(session, member, lesson)
    with make.refused(session, mall, VoucherNotYet, starts_at=CLASS_AT.isoformat()):
        use(session, mall, made.code.token)
    with clock.held_at(CLASS_AT + timedelta(days=1)), make.refused(session, mall, VoucherOver):
        use(session, mall, made.code.token)
    with clock.held_at(CLASS_AT - timedelta(hours=4)):
        assert use(session, mall, made.code.token).state == "used"


def test_d37_a_clerk_honours_no_voucher_of_their_own_household(session, mall):
    member, one = make.a_member(session, mall, points=100), meal(session, mall)
    made = make.buy(session, member, one)
    make.live_together(session, mall, mall.clerk, member)
    with make.refused(session, mall, SecondPersonRequired):
        use(session, mall, made.code.token)
    colleague = make.add_clerk(session, mall)
    assert use(session, mall, made.code.token, actor=colleague).state == "used"


def suspended(session, mall):
    merchants.suspend(
        session, ledger_id=mall.ledger_id, merchant_id=mall.merchant.id, actor=mall.staff
    )


def test_m6_a_place_that_nobody_can_honour_is_given_back_after_its_time(session, mall):
    member, lesson = make.a_member(session, mall, points=50), a_class(session, mall)
    made = make.buy(session, member, lesson)
    suspended(session, mall)
    with clock.held_at(CLASS_AT - timedelta(hours=1)):
        back = give_back(session, mall, made.voucher, member)
    assert (back.state, spendable(session, member)) == ("returned", 50)
    make.require_clean(session, mall.ledger_id)


def test_m6_the_points_of_a_place_that_nobody_could_honour_come_back_in_the_night(session, mall):
    member, lesson = make.a_member(session, mall, points=50), a_class(session, mall)
    made = make.buy(session, member, lesson)
    suspended(session, mall)
    after = date(2026, 3, 21)
    assert voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=after) == 1
    assert voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=after) == 0
    found = vouchers.get(session, ledger_id=mall.ledger_id, voucher_id=made.voucher.id)
    assert (found.state, spendable(session, member)) == ("lapsed", 50)
    make.require_clean(session, mall.ledger_id)


def test_m6_staff_return_a_place_after_its_time_with_the_reason(session, mall):
    member, lesson = make.a_member(session, mall, points=50), a_class(session, mall)
    made = make.buy(session, member, lesson)
    named = {"ledger_id": mall.ledger_id, "voucher_id": made.voucher.id, "actor": mall.staff}
    with clock.held_at(CLASS_AT + timedelta(days=1)):
        voucher_returns.lapse_due(session, ledger_id=mall.ledger_id, today=clock.today())
        with make.refused(session, mall, ValidationFailed, field="reason"):
            voucher_returns.take_back(session, **named, reason=" ")
        own = {**named, "actor": people.acting(member)}
        with make.refused(session, mall, SecondPersonRequired):
            voucher_returns.take_back(session, **own, reason="课没有上")
        back = voucher_returns.take_back(session, **named, reason="课没有上")
        assert (back.state, spendable(session, member)) == ("returned", 50)
        with make.refused(session, mall, VoucherOver, state="returned"):
            voucher_returns.take_back(session, **named, reason="课没有上")
    make.require_clean(session, mall.ledger_id)


def test_m3_after_the_last_day_agreed_nothing_is_sold_and_what_was_sold_is_honoured(session, mall):
    member, one = make.a_member(session, mall, points=200), meal(session, mall)
    salt, offer = make.put_goods(session, mall), free_offer(session, mall)
    made = make.buy(session, member, one)
    agreed_until(session, mall, clock.today())
    listed = {"ledger_id": mall.ledger_id, "node": mall.node}
    assert shops.selling_within(session, **listed) != []
    with clock.held_at(MARCH + timedelta(days=1)):
        gone = {"agreed_until_on": "2026-03-10"}
        with make.refused(session, mall, AgreementOver, **gone):
            make.buy(session, member, one)
        with make.refused(session, mall, AgreementOver, **gone):
            make.redeem(session, mall, member, (salt, 1))
        assert [type(each) for each in quote(session, mall, member, salt).refusals] == [
            AgreementOver
        ]
        with make.refused(session, mall, AgreementOver, **gone):
            make.reserve(session, member, salt)
        with make.refused(session, mall, AgreementOver, **gone):
            use_offer(session, mall, member, offer)
        assert shops.selling_within(session, **listed) == []
        assert offers.list_within(session, **listed, open_only=True) == []
        soon = clock.today() + timedelta(days=30)
        assert [one.id for one in merchants.list_ending(session, **listed, until_on=soon)] == [
            mall.merchant.id
        ]
        assert use(session, mall, made.code.token).state == "used"
        agreed_until(session, mall, clock.today())
        make.redeem(session, mall, member, (salt, 1))
    make.require_clean(session, mall.ledger_id)


def agreed_until(session, mall, last_on):
    merchants.sign(
        session,
        ledger_id=mall.ledger_id,
        merchant_id=mall.merchant.id,
        agreement_no="协议9",
        from_on=date(2026, 1, 1),
        until_on=last_on,
        actor=mall.staff,
    )


def free_offer(session, mall):
    named = {"ledger_id": mall.ledger_id, "merchant_id": mall.merchant.id, "actor": mall.staff}
    return offers.publish(session, **named, terms=OfferTerms("加面", "凭码", clock.today()))


def use_offer(session, mall, member, offer):
    named = {"ledger_id": mall.ledger_id, "member_id": member.id, "actor": mall.clerk}
    return offer_uses.use(session, **named, offer_id=offer.id, door="code")


def test_m5_vouchers_count_as_services_and_never_as_gifts(session, mall):
    member = make.a_member(session, mall, points=400)
    made = [make.buy(session, member, meal(session, mall)) for _ in range(2)]
    give_back(session, mall, made[0].voucher, member)
    make.redeem(session, mall, member, (make.put_goods(session, mall), 1))
    counts = figures.by_shop(session, ledger_id=mall.ledger_id, shop_ids=[mall.shop_id])
    assert counts[mall.shop_id]["service"] == figures.KindCount(1, 1, 80)
    assert counts[mall.shop_id]["goods"].times_count == 1


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"total_points": 79}, "voucher differs from its journal"),
        ({"state": "returned"}, "voucher differs from stock"),
        ({"state": "lapsed"}, "voucher differs from its taking back"),
    ],
)
def test_d38_the_proof_sees_a_damaged_voucher(session, mall, values, what):
    import sqlalchemy as sa

    member = make.a_member(session, mall, points=100)
    made = make.buy(session, member, meal(session, mall)).voucher
    session.execute(
        sa.update(Voucher)
        .where(Voucher.ledger_id == mall.ledger_id, Voucher.id == made.id)
        .values(**values)
    )
    assert f"{what}: 1 ({made.number})" in make.proof_of(session, mall)
