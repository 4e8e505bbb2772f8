"""The PostgreSQL database of the tests: what a test changed never reaches the next one."""

import pytest
import sqlalchemy as sa


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE extra (id bigint)",
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "DROP TRIGGER tg_ledger_entry_append_only ON ledger_entry",
        "ALTER TABLE ledger_entry DROP CONSTRAINT pk_ledger_entry CASCADE",
        "ALTER TABLE people_person ALTER COLUMN name_cipher DROP NOT NULL",
        "CREATE INDEX extra ON people_person (created_at)",
        "DROP TABLE people_audit",
    ],
)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_every_change_of_the_schema_is_noted(session, bench, change, role):
    session.execute(sa.text(f"SET session_replication_role = {role}"))
    session.execute(sa.text(change))
    session.commit()
    session.execute(sa.text("SET session_replication_role = origin"))

    assert bench.is_changed()


def test_rows_and_what_was_rolled_back_are_no_change(session, bench):
    kinds = sa.text("SELECT count(*) FROM community_kind")
    before = session.scalar(kinds)
    session.execute(sa.text("DROP TABLE people_audit"))
    session.rollback()
    session.execute(sa.text("DELETE FROM community_kind"))
    session.commit()

    assert not bench.is_changed()
    bench.tidy()
    assert session.scalar(kinds) == before > 0
