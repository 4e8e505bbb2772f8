"""`flask people import`, as an operator runs it."""

import pytest
import sqlalchemy as sa

from app.people.models import Audit, Member
from tests.factories.people import place


@pytest.fixture
def here(session):
    here = place(session)
    session.commit()
    return here


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=list(arguments))


def count(session, table):
    """How many rows there are; lets go of the database, for the next command to write."""
    statement = sa.select(sa.func.count()).select_from(table)
    found = session.scalar(statement.execution_options(cross_ledger=True))
    session.rollback()
    return found


def write(path, *lines):
    file = path / "people.csv"
    file.write_text("external_id,name,phone,node_code\n" + "".join(f"{line}\n" for line in lines))
    return str(file)


def test_people_are_imported_once_and_a_dry_run_writes_nothing(app, session, here, tmp_path):
    file = write(tmp_path, "E1,温如许,000-0000-0001,jinxi-3", "E2,任清和,,jinxi-3")
    told = run(app, "people", "import", file, "--book", "jinxi", "--dry-run")
    assert (told.exit_code, told.stdout) == (
        0,
        "dry run, nothing written: 2 new, 0 unchanged, 0 bad\n",
    )
    assert count(session, Member) == count(session, Audit) == 0
    for summary in ("2 new, 0 unchanged, 0 bad\n", "0 new, 2 unchanged, 0 bad\n"):
        told = run(app, "people", "import", file, "--book", "jinxi")
        assert (told.exit_code, told.stdout) == (0, summary)
    assert count(session, Member) == 2


def test_bad_rows_are_listed_by_line_and_the_exit_is_one(app, session, here, tmp_path):
    file = write(tmp_path, "E1,温如许,12345,jinxi-3", "E2,任清和,,nowhere", "E3,好人,,jinxi-3")
    told = run(app, "people", "import", file, "--book", "jinxi")
    assert told.exit_code == 1
    assert told.stdout.splitlines() == [
        "line 2: phone: not a mobile number",
        "line 3: no place 'nowhere'",
        "1 new, 0 unchanged, 2 bad",
    ]
    assert count(session, Member) == 1


def test_an_unknown_book_or_an_unreadable_file_imports_nobody(app, session, here, tmp_path):
    file = write(tmp_path, "E1,温如许,,jinxi-3")
    assert run(app, "people", "import", file, "--book", "none").exit_code == 1
    (tmp_path / "people.csv").write_bytes(b"")
    assert run(app, "people", "import", file, "--book", "jinxi").exit_code == 1
    assert count(session, Member) == 0
