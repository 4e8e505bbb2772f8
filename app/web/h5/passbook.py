"""The passbook (存折): what is there, until when, and line by line how it came."""

from itertools import groupby

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.base import clock
from app.base.db import NEVER
from app.base.transactions import reading
from app.points import wallets
from app.reports import loops
from app.web.h5 import home, lines, own
from app.web.h5.forms import page as show_page
from app.web.pages import month
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("passbook", __name__))


@bp.get("/passbook")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the lots and the lines by month, newest first."""
    with reading() as session:
        me = own.here(session)
        unit = "points" if me.has_points and request.args.get("unit") != "minutes" else "minutes"
        found, older_count = lines.read(session, me, unit)
        holding = wallets.holding(session, **me.key)
        minutes = home.minutes_of(session, me)
        found_loops = loops.of_member(session, **me.key, limit=1) if unit == "points" else []
    months = [
        (name, list(each))
        for name, each in groupby(found, lambda line: month(clock.local_date(line.posted_at)))
    ]
    return show_page(
        "h5/passbook.html",
        me=me,
        unit=unit,
        months=months,
        older_count=older_count,
        holding=holding,
        minutes=minutes,
        loop_of_mine=found_loops[0] if found_loops else None,
        never=NEVER,
        today=clock.today(),
    )
