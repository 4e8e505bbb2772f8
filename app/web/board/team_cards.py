"""A team's card (队伍名片) for everybody: by link, by QR, and on paper. It names nobody."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.ledger import books
from app.people import team_cards
from app.web import qr, team_kinds
from app.web.permissions import PUBLIC, allow
from app.web.translate import _

bp = Blueprint("team_cards", __name__)


@bp.get("/t/<book>/<uuid:team_id>")
@allow(PUBLIC)
def show(book: str, team_id: UUID) -> ResponseReturnValue:
    """Show a card that staff opened."""
    with reading() as session:
        ledger_id = books.by_code(session, book).id
        card = team_cards.show(session, ledger_id=ledger_id, team_id=team_id)
    dialled = team_cards.dialled(card.phone)
    kind = team_kinds.name(card.team.kind)
    code = qr.svg(request.base_url, label=_("这张名片的码"))
    return render_template("board/team.html", card=card, kind=kind, code=code, dialled=dialled)
