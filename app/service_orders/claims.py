"""Claims: a volunteer takes a slot, does the work, submits it, and staff accept it (T3).

A slot that is not submitted by its claim's deadline is freed for others, and earns
nothing. Accepted work becomes hours and points like any other deed: one time is credited once.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.people import households, members
from app.people.models import Member
from app.points import grants
from app.points.grants import Deed
from app.service_orders import claim_deadlines, first_offers, news, posts
from app.service_orders.errors import ClaimStateConflict, NoSlotLeft, WorkedAtShifts
from app.service_orders.models import Claim, Post

LIVE = ("claimed", "submitted", "accepted")
MINUTES_MAX = 1_440


def claim(session: Session, *, ledger_id: int, post_id: UUID, member: Member) -> Claim:
    """Take a slot; who has one already keeps it.

    Raises:
        NotFound: No such post.
        NoSlotLeft: Others were faster.
        SkillFirst: It is offered to holders of a skill first (C21).
        ClaimStateConflict: The post is closed or its deadline has passed.
        MemberNotActive: The member is not active.
    """
    members.require_active(member)
    post = posts.get(session, ledger_id=ledger_id, post_id=post_id)
    own = _live_of(session, post, member.id)
    if own is not None:
        return own
    if post.state != "open" or post.due_at <= clock.now():
        raise ClaimStateConflict(state=post.state)
    first_offers.require_turn(session, post=post, member=member)
    if not _move_count(session, post, +1):
        raise NoSlotLeft
    claim_id = new_id()
    insert = insert_or_ignore(session, Claim).values(
        ledger_id=ledger_id,
        id=claim_id,
        post_id=post_id,
        member_id=member.id,
        state="claimed",
        claimed_at=clock.now(),
        due_at=claim_deadlines.new(session, post),
    )
    if session.execute(insert.returning(Claim.id)).first() is None:
        _move_count(session, post, -1)  # the same hand twice at once: one slot
        own = _live_of(session, post, member.id)
        assert own is not None, "a claim that was there a moment ago"
        return own
    return get(session, ledger_id=ledger_id, claim_id=claim_id)


def withdraw(session: Session, *, ledger_id: int, claim_id: UUID, member: Member) -> Claim:
    """Give a slot back before the work is submitted, or leave a standing project (C6).

    Somebody else may take it. What was credited stays credited.

    Raises:
        NotFound: No such claim.
        PermissionDenied: It is another's.
        ClaimStateConflict: It was submitted, or is over.
    """
    found = _own(session, ledger_id, claim_id, member)
    _require_state(found, "claimed")
    found.state = "withdrawn"
    _free(session, found)
    return found


def submit(
    session: Session,
    *,
    ledger_id: int,
    claim_id: UUID,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Claim:
    """Say that the work is done, and when (提交).

    Raises:
        NotFound: No such claim.
        PermissionDenied: It is another's.
        ClaimStateConflict: It is not under way, or its deadline has passed.
        WorkedAtShifts: Work of a standing project is checked in at its shifts (C6).
        ValidationFailed: A time of no length, of the future, or from before the claim.
    """
    found = _own(session, ledger_id, claim_id, member)
    _require_state(found, "claimed")
    post = posts.get(session, ledger_id=ledger_id, post_id=found.post_id)
    if post.is_standing:
        raise WorkedAtShifts
    if claim_deadlines.of(found, post) <= clock.now():
        raise ClaimStateConflict(state="released")
    if not found.claimed_at <= starts_at < ends_at <= clock.now():
        raise ValidationFailed("this time makes no sense", field="starts_at")
    if not 1 <= _minutes(starts_at, ends_at) <= MINUTES_MAX:
        raise ValidationFailed("this time makes no sense", field="ends_at")
    found.state, found.submitted_at = "submitted", clock.now()
    found.starts_at, found.ends_at = starts_at, ends_at
    found.note_sealed = crypto.seal(note.strip(), found.id) if note.strip() else None
    session.flush()
    return found


def accept(session: Session, *, ledger_id: int, claim_id: UUID, actor: Actor) -> Claim:
    """Accept submitted work (验收): it becomes a grant.

    Raises:
        NotFound: No such claim.
        SecondPersonRequired: One's own, or of one's household (A6).
        ClaimStateConflict: It is not submitted.
        LedgerReadOnly: The book is stopped.
    """
    found = get(session, ledger_id=ledger_id, claim_id=claim_id, is_locked=True)
    _require_state(found, "submitted")
    _require_another(session, found, actor)
    post = posts.get(session, ledger_id=ledger_id, post_id=found.post_id)
    (made,) = grants.grant(session, ledger_id=ledger_id, deeds=[_deed(post, found)], actor=actor)
    _decide(session, found, "accepted", None, actor)
    found.grant_id = made.id
    session.flush()
    return found


def refuse(session: Session, *, ledger_id: int, claim_id: UUID, reason: str, actor: Actor) -> Claim:
    """Refuse submitted work, with a reason; the slot is free again.

    Raises:
        NotFound: No such claim.
        SecondPersonRequired: One's own, or of one's household (A6).
        ClaimStateConflict: It is not submitted.
        ValidationFailed: No reason is given.
    """
    if not reason.strip():
        raise ValidationFailed("say why", field="reason")
    found = get(session, ledger_id=ledger_id, claim_id=claim_id, is_locked=True)
    _require_state(found, "submitted")
    _require_another(session, found, actor)
    _decide(session, found, "refused", reason.strip(), actor)
    _free(session, found)
    post = posts.get(session, ledger_id=ledger_id, post_id=found.post_id)
    news.of_claim(session, found, post, reason.strip())
    return found


def release_due(session: Session, *, ledger_id: int, now: datetime) -> int:
    """Free every slot whose deadline passed without work; return how many (a job, 超时释放)."""
    query = (
        sa.select(Claim, Post)
        .join(Post, sa.and_(Post.ledger_id == ledger_id, Post.id == Claim.post_id))
        .where(Claim.ledger_id == ledger_id, Claim.state == "claimed", claim_deadlines.is_over(now))
    )
    rows = session.execute(query.order_by(Claim.id).with_for_update(of=Claim)).all()
    due = [row[0] for row in rows]
    news.of_released(session, [(row[0], row[1]) for row in rows])
    for found in due:
        found.state = "released"
    session.flush()
    for post_id in sorted({each.post_id for each in due}):
        count = sum(1 for each in due if each.post_id == post_id)
        _count(session, ledger_id, post_id, -count)
    return len(due)


def get(session: Session, *, ledger_id: int, claim_id: UUID, is_locked: bool = False) -> Claim:
    """Return a claim.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(Claim).where(Claim.ledger_id == ledger_id, Claim.id == claim_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such claim")
    return found


def note_of(found: Claim) -> str:
    """Return what was said with the submitted work."""
    return crypto.unseal(found.note_sealed, found.id) if found.note_sealed else ""


def _own(session: Session, ledger_id: int, claim_id: UUID, member: Member) -> Claim:
    found = get(session, ledger_id=ledger_id, claim_id=claim_id, is_locked=True)
    if found.member_id != member.id:
        raise PermissionDenied("another's claim")
    return found


def _live_of(session: Session, post: Post, member_id: UUID) -> Claim | None:
    query = sa.select(Claim).where(
        Claim.ledger_id == post.ledger_id,
        Claim.post_id == post.id,
        Claim.member_id == member_id,
        Claim.state.in_(LIVE),
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _move_count(session: Session, post: Post, by: int) -> bool:
    return _count(session, post.ledger_id, post.id, by)


def _count(session: Session, ledger_id: int, post_id: UUID, by: int) -> bool:
    """Move the count of taken slots if it stays in range; whether it moved."""
    room = Post.taken_count + by
    moved = session.execute(
        sa.update(Post)
        .where(Post.ledger_id == ledger_id, Post.id == post_id)
        .where(room >= 0, room <= Post.slot_count)
        .values(taken_count=room)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def _free(session: Session, found: Claim) -> None:
    session.flush()
    _count(session, found.ledger_id, found.post_id, -1)


def _decide(session: Session, found: Claim, state: str, reason: str | None, actor: Actor) -> None:
    found.state, found.reason = state, reason
    found.decided_by_id, found.decided_at = actor.person_id, clock.now()
    session.flush()


def _require_another(session: Session, found: Claim, actor: Actor) -> None:
    circle = households.circle_of(session, ledger_id=found.ledger_id, person_id=actor.person_id)
    if found.member_id in circle:
        raise SecondPersonRequired("nobody accepts their own work")


def _require_state(found: Claim, state: str) -> None:
    if found.state != state:
        raise ClaimStateConflict(state=found.state)


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at) / timedelta(minutes=1))


def _deed(post: Post, found: Claim) -> Deed:
    assert found.starts_at is not None, "submitted work has its time"
    assert found.ends_at is not None, "submitted work has its time"
    return Deed(
        member_id=found.member_id,
        source_kind="claim",
        source_id=found.id,
        provenance="credited",
        minutes=_minutes(found.starts_at, found.ends_at),
        quantity=1,
        category_code=post.category_code,
        served_on=clock.local_date(found.starts_at),
        node_id=post.node_id,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
    )
