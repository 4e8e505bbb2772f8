"""`flask people import` and `flask roles`, as an operator runs them."""

import pytest
import sqlalchemy as sa

from app.people import members, roles
from app.people.models import Audit, Member, RoleGrant
from tests.factories.people import member, place


@pytest.fixture
def here(session):
    here = place(session)
    session.commit()
    return here


@pytest.fixture
def person(session, here):
    person = member(session, 1, here.community, phone="000-0000-0001")
    session.commit()
    return person


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


def test_a_role_is_granted_listed_and_revoked(app, session, here, person):
    who = ("--volunteer-no", person.volunteer_no)
    where = ("--role", "administrator", "--node", "jinxi-1")
    told = run(app, "roles", "grant", *who, *where, "--until", "2999-12-31")
    assert (told.exit_code, told.stdout) == (0, "administrator granted at 甲市\n")
    told = run(app, "roles", "list", "--phone", "000-0000-0001")
    assert told.stdout == "administrator at jinxi-1 甲市 until 2999-12-31\n"
    assert roles.has(
        session, person_id=person.person_id, roles="administrator", node=here.community
    )
    session.rollback()
    told = run(app, "roles", "revoke", *who, *where)
    assert (told.exit_code, told.stdout) == (0, "administrator revoked at 甲市\n")
    assert run(app, "roles", "list", *who).stdout == "no roles\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role", "staff", "--node", "jinxi-3"),
        ("--phone", "000-0000-0001", "--volunteer-no", "X-1", "--role", "staff", "--node", "x"),
        ("--phone", "000-0000-0002", "--role", "staff", "--node", "jinxi-3"),
        ("--phone", "12345", "--role", "staff", "--node", "jinxi-3"),
        ("--volunteer-no", "JINXI-000009", "--role", "staff", "--node", "jinxi-3"),
        ("--phone", "000-0000-0001", "--role", "king", "--node", "jinxi-3"),
        ("--phone", "000-0000-0001", "--role", "staff", "--node", "nowhere"),
        ("--phone", "000-0000-0001", "--role", "staff", "--node", "丙社区"),
        (
            "--phone",
            "000-0000-0001",
            "--role",
            "staff",
            "--node",
            "jinxi-3",
            "--until",
            "2020-01-01",
        ),
    ],
)
def test_what_cannot_be_granted_ends_with_two_and_grants_nothing(
    app, session, here, person, arguments
):
    place(session, ledger_id=2, code="other")
    session.commit()
    told = run(app, "roles", "grant", *arguments)
    assert told.exit_code == 2
    assert count(session, RoleGrant) == 0
    assert members.full_name(person) not in told.output
