"""Rows of people: members, teams and those in them, and their cards."""

from typing import Any

import sqlalchemy as sa

from app.community.models import Node
from app.people.models import Card, Duty, Enlistment, Member, Team, TeamMember
from app.people.teams import PLAIN_KINDS
from app.reports.place_reports.scope import Rows, Scope, rows


def teams(scope: Scope) -> sa.Select[Any]:
    """Every open team, since the first of its people joined."""
    return (
        rows(Team.name, sa.func.min(TeamMember.joined_on))
        .join(TeamMember, _stays(scope))
        .where(_team_here(scope))
        .group_by(Team.id, Team.name)
    )


def volunteer_teams(scope: Scope) -> sa.Select[Any]:
    """Open teams that are plain volunteer teams, and neither a patrol nor a studio (C22)."""
    return teams(scope).where(Team.kind.in_(PLAIN_KINDS))


def team_members(scope: Scope) -> sa.Select[Any]:
    """Everybody in a team, once, however many teams they are in (C23)."""
    return _in_teams(scope, rows(Member.volunteer_no, sa.func.min(TeamMember.joined_on))).group_by(
        Member.id, Member.volunteer_no
    )


def team_places(scope: Scope) -> sa.Select[Any]:
    """Every stay in a team: who is in two counts twice (人次口径)."""
    return _in_teams(scope, rows(Member.volunteer_no, TeamMember.joined_on))


def duties(kind_code: str) -> Rows:
    """Return the rows of people who hold a duty, once each (T27, S9)."""

    def select(scope: Scope) -> sa.Select[Any]:
        return (
            rows(Member.volunteer_no, sa.func.min(Duty.begun_on))
            .join(Duty, (Duty.ledger_id == Member.ledger_id) & (Duty.member_id == Member.id))
            .where(
                Member.ledger_id == scope.ledger_id,
                Duty.ledger_id == scope.ledger_id,
                Duty.kind_code == kind_code,
                Duty.begun_on <= scope.as_of_on,
                sa.or_(Duty.ended_on.is_(None), Duty.ended_on > scope.as_of_on),
                Duty.node_id.in_(scope.places()),
            )
            .group_by(Member.id, Member.volunteer_no)
        )

    return select


def enlisted(scope: Scope) -> sa.Select[Any]:
    """Everybody who reported in to where they live; members or not (O11)."""
    return rows(Enlistment.external_id, Enlistment.enlisted_on).where(
        Enlistment.ledger_id == scope.ledger_id,
        Enlistment.enlisted_on <= scope.as_of_on,
        Enlistment.node_id.in_(scope.places()),
    )


def cards_issued(scope: Scope) -> sa.Select[Any]:
    """Every card that was ever issued, replaced ones too (P3)."""
    return _cards(scope, rows(Card.card_no, Card.issued_at))


def card_holders(scope: Scope) -> sa.Select[Any]:
    """Everybody who holds or held a card, once."""
    return _cards(scope, rows(Member.volunteer_no, sa.func.min(Card.issued_at))).group_by(
        Member.id, Member.volunteer_no
    )


def cards_replaced(scope: Scope) -> sa.Select[Any]:
    """Cards that were lost and replaced (补发作废)."""
    return _cards(scope, rows(Card.card_no, Card.ended_at)).where(Card.state == "replaced")


def _cards(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return (
        start.select_from(Card)
        .join(Member, (Member.ledger_id == Card.ledger_id) & (Member.id == Card.member_id))
        .where(
            Card.ledger_id == scope.ledger_id,
            Member.ledger_id == scope.ledger_id,
            Member.node_id.in_(scope.places()),
            Card.issued_at < scope.until_at,
        )
    )


def _in_teams(scope: Scope, start: sa.Select[Any]) -> sa.Select[Any]:
    return (
        start.select_from(Team)
        .join(TeamMember, _stays(scope))
        .join(
            Member,
            (Member.ledger_id == TeamMember.ledger_id) & (Member.id == TeamMember.member_id),
        )
        .where(_team_here(scope), Member.ledger_id == scope.ledger_id)
    )


def _stays(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(
        TeamMember.ledger_id == scope.ledger_id,
        TeamMember.team_id == Team.id,
        TeamMember.joined_on <= scope.as_of_on,
        sa.or_(TeamMember.left_on.is_(None), TeamMember.left_on > scope.as_of_on),
    )


def _team_here(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(
        Team.ledger_id == scope.ledger_id,
        Team.node_id.in_(sa.select(Node.id).where(scope.is_here(Node.path))),
        sa.or_(Team.closed_on.is_(None), Team.closed_on > scope.as_of_on),
    )
