"""Help in hardship (困难帮扶): points from the common pool, asked for and decided by two (D32).

Why somebody is helped is sealed: who decides reads it, and no notice or note tells it.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import accounts, posting
from app.ledger.posting import JournalDraft
from app.people import audit, inbox, members
from app.people.errors import AlreadyDecided
from app.points import holders, pool, programmes, second_person, verdicts, vintages, wallets
from app.points.errors import PoolTooSmall
from app.points.models import Decision, Help
from app.points.pool import POOL

KIND = "hardship_help"
LEVEL = 2
REASON_MAX = 500


def request(
    session: Session,
    *,
    ledger_id: int,
    member_id: UUID,
    node_id: int,
    points: int,
    reason: str,
    actor: Actor,
) -> Help:
    """Ask that somebody in hardship be helped from the pool; a second person decides.

    Args:
        reason: Kept sealed: only who decides reads it.

    Raises:
        ValidationFailed: No reason, or not 1 to 100,000 points.
        NotFound: The member or the place does not exist.
        MemberNotActive: The membership is not active.
    """
    pool.require_size(points)
    if not 0 < len(reason.strip()) <= REASON_MAX:
        raise ValidationFailed(f"1 to {REASON_MAX} characters", field="reason")
    members.require_active(members.get(session, ledger_id=ledger_id, member_id=member_id))
    tree.get(session, node_id)
    help_id = new_id()
    entered = Help(
        ledger_id=ledger_id,
        id=help_id,
        member_id=member_id,
        node_id=node_id,
        points=points,
        reason_sealed=crypto.seal(reason.strip(), help_id),
        state="waiting",
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
    )
    session.add(entered)
    session.flush()
    _audit(session, entered, actor, "help_requested")
    return entered


def decide(
    session: Session,
    *,
    ledger_id: int,
    help_id: UUID,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> Help:
    """Approve or refuse help; approved, the points arrive at once and the member is told.

    Raises:
        NotFound: There is no such request.
        ValidationFailed: No verdict, or no reason to refuse.
        AlreadyDecided: It was decided before.
        SecondPersonRequired: The actor asked for it, or it is theirs or their household's.
        PoolTooSmall: The pool holds less; fact `free_points`.
        LedgerReadOnly: The book is stopped.
    """
    verdicts.require(verdict, reason)
    found = _lock(session, ledger_id, help_id)
    if found.state != "waiting":
        raise AlreadyDecided(state=found.state)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.entered_by_id],
        member_ids=[found.member_id],
    )
    found.state = verdict
    if verdict == "approved":
        _give(session, found, actor)
    decision = Decision(
        ledger_id=ledger_id,
        subject_id=found.id,
        level=LEVEL,
        subject_kind="help",
        verdict=verdict,
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
        reason=reason,
    )
    session.add(decision)
    session.flush()
    _audit(session, found, actor, f"help_{verdict}")
    return found


def get(session: Session, *, ledger_id: int, help_id: UUID) -> Help:
    """Return a request for help.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Help, (ledger_id, help_id))
    if found is None:
        raise NotFound("no such help")
    return found


def reason_of(found: Help) -> str:
    """Return why somebody should be helped: for who decides."""
    return crypto.unseal(found.reason_sealed, found.id)


def list_waiting(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Help]:
    """List the requests for help that wait in a subtree, oldest first."""
    query = (
        sa.select(Help)
        .join(Node, Node.id == Help.node_id)
        .where(
            Help.ledger_id == ledger_id,
            Help.state == "waiting",
            tree.within(Node.path, node),
        )
        .order_by(Help.entered_at, Help.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _give(session: Session, found: Help, actor: Actor) -> None:
    ledger_id = found.ledger_id
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=[found.member_id], lock=True)
    holder_id = holder_of[found.member_id]
    purse = wallets.earning_purse(session, ledger_id=ledger_id, holder_id=holder_id)
    accounts.lock(session, ledger_id=ledger_id, refs=[POOL])
    free = pool.free_points(session, ledger_id=ledger_id)
    if found.points > free:
        raise PoolTooSmall(free_points=max(0, free))
    policy = programmes.of_ledger(session, ledger_id).expiry_policy
    vintage_on = vintages.vintage_on(policy, clock.today())
    draft = JournalDraft(
        key=f"help:{found.id}",
        kind=KIND,
        lines=tuple(purse.earn(found.points, vintage_on, source=POOL)),
        actor=actor,
        source_id=found.id,
    )
    found.journal_id = posting.post_one(session, ledger_id=ledger_id, draft=draft)
    note = inbox.Note(
        holder_id, "pool_helped", {"points": found.points}, natural_key=f"helped:{found.id}"
    )
    inbox.tell(session, ledger_id=ledger_id, notes=[note])


def _lock(session: Session, ledger_id: int, help_id: UUID) -> Help:
    query = sa.select(Help).where(Help.ledger_id == ledger_id, Help.id == help_id)
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such help")
    return found


def _audit(session: Session, row: Help, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=row.ledger_id,
        actor=actor,
        action=action,
        subject_kind="common_pool",
        subject_id=row.id,
        points=row.points,
    )
