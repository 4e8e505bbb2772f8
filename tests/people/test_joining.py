"""Joining: one phone is one person; a book's numbers are its own; nothing leaks."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.people import consents, joining, members
from app.people.errors import AlreadyMember, MemberNotActive
from app.people.models import Audit, Home, Login, Member, Person
from tests.factories.people import CONSENT, member, newcomer, place
from tests.ledger.statements_counted import counted

TABLES = (Person, Login, Member, Home, Audit)


def counts(session):
    """How many rows each table of joining holds."""
    return [
        session.scalar(
            sa.select(sa.func.count()).select_from(table).execution_options(cross_ledger=True)
        )
        for table in TABLES
    ]


@pytest.fixture
def here(session):
    return place(session)


def join(session, here, **more):
    return joining.join(
        session, ledger_id=here.ledger_id, newcomer=newcomer(here.community, **more), actor=SYSTEM
    )


def refuse(session, here, error, **more):
    before = counts(session)
    with pytest.raises(error) as caught, attempt(session):
        join(session, here, **more)
    assert counts(session) == before
    return caught.value


def test_a_member_has_a_number_that_names_the_book(session, here):
    first, second = join(session, here), join(session, here)
    assert (first.volunteer_no, second.volunteer_no) == ("JINXI-000001", "JINXI-000002")
    assert members.by_number(session, " jinxi-000002 ").id == second.id


def test_a_member_shows_a_mask_and_opens_to_the_name(session, here):
    joined = join(session, here, name=" 温 如许 ", phone="000-0000-0001")
    assert joined.name_masked == "温**许"
    assert members.full_name(joined) == "温 如许"


def test_joining_writes_the_consent_with_its_version(session, here):
    joined = join(session, here)
    (consent,) = consents.list_of(session, person_id=joined.person_id)
    assert (consent.purpose, consent.text_version) == ("membership", CONSENT)


def test_staff_take_in_a_person_without_a_phone(session, here):
    staff = Actor(join(session, here).person_id)
    joined = joining.join(
        session, ledger_id=1, newcomer=newcomer(here.community, "任清和"), actor=staff
    )
    assert joined.joined_by_id == staff.person_id
    assert session.scalars(sa.select(Login).execution_options(cross_ledger=True)).all() == []


def test_two_people_of_one_name_without_a_phone_are_two_people(session, here):
    assert join(session, here).person_id != join(session, here).person_id


def test_joining_by_oneself_is_ones_own_act(session, here):
    joined = joining.join_oneself(
        session, ledger_id=1, newcomer=newcomer(here.community, phone="000-0000-0001")
    )
    assert joined.joined_by_id == joined.person_id
    actor_id = session.scalar(sa.select(Audit.actor_id).where(Audit.ledger_id == 1))
    assert actor_id == joined.person_id


def test_joining_by_oneself_without_a_phone_is_refused(session, here):
    before = counts(session)
    with pytest.raises(ValidationFailed), attempt(session):
        joining.join_oneself(session, ledger_id=1, newcomer=newcomer(here.community))
    assert counts(session) == before


def test_the_same_phone_in_another_book_is_the_same_person(session, here):
    there = place(session, ledger_id=2, code="jianyang")
    first = join(session, here, phone="000-0000-0001")
    second = joining.join(
        session, ledger_id=2, newcomer=newcomer(there.community, phone="00000000001"), actor=SYSTEM
    )
    assert second.person_id == first.person_id
    assert second.volunteer_no == "JIANYANG-000001"
    homes = members.list_homes(session, person_id=first.person_id)
    assert [home.ledger_id for home in homes] == [1, 2]


def test_joining_the_same_book_again_returns_the_standing_member(session, here):
    first = join(session, here, phone="000-0000-0001")
    before = counts(session)
    assert join(session, here, name="温如 许", phone="000 0000 0001").id == first.id
    assert counts(session) == before


def test_a_phone_under_another_name_is_refused_without_saying_whose_it_is(session, here):
    there = place(session, ledger_id=2, code="jianyang")
    join(session, here, phone="000-0000-0001")
    error = refuse(session, here, AlreadyMember, name="任清和", phone="000-0000-0001")
    assert error.facts == {}
    assert "温" not in str(error)
    elsewhere = newcomer(there.community, "任清和", "000-0000-0001")
    before = counts(session)
    with pytest.raises(AlreadyMember), attempt(session):
        joining.join(session, ledger_id=2, newcomer=elsewhere, actor=SYSTEM)
    assert counts(session) == before


def test_a_person_without_a_phone_joins_another_book_under_their_own_name(session, here):
    there = place(session, ledger_id=2, code="jianyang")
    first = join(session, here)
    arguments = {
        "ledger_id": 2,
        "person_id": first.person_id,
        "node_id": there.community.id,
        "consent_version": CONSENT,
        "actor": Actor(first.person_id),
    }
    second = joining.join_another_book(session, **arguments)
    assert (second.person_id, second.name_masked) == (first.person_id, first.name_masked)
    assert joining.join_another_book(session, **arguments).id == second.id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "温\u202e许"}, "name"),
        ({"name": "温" * 33}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "23000000000"}, "phone"),
        ({"birth_year": 1850}, "birth_year"),
        ({"birth_year": 2999}, "birth_year"),
        ({"external_id": "x" * 65}, "external_id"),
    ],
)
def test_d46_what_may_not_stand_is_named_by_its_field(session, here, wrong, field):
    assert refuse(session, here, ValidationFailed, **wrong).facts["field"] == field


def test_d43_a_child_joins_only_with_a_guardians_consent(session, here):
    error = refuse(session, here, ValidationFailed, birth_year=2020)
    assert error.facts["reason"] == "guardian"
    child = join(session, here, birth_year=2020, guardian_consent_version="g1")
    assert consents.has(session, person_id=child.person_id, purpose="guardian")


def test_an_unknown_place_or_book_is_not_found(session, here):
    before = counts(session)
    nowhere = joining.Newcomer("温如许", None, 999_999, CONSENT)
    for ledger_id in (1, 0, 77):
        with pytest.raises(NotFound), attempt(session):
            joining.join(session, ledger_id=ledger_id, newcomer=nowhere, actor=SYSTEM)
    assert counts(session) == before


def test_a_membership_that_ended_is_not_handed_out_again(session, here):
    joined = join(session, here, phone="000-0000-0001")
    joined.state = "left"
    session.flush()
    assert refuse(session, here, MemberNotActive, phone="000-0000-0001").facts["state"] == "left"


def test_many_join_in_the_order_given_and_all_or_none(session, here):
    wanted = [newcomer(here.community, f"志愿者{n}", f"000-0000-{n:04d}") for n in range(1, 41)]
    joined = joining.join_many(session, ledger_id=1, newcomers=wanted, actor=SYSTEM)
    assert [members.full_name(each) for each in joined] == [each.name for each in wanted]
    assert [each.volunteer_no for each in joined[:2]] == ["JINXI-000001", "JINXI-000002"]

    before = counts(session)
    with pytest.raises(ValidationFailed) as caught, attempt(session):
        joining.join_many(
            session,
            ledger_id=1,
            newcomers=[newcomer(here.community), newcomer(here.community, phone="1")],
            actor=SYSTEM,
        )
    assert caught.value.facts["index"] == 1
    assert counts(session) == before


def test_one_phone_twice_in_a_batch_is_one_person_or_a_refusal(session, here):
    same = newcomer(here.community, "温如许", "000-0000-0001")
    other = newcomer(here.community, "任清和", "000-0000-0001")
    first, again, refused = joining.admit_many(
        session, ledger_id=1, newcomers=[same, same, other], actor=SYSTEM
    )
    assert first.member is again.member
    assert isinstance(refused.refusal, AlreadyMember)
    assert counts(session)[:3] == [1, 1, 1]


def test_an_external_id_joins_once(session, here):
    first = join(session, here, external_id="E-1")
    assert join(session, here, external_id="E-1").id == first.id
    refuse(session, here, AlreadyMember, name="任清和", external_id="E-1")
    twice = [
        newcomer(here.community, external_id="E-2"),
        newcomer(here.community, external_id="E-2"),
    ]
    with pytest.raises(ValidationFailed), attempt(session):
        joining.join_many(session, ledger_id=1, newcomers=twice, actor=SYSTEM)


def test_a_thousand_join_in_as_many_statements_as_ten(session, here):
    def statements_for(numbers):
        wanted = [
            newcomer(here.community, f"志愿者{n}", f"000-0000-{n:04d}", external_id=f"E{n}")
            for n in numbers
        ]
        with counted(session) as statements:
            joining.join_many(session, ledger_id=1, newcomers=wanted, actor=SYSTEM)
        return len(statements)

    assert statements_for(range(1, 11)) == statements_for(range(11, 1011)) <= 15


def test_no_name_and_no_phone_stands_in_clear_in_any_table(session, here):
    joined = member(session, 1, here.community, "温如许", "000-0000-0001")
    session.commit()
    inspector = sa.inspect(session.get_bind())
    for table in inspector.get_table_names():
        for row in session.execute(sa.text(f"SELECT * FROM {table}")):
            raw = b"|".join(
                bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                for cell in row
            )
            for secret in ("温如许", "如许", "00000000001", "000-0000-0001"):
                assert secret.encode() not in raw, table
    assert members.full_name(joined) == "温如许"


def test_a_cipher_copied_to_another_row_does_not_open(session, here):
    first, second = join(session, here), join(session, here, name="任清和")
    second.name_cipher = first.name_cipher
    with pytest.raises(ValueError, match="does not open"):
        members.full_name(second)
    session.rollback()
