"""My record of activities: where I signed up, when I was there, what came of it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.activities import listings
from app.base.transactions import reading
from app.people import objections
from app.points import grants
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("records", __name__))

SHOWN = 100


@bp.get("/records")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List my sessions with their stays, and what of them waits for staff."""
    with reading() as session:
        me = own.here(session)
        mine = listings.mine(session, **me.key, limit=SHOWN)
        made = grants.list_of_member(session, **me.key, limit=SHOWN)
        raised = objections.list_for_member(session, **me.key)
    grant_of = {each.source_id: each for each in made if each.state != "reversed"}
    return show_page(
        "h5/records.html",
        me=me,
        mine=mine,
        grant_of=grant_of,
        asked={each.subject_id for each in raised if each.state == "open"},
        objection_count=len(raised),
    )
