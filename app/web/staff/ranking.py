"""The hours ranking of a place: the filter stays in the address, the file is audited."""

import io
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.base import clock, idempotency
from app.base.errors import DomainError, NotFound
from app.base.idempotency import Answer
from app.base.transactions import reading, unit_of_work
from app.people import members, team_members, teams
from app.points import programmes
from app.reports import exports, rankings
from app.reports.exports import Ordered
from app.reports.rankings import PROVENANCES, Cut
from app.web.acts import asked_by_form
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import KindIn, RankingIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("ranking", __name__, url_prefix="/<place>/ranking")
TEAMS_MAX = 500
CHARTED = 10
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the ranking of this place and below it, with shared ranks."""
    return _show()


@bp.post("/export")
@allow(SIGNED_IN)
def export() -> ResponseReturnValue:
    """Write the ranking as a file with full names; the same key gives the same file again."""
    asked, problem = forms.asked(RankingIn)
    if problem:
        return _show(problem)
    try:
        kind = str(KindIn().load(forms.typed(KindIn()))["kind"])
        answer = _write(asked, kind)
    except (DomainError, ValidationError) as error:
        return _show(forms.problem(error))
    file = Response(answer.body, mimetype=TYPES[kind])
    file.headers["Content-Disposition"] = f'attachment; filename="hours-ranking.{kind}"'
    file.headers["X-Verification-Code"] = answer.resource or ""
    return file


def _write(asked: dict[str, Any], kind: str) -> Answer:
    key = asked_by_form(desk.ledger_id())

    def work(session: Session) -> Answer:
        desk.require_here(session, desk.READERS)
        cut = _cut(session, asked)
        stored = idempotency.claim(session, key)
        if stored is not None:
            return stored
        file = io.BytesIO()
        made = exports.hours_ranking(
            session,
            cut=cut,
            file=file,
            kind=kind,
            ordered=Ordered(actor(), _operator(session)),
        )
        answer = Answer(200, file.getvalue(), made.verification_code)
        idempotency.keep(session, key, answer)
        return answer

    return unit_of_work(work)


def _operator(session: Session) -> str:
    """Return the name that is printed on the sheet: the operator's own."""
    own = members.find_of_person(session, ledger_id=desk.ledger_id(), person_id=desk.me())
    return members.full_name(own) if own else str(desk.me())


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("ranking")
    asked, wrong = forms.asked(RankingIn)
    with reading() as session:
        try:
            cut = _cut(session, asked)
            found = rankings.rank(session, cut)
        except DomainError as error:
            problem, asked = problem or problem_of(error), {"limit": 50, "offset": 0}
            cut, found = _cut(session, asked), []
        rows = found[asked["offset"] : asked["offset"] + asked["limit"]]
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "ranking.html",
            problem or wrong,
            rows=rows,
            total=len(found),
            sum_minutes=sum(each.total_minutes for each in found),
            chart=found[:CHARTED],
            most=max((each.total_minutes for each in found), default=1),
            cut=cut,
            asked=asked,
            teams=_teams(session),
            team_names=_team_names(session, [each.member_id for each in rows]),
            categories=programmes.list_categories(session, programme),
            provenances=PROVENANCES,
        )


def _cut(session: Session, asked: dict[str, Any]) -> Cut:
    """Return what to rank: this place and below, never more; this year unless told otherwise."""
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


def _team_names(session: Session, member_ids: list[UUID]) -> dict[UUID, str]:
    return {
        member_id: "、".join(
            team.name
            for team in team_members.teams_of(
                session, ledger_id=desk.ledger_id(), member_id=member_id
            )
        )
        for member_id in member_ids
    }
