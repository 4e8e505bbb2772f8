"""三方评议: the committee, the owners and the property firm each score who served (S1, S9).

An assessor is a member appointed for a body at a place. Nobody scores themselves, their
household or a team they are in; until the quarter is closed a score may be given anew.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_for, insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, households, members, team_members, teams
from app.people.models import Member
from app.points.errors import PeriodConflict
from app.points.models import Assessment, Assessor
from app.points.models_assessment import ASSESSED_KINDS, BODIES
from app.points.quarters import counting
from app.points.quarters.calendar import Quarter

SCORE_MAX = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is scored: a member, a team, or a project.

    Of a project the door says the place and whose work it is, for this room knows none:
    `node_id`, and `member_ids` with those of its team and all who claimed it or served.
    """

    kind: str
    id: UUID
    node_id: int | None = None
    member_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """A score from 0 to 100, and a sentence if there is one."""

    score: int
    note: str = ""


def appoint(
    session: Session, *, ledger_id: int, node_id: int, member_id: UUID, body: str, actor: Actor
) -> Assessor:
    """Appoint a member as assessor (评议员) of a body at a place; again changes nothing.

    Raises:
        NotFound: No such member or place.
        ValidationFailed: No such body.
        SecondPersonRequired: Nobody appoints themselves.
    """
    if body not in BODIES:
        raise ValidationFailed("one of three bodies", field="body")
    whose = members.get(session, ledger_id=ledger_id, member_id=member_id)
    if actor.is_involved(whose.person_id):
        raise SecondPersonRequired
    row = {
        "ledger_id": ledger_id,
        "id": new_id(),
        "node_id": tree.get(session, node_id).id,
        "member_id": member_id,
        "body": body,
        "appointed_by_id": actor.person_id,
        "appointed_at": clock.now(),
    }
    made: Assessor | None = session.scalars(
        insert_or_ignore(session, Assessor).values(row).returning(Assessor)
    ).one_or_none()
    if made is None:
        return _live(session, ledger_id, node_id, member_id)
    _audit(session, made, actor, "assessor_appointed")
    return made


def dismiss(session: Session, *, ledger_id: int, assessor_id: UUID, actor: Actor) -> Assessor:
    """End an appointment; the scores that were given stay.

    Raises:
        NotFound: There is none, or it ended.
    """
    found = get(session, ledger_id=ledger_id, assessor_id=assessor_id)
    found.ended_at = clock.now()
    session.flush()
    _audit(session, found, actor, "assessor_dismissed")
    return found


def assess(
    session: Session,
    *,
    ledger_id: int,
    assessor_id: UUID,
    quarter: Quarter,
    subject: Subject,
    mark: Mark,
    actor: Actor,
) -> Assessment:
    """Score a volunteer, a team or a project for a quarter, as an assessor appointed to.

    Raises:
        NotFound: No such assessor, member or team, or not of the assessor's place.
        PermissionDenied: The actor is not this assessor.
        SecondPersonRequired: It is the assessor, their household, or a team or project of
            theirs (S9, A6).
        PeriodConflict: The quarter is closed, or has not begun.
        ValidationFailed: The score is not 0 to 100.
    """
    assessor = get(session, ledger_id=ledger_id, assessor_id=assessor_id)
    whose = members.get(session, ledger_id=ledger_id, member_id=assessor.member_id)
    if whose.person_id != actor.person_id:
        raise PermissionDenied("only the assessor")
    if not 0 <= mark.score <= SCORE_MAX or subject.kind not in ASSESSED_KINDS:
        raise ValidationFailed("a score from 0 to 100", field="score")
    _require_open(session, ledger_id, quarter)
    _require_another(session, assessor, subject, actor)
    insert = insert_for(session, Assessment)
    again = ("score", "note", "assessed_at")
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "period", "subject_kind", "subject_id", "assessor_id"],
        set_={name: getattr(insert.excluded, name) for name in again},
    )
    found: Assessment = session.scalars(
        upsert.values(_row(assessor, quarter, subject, mark, actor)).returning(Assessment),
        execution_options={"populate_existing": True},
    ).one()
    return found


def get(session: Session, *, ledger_id: int, assessor_id: UUID) -> Assessor:
    """Return an appointment that stands.

    Raises:
        NotFound: There is none, or it ended.
    """
    found = session.get(Assessor, (ledger_id, assessor_id))
    if found is None or found.ended_at is not None:
        raise NotFound("no such assessor")
    return found


def list_in(session: Session, *, ledger_id: int, node: Node) -> list[tuple[Assessor, Member]]:
    """List the assessors of a place and below it."""
    query = (
        sa.select(Assessor, Member)
        .join(
            Member, sa.and_(Member.ledger_id == Assessor.ledger_id, Member.id == Assessor.member_id)
        )
        .join(Node, Node.id == Assessor.node_id)
        .where(
            Assessor.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Assessor.ended_at.is_(None),
            tree.within(Node.path, node),
        )
        .order_by(Assessor.body, Member.volunteer_no)
    )
    return [(assessor, member) for assessor, member in session.execute(query)]


def list_of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Assessor]:
    """List for which bodies, and where, a member assesses."""
    query = sa.select(Assessor).where(
        Assessor.ledger_id == ledger_id,
        Assessor.member_id == member_id,
        Assessor.ended_at.is_(None),
    )
    return list(session.scalars(query.order_by(Assessor.appointed_at)))


def list_given(
    session: Session, *, ledger_id: int, assessor_id: UUID, quarter: Quarter
) -> list[Assessment]:
    """List the scores that an assessor gave for a quarter."""
    query = sa.select(Assessment).where(
        Assessment.ledger_id == ledger_id,
        Assessment.assessor_id == assessor_id,
        Assessment.period == quarter.name,
    )
    return list(session.scalars(query.order_by(Assessment.assessed_at.desc())))


def averages(session: Session, *, ledger_id: int, quarter: Quarter) -> dict[tuple[str, UUID], int]:
    """Return each subject's average in hundredths: of each body first, then of the bodies."""
    query = (
        sa.select(
            Assessment.subject_kind,
            Assessment.subject_id,
            sa.func.sum(Assessment.score),
            sa.func.count(),
        )
        .where(Assessment.ledger_id == ledger_id, Assessment.period == quarter.name)
        .group_by(Assessment.subject_kind, Assessment.subject_id, Assessment.body)
    )
    bodies: dict[tuple[str, UUID], list[int]] = {}
    for kind, subject_id, total, count in session.execute(query):
        bodies.setdefault((kind, subject_id), []).append(int(total) * 100 // int(count))
    return {subject: sum(each) // len(each) for subject, each in bodies.items()}


def _row(
    assessor: Assessor, quarter: Quarter, subject: Subject, mark: Mark, actor: Actor
) -> dict[str, object]:
    return {
        "ledger_id": assessor.ledger_id,
        "id": new_id(),
        "period": quarter.name,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "body": assessor.body,
        "assessor_id": assessor.id,
        "score": mark.score,
        "note": mark.note.strip(),
        "assessed_by_id": actor.person_id,
        "assessed_at": clock.now(),
    }


def _require_open(session: Session, ledger_id: int, quarter: Quarter) -> None:
    counting.hold(session, ledger_id=ledger_id, is_closing=False)
    last = counting.last_closed(session, ledger_id=ledger_id)
    if last is not None and quarter <= last:
        raise PeriodConflict(reason="closed")
    if quarter > Quarter.of(clock.today()):
        raise PeriodConflict(reason="not_over", ends_on=quarter.ends_on.isoformat())


def _require_another(session: Session, assessor: Assessor, subject: Subject, actor: Actor) -> None:
    """Nobody scores their own: themselves, their household, a team they are in (S9)."""
    ledger_id = assessor.ledger_id
    place = tree.get(session, assessor.node_id)
    if subject.kind == "member":
        whose = members.get(session, ledger_id=ledger_id, member_id=subject.id)
        circle = households.circle_of(session, ledger_id=ledger_id, person_id=actor.person_id)
        is_own, node_id = subject.id in circle, whose.node_id
    elif subject.kind == "project":
        assert subject.node_id is not None, "the door says where a project is"
        circle = households.circle_of(session, ledger_id=ledger_id, person_id=actor.person_id)
        is_own, node_id = not circle.isdisjoint(subject.member_ids), subject.node_id
    else:
        team = teams.get(session, ledger_id=ledger_id, team_id=subject.id)
        stays = team_members.list_members(session, ledger_id=ledger_id, team_id=team.id)
        is_own = assessor.member_id in {member.id for member, _stay in stays}
        node_id = team.node_id
    if is_own:
        raise SecondPersonRequired
    if not tree.contains(place, tree.get(session, node_id)):
        raise NotFound("not of the assessor's place")


def _live(session: Session, ledger_id: int, node_id: int, member_id: UUID) -> Assessor:
    query = sa.select(Assessor).where(
        Assessor.ledger_id == ledger_id,
        Assessor.node_id == node_id,
        Assessor.member_id == member_id,
        Assessor.ended_at.is_(None),
    )
    return session.scalars(query).one()


def _audit(session: Session, assessor: Assessor, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=assessor.ledger_id,
        actor=actor,
        action=action,
        subject_kind="member",
        subject_id=assessor.member_id,
        body=assessor.body,
    )
