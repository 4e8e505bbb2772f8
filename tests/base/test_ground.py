"""The ground stands: the database can be migrated and opened."""

import sqlalchemy as sa


def test_the_house_book_exists(session):
    assert session.execute(sa.text("SELECT code FROM ledger_book")).scalars().all() == ["house"]
