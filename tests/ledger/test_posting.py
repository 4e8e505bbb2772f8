"""Posting: what it writes, what it refuses, what it costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import IdempotencyMismatch, NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import accounts, balances, posting
from app.ledger.accounts import AccountRef
from app.ledger.batches import dialect_of
from app.ledger.drafts import content_hash
from app.ledger.errors import BoundBroken, InsufficientPoints, LedgerReadOnly, UnknownAccount
from app.ledger.posting import Line
from app.ledger.tables import ACCOUNT, BOOK, ENTRY, JOURNAL
from tests.factories import ledger as make
from tests.ledger.statements_counted import counted

V26, V27 = date(2026, 12, 31), date(2027, 12, 31)


def left(session, ledger_id, ref):
    return balances.available(session, ledger_id=ledger_id, ref=ref)


def entries(session, ledger_id, ref):
    query = (
        sa.select(ENTRY.c.seq, ENTRY.c.delta, ENTRY.c.balance_after)
        .join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
        .where(ENTRY.c.ledger_id == ledger_id, ACCOUNT.c.ledger_id == ledger_id)
        .where(ACCOUNT.c.kind == ref.kind, ACCOUNT.c.owner_id == ref.owner_id)
        .order_by(ENTRY.c.seq)
    )
    return [tuple(row) for row in session.execute(query)]


def test_l1_hours_and_points_of_one_attendance_are_one_journal(session, ledger_id):
    li = new_id()
    make.post(
        session,
        ledger_id,
        Line(make.ISSUANCE_MINUTES, make.hours(li), 120),
        Line(make.ISSUANCE, make.wallet(li), 20),
    )
    assert left(session, ledger_id, make.hours(li)) == 120
    assert left(session, ledger_id, make.wallet(li)) == 20
    assert left(session, ledger_id, make.ISSUANCE) == -20
    assert left(session, ledger_id, make.ISSUANCE_MINUTES) == -120


def test_l3_points_of_a_redemption_arrive_at_the_shop(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 100), make.shop(new_id())
    make.post(session, ledger_id, Line(make.wallet(li), shop, 60), kind="redemption")
    assert left(session, ledger_id, make.wallet(li)) == 40
    assert left(session, ledger_id, shop) == 60


def test_entries_count_from_one_and_carry_the_balance(session, ledger_id):
    li = make.member_with(session, ledger_id, 10)
    make.issue(session, ledger_id, li, 5)
    make.post(session, ledger_id, Line(make.wallet(li), make.shop(new_id()), 12))
    assert entries(session, ledger_id, make.wallet(li)) == [(1, 10, 10), (2, 5, 15), (3, -12, 3)]


def test_a_key_sent_again_writes_nothing_and_names_the_first_journal(session, ledger_id):
    li = new_id()
    draft = make.draft(Line(make.ISSUANCE, make.wallet(li), 20), key="grant:a:1")
    first = posting.post_one(session, ledger_id=ledger_id, draft=draft)
    before = make.everything(session, ledger_id)
    assert posting.post_one(session, ledger_id=ledger_id, draft=draft) == first
    assert make.everything(session, ledger_id) == before


def test_a_key_twice_in_one_batch_posts_once(session, ledger_id):
    li = new_id()
    draft = make.draft(Line(make.ISSUANCE, make.wallet(li), 20))
    other = make.draft(Line(make.ISSUANCE, make.wallet(li), 1))
    ids = posting.post(session, ledger_id=ledger_id, drafts=[draft, other, draft])
    assert ids[0] == ids[2] != ids[1]
    assert left(session, ledger_id, make.wallet(li)) == 21


def test_a_batch_posts_what_is_new_and_answers_what_is_known(session, ledger_id):
    li = new_id()
    known = make.draft(Line(make.ISSUANCE, make.wallet(li), 20))
    first = posting.post_one(session, ledger_id=ledger_id, draft=known)
    new = make.draft(Line(make.ISSUANCE, make.wallet(li), 3))
    ids = posting.post(session, ledger_id=ledger_id, drafts=[new, known])
    assert ids[1] == first
    assert left(session, ledger_id, make.wallet(li)) == 23


def test_d4_a_key_with_other_content_is_refused(session, ledger_id):
    li = new_id()
    make.post(session, ledger_id, Line(make.ISSUANCE, make.wallet(li), 20), key="grant:a:1")
    before = make.everything(session, ledger_id)
    with pytest.raises(IdempotencyMismatch), attempt(session):
        make.post(session, ledger_id, Line(make.ISSUANCE, make.wallet(li), 21), key="grant:a:1")
    assert make.everything(session, ledger_id) == before


def test_a_key_with_two_contents_in_one_batch_is_refused(session, ledger_id):
    li = new_id()
    before = make.everything(session, ledger_id)
    drafts = [make.draft(Line(make.ISSUANCE, make.wallet(li), n), key="one") for n in (1, 2)]
    with pytest.raises(IdempotencyMismatch), attempt(session):
        posting.post(session, ledger_id=ledger_id, drafts=drafts)
    assert make.everything(session, ledger_id) == before


def test_a_key_is_free_in_another_book(session, ledger_id):
    li, other = new_id(), make.open_book(session)
    line = Line(make.ISSUANCE, make.wallet(li), 20)
    one = make.post(session, ledger_id, line, key="grant:a:1")
    assert make.post(session, other, line, key="grant:a:1") != one
    assert left(session, other, make.wallet(li)) == 20


def test_d5_spending_more_than_there_is_says_how_much_is_missing(session, ledger_id):
    li = make.member_with(session, ledger_id, 10)
    before = make.everything(session, ledger_id)
    with pytest.raises(InsufficientPoints) as refusal, attempt(session):
        make.post(session, ledger_id, Line(make.wallet(li), make.shop(new_id()), 17))
    assert refusal.value.facts == {"short_points": 7}
    assert refusal.value.code == "insufficient_points"
    assert make.everything(session, ledger_id) == before


def test_one_journal_too_dear_takes_the_whole_batch_back(session, ledger_id):
    li, wang = (make.member_with(session, ledger_id, 10) for _ in range(2))
    before = make.everything(session, ledger_id)
    shop = make.shop(new_id())
    drafts = [make.draft(Line(make.wallet(m), shop, n)) for m, n in ((li, 5), (wang, 11))]
    with pytest.raises(InsufficientPoints), attempt(session):
        posting.post(session, ledger_id=ledger_id, drafts=drafts)
    assert make.everything(session, ledger_id) == before


def test_a_batch_may_not_spend_what_it_earns_only_later(session, ledger_id):
    li = new_id()
    spend = make.draft(Line(make.wallet(li), make.shop(new_id()), 5))
    earn = make.draft(Line(make.ISSUANCE, make.wallet(li), 5))
    before = make.everything(session, ledger_id)
    with pytest.raises(InsufficientPoints), attempt(session):
        posting.post(session, ledger_id=ledger_id, drafts=[spend, earn])
    assert make.everything(session, ledger_id) == before
    posting.post(session, ledger_id=ledger_id, drafts=[earn, spend])
    assert left(session, ledger_id, make.wallet(li)) == 0


def test_a_receivable_never_turns_into_a_credit(session, ledger_id):
    li = new_id()
    before = make.everything(session, ledger_id)
    with pytest.raises(BoundBroken), session.begin_nested():
        make.post(session, ledger_id, Line(make.ISSUANCE, make.receivable(li), 1))
    assert make.everything(session, ledger_id) == before


def test_minutes_below_zero_are_a_programmers_mistake(session, ledger_id):
    before = make.everything(session, ledger_id)
    with pytest.raises(BoundBroken), session.begin_nested():
        make.post(session, ledger_id, Line(make.hours(new_id()), make.ISSUANCE_MINUTES, 1))
    assert make.everything(session, ledger_id) == before


def test_a_stopped_book_takes_no_posting(session, ledger_id):
    li = make.member_with(session, ledger_id, 10)
    stop = sa.update(BOOK).where(BOOK.c.id == ledger_id)
    session.execute(stop.values(read_only_at=clock.now(), read_only_reason="test"))
    before = make.everything(session, ledger_id)
    for member_id in (li, new_id()):
        with pytest.raises(LedgerReadOnly), attempt(session):
            make.issue(session, ledger_id, member_id, 1)
    assert make.everything(session, ledger_id) == before


def test_a_book_that_does_not_exist_takes_no_posting(session):
    with pytest.raises(NotFound), attempt(session):
        make.issue(session, 404, new_id(), 1)


def test_a_closed_account_takes_no_posting(session, ledger_id):
    li = make.member_with(session, ledger_id, 10)
    close = sa.update(ACCOUNT).where(ACCOUNT.c.ledger_id == ledger_id, ACCOUNT.c.owner_id == li)
    session.execute(close.values(closed_at=clock.now()))
    before = make.everything(session, ledger_id)
    with pytest.raises(UnknownAccount), attempt(session):
        make.issue(session, ledger_id, li, 1)
    assert make.everything(session, ledger_id) == before


def test_time_never_goes_back_inside_an_account(session, ledger_id):
    li, noon = new_id(), datetime(2026, 3, 2, 4, tzinfo=UTC)
    with clock.held_at(noon):
        make.issue(session, ledger_id, li, 1)
    with clock.held_at(noon - timedelta(seconds=5)):
        journal_id = make.issue(session, ledger_id, li, 1)
    query = sa.select(JOURNAL.c.posted_at).where(
        JOURNAL.c.ledger_id == ledger_id, JOURNAL.c.id == journal_id
    )
    assert session.execute(query).scalar_one() == noon


def test_when_it_happened_is_kept_beside_when_it_was_posted(session, ledger_id):
    happened = datetime(2026, 2, 8, 1, tzinfo=UTC)
    journal_id = make.post(
        session, ledger_id, Line(make.ISSUANCE, make.wallet(new_id()), 1), occurred_at=happened
    )
    query = sa.select(JOURNAL.c.occurred_at, JOURNAL.c.posted_at).where(
        JOURNAL.c.ledger_id == ledger_id, JOURNAL.c.id == journal_id
    )
    occurred_at, posted_at = session.execute(query).one()
    assert occurred_at == happened < posted_at


def test_no_draft_writes_nothing(session, ledger_id):
    assert posting.post(session, ledger_id=ledger_id, drafts=[]) == []


@pytest.mark.parametrize("amount", [0, -1, 1.5, True])
def test_d1_d2_an_amount_is_a_whole_number_above_zero(amount):
    with pytest.raises(ValueError, match="amount"):
        Line(make.ISSUANCE, make.wallet(new_id()), amount)


def test_a_line_needs_two_accounts_of_one_unit():
    li = new_id()
    with pytest.raises(ValueError, match="two accounts"):
        Line(make.wallet(li), make.wallet(li), 1)
    with pytest.raises(ValueError, match="two accounts"):
        Line(make.ISSUANCE, make.hours(li), 1)


def test_minutes_have_no_wallet():
    with pytest.raises(ValueError, match="no account"):
        AccountRef("minutes", "wallet", new_id())


def test_no_journal_both_credits_and_debits_a_bounded_account():
    li = new_id()
    with pytest.raises(ValueError, match="bounded"):
        make.draft(
            Line(make.ISSUANCE, make.wallet(li), 5), Line(make.wallet(li), make.shop(new_id()), 5)
        )


def test_the_content_of_a_key_is_kind_cause_and_lines():
    line = Line(make.ISSUANCE, make.wallet(new_id()), 5)
    base = make.draft(line, key="one")
    later = make.draft(line, key="two", reason="again", occurred_at=clock.now())
    assert content_hash(base) == content_hash(later)
    assert content_hash(base) != content_hash(make.draft(line, kind="opening"))
    assert content_hash(base) != content_hash(make.draft(line, source_id=new_id()))
    assert content_hash(base) != content_hash(make.draft(line, line))


def test_one_journal_costs_five_statements(session, ledger_id):
    li, shop = make.member_with(session, ledger_id, 10), make.shop(new_id())
    make.post(session, ledger_id, Line(make.wallet(li), shop, 1))
    with counted(session) as statements:
        make.post(session, ledger_id, Line(make.wallet(li), shop, 1))
    assert len(statements) == 5, statements


@pytest.mark.parametrize("size", [2, 300])
def test_a_batch_costs_what_one_journal_costs(session, ledger_id, size):
    drafts = [make.draft(Line(make.ISSUANCE, make.wallet(new_id()), 1)) for _ in range(size)]
    with counted(session) as opening:
        posting.post(session, ledger_id=ledger_id, drafts=drafts)
    assert len(opening) == 8, opening
    again = [make.draft(*draft.lines) for draft in drafts]
    with counted(session) as statements:
        posting.post(session, ledger_id=ledger_id, drafts=again)
    assert len(statements) == 5, statements


def test_a_replay_costs_three_statements(session, ledger_id):
    draft = make.draft(Line(make.ISSUANCE, make.wallet(new_id()), 1))
    posting.post_one(session, ledger_id=ledger_id, draft=draft)
    with counted(session) as statements:
        posting.post_one(session, ledger_id=ledger_id, draft=draft)
    assert len(statements) == 3, statements


@pytest.mark.parametrize(
    ("ref", "change"),
    [(make.wallet(new_id()), (11, 0, 0, 0, 1)), (make.wallet(new_id()), (0, 0, 11, 0, 0))],
    ids=["spent", "held"],
)
def test_i4_the_update_itself_leaves_out_what_the_floor_forbids(session, ledger_id, ref, change):
    make.issue(session, ledger_id, ref.owner_id, 10)
    account_id = accounts.ensure(session, ledger_id=ledger_id, refs=[ref])[ref]
    dialect = dialect_of(session)
    bind = posting._moved.bind(dialect, [(account_id, *change)])
    parameters = {"in_ledger_id": ledger_id, "at": clock.now(), **bind}
    assert session.execute(posting._move_statement(dialect), parameters).all() == []


def test_i4_the_update_itself_leaves_out_what_the_ceiling_forbids(session, ledger_id):
    ref = make.receivable(new_id())
    account_id = accounts.ensure(session, ledger_id=ledger_id, refs=[ref])[ref]
    dialect = dialect_of(session)
    bind = posting._moved.bind(dialect, [(account_id, 0, 1, 0, 0, 1)])
    parameters = {"in_ledger_id": ledger_id, "at": clock.now(), **bind}
    assert session.execute(posting._move_statement(dialect), parameters).all() == []
