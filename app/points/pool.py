"""The common pool (公共池): members give points to it; `hardship` gives them out (D32).

A donation can be taken back for 24 hours and never after; only what can no longer be taken
back is given out. In the pool points do not expire.
"""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.ledger import balances, posting, reversals
from app.ledger.accounts import AccountRef
from app.ledger.errors import AlreadyReversed
from app.ledger.posting import JournalDraft
from app.people import audit, members
from app.points import holders, wallets
from app.points.errors import DonationFinal
from app.points.models import Donation
from app.risk import freezes

POOL = AccountRef("points", "common_pool")
DONATED, TAKEN_BACK = "donation", "donation_back"
REGRET = timedelta(hours=24)
"""How long a donor may think again (D32)."""
POINTS_MAX = 100_000


def donate(
    session: Session, *, ledger_id: int, member_id: UUID, points: int, actor: Actor
) -> Donation:
    """Give a member's points to the common pool, the soonest to expire first.

    Raises:
        ValidationFailed: Not 1 to 100,000 points.
        InsufficientPoints: Fact `short_points`.
        MemberNotActive: The membership is not active.
        AccountFrozen: The membership is frozen.
        LedgerReadOnly: The book is stopped.
    """
    require_size(points)
    members.require_active(members.get(session, ledger_id=ledger_id, member_id=member_id))
    freezes.require_free(session, ledger_id=ledger_id, subject_ids=[member_id])
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=[member_id], lock=True)
    donation_id = new_id()
    lines = wallets.spend_lines(
        session,
        ledger_id=ledger_id,
        member_id=holder_of[member_id],
        amount_points=points,
        to=POOL,
    )
    draft = JournalDraft(
        key=f"donation:{donation_id}",
        kind=DONATED,
        lines=lines,
        actor=actor,
        source_id=donation_id,
    )
    made = Donation(
        ledger_id=ledger_id,
        id=donation_id,
        member_id=member_id,
        points=points,
        state="given",
        donated_at=clock.now(),
        journal_id=posting.post_one(session, ledger_id=ledger_id, draft=draft),
    )
    session.add(made)
    session.flush()
    _audit(session, made, actor, "donated")
    return made


def take_back(session: Session, *, ledger_id: int, donation_id: UUID, actor: Actor) -> Donation:
    """Give a donation back within its 24 hours, each part to its lot (D32).

    Raises:
        NotFound: There is no such donation.
        AlreadyReversed: It was taken back before.
        DonationFinal: The 24 hours are over.
        LedgerReadOnly: The book is stopped.
    """
    query = sa.select(Donation).where(Donation.ledger_id == ledger_id, Donation.id == donation_id)
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such donation")
    if found.state != "given":
        raise AlreadyReversed
    if clock.now() >= found.donated_at + REGRET:
        raise DonationFinal
    found.state = "taken_back"
    found.reversal_journal_id = reversals.reverse(
        session,
        ledger_id=ledger_id,
        journal_id=found.journal_id,
        lines=wallets.return_lines(session, ledger_id=ledger_id, journal_id=found.journal_id),
        key=f"donation_back:{found.id}",
        kind=TAKEN_BACK,
        actor=actor,
        source_id=found.id,
    )
    session.flush()
    _audit(session, found, actor, "donation_taken_back")
    return found


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Let the kept membership take back what the old one gave and may still take back (L13)."""
    session.execute(
        sa.update(Donation)
        .where(
            Donation.ledger_id == ledger_id,
            Donation.member_id == old_id,
            Donation.state == "given",
            Donation.donated_at > clock.now() - REGRET,
        )
        .values(member_id=kept_id)
        .execution_options(synchronize_session="fetch")
    )


def held_points(session: Session, *, ledger_id: int) -> int:
    """Return what is in the common pool."""
    return balances.available(session, ledger_id=ledger_id, ref=POOL)


def free_points(session: Session, *, ledger_id: int) -> int:
    """Return what may be given out: no donation that can still be taken back."""
    young = sa.select(sa.func.coalesce(sa.func.sum(Donation.points), 0)).where(
        Donation.ledger_id == ledger_id,
        Donation.state == "given",
        Donation.donated_at > clock.now() - REGRET,
    )
    return held_points(session, ledger_id=ledger_id) - int(session.execute(young).scalar_one())


def get_donation(session: Session, *, ledger_id: int, donation_id: UUID) -> Donation:
    """Return a donation.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Donation, (ledger_id, donation_id))
    if found is None:
        raise NotFound("no such donation")
    return found


def list_donations(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Donation]:
    """List a member's donations, latest first."""
    query = (
        sa.select(Donation)
        .where(Donation.ledger_id == ledger_id, Donation.member_id == member_id)
        .order_by(Donation.donated_at.desc(), Donation.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def require_size(points: int) -> None:
    """Refuse what is no sensible number of points.

    Raises:
        ValidationFailed: Not 1 to 100,000.
    """
    if not 0 < points <= POINTS_MAX:
        raise ValidationFailed(f"1 to {POINTS_MAX} points", field="points")


def _audit(session: Session, row: Donation, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=row.ledger_id,
        actor=actor,
        action=action,
        subject_kind="common_pool",
        subject_id=row.id,
        points=row.points,
    )
