"""Limits: counters that are raised up to their maximum and never past it (D17, D35, D37)."""

from collections import Counter as Tally
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.base.transactions import attempt
from app.risk import limits
from app.risk.errors import LimitExceeded
from app.risk.limits import Counter, Use
from app.risk.models import Quota
from tests.factories.teams import at_once
from tests.ledger.statements_counted import counted

LEDGER = 7
MEMBER, OTHER = UUID(int=1), UUID(int=2)
DAY = "2026-03-02"


def use(session, amount, maximum, subject_id=MEMBER, rule_code="item_per_month", period=DAY):
    return limits.use(
        session,
        ledger_id=LEDGER,
        subject_id=subject_id,
        rule_code=rule_code,
        period=period,
        amount=amount,
        maximum=maximum,
    )


def stored(session):
    rows = session.execute(
        sa.select(Quota.subject_id, Quota.rule_code, Quota.period, Quota.used).where(
            Quota.ledger_id == LEDGER
        )
    )
    return {Counter(*row[:3]): row.used for row in rows}


def test_a_limit_is_used_up_to_its_maximum_and_not_past_it(session):
    assert use(session, 1, 2) == 1
    assert use(session, 1, 2) == 2
    before = stored(session)
    with pytest.raises(LimitExceeded) as refused, attempt(session):
        use(session, 1, 2)
    assert refused.value.code == "limit_exceeded"
    assert refused.value.facts == {"rule_code": "item_per_month", "used": 2, "maximum": 2}
    assert stored(session) == before


def test_a_first_use_over_the_maximum_leaves_no_counter(session):
    with pytest.raises(LimitExceeded) as refused, attempt(session):
        use(session, 3, 2)
    assert refused.value.facts["used"] == 0
    assert stored(session) == {}


def test_without_a_maximum_it_counts_and_never_refuses(session):
    use(session, 10**6, None)
    assert use(session, 10**6, None) == 2 * 10**6


def test_subjects_rules_and_periods_count_apart(session):
    use(session, 2, 2)
    assert use(session, 2, 2, subject_id=OTHER) == 2
    assert use(session, 2, 2, rule_code="points_per_day") == 2
    assert use(session, 2, 2, period="2026-03-03") == 2


def test_a_book_has_counters_of_its_own(session):
    use(session, 2, 2)
    assert (
        limits.used(session, ledger_id=8, subject_id=MEMBER, rule_code="item_per_month", period=DAY)
        == 0
    )


@pytest.mark.slow
def test_a_use_costs_one_statement_for_one_or_many(session):
    with counted(session) as seen:
        use(session, 1, 2)
        assert len(seen) == 1
        uses = [Use(UUID(int=n), "cap", DAY, 1, 1 + n % 3) for n in range(1200)]
        limits.use_many(session, ledger_id=LEDGER, uses=uses)
        assert len(seen) == 2
        limits.lock(session, ledger_id=LEDGER, counters=[each.counter for each in uses])
        assert len(seen) == 4
        limits.give_back_many(session, ledger_id=LEDGER, uses=uses)
        assert len(seen) == 5
    assert set(stored(session).values()) == {0, 1}


def test_of_many_uses_all_pass_or_none(session):
    use(session, 2, 2, subject_id=OTHER)
    before = stored(session)
    uses = [
        Use(MEMBER, "item_per_month", DAY, 1, 2),
        Use(OTHER, "item_per_month", DAY, 1, 2),
        Use(MEMBER, "points_per_day", DAY, 50, 5000),
    ]
    with pytest.raises(LimitExceeded) as refused, attempt(session):
        limits.use_many(session, ledger_id=LEDGER, uses=uses)
    assert refused.value.facts["used"] == 2
    assert stored(session) == before


def test_uses_of_one_counter_are_added_up(session):
    twice = [Use(MEMBER, "cap", DAY, 2, 3), Use(MEMBER, "cap", DAY, 2, None)]
    with pytest.raises(LimitExceeded), attempt(session):
        limits.use_many(session, ledger_id=LEDGER, uses=twice)
    assert stored(session) == {}
    limits.use_many(session, ledger_id=LEDGER, uses=[twice[0], Use(MEMBER, "cap", DAY, 1, 9)])
    assert stored(session) == {Counter(MEMBER, "cap", DAY): 3}


def test_no_uses_are_no_statement(session):
    assert limits.use_many(session, ledger_id=LEDGER, uses=[]) == {}
    limits.give_back_many(session, ledger_id=LEDGER, uses=[])
    assert limits.lock(session, ledger_id=LEDGER, counters=[]) == {}
    assert limits.used_many(session, ledger_id=LEDGER, counters=[]) == {}


def test_what_is_given_back_can_be_used_again(session):
    use(session, 2, 2)
    limits.give_back(
        session,
        ledger_id=LEDGER,
        subject_id=MEMBER,
        rule_code="item_per_month",
        period=DAY,
        amount=1,
    )
    assert use(session, 1, 2) == 2


def test_giving_back_more_than_was_used_is_a_mistake_of_ours(session):
    use(session, 1, 2)
    session.commit()
    with pytest.raises(AssertionError):
        limits.give_back_many(
            session, ledger_id=LEDGER, uses=[Use(MEMBER, "item_per_month", DAY, 2, None)]
        )
    session.rollback()
    assert stored(session) == {Counter(MEMBER, "item_per_month", DAY): 1}


def test_locked_counters_say_where_they_stand(session):
    use(session, 5, 9)
    used, fresh = Counter(MEMBER, "item_per_month", DAY), Counter(OTHER, "cap", DAY)
    standing = limits.lock(session, ledger_id=LEDGER, counters=[fresh, used, used])
    assert standing == {used: 5, fresh: 0}
    assert limits.used_many(session, ledger_id=LEDGER, counters=[used]) == {used: 5}


@pytest.mark.parametrize("amount", [1, 3])
def test_parallel_uses_fill_a_limit_exactly(app, session, amount):
    answers = at_once(app, [lambda own: use(own, amount, 10)] * 20)
    passed = [each for each in answers if isinstance(each, int)]
    assert len(passed) == 10 // amount
    assert sum(isinstance(each, LimitExceeded) for each in answers) == 20 - len(passed)
    assert stored(session) == {Counter(MEMBER, "item_per_month", DAY): len(passed) * amount}


def test_parallel_batches_in_any_order_fill_their_limits_exactly(app, session):
    subjects = [UUID(int=n) for n in range(1, 6)]

    def batch(order):
        uses = [Use(subject, "cap", DAY, 1, 6) for subject in subjects[::order]]
        return lambda own: limits.use_many(own, ledger_id=LEDGER, uses=uses)

    answers = at_once(app, [batch(1 if n % 2 else -1) for n in range(12)])
    assert sum(isinstance(each, dict) for each in answers) == 6
    assert set(stored(session).values()) == {6}


def test_two_who_decide_by_a_locked_counter_take_turns(app, session):
    def tier(own):
        """As D17: what fits under 480 is counted, the rest is not."""
        day = Counter(MEMBER, "minutes_per_day", DAY)
        before = limits.lock(own, ledger_id=LEDGER, counters=[day])[day]
        if before + 120 <= 480:
            use(own, 120, None, rule_code="minutes_per_day")
        return before

    assert sorted(at_once(app, [tier] * 8)) == [0, 120, 240, 360, 480, 480, 480, 480]


moves = st.lists(
    st.tuples(
        st.sampled_from(["use", "give_back"]),
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 4), st.sampled_from([None, 3, 5])),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=moves)
def test_the_counters_agree_with_a_dictionary(session, moves):
    session.rollback()
    session.execute(sa.delete(Quota).where(Quota.ledger_id == LEDGER))
    model: Tally[UUID] = Tally()
    for verb, parts in moves:
        uses = [Use(UUID(int=number), "cap", DAY, amount, top) for number, amount, top in parts]
        move(session, model, verb, uses)
    found = {key.subject_id: used for key, used in stored(session).items() if used}
    assert found == {key: used for key, used in model.items() if used}


def move(session, model, verb, uses):
    """Do it here and in the model; both must agree on whether it may be done."""
    added: Tally[UUID] = Tally()
    for each in uses:
        added[each.subject_id] += each.amount
    if verb == "give_back":
        if all(key in model and model[key] >= amount for key, amount in added.items()):
            limits.give_back_many(session, ledger_id=LEDGER, uses=uses)
            model.subtract(added)
        return
    fits = all(
        each.maximum is None or model[each.subject_id] + added[each.subject_id] <= each.maximum
        for each in uses
    )
    try:
        with attempt(session):
            limits.use_many(session, ledger_id=LEDGER, uses=uses)
    except LimitExceeded:
        assert not fits
    else:
        assert fits
        for key, amount in added.items():
            model[key] = model[key] + amount
