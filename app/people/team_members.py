"""Stays of members in teams: joining, leading, leaving; the past remains readable.

A member may be in several teams. Coming back on the day of leaving opens the same
stay again, since a stay is named by its first day.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.upserts import insert_for
from app.people import audit
from app.people.errors import TeamClosed
from app.people.member_locks import lock_active
from app.people.models import Member, Team, TeamMember

ROLES = ("member", "leader")


def join(
    session: Session,
    *,
    ledger_id: int,
    team_id: UUID,
    member_id: UUID,
    actor: Actor,
    role: str = "member",
) -> TeamMember:
    """Let a member join a team; who is in it already stays as they are.

    Raises:
        NotFound: No such team or member.
        TeamClosed: The team was closed.
        MemberNotActive: The membership in the book is not active.
    """
    join_many(
        session,
        ledger_id=ledger_id,
        team_id=team_id,
        member_ids=[member_id],
        actor=actor,
        role=role,
    )
    return _live_stay(session, ledger_id, team_id, member_id)


def join_many(
    session: Session,
    *,
    ledger_id: int,
    team_id: UUID,
    member_ids: Collection[UUID],
    actor: Actor,
    role: str = "member",
) -> list[UUID]:
    """Let many members join a team; return those who were not in it. Constant statements.

    Raises:
        NotFound: No such team, or one is no member of the book.
        TeamClosed: The team was closed.
        MemberNotActive: One membership in the book is not active.
    """
    _lock_open_team(session, ledger_id, team_id)
    lock_active(session, ledger_id=ledger_id, member_ids=member_ids)
    present = _live_member_ids(session, ledger_id, team_id)
    new = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in present]
    if not new:
        return []
    open_stays(session, [_row(ledger_id, team_id, member_id, role) for member_id in new])
    acts = [audit.Act("team_joined", "member", each, {"team_id": team_id}) for each in new]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    return new


def leave(
    session: Session, *, ledger_id: int, team_id: UUID, member_id: UUID, actor: Actor
) -> TeamMember:
    """End a member's stay in a team; its history remains.

    Raises:
        NotFound: They are not in it.
    """
    return _change(session, ledger_id, team_id, member_id, actor, left_on=clock.today())


def set_role(
    session: Session, *, ledger_id: int, team_id: UUID, member_id: UUID, role: str, actor: Actor
) -> TeamMember:
    """Make a member of the team its leader (领队), or a plain member again.

    Raises:
        NotFound: They are not in it.
    """
    assert role in ROLES, "a schema lets only member and leader through"
    return _change(session, ledger_id, team_id, member_id, actor, role=role)


def list_members(
    session: Session, *, ledger_id: int, team_id: UUID, on: date | None = None
) -> list[tuple[Member, TeamMember]]:
    """List who is in a team on a day (today), leaders first."""
    query = (
        _stays(ledger_id)
        .where(TeamMember.team_id == team_id, _covers(on or clock.today()))
        .order_by(TeamMember.role, Member.volunteer_no)
    )
    return [(member, stay) for member, stay in session.execute(query)]


def leaders_of(session: Session, *, ledger_id: int, team_id: UUID) -> list[Member]:
    """List the leaders of a team today."""
    stays = list_members(session, ledger_id=ledger_id, team_id=team_id)
    return [member for member, stay in stays if stay.role == "leader"]


def is_leader(session: Session, *, ledger_id: int, team_id: UUID, person_id: UUID) -> bool:
    """Whether a person leads a team today."""
    query = _stays(ledger_id).where(
        TeamMember.team_id == team_id,
        TeamMember.role == "leader",
        TeamMember.left_on.is_(None),
        Member.person_id == person_id,
        Member.state == "active",
    )
    return session.execute(query).first() is not None


def teams_of(session: Session, *, ledger_id: int, member_id: UUID) -> list[Team]:
    """List the teams that a member is in today, by name."""
    query = (
        sa.select(Team)
        .join(
            TeamMember,
            sa.and_(TeamMember.ledger_id == Team.ledger_id, TeamMember.team_id == Team.id),
        )
        .where(
            Team.ledger_id == ledger_id,
            TeamMember.ledger_id == ledger_id,
            TeamMember.member_id == member_id,
            TeamMember.left_on.is_(None),
        )
        .order_by(Team.name)
    )
    return list(session.scalars(query))


def team_names_of(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return for each member the open team they have been in longest; one statement."""
    query = (
        sa.select(TeamMember.member_id, Team.name)
        .join(Team, (Team.ledger_id == TeamMember.ledger_id) & (Team.id == TeamMember.team_id))
        .where(
            TeamMember.ledger_id == ledger_id,
            Team.ledger_id == ledger_id,
            TeamMember.member_id.in_(member_ids),
            TeamMember.left_on.is_(None),
            Team.closed_on.is_(None),
        )
        .order_by(TeamMember.joined_on.desc(), Team.name.desc())
    )
    return {row.member_id: row.name for row in session.execute(query)}


def history(session: Session, *, ledger_id: int, team_id: UUID) -> list[tuple[Member, TeamMember]]:
    """List every stay in a team, earliest first."""
    query = (
        _stays(ledger_id)
        .where(TeamMember.team_id == team_id)
        .order_by(TeamMember.joined_on, Member.volunteer_no)
    )
    return [(member, stay) for member, stay in session.execute(query)]


def open_stays(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Insert stays, or open today's again; for this room's own verbs."""
    table = TeamMember.__table__
    insert = insert_for(session, table)
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "team_id", "member_id", "joined_on"],
        set_={"left_on": None, "role": insert.excluded.role},
    )
    session.execute(upsert, list(rows))


def _row(ledger_id: int, team_id: UUID, member_id: UUID, role: str) -> dict[str, object]:
    return {
        "ledger_id": ledger_id,
        "team_id": team_id,
        "member_id": member_id,
        "joined_on": clock.today(),
        "role": role,
        "left_on": None,
    }


def _lock_open_team(session: Session, ledger_id: int, team_id: UUID) -> None:
    """Hold the team, so that nobody joins it twice or while it closes."""
    query = (
        sa.select(Team.closed_on)
        .where(Team.ledger_id == ledger_id, Team.id == team_id)
        .with_for_update(key_share=True)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("no such team")
    if found.closed_on is not None:
        raise TeamClosed


def _live_member_ids(session: Session, ledger_id: int, team_id: UUID) -> set[UUID]:
    query = sa.select(TeamMember.member_id).where(
        TeamMember.ledger_id == ledger_id,
        TeamMember.team_id == team_id,
        TeamMember.left_on.is_(None),
    )
    return set(session.scalars(query))


def _live_stay(session: Session, ledger_id: int, team_id: UUID, member_id: UUID) -> TeamMember:
    query = sa.select(TeamMember).where(
        TeamMember.ledger_id == ledger_id,
        TeamMember.team_id == team_id,
        TeamMember.member_id == member_id,
        TeamMember.left_on.is_(None),
    )
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _change(
    session: Session,
    ledger_id: int,
    team_id: UUID,
    member_id: UUID,
    actor: Actor,
    **values: object,
) -> TeamMember:
    statement = (
        sa.update(TeamMember)
        .where(
            TeamMember.ledger_id == ledger_id,
            TeamMember.team_id == team_id,
            TeamMember.member_id == member_id,
            TeamMember.left_on.is_(None),
        )
        .values(**values)
        .returning(TeamMember)
        .execution_options(populate_existing=True)
    )
    stay = session.scalars(statement).one_or_none()
    if stay is None:
        raise NotFound("they are not in this team")
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="team_left" if stay.left_on else "team_role_set",
        subject_kind="member",
        subject_id=member_id,
        team_id=team_id,
        role=stay.role,
    )
    return stay


def _covers(day: date) -> sa.ColumnElement[bool]:
    """Condition: the stay covers a day. The day of leaving is no longer covered."""
    return sa.and_(
        TeamMember.joined_on <= day,
        sa.or_(TeamMember.left_on.is_(None), TeamMember.left_on > day),
    )


def _stays(ledger_id: int) -> sa.Select[Member, TeamMember]:
    return (
        sa.select(Member, TeamMember)
        .join(
            TeamMember,
            sa.and_(TeamMember.ledger_id == Member.ledger_id, TeamMember.member_id == Member.id),
        )
        .where(Member.ledger_id == ledger_id, TeamMember.ledger_id == ledger_id)
    )
