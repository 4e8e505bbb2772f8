"""My data to take away: a page that says what is in it, and the two files."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow

bp = own.for_oneself(Blueprint("export", __name__))

RECORD = "/api/v1/me/record"


@bp.get("/me/export")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Say what is held of me, and offer the files."""
    return show_page("h5/export.html", record=RECORD)


@bp.get("/me/export.csv")
@allow(SIGNED_IN)
def table() -> ResponseReturnValue:
    """Go to the table; the API makes the file."""
    return redirect(f"{RECORD}.csv")
