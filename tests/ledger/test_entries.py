"""What every posting writes, and what the database itself refuses to hold (D2, D8)."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.ledger.posting import Line
from app.ledger.tables import ACCOUNT, ENTRY, JOURNAL, TRANSFER
from tests.factories import ledger as make

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def posted(session, ledger_id):
    """One journal of two units, by a helper for somebody else."""
    li, cause = new_id(), new_id()
    actor = Actor(new_id(), on_behalf_id=new_id())
    with clock.held_at(MORNING):
        journal_id = make.post(
            session,
            ledger_id,
            Line(make.ISSUANCE_MINUTES, make.hours(li), 120),
            Line(make.ISSUANCE, make.wallet(li), 2),
            actor=actor,
            reason="健康义诊",
            source_id=cause,
        )
    session.commit()
    return {"journal_id": journal_id, "actor": actor, "source_id": cause}


def test_d2_every_journal_has_two_entries_a_transfer_that_add_up_to_nothing_per_unit(
    session, ledger_id, posted
):
    rows = session.execute(
        sa.select(
            TRANSFER.c.journal_id, TRANSFER.c.unit, sa.func.count(), sa.func.sum(ENTRY.c.delta)
        )
        .join(ENTRY, sa.and_(ENTRY.c.ledger_id == ledger_id, ENTRY.c.transfer_id == TRANSFER.c.id))
        .where(TRANSFER.c.ledger_id == ledger_id)
        .group_by(TRANSFER.c.journal_id, TRANSFER.c.unit)
    ).all()

    assert sorted((row[1], row[2], int(row[3])) for row in rows) == [
        ("minutes", 2, 0),
        ("points", 2, 0),
    ]


@pytest.mark.parametrize("table", [JOURNAL, TRANSFER, ENTRY], ids=str)
@pytest.mark.parametrize("change", [sa.update, sa.delete], ids=["update", "delete"])
def test_d3_the_database_itself_neither_changes_nor_deletes_a_posted_row(
    session, ledger_id, posted, table, change
):
    def rows():
        mine = sa.select(table).where(table.c.ledger_id == ledger_id)
        return sorted(map(repr, session.execute(mine)))

    before = rows()
    statement = change(table).where(table.c.ledger_id == ledger_id)
    if change is sa.update:
        statement = statement.values(posted_at=MORNING)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), session.begin_nested():
        session.execute(statement)
    assert rows() == before != []


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -5},
        {"credit_account_id": TRANSFER.c.debit_account_id},
        {"amount": None},
    ],
    ids=["nothing", "less_than_nothing", "to_itself", "no_amount"],
)
def test_d2_the_database_itself_refuses_a_transfer_that_is_none(session, ledger_id, posted, change):
    """Not even with SQL: a copy of a good row, changed in one thing."""
    values = {column.name: column for column in TRANSFER.c}
    values |= {"id": sa.literal(new_id(), TRANSFER.c.id.type), "line": TRANSFER.c.line + 10}
    values |= {name: sa.null() if value is None else value for name, value in change.items()}
    copied = sa.select(*values.values()).where(TRANSFER.c.ledger_id == ledger_id).limit(1)
    before = make.everything(session, ledger_id)

    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.insert(TRANSFER).from_select(list(values), copied))

    assert make.everything(session, ledger_id) == before


def test_d8_every_entry_says_who_for_whom_why_from_what_and_when(session, ledger_id, posted):
    rows = session.execute(
        sa.select(ENTRY, JOURNAL, ACCOUNT.c.kind)
        .join(TRANSFER, TRANSFER.c.id == ENTRY.c.transfer_id)
        .join(JOURNAL, JOURNAL.c.id == TRANSFER.c.journal_id)
        .join(ACCOUNT, ACCOUNT.c.id == ENTRY.c.account_id)
        .where(*(t.c.ledger_id == ledger_id for t in (ENTRY, TRANSFER, JOURNAL, ACCOUNT)))
    ).all()

    assert len(rows) == 4
    for row in rows:
        assert row.actor_id == posted["actor"].person_id
        assert row.on_behalf_id == posted["actor"].on_behalf_id
        assert (row.reason, row.source_id) == ("健康义诊", posted["source_id"])
        assert row.posted_at == MORNING


def test_d8_the_instant_is_the_servers_and_shown_in_shanghai(session, ledger_id, posted):
    written = session.execute(
        sa.select(JOURNAL.c.posted_at).where(JOURNAL.c.ledger_id == ledger_id)
    ).scalar_one()

    assert written.utcoffset() is not None
    assert written.astimezone(clock.SHANGHAI).hour == 9
