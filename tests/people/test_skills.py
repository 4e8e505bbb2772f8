"""Skills: what asks for a lawyer is offered to lawyers first (C21)."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people import skills
from app.people.errors import MemberNotActive
from app.people.models import Message, Skill, SkillCall
from app.people.skills import Caller
from tests.factories import people


@pytest.fixture
def here(session):
    return people.place(session)


def told(session):
    query = sa.select(Message.member_id, Message.facts).where(
        Message.ledger_id == 1, Message.topic == "skill_called"
    )
    return {row.member_id: row.facts for row in session.execute(query)}


def test_c21_the_holders_of_the_place_are_told_first_and_once(session, here):
    lawyer, doctor, away = people.members(session, here.ledger_id, here.community, 3)
    away.node_id = here.city.id
    key = {"ledger_id": here.ledger_id, "actor": SYSTEM}
    for member, skill in ((lawyer, "律师"), (lawyer, " 律师 "), (doctor, "医生"), (away, "律师")):
        skills.note(session, **key, member_id=member.id, skill=skill)
    by = Caller("activity", new_id(), "法律咨询")
    counts = [
        skills.call(session, **key, by=by, skill="律师", node=here.community) for _time in (1, 2)
    ]
    assert counts == [1, 0]
    assert told(session) == {lawyer.id: {"title": "法律咨询", "skill": "律师"}}
    asked = skills.called_by(
        session, ledger_id=here.ledger_id, kind="activity", subject_ids=[by.subject_id, new_id()]
    )
    assert asked == {by.subject_id: ["律师"]}
    skills.drop(session, **key, member_id=lawyer.id, skill="律师")
    assert skills.of_member(session, ledger_id=here.ledger_id, member_id=lawyer.id) == []


def test_what_is_no_skill_is_neither_noted_nor_asked_for(session, here):
    (member,) = people.members(session, here.ledger_id, here.community, 1)
    key = {"ledger_id": here.ledger_id, "actor": SYSTEM}
    by = Caller("nothing", new_id(), "甲")
    for skill in (" ", "长" * 17):
        with pytest.raises(ValidationFailed), attempt(session):
            skills.note(session, **key, member_id=member.id, skill=skill)
    with pytest.raises(ValidationFailed), attempt(session):
        skills.call(session, **key, by=by, skill="律师", node=here.community)
    member.state = "left"
    session.flush()
    with pytest.raises(MemberNotActive), attempt(session):
        skills.note(session, **key, member_id=member.id, skill="律师")
    for table in (Skill, SkillCall):
        query = sa.select(sa.func.count()).select_from(table).where(table.ledger_id == 1)
        assert session.scalar(query) == 0
