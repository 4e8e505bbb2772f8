"""Merging two memberships of one person (L13): asked for by one, approved by another.

This room closes the old membership: its cards and codes die, its stays in teams
and in a household move to the kept one. What the old one holds is moved by
`points.mergings`, which the door calls in the same unit of work with the pair that
`approve` returns. The old membership, its statement and its history stay readable.
Whether one of the two is frozen, `web.merging` asks first (`risk.freezes`), or a merge
would carry frozen points out.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import AlreadyRequested, NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import audit, inbox, members, sessions
from app.people.errors import AlreadyDecided
from app.people.member_locks import lock_active
from app.people.merged_traces import move_traces
from app.people.models import Member, Merge

REASON_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class MergedPair:
    """What an approved merge joins: `points.mergings` moves all from `old` to `kept`."""

    merge: Merge
    old: Member
    kept: Member


def request(
    session: Session,
    *,
    ledger_id: int,
    old_member_id: UUID,
    kept_member_id: UUID,
    reason: str,
    actor: Actor,
) -> Merge:
    """Ask that `old` be merged into `kept`.

    Raises:
        ValidationFailed: It is one membership, or the reason is empty or too long.
        NotFound: One is no member of this book.
        MemberNotActive: One membership is not active.
        AlreadyRequested: A request about one of them waits for a decision.
    """
    if old_member_id == kept_member_id:
        raise ValidationFailed("a membership does not merge into itself", field="kept_member_id")
    if not 0 < len(reason.strip()) <= REASON_LENGTH_MAX:
        raise ValidationFailed("say why, in at most 200 characters", field="reason")
    pair = (old_member_id, kept_member_id)
    lock_active(session, ledger_id=ledger_id, member_ids=pair)
    waiting = sa.select(Merge.id).where(
        Merge.ledger_id == ledger_id,
        Merge.state == "requested",
        sa.or_(Merge.old_member_id.in_(pair), Merge.kept_member_id.in_(pair)),
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise AlreadyRequested
    merge = Merge(
        ledger_id=ledger_id,
        id=new_id(),
        old_member_id=old_member_id,
        kept_member_id=kept_member_id,
        reason=reason.strip(),
        state="requested",
        requested_by_id=actor.person_id,
        requested_at=clock.now(),
    )
    session.add(merge)
    session.flush()
    _audit(session, merge, "merge_requested", actor)
    return merge


def approve(session: Session, *, ledger_id: int, merge_id: UUID, actor: Actor) -> MergedPair:
    """Approve a merge: the old membership ends, the pair is returned for the ledger (L13).

    Raises:
        NotFound: No such request.
        SecondPersonRequired: The actor asked for it, or is one of the two.
        AlreadyDecided: It was decided before; fact `state`.
        MemberNotActive: One membership has ended since.
    """
    merge = get(session, ledger_id=ledger_id, merge_id=merge_id)
    pair = (merge.old_member_id, merge.kept_member_id)
    found = members.get_many(session, ledger_id=ledger_id, member_ids=pair)
    old, kept = found[merge.old_member_id], found[merge.kept_member_id]
    _require_another_person(merge, (old, kept), actor)
    merge = _decide(session, merge, "approved", actor)
    lock_active(session, ledger_id=ledger_id, member_ids=pair)
    session.execute(
        sa.update(Member)
        .where(
            Member.ledger_id == ledger_id,
            # Who was merged into the old one earlier now stands for the kept one too, so
            # that every past is one step away (rankings, refunds).
            sa.or_(Member.id == old.id, Member.merged_into_id == old.id),
        )
        .values(state="merged", merged_into_id=kept.id)
    )
    move_traces(session, old=old, kept=kept)
    if members.surviving_person(session, old.person_id) == kept.person_id:
        sessions.revoke_all(session, person_id=old.person_id)  # the next sign-in leads to `kept`
    note = inbox.Note(kept.id, "merged", {"volunteer_no": old.volunteer_no})
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    _audit(session, merge, "merge_approved", actor)
    return MergedPair(merge, old, kept)


def refuse(session: Session, *, ledger_id: int, merge_id: UUID, actor: Actor) -> Merge:
    """Refuse a merge and tell its asker; they may withdraw their own request in the same way.

    Raises:
        NotFound: No such request.
        AlreadyDecided: It was decided before; fact `state`.
    """
    merge = get(session, ledger_id=ledger_id, merge_id=merge_id)
    merge = _decide(session, merge, "refused", actor)
    if not actor.is_involved(merge.requested_by_id):
        _tell_asker(session, merge)
    _audit(session, merge, "merge_refused", actor)
    return merge


def get(session: Session, *, ledger_id: int, merge_id: UUID) -> Merge:
    """Return a request of this book.

    Raises:
        NotFound: There is none.
    """
    merge = session.get(Merge, (ledger_id, merge_id))
    if merge is None:
        raise NotFound("no such request to merge")
    return merge


def list_waiting(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Merge]:
    """List the requests about members of a subtree, longest waiting first."""
    query = (
        sa.select(Merge)
        .join(
            Member,
            sa.and_(Member.ledger_id == Merge.ledger_id, Member.id == Merge.kept_member_id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            Merge.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            Merge.state == "requested",
            tree.within(Node.path, node),
        )
        .order_by(Merge.requested_at, Merge.id)
        .limit(limit)
        .offset(offset)
    )
    return list(session.scalars(query))


def merged_from(session: Session, *, ledger_id: int, member_id: UUID) -> list[Member]:
    """List the old memberships that were merged into this one; their histories are readable."""
    query = sa.select(Member).where(
        Member.ledger_id == ledger_id, Member.merged_into_id == member_id
    )
    return list(session.scalars(query.order_by(Member.volunteer_no)))


def _require_another_person(merge: Merge, pair: tuple[Member, Member], actor: Actor) -> None:
    persons = (merge.requested_by_id, *(member.person_id for member in pair))
    if any(actor.is_involved(person_id) for person_id in persons):
        raise SecondPersonRequired


def _decide(session: Session, merge: Merge, state: str, actor: Actor) -> Merge:
    statement = (
        sa.update(Merge)
        .where(Merge.ledger_id == merge.ledger_id, Merge.id == merge.id, Merge.state == "requested")
        .values(state=state, decided_by_id=actor.person_id, decided_at=clock.now())
        .returning(Merge)
        .execution_options(populate_existing=True)
    )
    decided = session.scalars(statement).one_or_none()
    if decided is None:
        session.refresh(merge)
        raise AlreadyDecided(state=merge.state)
    return decided


def _tell_asker(session: Session, merge: Merge) -> None:
    """Tell who asked; an asker without a membership in this book has no inbox here."""
    asker = members.find_of_person(
        session, ledger_id=merge.ledger_id, person_id=merge.requested_by_id
    )
    if asker is None:
        return
    pair = (merge.old_member_id, merge.kept_member_id)
    found = members.get_many(session, ledger_id=merge.ledger_id, member_ids=pair)
    facts = {
        "old_no": found[merge.old_member_id].volunteer_no,
        "kept_no": found[merge.kept_member_id].volunteer_no,
    }
    note = inbox.Note(asker.id, "merge_refused", facts, natural_key=f"merge_refused:{merge.id}")
    inbox.tell(session, ledger_id=merge.ledger_id, notes=[note])


def _audit(session: Session, merge: Merge, action: str, actor: Actor) -> None:
    acts = [
        audit.Act(action, "member", member_id, {"merge_id": merge.id})
        for member_id in (merge.old_member_id, merge.kept_member_id)
    ]
    audit.write_all(session, ledger_id=merge.ledger_id, actor=actor, acts=acts)
