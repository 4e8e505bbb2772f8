"""`flask roles`, as an operator runs it: how the first administrator comes to be."""

import pytest
import sqlalchemy as sa

from app.people import members, roles
from app.people.models import Audit, RoleGrant
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
    return app.test_cli_runner().invoke(args=["roles", *arguments])


def rows(session, table):
    """Every row; lets go of the database, for the next command to write."""
    found = session.execute(sa.select(table.__table__).execution_options(cross_ledger=True)).all()
    session.rollback()
    return sorted(map(repr, found))


def test_a_role_is_granted_listed_and_revoked(app, session, here, person):
    who = ("--volunteer-no", person.volunteer_no)
    where = ("--role", "administrator", "--node", "jinxi-1")
    told = run(app, "grant", *who, *where, "--until", "2999-12-31")
    assert (told.exit_code, told.stdout) == (0, "administrator granted at 甲市\n")
    told = run(app, "list", "--phone", "000-0000-0001")
    assert told.stdout == "administrator at jinxi-1 甲市 until 2999-12-31\n"
    assert roles.has(
        session, person_id=person.person_id, roles="administrator", node=here.community
    )
    session.rollback()
    told = run(app, "revoke", *who, *where)
    assert (told.exit_code, told.stdout) == (0, "administrator revoked at 甲市\n")
    assert run(app, "list", *who).stdout == "no roles\n"


def test_granting_twice_leaves_one_grant(app, session, here, person):
    words = ("grant", "--phone", "00000000001", "--role", "staff", "--node", "丙社区")
    assert [run(app, *words).exit_code for _ in range(2)] == [0, 0]
    assert len(rows(session, RoleGrant)) == 1


def test_roles_are_listed_strongest_first_each_with_its_place(app, here, person):
    who = ("--phone", "000-0000-0001")
    for role, node in (("volunteer", "jinxi-3"), ("auditor", "jinxi-1"), ("staff", "jinxi-2")):
        assert run(app, "grant", *who, "--role", role, "--node", node).exit_code == 0
    assert run(app, "list", *who).stdout.splitlines() == [
        "auditor at jinxi-1 甲市",
        "staff at jinxi-2 甲市 / 乙镇",
        "volunteer at jinxi-3 甲市 / 乙镇 / 丙社区",
    ]


def test_every_grant_and_revocation_is_audited(app, session, here, person):
    words = ("--phone", "000-0000-0001", "--role", "clerk", "--node", "jinxi-3")
    for verb in ("grant", "revoke"):
        run(app, verb, *words)
    actions = session.scalars(sa.select(Audit.action).where(Audit.ledger_id == 0)).all()
    assert {"role_granted", "role_revoked"} <= set(actions)


PHONE = ("--phone", "000-0000-0001")
STAFF = ("--role", "staff", "--node", "jinxi-3")


@pytest.mark.parametrize(
    "arguments",
    [
        STAFF,
        (*PHONE, "--volunteer-no", "X-1", "--role", "staff", "--node", "x"),
        ("--phone", "000-0000-0002", *STAFF),
        ("--phone", "12345", *STAFF),
        ("--volunteer-no", "JINXI-000009", *STAFF),
        ("--volunteer-no", "", *STAFF),
        (*PHONE, "--role", "king", "--node", "jinxi-3"),
        (*PHONE, "--role", "staff", "--node", "nowhere"),
        (*PHONE, "--role", "staff", "--node", "丙社区"),
        (*PHONE, *STAFF, "--until", "2020-01-01"),
        (*PHONE, *STAFF, "--until", "heute"),
    ],
)
def test_what_cannot_be_granted_ends_with_two_and_grants_nothing(
    app, session, here, person, arguments
):
    place(session, ledger_id=2, code="other")
    session.commit()
    told = run(app, "grant", *arguments)
    assert told.exit_code == 2
    assert told.stderr
    assert rows(session, RoleGrant) == []
    assert members.full_name(person) not in told.output


def test_an_ambiguous_place_lists_its_candidates(app, session, here, person):
    place(session, ledger_id=2, code="other")
    session.commit()
    told = run(app, "grant", *PHONE, "--role", "staff", "--node", "丙社区")
    assert [line.split()[0] for line in told.stderr.splitlines()[1:]] == ["jinxi-3", "other-3"]


@pytest.mark.parametrize(
    "arguments",
    [
        (*PHONE, "--role", "staff", "--node", "jinxi-1"),
        (*PHONE, "--role", "auditor", "--node", "jinxi-3"),
        ("--phone", "000-0000-0002", *STAFF),
        (*PHONE, "--role", "staff", "--node", "nowhere"),
    ],
)
def test_only_what_was_granted_just_there_is_revoked(app, session, here, person, arguments):
    run(app, "grant", *PHONE, *STAFF)
    before = rows(session, RoleGrant)
    told = run(app, "revoke", *arguments)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("not_found")
    assert rows(session, RoleGrant) == before


def test_the_roles_of_nobody_are_not_listed(app, here):
    assert run(app, "list", "--phone", "000-0000-0009").exit_code == 2
    assert run(app, "list").exit_code == 2
