"""Vintages: E9, E10, E11, D28, and the law that a wallet never goes below nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import posting, reversals
from app.ledger.accounts import AccountRef
from app.ledger.errors import InsufficientPoints
from app.ledger.posting import JournalDraft, Line
from app.points import expiry, grants, vintages, wallets
from app.points.wallets import Purse
from tests.factories import points as make

V26, V27 = date(2026, 12, 31), date(2027, 12, 31)
SHOP = AccountRef("points", "shop", new_id())


def on(day: date):
    return clock.held_at(make.at(day, 12))


def earn(session: Session, world: make.World, member_id, points: int, day: date) -> None:
    """Earn points by credited hours on a day of its own year, so that its vintage is known."""
    with on(day):
        for number in range(points // 5):
            make.grant(session, world, member_id, 300, served_on=day - timedelta(days=number))


def spend(session: Session, world: make.World, member_id, points: int):
    lines = wallets.spend_lines(
        session, ledger_id=world.ledger_id, member_id=member_id, amount_points=points, to=SHOP
    )
    draft = JournalDraft(f"redeem:{new_id()}", "redemption", lines, world.staff)
    return posting.post_one(session, ledger_id=world.ledger_id, draft=draft)


def refund(session: Session, world: make.World, journal_id) -> None:
    reversals.reverse(
        session,
        ledger_id=world.ledger_id,
        journal_id=journal_id,
        key=f"refund:{journal_id}",
        kind="refund",
        actor=world.staff,
        reason="退",
        lines=wallets.return_lines(session, ledger_id=world.ledger_id, journal_id=journal_id),
    )


def lots(session: Session, world: make.World, member_id) -> list[tuple[date, int]]:
    return make.holding(session, world, member_id).lots


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session", expiry_policy="calendar_year")


@pytest.fixture
def holder(session: Session, world: make.World):
    """E9's member: 30 points that expire at the end of 2026, and 20 a year later."""
    member = make.member(session, world)
    earn(session, world, member.id, 20, date(2027, 1, 20))
    earn(session, world, member.id, 30, date(2026, 6, 20))
    session.commit()
    return member


def test_e9_first_expiring_points_are_spent_first(session, world, holder):
    with on(date(2026, 12, 30)):
        assert lots(session, world, holder.id) == [(V26, 30), (V27, 20)]
        spend(session, world, holder.id, 35)
        assert lots(session, world, holder.id) == [(V27, 15)]


def test_e10_a_refund_goes_back_to_its_vintage_and_what_expired_does_not(session, world, holder):
    with on(date(2026, 12, 30)):
        journal_id = spend(session, world, holder.id, 35)
    with on(date(2027, 1, 5)):
        refund(session, world, journal_id)
        assert lots(session, world, holder.id) == [(V27, 20)]
    book = make.balances(session, world.ledger_id)
    assert book["points", "expired", str(wallets.EXPIRED.owner_id), NEVER] == 30
    assert make.trial_balance(session, world.ledger_id)["points"] == 0


def test_a_refund_in_time_gives_all_back(session, world, holder):
    with on(date(2026, 12, 30)):
        refund(session, world, spend(session, world, holder.id, 35))
        assert lots(session, world, holder.id) == [(V26, 30), (V27, 20)]


def test_a_refund_recovers_what_is_owed_first(session, world):
    member = make.member(session, world)
    with on(date(2026, 6, 20)):
        grant = make.grant(session, world, member.id, 300)
        journal_id = spend(session, world, member.id, 5)
        grants.reverse(
            session, ledger_id=world.ledger_id, grant_id=grant.id, reason="误", actor=world.second
        )
        assert make.holding(session, world, member.id).receivable_points == 5
        refund(session, world, journal_id)
        after = make.holding(session, world, member.id)
    assert (after.spendable_points, after.receivable_points) == (0, 0)


def test_expired_points_cannot_be_spent_even_before_the_nightly_run(session, world, holder):
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with on(date(2027, 1, 1)):
        assert make.points_of(session, world, holder.id) == 20
        with pytest.raises(InsufficientPoints) as refusal, attempt(session):
            spend(session, world, holder.id, 21)
    assert refusal.value.facts == {"short_points": 1}
    assert make.snapshot(session, world.ledger_id) == before


def test_points_are_good_through_the_last_day(session, world, holder):
    with on(V26):
        assert make.points_of(session, world, holder.id) == 50


def test_spending_reads_the_wallet_in_one_statement(session, world, holder):
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    with on(V26):
        wallets.spend_lines(
            session,
            ledger_id=world.ledger_id,
            member_id=holder.id,
            amount_points=35,
            to=SHOP,
        )
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len([each for each in seen if not each.startswith("BEGIN")]) == 1


def test_e11_ten_earned_eight_spent_five_reversed_then_four_earned():
    purse, today = Purse(new_id()), date(2026, 3, 2)
    purse.earn(10, NEVER, source=wallets.POINTS_ISSUANCE)
    purse.spend(8, to=SHOP, today=today)
    purse.claw_back(5, NEVER, to=wallets.POINTS_ISSUANCE)
    assert (purse.spendable_points(today), purse.receivable_points) == (0, 3)
    purse.earn(4, NEVER, source=wallets.POINTS_ISSUANCE)
    assert (purse.spendable_points(today), purse.receivable_points) == (1, 0)


@pytest.mark.parametrize(
    ("policy", "day", "expires_on"),
    [
        ("never", date(2026, 3, 2), NEVER),
        ("calendar_year", date(2026, 3, 2), V26),
        ("calendar_year", V26, V26),
        ("rolling_36_months", date(2026, 2, 28), date(2029, 2, 28)),
        ("rolling_36_months", date(2025, 2, 1), date(2028, 2, 29)),
        ("rolling_36_months", date(2026, 12, 31), date(2029, 12, 31)),
    ],
)
def test_d28_a_policy_says_when_points_expire(policy, day, expires_on):
    assert vintages.vintage_on(policy, day) == expires_on


acts = st.lists(
    st.tuples(
        st.sampled_from(("earn", "spend", "claw_back")), st.integers(1, 40), st.integers(0, 2)
    ),
    max_size=40,
)


@given(acts)
def test_whatever_happens_no_lot_goes_below_nothing_and_lines_explain_all(steps):
    """Every line moves what the purse says, and what is earned is spent, owned or owed."""
    purse, today = Purse(new_id()), date(2026, 3, 2)
    days = [V26, V27, NEVER]
    book: dict[AccountRef, int] = {}

    def note(lines: list[Line]) -> None:
        for line in lines:
            book[line.debit] = book.get(line.debit, 0) - line.amount
            book[line.credit] = book.get(line.credit, 0) + line.amount

    issued = 0
    for verb, points, place in steps:
        if verb == "earn":
            note(purse.earn(points, days[place], source=wallets.POINTS_ISSUANCE))
            issued += points
        elif verb == "claw_back" and points <= issued:
            note(purse.claw_back(points, days[place], to=wallets.POINTS_ISSUANCE))
            issued -= points
        elif verb == "spend" and points <= purse.spendable_points(today):
            note(purse.spend(points, to=SHOP, today=today))
    assert all(lot >= 0 for lot in purse.lots.values())
    for vintage, lot in purse.lots.items():
        assert book.get(wallets.wallet_ref(purse.holder_id, vintage), 0) == lot
    owed = book.get(wallets.receivable_ref(purse.holder_id), 0)
    assert owed == -purse.receivable_points
    assert book.get(wallets.POINTS_ISSUANCE, 0) == -issued
    assert sum(book.values()) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=12))
def test_points_owned_and_owed_never_stand_side_by_side(steps):
    purse = Purse(new_id())
    for is_earned, points in steps:
        if is_earned:
            purse.earn(points, NEVER, source=wallets.POINTS_ISSUANCE)
        else:
            purse.claw_back(points, NEVER, to=wallets.POINTS_ISSUANCE)
        assert purse.lots.get(NEVER, 0) == 0 or purse.receivable_points == 0


def test_d28_expiry_posts_each_vintage_once(session, world, holder):
    today = date(2027, 1, 1)
    with on(today):
        assert expiry.expire_due(session, ledger_id=world.ledger_id, today=today) == 1
        session.commit()
        before = make.snapshot(session, world.ledger_id)
        assert expiry.expire_due(session, ledger_id=world.ledger_id, today=today) == 0
    assert make.snapshot(session, world.ledger_id) == before
