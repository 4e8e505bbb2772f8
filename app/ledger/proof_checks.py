"""The sums of the daily proof: each check is one statement, so it sees one moment.

Every check lists what offends it. They are independent: damage of one kind is
found by its own check, which is how people see what happened.
"""

from typing import Any

import sqlalchemy as sa

from app.ledger.accounts import HOURS, KINDS_OF_UNIT, UNBOUNDED
from app.ledger.drafts import MOVING
from app.ledger.lines import IS_PENDING
from app.ledger.tables import ACCOUNT, ENTRY, JOURNAL, TRANSFER

BOOK: sa.BindParameter[int] = sa.bindparam("in_ledger_id")
HELD_KINDS = {unit: sorted(kinds - UNBOUNDED) for unit, kinds in KINDS_OF_UNIT.items()}
MEMBERS_KINDS = {
    "minutes": list(HOURS),
    "points": ["wallet", "household", "escrow", "receivable"],
}

_balance = ACCOUNT.c.credits_posted - ACCOUNT.c.debits_posted


def _sum(value: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(value), 0)


def legs_balance() -> Any:
    """Transfers whose entries are not exactly its two legs (I1)."""
    e, t = ENTRY.c, TRANSFER.c
    is_leg = sa.or_(
        sa.and_(e.account_id == t.debit_account_id, e.delta == -t.amount),
        sa.and_(e.account_id == t.credit_account_id, e.delta == t.amount),
    )
    legs = (
        sa.select(
            e.transfer_id,
            sa.func.count().label("entries"),
            sa.func.sum(sa.case((is_leg, 1), else_=0)).label("legs"),
            sa.func.sum(e.delta).label("sum"),
        )
        .join_from(ENTRY, TRANSFER, sa.and_(t.ledger_id == BOOK, t.id == e.transfer_id))
        .where(e.ledger_id == BOOK)
        .group_by(e.transfer_id)
        .subquery("legs")
    )
    return (
        sa.select(t.id)
        .join_from(TRANSFER, legs, legs.c.transfer_id == t.id, isouter=True)
        .where(
            t.ledger_id == BOOK,
            sa.or_(
                sa.func.coalesce(legs.c.entries, 0) != sa.case((t.phase.in_(MOVING), 2), else_=0),
                legs.c.legs != legs.c.entries,
                legs.c.sum != 0,
            ),
        )
    )


def trial_zero() -> Any:
    """Units whose balances do not add up to 0 over all accounts (I2)."""
    return (
        sa.select(ACCOUNT.c.unit.label("id"))
        .where(ACCOUNT.c.ledger_id == BOOK)
        .group_by(ACCOUNT.c.unit)
        .having(sa.func.sum(_balance) != 0)
    )


def balance_equals_entries() -> Any:
    """Accounts whose counters are not the sums of their entries and open holds (I7)."""
    a, e = ACCOUNT.c, ENTRY.c
    posted = (
        sa.select(
            e.account_id,
            sa.func.sum(sa.case((e.delta > 0, e.delta), else_=0)).label("credits"),
            sa.func.sum(sa.case((e.delta < 0, -e.delta), else_=0)).label("debits"),
            sa.func.count().label("entries"),
        )
        .where(e.ledger_id == BOOK)
        .group_by(e.account_id)
        .subquery("posted")
    )
    out, into = _held("debit_account_id"), _held("credit_account_id")
    pairs = (
        (a.credits_posted, posted.c.credits),
        (a.debits_posted, posted.c.debits),
        (a.entry_count, posted.c.entries),
        (a.debits_pending, out.c.amount),
        (a.credits_pending, into.c.amount),
    )
    return (
        sa.select(a.id)
        .join_from(ACCOUNT, posted, posted.c.account_id == a.id, isouter=True)
        .join(out, out.c.account_id == a.id, isouter=True)
        .join(into, into.c.account_id == a.id, isouter=True)
        .where(
            a.ledger_id == BOOK,
            sa.or_(*(counter != sa.func.coalesce(found, 0) for counter, found in pairs)),
        )
    )


def _held(side: str) -> Any:
    """Sums of open holds per account on one side."""
    resolver = TRANSFER.alias("resolver")
    ended = sa.exists().where(resolver.c.ledger_id == BOOK, resolver.c.pending_id == TRANSFER.c.id)
    account_id = TRANSFER.c[side].label("account_id")
    return (
        sa.select(account_id, sa.func.sum(TRANSFER.c.amount).label("amount"))
        .where(TRANSFER.c.ledger_id == BOOK, IS_PENDING, ~ended)
        .group_by(TRANSFER.c[side])
        .subquery(f"held_{side}")
    )


def floors() -> Any:
    """Accounts outside their bounds, or with other bounds than their kind's (I4)."""
    a = ACCOUNT.c
    floor, ceiling = a.floor_amount, a.ceiling_amount
    is_debt, is_open = a.kind == "receivable", a.kind.in_(sorted(UNBOUNDED))
    return sa.select(a.id).where(
        a.ledger_id == BOOK,
        sa.or_(
            _balance - a.debits_pending < floor,
            _balance + a.credits_pending > ceiling,
            sa.and_(is_open, sa.or_(floor.is_not(None), ceiling.is_not(None))),
            sa.and_(is_debt, sa.or_(floor.is_not(None), sa.func.coalesce(ceiling, 1) != 0)),
            sa.and_(
                ~is_open,
                ~is_debt,
                sa.or_(sa.func.coalesce(floor, 1) != 0, ceiling.is_not(None)),
            ),
        ),
    )


def outstanding() -> Any:
    """Units in which what was issued and not used up is not what is held (I3).

    What left the control accounts (issued, opened, less redeemed, expired and
    cleared) is taken from the transfers; what is held (wallets, hours, households,
    escrow, the pool, less receivables) from the balances.
    """
    debited, credited = ACCOUNT.alias("debited"), ACCOUNT.alias("credited")
    control = sorted(UNBOUNDED)
    left = sa.case((debited.c.kind.in_(control), TRANSFER.c.amount), else_=0)
    came_back = sa.case((credited.c.kind.in_(control), TRANSFER.c.amount), else_=0)
    flows = (
        sa.select(TRANSFER.c.unit, sa.func.sum(left - came_back).label("amount"))
        .join_from(TRANSFER, debited, debited.c.id == TRANSFER.c.debit_account_id)
        .join(credited, credited.c.id == TRANSFER.c.credit_account_id)
        .where(*(table.c.ledger_id == BOOK for table in (TRANSFER, debited, credited)))
        .where(TRANSFER.c.phase.in_(MOVING))
        .group_by(TRANSFER.c.unit)
    )
    held = (
        sa.select(ACCOUNT.c.unit, -sa.func.sum(_balance))
        .where(ACCOUNT.c.ledger_id == BOOK, _is_of(HELD_KINDS))
        .group_by(ACCOUNT.c.unit)
    )
    both = flows.union_all(held).subquery("both_sides")
    return (
        sa.select(both.c.unit.label("id"))
        .group_by(both.c.unit)
        .having(sa.func.sum(both.c.amount) != 0)
    )


def _is_of(kinds_of_unit: dict[str, list[str]]) -> sa.ColumnElement[bool]:
    return sa.or_(
        *(
            sa.and_(ACCOUNT.c.unit == unit, ACCOUNT.c.kind.in_(kinds))
            for unit, kinds in kinds_of_unit.items()
        )
    )


def chain() -> Any:
    """Accounts whose entries have a gap, a broken running balance, or go back in time."""
    e = ENTRY.c

    def before(column: Any) -> Any:
        return sa.func.lag(column).over(partition_by=e.account_id, order_by=e.seq)

    links = (
        sa.select(
            e.account_id,
            (e.seq - sa.func.coalesce(before(e.seq), 0)).label("step"),
            (e.balance_after - e.delta - sa.func.coalesce(before(e.balance_after), 0)).label("gap"),
            (e.posted_at < before(e.posted_at)).label("is_back"),
        )
        .where(e.ledger_id == BOOK)
        .subquery("links")
    )
    is_broken = sa.or_(links.c.step != 1, links.c.gap != 0, links.c.is_back)
    return sa.select(links.c.account_id.label("id")).where(is_broken).distinct()


def orphans() -> Any:
    """Journals without lines, and lines and entries that belong to nothing."""
    pending, reversed_ = TRANSFER.alias("pending"), JOURNAL.alias("reversed")
    j, t, e = JOURNAL.c, TRANSFER.c, ENTRY.c
    lost_transfer = sa.or_(
        ~_exists(JOURNAL, j.id == t.journal_id),
        ~_exists(ACCOUNT, ACCOUNT.c.id == t.debit_account_id),
        ~_exists(ACCOUNT, ACCOUNT.c.id == t.credit_account_id),
        sa.and_(t.pending_id.is_not(None), ~_exists(pending, pending.c.id == t.pending_id)),
    )
    lost_entry = sa.or_(
        ~_exists(TRANSFER, t.id == e.transfer_id), ~_exists(ACCOUNT, ACCOUNT.c.id == e.account_id)
    )
    lost_journal = sa.or_(
        ~_exists(TRANSFER, t.journal_id == j.id),
        sa.and_(j.reverses_id.is_not(None), ~_exists(reversed_, reversed_.c.id == j.reverses_id)),
    )
    return sa.union_all(
        sa.select(t.id).where(t.ledger_id == BOOK, lost_transfer),
        sa.select(e.transfer_id).where(e.ledger_id == BOOK, lost_entry),
        sa.select(j.id).where(j.ledger_id == BOOK, lost_journal),
    )


def _exists(table: Any, condition: sa.ColumnElement[bool]) -> Any:
    return sa.exists().where(table.c.ledger_id == BOOK, condition).select_from(table)


def totals_now() -> Any:
    """What members hold per unit, by the counters."""
    return (
        sa.select(ACCOUNT.c.unit, _sum(_balance))
        .where(ACCOUNT.c.ledger_id == BOOK, _is_of(MEMBERS_KINDS))
        .group_by(ACCOUNT.c.unit)
    )


def totals_at(instant: Any) -> Any:
    """What members held per unit at an instant, by the entries."""
    return (
        sa.select(ACCOUNT.c.unit, _sum(ENTRY.c.delta))
        .join_from(ENTRY, ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
        .where(
            ACCOUNT.c.ledger_id == BOOK,
            ENTRY.c.ledger_id == BOOK,
            _is_of(MEMBERS_KINDS),
            ENTRY.c.posted_at <= instant,
        )
        .group_by(ACCOUNT.c.unit)
    )


def balances_by_kind() -> Any:
    """The trial balance: unit, kind, balance."""
    return (
        sa.select(ACCOUNT.c.unit, ACCOUNT.c.kind, sa.func.sum(_balance).label("balance"))
        .where(ACCOUNT.c.ledger_id == BOOK)
        .group_by(ACCOUNT.c.unit, ACCOUNT.c.kind)
        .order_by(ACCOUNT.c.unit, ACCOUNT.c.kind)
    )
