"""The statement guard refuses what Citus would refuse or misread, and nothing else."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.base.db import Base
from app.base.ids import NOBODY
from app.base.models import Serial
from app.ledger.models import Account, Book, Entry
from tests.conftest import open_engine
from tests.guard import UnscopedStatement, watch

LEDGER = 1
other = aliased(Account)
inner = sa.select(Account.ledger_id, Account.id).where(Account.ledger_id == LEDGER).subquery()
chain = sa.select(Account.id, Account.ledger_id).cte("chain", recursive=True)

ALLOWED = {
    "reference table": sa.select(Book),
    "key by value": sa.select(Account.id).where(Account.ledger_id == LEDGER),
    "key among values": sa.select(Account.id).where(Account.ledger_id.in_([LEDGER])),
    "join on the key": sa.select(Entry)
    .join(Account, sa.and_(Entry.ledger_id == Account.ledger_id, Entry.account_id == Account.id))
    .where(Entry.ledger_id == LEDGER),
    "join written in WHERE": sa.select(Entry.seq, other.id).where(
        Entry.ledger_id == LEDGER, other.ledger_id == Entry.ledger_id
    ),
    "join with a scoped subquery": sa.select(Entry.seq)
    .join(inner, inner.c.ledger_id == Entry.ledger_id)
    .where(Entry.account_id == inner.c.id),
    "correlated EXISTS": sa.select(Account.id).where(
        Account.ledger_id == LEDGER,
        sa.exists().where(Entry.ledger_id == Account.ledger_id, Entry.account_id == Account.id),
    ),
    "reference table joined": sa.select(Account.id)
    .join(Book, Book.id == Account.ledger_id)
    .where(Book.id == LEDGER),
    "union of scoped reads": sa.union_all(
        sa.select(Account.id).where(Account.ledger_id == LEDGER),
        sa.select(Entry.account_id).where(Entry.ledger_id == LEDGER),
    ),
    "update of one book": sa.update(Account)
    .where(Account.ledger_id == LEDGER)
    .values(entry_count=sa.case((Account.id == NOBODY, 1), else_=Account.entry_count)),
    "delete in one book": sa.delete(Entry).where(Entry.ledger_id == LEDGER),
    "named as a report": sa.select(sa.func.count())
    .select_from(Account)
    .execution_options(cross_ledger=True),
}

REFUSED = {
    "no condition": sa.select(Account.id),
    "another column": sa.select(Account.id).where(Account.id == NOBODY),
    "key in an inequality": sa.select(Account.id).where(Account.ledger_id > LEDGER),
    "key under OR": sa.select(Account.id).where(
        sa.or_(Account.ledger_id == LEDGER, Account.id == NOBODY)
    ),
    "key negated": sa.select(Account.id).where(~(Account.ledger_id == LEDGER)),
    "second table without its key": sa.select(Entry.seq)
    .join(Account, Entry.account_id == Account.id)
    .where(Entry.ledger_id == LEDGER),
    "alias without its key": sa.select(Account.id, other.id).where(Account.ledger_id == LEDGER),
    "joined by key to nothing fixed": sa.select(Entry.seq).join(
        Account, Entry.ledger_id == Account.ledger_id
    ),
    "subquery that reads all": sa.select(Book.id).where(Book.id.in_(sa.select(Account.ledger_id))),
    "half of a union": sa.union_all(
        sa.select(Account.id).where(Account.ledger_id == LEDGER), sa.select(Entry.account_id)
    ),
    "recursive CTE": sa.select(chain.c.id).where(chain.c.ledger_id == LEDGER),
    "update everywhere": sa.update(Account).values(entry_count=0),
    "update of the key": sa.update(Account).where(Account.ledger_id == LEDGER).values(ledger_id=2),
    "simple CASE": sa.update(Account)
    .where(Account.ledger_id == LEDGER)
    .values(entry_count=sa.case({NOBODY: 1}, value=Account.id, else_=0)),
    "delete everywhere": sa.delete(Entry),
    "insert from everywhere": sa.insert(Book).from_select(["id"], sa.select(Account.ledger_id)),
    "merge as text": sa.text("MERGE INTO ledger_account USING x ON true WHEN MATCHED THEN DELETE"),
    "advisory lock": sa.text("SELECT pg_advisory_xact_lock(1)"),
}


@pytest.fixture(scope="module")
def connection():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    watch(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", ALLOWED)
def test_the_guard_lets_a_scoped_statement_pass(connection, name):
    connection.execute(ALLOWED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_the_guard_refuses(connection, name):
    with pytest.raises(UnscopedStatement):
        connection.execute(REFUSED[name])


def test_rows_that_carry_their_key_may_be_inserted(session):
    row = {"ledger_id": LEDGER, "name": "serial", "next_value": 1}

    session.execute(sa.insert(Serial), [row])

    query = sa.select(Serial.next_value).where(Serial.ledger_id == LEDGER)
    assert session.execute(query).scalar_one() == 1


def test_every_session_of_a_test_is_guarded(session):
    assert session.get(Account, (LEDGER, NOBODY)) is None
    with pytest.raises(UnscopedStatement):
        session.execute(sa.select(Account))


def test_on_sqlite_rows_come_backwards_unless_an_order_is_asked(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE row (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO row VALUES (1), (2), (3)")
        read = [
            list(connection.exec_driver_sql(f"SELECT id FROM row {order}").scalars())
            for order in ("", "ORDER BY id")
        ]
    engine.dispose()

    assert read == [[3, 2, 1], [1, 2, 3]]
