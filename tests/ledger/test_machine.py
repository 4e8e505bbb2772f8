"""The ledger against a plain dictionary: whatever the order of events, both agree.

The model knows balances, holds and keys as a person with a pencil would; it shares
no code with the ledger. Each example lives in a book of its own.
"""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.base import clock
from app.base.actors import SYSTEM
from app.base.errors import IdempotencyMismatch
from app.base.ids import new_id
from app.base.transactions import attempt
from app.ledger import holds, posting, proof, reversals
from app.ledger.accounts import ref_of
from app.ledger.drafts import Line
from app.ledger.errors import AlreadyReversed, HoldAlreadyResolved, InsufficientPoints
from app.ledger.tables import ACCOUNT
from tests.factories import ledger as make

pytestmark = pytest.mark.slow

MEMBERS = st.integers(0, 2)
AMOUNTS = st.integers(1, 12)
STEP, HOLD_LASTS = timedelta(minutes=1), timedelta(hours=2)


class LedgerMachine(RuleBasedStateMachine):
    """Posts, replays, holds and reverses; after each step both sides are compared."""

    session = None
    journals = Bundle("journals")
    open_holds = Bundle("open_holds")
    ended_holds = Bundle("ended_holds")

    def __init__(self):
        super().__init__()
        self.ledger_id = make.open_book(self.session)
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.wallets = [make.wallet(new_id()) for _ in range(3)]
        self.shop = make.shop(new_id())
        self.posted, self.held = {}, {}
        self.reversed, self.hold_of, self.due = set(), {}, {}

    def at(self):
        self.now += STEP
        return clock.held_at(self.now)

    def move(self, debit, credit, amount):
        self.posted[debit] = self.posted.get(debit, 0) - amount
        self.posted[credit] = self.posted.get(credit, 0) + amount

    def keep(self, debit, amount):
        self.held[debit] = self.held.get(debit, 0) + amount

    def free(self, ref):
        return self.posted.get(ref, 0) - self.held.get(ref, 0)

    def post(self, draft):
        with self.at():
            return posting.post_one(self.session, ledger_id=self.ledger_id, draft=draft)

    def refused(self, refusal, draft):
        with pytest.raises(refusal) as caught, attempt(self.session):
            self.post(draft)
        return caught.value

    @rule(target=journals, member=MEMBERS, amount=AMOUNTS)
    def earn(self, member, amount):
        draft = make.draft(Line(make.ISSUANCE, self.wallets[member], amount))
        journal_id = self.post(draft)
        self.move(make.ISSUANCE, self.wallets[member], amount)
        return journal_id, draft

    @rule(target=journals, member=MEMBERS, amount=AMOUNTS)
    def spend(self, member, amount):
        wallet = self.wallets[member]
        draft = make.draft(Line(wallet, self.shop, amount), kind="redemption")
        if amount > self.free(wallet):
            short = self.refused(InsufficientPoints, draft).facts["short_points"]
            assert short == amount - self.free(wallet)
            return multiple()
        journal_id = self.post(draft)
        self.move(wallet, self.shop, amount)
        return journal_id, draft

    @rule(target=journals, giver=MEMBERS, taker=MEMBERS, amount=AMOUNTS)
    def batch_with_a_duplicate(self, giver, taker, amount):
        """Earn, hand on, and the first once more, as one batch."""
        earned = make.draft(Line(make.ISSUANCE, self.wallets[giver], amount))
        drafts = [earned]
        if giver != taker:
            drafts.append(make.draft(Line(self.wallets[giver], self.wallets[taker], amount)))
        with self.at():
            ids = posting.post(self.session, ledger_id=self.ledger_id, drafts=[*drafts, earned])
        assert ids[-1] == ids[0]
        for draft in drafts:
            self.move(draft.lines[0].debit, draft.lines[0].credit, amount)
        return multiple(*zip(ids, drafts, strict=False))

    @rule(journal=journals)
    def replay(self, journal):
        journal_id, draft = journal
        assert self.post(draft) == journal_id

    @rule(journal=journals)
    def replay_with_other_content(self, journal):
        _, draft = journal
        [line] = draft.lines
        other = make.draft(
            Line(line.debit, line.credit, line.amount + 1), key=draft.key, kind=draft.kind
        )
        self.refused(IdempotencyMismatch, other)

    @rule(journal=journals)
    def reverse(self, journal):
        journal_id, draft = journal
        [line] = draft.lines

        def back():
            with self.at():
                reversals.reverse(
                    self.session, ledger_id=self.ledger_id, journal_id=journal_id,
                    key=f"back:{self.now}", kind="reversal", actor=SYSTEM,
                )  # fmt: skip

        if journal_id in self.reversed:
            with pytest.raises(AlreadyReversed), attempt(self.session):
                back()
        elif line.credit.is_bounded and self.free(line.credit) < line.amount:
            with pytest.raises(InsufficientPoints), attempt(self.session):
                back()
        else:
            back()
            self.reversed.add(journal_id)
            self.move(line.credit, line.debit, line.amount)

    @rule(target=open_holds, member=MEMBERS, amount=AMOUNTS)
    def hold(self, member, amount):
        wallet = self.wallets[member]
        draft = make.draft(Line(wallet, self.shop, amount))
        if amount > self.free(wallet):
            with pytest.raises(InsufficientPoints), attempt(self.session):
                holds.place(self.session, ledger_id=self.ledger_id, draft=draft)
            return multiple()
        due = self.now + HOLD_LASTS
        with self.at():
            journal_id = holds.place(
                self.session, ledger_id=self.ledger_id, draft=draft, expires_at=due
            )
        self.keep(wallet, amount)
        self.hold_of[journal_id], self.due[journal_id] = (wallet, amount), due
        return journal_id

    def end(self, verb, journal_id, **more):
        with self.at():
            verb(
                self.session, ledger_id=self.ledger_id, journal_id=journal_id,
                key=f"end:{self.now}", kind="end", actor=SYSTEM, **more,
            )  # fmt: skip

    @rule(target=ended_holds, journal_id=consumes(open_holds), part=st.integers(1, 12))
    def capture(self, journal_id, part):
        if journal_id not in self.hold_of:  # it lapsed
            return journal_id
        wallet, amount = self.hold_of[journal_id]
        taken = min(part, amount)
        if self.now + STEP >= self.due[journal_id]:
            with pytest.raises(HoldAlreadyResolved), attempt(self.session):
                self.end(holds.capture, journal_id, amount=taken)
            self.end(holds.void, journal_id)
        else:
            self.end(holds.capture, journal_id, amount=taken)
            self.move(wallet, self.shop, taken)
        del self.hold_of[journal_id]
        self.keep(wallet, -amount)
        return journal_id

    @rule(target=ended_holds, journal_id=consumes(open_holds))
    def void(self, journal_id):
        if journal_id in self.hold_of:
            self.end(holds.void, journal_id)
            wallet, amount = self.hold_of.pop(journal_id)
            self.keep(wallet, -amount)
        return journal_id

    @rule(journal_id=ended_holds, verb=st.sampled_from([holds.capture, holds.void]))
    def end_twice(self, journal_id, verb):
        with pytest.raises(HoldAlreadyResolved), attempt(self.session):
            self.end(verb, journal_id)

    @rule(hours=st.integers(1, 3))
    def let_time_pass_and_expire(self, hours):
        self.now += timedelta(hours=hours)
        with self.at():
            count = holds.expire_due(self.session, ledger_id=self.ledger_id)
        lapsed = [hold for hold in self.hold_of if self.due[hold] <= self.now]
        assert count == len(lapsed)
        for journal_id in lapsed:
            wallet, amount = self.hold_of.pop(journal_id)
            self.keep(wallet, -amount)

    @invariant()
    def both_sides_agree(self):
        query = sa.select(ACCOUNT).where(ACCOUNT.c.ledger_id == self.ledger_id)
        rows = self.session.execute(query).all()
        posted = {ref_of(row): row.credits_posted - row.debits_posted for row in rows}
        held = {ref_of(row): row.debits_pending for row in rows}
        assert {ref: n for ref, n in posted.items() if n} == {
            ref: n for ref, n in self.posted.items() if n
        }
        assert {ref: n for ref, n in held.items() if n} == {
            ref: n for ref, n in self.held.items() if n
        }
        assert sum(posted.values()) == 0

    def teardown(self):
        found = proof.checks(self.session, ledger_id=self.ledger_id)
        assert [check for check in found if not check.is_ok] == []


def test_the_ledger_agrees_with_a_dictionary(session):
    machine = type("Machine", (LedgerMachine,), {"session": session})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
