"""Help where people look: one page for each role, open to all, printable."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.errors import NotFound
from app.web.board.help_texts import GUIDES
from app.web.permissions import PUBLIC, allow

bp = Blueprint("help", __name__)


@bp.get("/help/<role>")
@allow(PUBLIC)
def page(role: str) -> ResponseReturnValue:
    """Show what a role does in a day, and what to do when something does not work."""
    if role not in GUIDES:
        raise NotFound("no help for such a role")
    others = [(name, guide.title) for name, guide in GUIDES.items() if name != role]
    return render_template("board/help.html", guide=GUIDES[role], others=others)
