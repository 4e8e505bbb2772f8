"""Markets as the doors read them: the activities to choose from, and the stall's own (M4)."""

import pytest

from app.base.errors import ValidationFailed
from app.base.ids import new_id
from app.mall.models import Stall
from app.web import markets
from tests.factories import activities


@pytest.fixture
def world(stage):
    return stage.put_up(activities.a_world, "session")


def test_m4_a_stall_is_put_to_an_activity_of_its_book(session, world):
    activity, _slots = activities.opened(session, world, title="近邻集市")
    asked = {"place": "桥头", "held_on": activities.DAY, "host": None}
    with activities.at("08:00"):
        (choice,) = markets.coming(session, world.ledger_id)
        assert choice == (str(activity.id), "近邻集市")
        made = markets.read(session, world.ledger_id, {**asked, "activity_id": activity.id})
        assert (made.activity_id, made.node_id) == (activity.id, None)
        theirs, _slots = activities.opened(session, activities.a_world(session))
        for unknown in (new_id(), theirs.id):
            with pytest.raises(ValidationFailed):
                markets.read(session, world.ledger_id, {**asked, "activity_id": unknown})
    stall = Stall(ledger_id=world.ledger_id, activity_id=activity.id)
    assert markets.title_of(session, stall) == "近邻集市"
    assert markets.title_of(session, Stall(ledger_id=world.ledger_id)) == ""
