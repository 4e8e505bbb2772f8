"""The volunteer's home: two numbers and the next thing to do."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.web.permissions import SIGNED_IN, allow

bp = Blueprint("home", __name__)


@bp.get("/")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the home."""
    return render_template("h5/home.html")
