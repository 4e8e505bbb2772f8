"""Team cards (队伍名片) over the API: written by staff, read by everybody once opened."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import team_cards
from app.people import teams as people_teams
from app.people.models import TeamCard
from app.people.team_cards import CardText
from app.web.acts import act
from app.web.api import standing, teams, versions
from app.web.permissions import PUBLIC, SIGNED_IN, allow
from app.web.schemas.showing import TeamCardDraftOut, TeamCardIn, TeamCardOut
from app.web.session import actor

bp = Blueprint(
    "team_cards", __name__, url_prefix="/books/<book>/teams/<uuid:team_id>", description="Teams"
)


@bp.get("/card")
@allow(PUBLIC)
@bp.response(200, TeamCardOut)
def show_card(book: str, team_id: UUID) -> dict[str, Any]:
    """Show a team's card to everybody; one that is not open is not there."""
    with reading() as session:
        card = team_cards.show(session, ledger_id=standing.book_id(book), team_id=team_id)
    names = ("name", "kind", "lead_body", "contact_role")
    return {
        "team_id": team_id,
        **{name: getattr(card.team, name) for name in names},
        "place": card.home.short_name,
        **{name: getattr(card, name) for name in ("work", "reach", "phone", "area")},
    }


@bp.get("/card/draft")
@allow(SIGNED_IN)
@bp.response(200, TeamCardDraftOut)
def show_draft(book: str, team_id: UUID) -> Response:
    """Show a card as staff wrote it, open or not, with an ETag: 0 where there is none."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        standing.require_holder(session, standing.READERS)
        team = people_teams.get(session, ledger_id=ledger_id, team_id=team_id)
        standing.node_at(session, team.node_id, standing.READERS)
        found = _dumped(
            session,
            ledger_id,
            team_id,
            team_cards.find(session, ledger_id=ledger_id, team_id=team_id),
        )
        return versions.tagged(jsonify(found), found["version"])


@bp.put("/card")
@allow(SIGNED_IN)
@bp.arguments(TeamCardIn)
@bp.response(200, TeamCardDraftOut)
def write(asked: dict[str, Any], book: str, team_id: UUID) -> ResponseReturnValue:
    """Write a team's card whole; If-Match names what was read."""
    ledger_id, version = standing.book_id(book), versions.required()
    codes = asked.pop("area")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        teams.in_scope(session, ledger_id, team_id)
        places = tree.by_codes(session, codes)
        if len(places) < len(set(codes)):
            raise NotFound("no such place")
        text = CardText(area=tuple(places[code].id for code in dict.fromkeys(codes)), **asked)
        named: dict[str, Any] = {"ledger_id": ledger_id, "team_id": team_id}
        card = team_cards.write(session, **named, text=text, version=version, actor=actor())
        return _dumped(session, ledger_id, team_id, card)

    return act(verb, ledger_id=ledger_id, status=200)


def _dumped(
    session: Session, ledger_id: int, team_id: UUID, card: TeamCard | None
) -> dict[str, Any]:
    area = team_cards.area_of(session, ledger_id=ledger_id, team_id=team_id)
    return {
        "work": card.work if card else "",
        "reach": card.reach if card else "",
        "phone": card.phone if card else None,
        "area": [node.code for node in area],
        "is_open": card.is_open if card else False,
        "version": card.version if card else 0,
    }
