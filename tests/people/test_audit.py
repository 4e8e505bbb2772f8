"""The audit trail is written with the act and never changes (D49)."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.people import audit
from app.people.models import Audit


def write(session, actor, **facts):
    subject = new_id()
    audit.write(
        session,
        ledger_id=1,
        actor=actor,
        action="looked",
        subject_kind="member",
        subject_id=subject,
        **facts,
    )
    return subject


def test_an_act_names_the_actor_and_for_whom(session):
    actor = Actor(new_id(), new_id())
    subject = write(session, actor, on=clock.today(), grant_id=actor.person_id, rows=3)
    (act,) = audit.list_of_subject(session, ledger_id=1, subject_id=subject)
    assert (act.actor_id, act.on_behalf_id) == (actor.person_id, actor.on_behalf_id)
    assert act.facts == {
        "on": clock.today().isoformat(),
        "grant_id": str(actor.person_id),
        "rows": 3,
    }
    assert audit.list_of_actor(session, ledger_id=1, actor_id=actor.person_id) == [act]
    assert audit.list_of_subject(session, ledger_id=2, subject_id=subject) == []


@pytest.mark.parametrize(
    "change", ["UPDATE people_audit SET action = 'x'", "DELETE FROM people_audit"]
)
def test_d49_an_act_is_never_changed_or_removed(session, change):
    write(session, Actor(new_id()))
    session.commit()
    with pytest.raises(DBAPIError):
        session.execute(sa.text(change))
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).where(Audit.ledger_id == 1)) == 1
