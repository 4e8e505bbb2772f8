"""Two at the same moment: one phone is still one person, one guess more is still too many."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import RateLimited
from app.people import credentials, joining, login_codes, phone_changes, roles, sign_in
from app.people.errors import AlreadyMember
from app.people.models import Login, LoginCode, Member, Person, RoleGrant
from tests.factories.people import member, newcomer, place
from tests.factories.teams import at_once

pytestmark = pytest.mark.slow

PHONE = "000-0000-0001"
PASSWORD = "竹影横窗 2026"
HANDS = 6


def count(session, table):
    session.rollback()
    statement = sa.select(sa.func.count()).select_from(table)
    return session.scalar(statement.execution_options(cross_ledger=True))


def test_one_phone_joins_one_book_once(app, session):
    here = place(session)
    session.commit()
    wanted = newcomer(here.community, phone=PHONE)

    def join(session):
        return joining.join(session, ledger_id=1, newcomer=wanted, actor=SYSTEM).id

    assert len(set(at_once(app, [join] * HANDS))) == 1
    assert [count(session, table) for table in (Person, Login, Member)] == [1, 1, 1]


def test_one_phone_joins_several_books_as_one_person(app, session):
    places = [place(session, ledger_id=n, code=f"b{n}") for n in range(1, HANDS + 1)]
    session.commit()

    def join_at(here):
        wanted = newcomer(here.community, phone=PHONE)
        return lambda session: (
            joining.join(session, ledger_id=here.ledger_id, newcomer=wanted, actor=SYSTEM).person_id
        )

    assert len(set(at_once(app, [join_at(here) for here in places]))) == 1
    assert [count(session, table) for table in (Person, Login, Member)] == [1, 1, HANDS]


def test_d48_guesses_at_the_same_moment_are_all_counted(app, session):
    here = place(session)
    person = member(session, 1, here.community, phone=PHONE)
    credentials.set_password(session, person_id=person.person_id, password=PASSWORD, actor=SYSTEM)
    session.commit()

    def guess(session):
        return sign_in.by_password(session, phone=PHONE, password="wrong pass").refusal

    refusals = at_once(app, [guess] * HANDS)
    assert sum(isinstance(each, RateLimited) for each in refusals) == HANDS - 4
    session.rollback()
    right = sign_in.by_password(session, phone=PHONE, password=PASSWORD)
    assert isinstance(right.refusal, RateLimited)


def test_one_code_signs_in_once_and_one_is_sent(app, session):
    here = place(session)
    member(session, 1, here.community, phone=PHONE)
    session.commit()
    sent = at_once(app, [lambda session: login_codes.issue(session, phone=PHONE)] * HANDS)
    (outgoing,) = [each for each in sent if not isinstance(each, Exception)]
    assert sum(isinstance(each, RateLimited) for each in sent) == HANDS - 1
    assert count(session, LoginCode) == 1
    session.rollback()
    code = outgoing.text.split("验证码 ")[1][:6]

    def sign(session):
        return sign_in.by_code(session, phone=PHONE, code=code).token

    assert sum(token is not None for token in at_once(app, [sign] * HANDS)) == 1


def test_one_phone_goes_to_one_of_two_who_want_it(app, session):
    here = place(session)
    ids = [member(session, 1, here.community).person_id for _ in range(2)]
    session.commit()

    def take(person_id):
        return lambda session: phone_changes.change(
            session, person_id=person_id, phone=PHONE, actor=SYSTEM
        )

    told = at_once(app, [take(person_id) for person_id in ids])
    assert sum(isinstance(each, AlreadyMember) for each in told) == 1
    assert count(session, Login) == 1


def test_a_role_granted_twice_at_once_is_one_grant(app, session):
    here = place(session)
    person_id = member(session, 1, here.community).person_id
    node_id = here.community.id
    session.commit()

    def grant(session):
        return roles.grant(
            session, person_id=person_id, node_id=node_id, role="clerk", actor=SYSTEM
        ).id

    assert len(set(at_once(app, [grant] * HANDS))) == 1
    assert count(session, RoleGrant) == 1
