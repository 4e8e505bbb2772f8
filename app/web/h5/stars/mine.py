"""My stars on the phone: what was granted, what the hours reach, what is missing (D41)."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.points import notices
from app.points.stars import counting, rises
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("stars", __name__))


@bp.get("/me/stars")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show my stars and how far the next one is."""
    with reading() as session:
        me = own.here(session)
        found = counting.standing(session, **me.key)
        rise = found.rise
        notice = (
            notices.get(session, ledger_id=me.ledger_id, notice_id=rise.notice_id)
            if rise and rise.notice_id
            else None
        )
        ended = [
            each
            for each in rises.list_of_member(session, **me.key)
            if each.state in ("granted", "refused", "lapsed")
        ]
    return show_page("h5/stars/mine.html", me=me, found=found, posted=notice, ended=ended)
