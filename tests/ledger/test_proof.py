"""The daily proof: clean on a book that lived, and each kind of damage has its check."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import books, holds, proof, reversals
from app.ledger.drafts import Line
from app.ledger.errors import LedgerReadOnly
from app.ledger.models import Proof
from app.ledger.proof import Check
from app.ledger.tables import ACCOUNT, ENTRY, JOURNAL, TRANSFER
from tests.factories import ledger as make
from tests.ledger import damage
from tests.ledger.statements_counted import counted

NAMES = [
    "legs_balance", "trial_zero", "balance_equals_entries", "floors", "outstanding", "chain",
    "opening_equals_closing", "append_only_guards", "orphans",
]  # fmt: skip
MORNING = datetime(2026, 3, 2, 0, tzinfo=UTC)
AUDITOR = Actor(new_id())


class Lived:
    """A book in which everything happened once."""

    def __init__(self, session):
        self.session = session
        self.ledger_id = make.open_book(session)
        self.li, self.wang, self.shop = new_id(), new_id(), make.shop(new_id())
        with clock.held_at(MORNING):
            self._live()
        session.commit()

    def _live(self):
        session, ledger_id = self.session, self.ledger_id
        li, wang, shop = make.wallet(self.li), make.wallet(self.wang), self.shop
        make.post(
            session,
            ledger_id,
            Line(make.ISSUANCE_MINUTES, make.hours(self.li), 180),
            Line(make.ISSUANCE, li, 30),
        )
        make.post(session, ledger_id, Line(make.OPENING, wang, 50), kind="opening")
        spent = make.post(session, ledger_id, Line(li, shop, 12), kind="redemption")
        make.post(session, ledger_id, Line(wang, shop, 20), kind="redemption")
        reversals.reverse(
            session, ledger_id=ledger_id, journal_id=spent, key="b", kind="refund", actor=SYSTEM
        )
        make.post(session, ledger_id, Line(wang, make.escrow(new_id()), 4), kind="request")
        make.post(session, ledger_id, Line(make.receivable(self.wang), make.ISSUANCE, 3))
        make.post(session, ledger_id, Line(li, make.EXPIRED, 1), kind="expiry")
        for points in (5, 6):
            held = make.draft(Line(li, shop, points))
            last = holds.place(session, ledger_id=ledger_id, draft=held)
        holds.capture(
            session, ledger_id=ledger_id, journal_id=last, key="c", kind="capture", actor=SYSTEM
        )

    def account(self, ref):
        query = sa.select(ACCOUNT.c.id).where(
            ACCOUNT.c.ledger_id == self.ledger_id,
            ACCOUNT.c.kind == ref.kind,
            ACCOUNT.c.owner_id == ref.owner_id,
        )
        return self.session.execute(query).scalar_one()

    def change(self, ref, **values):
        """Change an account's row behind the ledger's back."""
        update = sa.update(ACCOUNT).where(
            ACCOUNT.c.ledger_id == self.ledger_id, ACCOUNT.c.id == self.account(ref)
        )
        self.session.execute(update.values(**values))

    def failing(self):
        found = proof.checks(self.session, ledger_id=self.ledger_id)
        assert [check.name for check in found] == NAMES
        return [check.name for check in found if not check.is_ok]

    def prove(self):
        found = proof.checks(self.session, ledger_id=self.ledger_id)
        return proof.record(self.session, ledger_id=self.ledger_id, checks=found)


@pytest.fixture
def book(session):
    return Lived(session)


def test_a_book_that_lived_is_in_order(book, session):
    assert book.failing() == []
    written = book.prove()
    assert (written.is_ok, written.run) == (True, 1)
    books.require_writable(session, ledger_id=book.ledger_id)


def test_totals_are_what_members_hold(book, session):
    # 30 + 50 earned or opened, 20 + 6 spent, 1 expired, 3 owed; escrow and holds are theirs
    assert proof.totals(session, ledger_id=book.ledger_id) == (180, 50)


def test_i3_issued_and_not_used_up_is_what_is_held(book, session):
    kinds = proof.by_kind(session, ledger_id=book.ledger_id)
    points = {kind: balance for (unit, kind), balance in kinds.items() if unit == "points"}
    issued = -points["issuance"] - points["opening"]
    used = points["shop"] + points["expired"]
    assert issued - used == points["wallet"] + points["escrow"] + points["receivable"] == 50


def swap_two_entries(book):
    """Two entries of a wallet point to each other's transfer."""
    query = (
        sa.select(ENTRY.c.seq, ENTRY.c.transfer_id)
        .where(ENTRY.c.ledger_id == book.ledger_id)
        .where(ENTRY.c.account_id == book.account(make.wallet(book.wang)))
        .order_by(ENTRY.c.seq)
    )
    one, other = book.session.execute(query).all()[:2]
    with damage.unguarded(book.session, "ledger_entry"):
        for seq, transfer_id in ((one.seq, other.transfer_id), (other.seq, one.transfer_id)):
            update = sa.update(ENTRY).where(
                ENTRY.c.ledger_id == book.ledger_id,
                ENTRY.c.account_id == book.account(make.wallet(book.wang)),
                ENTRY.c.seq == seq,
            )
            book.session.execute(update.values(transfer_id=transfer_id))


def count_points_as_minutes(book):
    book.change(book.shop, unit="minutes")


def move_a_point_between_wallets(book):
    more, less = ACCOUNT.c.credits_posted + 1, ACCOUNT.c.credits_posted - 1
    book.change(make.wallet(book.li), credits_posted=more)
    book.change(make.wallet(book.wang), credits_posted=less)


def forget_a_hold(book):
    book.change(make.wallet(book.li), debits_pending=0)


def take_the_floor_away(book):
    book.change(make.wallet(book.li), floor_amount=None)


def overdraw_a_wallet(book):
    """Spend below the floor and put the floor back: all sums agree, and still it is wrong."""
    book.change(make.wallet(book.wang), floor_amount=-100)
    make.post(book.session, book.ledger_id, Line(make.wallet(book.wang), book.shop, 60))
    condition = (
        "floor_amount IS NULL OR credits_posted - debits_posted - debits_pending >= floor_amount"
    )
    with damage.unchecked(
        book.session, "ledger_account", "ck_ledger_account_floor_kept", condition
    ):
        book.change(make.wallet(book.wang), floor_amount=0)


def hide_a_wallet(book):
    book.change(make.wallet(book.li), kind="hours_honorary")


def rewrite_a_running_balance(book):
    with damage.unguarded(book.session, "ledger_entry"):
        update = sa.update(ENTRY).where(
            ENTRY.c.ledger_id == book.ledger_id,
            ENTRY.c.account_id == book.account(make.wallet(book.wang)),
            ENTRY.c.seq == 1,
        )
        book.session.execute(update.values(balance_after=51))


def rewrite_a_closing(book):
    with clock.held_at(MORNING + timedelta(hours=1)):
        assert book.prove().is_ok
    update = sa.update(Proof).where(Proof.ledger_id == book.ledger_id)
    book.session.execute(update.values(closing_points=Proof.closing_points + 1))


def date_a_posting_later(book):
    """Yesterday's last grant is made to look like tomorrow's: no sum changes."""
    with clock.held_at(MORNING + timedelta(minutes=1)):
        journal_id = make.issue(book.session, book.ledger_id, new_id(), 9)
    with clock.held_at(MORNING + timedelta(hours=1)):
        assert book.prove().is_ok
    later = MORNING + timedelta(hours=2)
    own = sa.select(TRANSFER.c.id).where(
        TRANSFER.c.ledger_id == book.ledger_id, TRANSFER.c.journal_id == journal_id
    )
    with damage.unguarded(book.session, "ledger_entry"):
        update = sa.update(ENTRY).where(
            ENTRY.c.ledger_id == book.ledger_id, ENTRY.c.transfer_id.in_(own)
        )
        book.session.execute(update.values(posted_at=later))


def drop_a_guard(book):
    damage.drop_guard(book.session, "people_audit")


def write_an_empty_journal(book):
    now = clock.now()
    row = {
        "ledger_id": book.ledger_id, "id": new_id(), "key": "nothing", "content_hash": bytes(32),
        "kind": "grant", "source_id": new_id(), "actor_id": new_id(), "reason": "",
        "occurred_at": now, "posted_at": now,
    }  # fmt: skip
    book.session.execute(sa.insert(JOURNAL).values(row))


def write_an_entry_of_nothing(book):
    row = {
        "ledger_id": book.ledger_id, "account_id": new_id(), "seq": 1, "transfer_id": new_id(),
        "delta": 5, "balance_after": 5, "posted_at": clock.now(),
    }  # fmt: skip
    book.session.execute(sa.insert(ENTRY).values(row))


DAMAGES = [
    ("legs_balance", swap_two_entries),
    ("trial_zero", count_points_as_minutes),
    ("balance_equals_entries", move_a_point_between_wallets),
    ("balance_equals_entries", forget_a_hold),
    ("floors", take_the_floor_away),
    ("floors", overdraw_a_wallet),
    ("outstanding", hide_a_wallet),
    ("chain", rewrite_a_running_balance),
    ("opening_equals_closing", rewrite_a_closing),
    ("opening_equals_closing", date_a_posting_later),
    ("append_only_guards", drop_a_guard),
    ("orphans", write_an_empty_journal),
    ("orphans", write_an_entry_of_nothing),
]


def test_every_check_has_its_damage():
    assert {name for name, _ in DAMAGES} == set(NAMES)


@pytest.mark.parametrize(
    ("name", "do_damage"), DAMAGES, ids=[f"{name}-{do.__name__}" for name, do in DAMAGES]
)
def test_damage_is_found_by_its_own_check_and_stops_the_book(book, session, name, do_damage):
    do_damage(book)
    assert book.failing() == [name]
    written = book.prove()
    assert not written.is_ok
    stopped = books.get(session, book.ledger_id)
    assert stopped.read_only_at is not None
    assert name in stopped.read_only_reason
    before = make.everything(session, book.ledger_id)
    with pytest.raises(LedgerReadOnly), attempt(session):
        make.issue(session, book.ledger_id, new_id(), 1)
    assert make.everything(session, book.ledger_id) == before


def test_a_changed_amount_does_not_stay_hidden(book, session):
    with damage.unguarded(session, "ledger_transfer"):
        update = sa.update(TRANSFER).where(
            TRANSFER.c.ledger_id == book.ledger_id, TRANSFER.c.unit == "minutes"
        )
        session.execute(update.values(amount=TRANSFER.c.amount + 60))
    assert book.failing() == ["legs_balance", "outstanding"]


def test_a_deleted_entry_does_not_stay_hidden(book, session):
    with damage.unguarded(session, "ledger_entry"):
        delete = sa.delete(ENTRY).where(
            ENTRY.c.ledger_id == book.ledger_id,
            ENTRY.c.account_id == book.account(make.wallet(book.wang)),
            ENTRY.c.seq == 2,
        )
        session.execute(delete)
    assert book.failing() == ["legs_balance", "balance_equals_entries", "chain"]


def test_damage_in_one_book_stops_only_that_book(book, session):
    other = Lived(session)
    take_the_floor_away(book)
    assert other.failing() == []
    assert other.prove().is_ok


def test_a_check_names_what_offends_it(book, session):
    take_the_floor_away(book)
    account_id = book.account(make.wallet(book.li))
    found = {c.name: c for c in proof.checks(session, ledger_id=book.ledger_id)}
    assert found["floors"] == Check("floors", False, f"1: {account_id}")


def test_runs_of_one_day_are_numbered(book):
    with clock.held_at(MORNING):
        assert [book.prove().run for _ in range(3)] == [1, 2, 3]
    with clock.held_at(MORNING + timedelta(days=1)):
        assert book.prove().run == 1


def test_proofs_are_listed_latest_first(book):
    for _ in range(3):
        proof.record(book.session, ledger_id=book.ledger_id, checks=[Check("floors", True, "")])
    found = proof.history(book.session, ledger_id=book.ledger_id, limit=2)
    assert [each.run for each in found] == sorted((each.run for each in found), reverse=True)
    assert len(found) == 2


def test_a_closing_leaves_out_what_may_still_be_under_way(book, session):
    with clock.held_at(MORNING + timedelta(hours=1)):
        make.issue(session, book.ledger_id, new_id(), 9)
        assert book.prove().closing_points == 50
        assert book.failing() == []
    with clock.held_at(MORNING + timedelta(hours=2)):
        assert book.prove().closing_points == 59


def test_damage_is_not_forgiven_by_the_next_proof(book):
    rewrite_a_closing(book)
    for _ in range(2):
        written = book.prove()
        assert [c["name"] for c in written.checks if not c["is_ok"]] == ["opening_equals_closing"]


def test_checks_of_upper_rooms_stop_the_book_too(book, session):
    own = proof.checks(session, ledger_id=book.ledger_id)
    checks = [*own, Check("redemption_has_stock", False, "R1")]
    written = proof.record(session, ledger_id=book.ledger_id, checks=checks)
    assert not written.is_ok
    assert written.checks[-1] == {"name": "redemption_has_stock", "is_ok": False, "detail": "R1"}
    with pytest.raises(LedgerReadOnly):
        books.require_writable(session, ledger_id=book.ledger_id)


def test_a_proof_without_checks_is_no_proof(book, session):
    with pytest.raises(ValueError, match="checks"):
        proof.record(session, ledger_id=book.ledger_id, checks=[])


def test_a_repaired_book_is_proved_and_then_reopened(book, session):
    def reopen():
        return proof.reopen(session, ledger_id=book.ledger_id, actor=AUDITOR, reason="已修复")

    take_the_floor_away(book)
    book.prove()
    with pytest.raises(LedgerReadOnly), attempt(session):
        reopen()
    book.change(make.wallet(book.li), floor_amount=0)
    with pytest.raises(LedgerReadOnly), attempt(session):
        reopen()
    assert book.prove().is_ok
    with pytest.raises(LedgerReadOnly):  # an ok proof does not lift it by itself
        books.require_writable(session, ledger_id=book.ledger_id)
    assert reopen().read_only_reason is None
    make.issue(session, book.ledger_id, new_id(), 1)
    assert book.failing() == []


def test_the_first_reason_of_a_stop_is_kept(book, session):
    take_the_floor_away(book)
    book.prove()
    forget_a_hold(book)
    book.prove()
    assert books.get(session, book.ledger_id).read_only_reason.endswith("/1: floors")


def test_only_a_person_with_a_reason_reopens_a_book(book, session):
    for actor, reason in ((SYSTEM, "x"), (AUDITOR, " ")):
        with pytest.raises(ValidationFailed):
            proof.reopen(session, ledger_id=book.ledger_id, actor=actor, reason=reason)


def test_reopening_an_open_book_changes_nothing(book, session):
    before = make.everything(session, book.ledger_id)
    proof.reopen(session, ledger_id=book.ledger_id, actor=AUDITOR, reason="x")
    assert make.everything(session, book.ledger_id) == before


def test_a_book_that_does_not_exist_is_not_proved(session):
    with pytest.raises(NotFound):
        proof.record(session, ledger_id=404, checks=[Check("x", True)])


def test_i5_posted_rows_are_neither_changed_nor_deleted(book, session):
    for table in (JOURNAL, TRANSFER, ENTRY):
        own = table.c.ledger_id == book.ledger_id
        for statement in (
            sa.update(table).where(own).values(posted_at=clock.now()),
            sa.delete(table).where(own),
        ):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
                session.execute(statement)


def test_the_proof_costs_the_same_whatever_the_books_size(book, session):
    with counted(session) as small:
        book.failing()
    for _ in range(30):
        make.issue(session, book.ledger_id, new_id(), 1)
    with counted(session) as large:
        book.failing()
    assert len(small) == len(large) <= 12
