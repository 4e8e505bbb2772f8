"""Where a scanned code lands: `/q#<token>`, on the phone's own scanner, before signing in.

The page's script posts the part behind the `#`, which no log ever sees, and keeps
the seen ticket while its holder signs in or joins.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.web.permissions import PUBLIC, allow

bp = Blueprint("landing", __name__)


@bp.get("/q")
@allow(PUBLIC)
def page() -> ResponseReturnValue:
    """Show the landing; the script fills it."""
    return render_template("board/landing.html", is_signed_in=current_user.is_authenticated)
