"""The hours ranking of a place: the filter stays in the address; a chart, and the same numbers."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.people import teams
from app.points import programmes
from app.reports import rankings
from app.reports.rankings import PROVENANCES, Cut, Ranked
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import RankingIn
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("ranking", __name__, url_prefix="/<place>/ranking")
TEAMS_MAX = 500
CHARTED = 10


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the ranking of this place and below it, with shared ranks."""
    return draw()


def draw(problem: Problem | None = None) -> ResponseReturnValue:
    """Draw the page with the filter of its address."""
    menu.at("ranking")
    asked, wrong = forms.asked(RankingIn)
    with reading() as session:
        try:
            cut = cut_of(session, asked)
            total, minutes = rankings.totals(session, cut)
            page = rankings.page(session, cut, limit=asked["limit"], offset=asked["offset"])
            best = rankings.page(session, cut, limit=CHARTED, offset=0)
        except DomainError as error:
            problem, asked = problem or problem_of(error), {"limit": 50, "offset": 0}
            cut, total, minutes = cut_of(session, asked), 0, 0
            page = best = rankings.Page(0, [])
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "ranking.html",
            problem or wrong,
            rows=page.rows,
            total=total,
            sum_minutes=minutes,
            chart=_chart(best.rows),
            cut=cut,
            asked=asked,
            teams=_teams(session),
            team_names=rankings.team_names(session, cut, page.rows),
            categories=programmes.list_categories(session, programme),
            provenances=PROVENANCES,
        )


def cut_of(session: Session, asked: dict[str, Any]) -> Cut:
    """Return what to rank: this place and below, never more; this year unless told otherwise.

    Raises:
        NotFound: The team is of another place.
    """
    today = clock.today()
    begins_on: date = asked.get("begins_on", today.replace(month=1, day=1))
    chosen = asked.get("provenance")
    return Cut(
        ledger_id=desk.ledger_id(),
        node=desk.here().node,
        begins_on=begins_on,
        ends_on=asked.get("ends_on", today),
        team_id=_team(session, asked.get("team_id")),
        category_code=asked.get("category_code"),
        provenances=(chosen,) if chosen else PROVENANCES,
        has_points=desk.here().has_points,
    )


def _chart(rows: list[Ranked]) -> list[dict[str, Any]]:
    """Return what is drawn: hours to 0.1, cut as the table cuts them; labels are the table's."""
    return [
        {
            "name": each.name_masked,
            "first": each.credited_minutes,
            "rest": each.total_minutes - each.credited_minutes,
            "total": each.total_minutes,
        }
        for each in rows
    ]


def _team(session: Session, team_id: UUID | None) -> UUID | None:
    """Return the team, if it is of this place.

    Raises:
        NotFound: It is of another.
    """
    if team_id is None:
        return None
    found = teams.get(session, ledger_id=desk.ledger_id(), team_id=team_id)
    desk.require_at(session, found.node_id, desk.READERS)
    if found.ledger_id != desk.ledger_id():
        raise NotFound("a team of another book")
    return found.id


def _teams(session: Session) -> list[Any]:
    return teams.list_in(
        session, ledger_id=desk.ledger_id(), node=desk.here().node, limit=TEAMS_MAX
    )
