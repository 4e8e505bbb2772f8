"""Planning at the desk: with units, with weekly repeats; of two who change a draft one wins."""

import re

import pytest
import sqlalchemy as sa

from app.activities import listings, plans
from app.activities.models import Activity
from app.base.actors import SYSTEM
from app.community import units
from app.community.models import Unit
from tests.factories import activities
from tests.factories import desk as builder
from tests.web.answers import everything, no_change
from tests.web.test_staff_forms import PLAN


@pytest.fixture
def desk(app, session):
    with activities.at("12:00"):
        yield builder.a_busy_desk(app, session)


def made(desk, session) -> Activity:
    session.expire_all()
    query = sa.select(Activity).where(
        Activity.ledger_id == desk.ledger_id, Activity.title == PLAN["title"]
    )
    return session.scalars(query).one()


def test_a_plan_repeats_weekly_and_names_its_units(desk, session):
    unit = units.add(session, node=desk.node, kind="医院", name="闽东医院", actor=SYSTEM)
    session.commit()

    answer = desk.at("staff").send(
        desk.path("/activities/new"), **PLAN, unit_ids=[str(unit.id)], team_id=str(desk.ids["team"])
    )

    activity = made(desk, session)
    named = {"ledger_id": desk.ledger_id, "activity_id": activity.id}
    slots = plans.list_sessions(session, **named)
    assert (answer.status_code, activity.state) == (303, "submitted")
    assert (slots[1].starts_at - slots[0].starts_at).days == 7
    assert listings.list_unit_ids(session, **named) == [unit.id]
    assert activity.team_id == desk.ids["team"]


def test_a_plan_takes_no_unit_and_no_team_of_another_place(desk, session):
    foreign = units.add(session, node=desk.elsewhere, kind="学校", name="上洋小学", actor=SYSTEM)
    session.commit()
    desk.at("staff")
    before = everything(session)

    for wrong in ({"unit_ids": [str(foreign.id)]}, {"team_id": str(desk.ids["activity"])}):
        answer = desk.at("staff").send(desk.path("/activities/new"), **PLAN, **wrong)
        assert answer.status_code == 422
        assert PLAN["title"] in answer.text
    assert everything(session) == before


def test_a_draft_is_changed_unless_somebody_was_faster(desk, session):
    desk.at("staff").send(desk.path("/activities/new"), **{**PLAN, "then": "draft"})
    activity = made(desk, session)
    path = desk.path(f"/activities/{activity.id}/plan")
    form = desk.at("staff").get(path).text
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    assert form.count('value="2026-03-') >= 2

    fields = {**PLAN, "then": "draft", "version": version, "weeks": 1}
    assert desk.at("staff").send(path, **{**fields, "on_1": "2026-03-20"}).status_code == 303
    with no_change(desk.session):
        assert desk.at("staff").send(path, **fields).status_code == 412
    assert desk.at("staff").send(desk.path(f"/activities/{activity.id}/submit")).status_code == 303
    assert made(desk, session).state == "submitted"


def test_a_unit_is_added_once_however_often_it_is_named(desk, session):
    for _ in range(2):
        desk.at("staff").send(desk.path("/units"), name="闽东医院", kind="医院")

    assert session.scalar(sa.select(sa.func.count()).where(Unit.name == "闽东医院")) == 1
    assert "闽东医院" in desk.at("staff").get(desk.path("/activities/new")).text
