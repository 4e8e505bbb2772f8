"""Activity types are renamed, retired, offered again, and completed by the catalogue (C3)."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.people.models import Audit
from app.points import activity_types, catalogue, programmes
from app.points.models import Category
from app.service_orders import posts
from tests.factories import points as make
from tests.factories import service_orders as street_maker


@pytest.fixture
def programme(session):
    return make.world(session).programme


def types(session, programme):
    found = programmes.list_categories(session, programme)
    return sorted((each.code, each.name, str(each.retired_on)) for each in found)


def refused(session, programme, error, verb, **about):
    before = types(session, programme)
    with pytest.raises(error), attempt(session):
        verb(session, programme=programme, actor=SYSTEM, **about)
    session.expire_all()
    assert types(session, programme) == before


def test_c3_a_renamed_type_keeps_its_code_and_no_two_have_one_name(session, programme):
    kept = activity_types.rename(
        session, programme=programme, code="haircut", name="爱心理发", actor=SYSTEM
    )
    assert (kept.code, kept.name) == ("haircut", "爱心理发")
    for name in ("", "字" * 33, "健康义诊"):
        refused(
            session, programme, ValidationFailed, activity_types.rename, code="haircut", name=name
        )
    refused(session, programme, NotFound, activity_types.rename, code="none", name="没有")
    (line,) = session.scalars(
        sa.select(Audit).where(
            Audit.ledger_id == programme.ledger_id, Audit.action == "category_renamed"
        )
    )
    assert line.facts == {"code": "haircut", "name": "爱心理发", "before": "义剪"}


def test_c3_a_retired_type_is_read_still_and_offered_no_more(session, programme):
    key = {"programme": programme, "code": "haircut", "actor": SYSTEM}
    for _again in range(2):
        activity_types.retire(session, **key)
    offered = {each.code for each in activity_types.list_offered(session, programme)}

    assert "haircut" not in offered
    assert programmes.category(session, programme, "haircut").name == "义剪"
    with pytest.raises(ValidationFailed):
        activity_types.require_offered(session, programme, "haircut")
    activity_types.restore(session, **key)
    assert activity_types.require_offered(session, programme, "haircut").retired_on is None


def test_c3_nothing_new_is_planned_with_a_retired_type(session):
    street = street_maker.a_street(session)
    programme = programmes.of_ledger(session, street.ledger_id)
    activity_types.retire(session, programme=programme, code="cleanup", actor=SYSTEM)
    session.commit()
    with street_maker.refused(session, street, ValidationFailed):
        posts.make(
            session,
            ledger_id=street.ledger_id,
            node=street.world.node,
            call=street_maker.a_call(),
            actor=street.world.staff,
        )


def test_an_older_programme_is_given_what_the_catalogue_came_to_have(session, programme):
    activity_types.rename(
        session, programme=programme, code="haircut", name="爱心理发", actor=SYSTEM
    )
    activity_types.retire(session, programme=programme, code="story_mothers", actor=SYSTEM)
    gone = ("five_home", "home_talk")
    session.execute(
        sa.delete(Category).where(Category.programme_id == programme.id, Category.code.in_(gone))
    )
    session.flush()
    added = activity_types.complete(session, programme=programme, actor=SYSTEM)
    again = activity_types.complete(session, programme=programme, actor=SYSTEM)

    assert (added, again) == (list(gone), [])
    assert len(types(session, programme)) == len(catalogue.CATEGORIES)
    assert programmes.category(session, programme, "haircut").name == "爱心理发"
    assert programmes.category(session, programme, "story_mothers").retired_on is not None
