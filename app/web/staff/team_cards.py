"""A team's public card at the desk: what it does, where, how to reach it; open or not."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.people import team_cards, teams
from app.people.models import Team
from app.people.team_cards import CardText
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_showing import TeamCardIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("team_cards", __name__, url_prefix="/<place>/teams/<uuid:team_id>/card")


@bp.get("")
@allow(SIGNED_IN)
def show(team_id: UUID) -> ResponseReturnValue:
    """Show the card as it stands, and the form."""
    return _show(team_id)


@bp.post("")
@allow(SIGNED_IN)
def write(team_id: UUID) -> ResponseReturnValue:
    """Write the card."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        team = _scoped(session, team_id, desk.WORKERS)
        version = asked.pop("version")
        text = CardText(**{**asked, "area": tuple(asked["area"])})
        named: dict[str, Any] = {"ledger_id": team.ledger_id, "team_id": team.id}
        team_cards.write(session, **named, text=text, version=version, actor=actor())

    return forms.answer(
        verb,
        schema=TeamCardIn,
        said=_("名片存好了。"),
        to=url_for("staff.team_cards.show", team_id=team_id),
        again=lambda problem: _show(team_id, problem),
    )


def _scoped(session: Session, team_id: UUID, names: tuple[str, ...]) -> Team:
    found = teams.get(session, ledger_id=desk.ledger_id(), team_id=team_id)
    desk.require_at(session, found.node_id, names)
    return found


def _show(team_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("teams")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "team_id": team_id}
    with reading() as session:
        team = _scoped(session, team_id, desk.READERS)
        card = team_cards.find(session, **key)
        book = books.get(session, desk.ledger_id())
        path = url_for("board.team_cards.show", book=book.code, team_id=team_id)
        chosen = {str(node.id) for node in team_cards.area_of(session, **key)}
        return forms.page(
            "team_card.html",
            problem,
            team=team,
            card=card,
            parts=team_cards.list_parts(session, tree.get(session, team.node_id)),
            chosen=set(request.form.getlist("area")) if request.form else chosen,
            path=path,
            address=request.host_url.rstrip("/") + path,
        )
