"""Roles hold in the subtree, end when revoked, and are never given to oneself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.serials import HOUSE
from app.base.transactions import attempt
from app.people import audit, roles, sessions
from app.people.models import Audit, RoleGrant
from tests.factories.people import holder, place, with_role
from tests.ledger.statements_counted import counted


@pytest.fixture
def here(session):
    return place(session)


def give(session, node, role, actor=SYSTEM, person_id=None, **more):
    person_id = person_id or new_id()
    roles.grant(session, person_id=person_id, node_id=node.id, role=role, actor=actor, **more)
    return person_id


def everything(session):
    grants = session.scalars(
        sa.select(RoleGrant).execution_options(cross_ledger=True, populate_existing=True)
    )
    acts = session.scalar(sa.select(sa.func.count()).where(Audit.ledger_id == HOUSE))
    return sorted((each.id, each.revoked_at, each.until_on) for each in grants), acts


def refuse(session, error, verb, **arguments):
    before = everything(session)
    with pytest.raises(error), attempt(session):
        verb(session, **arguments)
    assert everything(session) == before


def test_a_role_holds_at_its_node_and_below_it_only(session, here):
    person_id = give(session, here.township, "staff")

    def has(node):
        return roles.has(session, person_id=person_id, roles="staff", node=node)

    assert (has(here.city), has(here.township), has(here.community)) == (False, True, True)
    assert not roles.has(session, person_id=person_id, roles="clerk", node=here.community)
    assert roles.has(session, person_id=person_id, roles=("clerk", "staff"), node=here.community)


def test_asking_for_a_role_is_one_statement(session, here):
    person_id = give(session, here.city, "staff")
    with counted(session) as statements:
        assert roles.has(session, person_id=person_id, roles="staff", node=here.community)
    assert len(statements) == 1


def test_a_role_ends_the_day_after_its_last(session, here):
    last = clock.today() + timedelta(days=3)
    person_id = give(session, here.community, "leader", until_on=last)
    for days, expected in ((3, True), (4, False)):
        with clock.held_at(clock.local_instant(clock.today() + timedelta(days=days))):
            assert (
                roles.has(session, person_id=person_id, roles="leader", node=here.community)
                is expected
            )
            assert bool(roles.list_of(session, person_id=person_id)) is expected


def test_a_revoked_role_is_gone_at_once_and_its_row_remains(session, here):
    person_id = give(session, here.community, "leader")
    roles.revoke(
        session, person_id=person_id, node_id=here.community.id, role="leader", actor=SYSTEM
    )
    assert not roles.has(session, person_id=person_id, roles="leader", node=here.community)
    assert roles.list_of(session, person_id=person_id) == []
    acts = audit.list_of_subject(session, ledger_id=HOUSE, subject_id=person_id)
    assert [act.action for act in acts] == ["role_revoked", "role_granted"]
    refuse(
        session,
        NotFound,
        roles.revoke,
        person_id=person_id,
        node_id=here.community.id,
        role="leader",
        actor=SYSTEM,
    )


def test_the_same_grant_again_is_the_one_that_stands(session, here):
    person_id = give(session, here.community, "leader")
    before = everything(session)
    give(session, here.community, "leader", person_id=person_id)
    assert everything(session) == before


def test_another_end_makes_another_grant_and_keeps_the_old_row(session, here):
    person_id = give(session, here.community, "leader", until_on=clock.today())
    with clock.held_at(clock.now() + timedelta(days=2)):
        give(session, here.community, "leader", person_id=person_id)
        (live,) = roles.list_of(session, person_id=person_id)
    assert live.until_on is None
    assert len(everything(session)[0]) == 2


def test_nobody_grants_a_role_to_themselves_nor_for_whom_they_act(session, here):
    boss = with_role(session, here, "administrator", node=here.city)
    helped = new_id()
    for actor, person_id in ((boss, boss.person_id), (Actor(boss.person_id, helped), helped)):
        refuse(
            session,
            SecondPersonRequired,
            roles.grant,
            person_id=person_id,
            node_id=here.community.id,
            role="clerk",
            actor=actor,
        )


@pytest.mark.parametrize(
    ("own", "given", "may"),
    [
        ("staff", "leader", True),
        ("staff", "clerk", True),
        ("staff", "staff", False),
        ("staff", "second_approver", False),
        ("administrator", "administrator", True),
        ("administrator", "auditor", True),
        ("leader", "leader", False),
        ("auditor", "clerk", False),
        ("second_approver", "leader", False),
    ],
)
def test_each_role_is_granted_and_revoked_by_those_above_it(session, here, own, given, may):
    actor = with_role(session, here, own)
    target = new_id()
    arguments = {"person_id": target, "node_id": here.community.id, "role": given, "actor": actor}
    if may:
        roles.grant(session, **arguments)
        roles.revoke(session, **arguments)
        return
    refuse(session, PermissionDenied, roles.grant, **arguments)
    give(session, here.community, given, person_id=target)
    refuse(session, PermissionDenied, roles.revoke, **arguments)


def test_nobody_grants_above_their_own_node(session, here):
    boss = with_role(session, here, "administrator", node=here.community)
    refuse(
        session,
        PermissionDenied,
        roles.grant,
        person_id=new_id(),
        node_id=here.township.id,
        role="leader",
        actor=boss,
    )


def test_a_person_may_give_up_their_own_role(session, here):
    leader = with_role(session, here, "leader")
    roles.revoke(
        session,
        person_id=leader.person_id,
        node_id=here.community.id,
        role="leader",
        actor=leader,
    )
    assert roles.list_of(session, person_id=leader.person_id) == []


def test_an_unknown_role_place_or_a_past_day_is_refused(session, here):
    arguments = {"person_id": new_id(), "node_id": here.city.id, "role": "staff", "actor": SYSTEM}
    yesterday = clock.today() - timedelta(days=1)
    refuse(session, ValidationFailed, roles.grant, **{**arguments, "role": "king"})
    refuse(session, ValidationFailed, roles.grant, **arguments, until_on=yesterday)
    refuse(session, NotFound, roles.grant, **{**arguments, "node_id": 999_999})


def test_the_nodes_of_a_role_are_listed_highest_first(session, here):
    person_id = give(session, here.community, "staff")
    give(session, here.township, "staff", person_id=person_id)
    give(session, here.city, "leader", person_id=person_id)
    nodes = roles.nodes_of(session, person_id=person_id, roles="staff")
    assert [node.id for node in nodes] == [here.township.id, here.community.id]
    strongest = roles.list_of(session, person_id=person_id)[0]
    assert (strongest.role, roles.rank("administrator")) == ("staff", 6)


def test_d48_a_new_office_role_shortens_the_sessions_that_are_open(session, here):
    person_id = new_id()
    field = roles.stay_of([])
    token = sessions.begin(
        session, person_id=person_id, idle_minutes=field.idle_minutes, lasts=field.lasts
    )
    holder(session, person_id, "leader", here.community)
    assert sessions.find(session, token).idle_minutes == 30 * 24 * 60
    holder(session, person_id, "staff", here.community)
    found = sessions.find(session, token)
    assert found.idle_minutes == 30
    assert found.expires_at <= clock.now() + roles.OFFICE_STAY.lasts
