"""One act in four rooms: an old membership ends, and all it holds goes on under the kept (L13)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people import cards, merges
from app.people.models import Merge
from app.points import mergings
from app.risk import freezes
from app.service_orders import merged_traces

USABLE = ("active", "lost")
"""Cards that buy, or may again once they are found."""


def approve(
    session: Session, *, ledger_id: int, merge_id: UUID, actor: Actor
) -> tuple[Merge, list[UUID]]:
    """Approve a merge and move what the old membership holds; return it and the journals.

    The door asked whether both are in its place. A frozen membership or card stops it, or
    frozen points would be carried out.

    Raises:
        AccountFrozen: Either membership is, or a card of theirs that is usable.
        NotFound, SecondPersonRequired, AlreadyDecided, MemberNotActive: As `merges.approve`.
        HoldsOpen, LedgerReadOnly: As `mergings.post`.
    """
    asked = merges.get(session, ledger_id=ledger_id, merge_id=merge_id)
    pair = (asked.old_member_id, asked.kept_member_id)
    freezes.require_free(
        session, ledger_id=ledger_id, subject_ids=_spending(session, ledger_id, pair)
    )
    merged = merges.approve(session, ledger_id=ledger_id, merge_id=merge_id, actor=actor)
    journal_ids = mergings.post(session, ledger_id=ledger_id, merge=merged.merge, actor=actor)
    merged_traces.move(session, ledger_id=ledger_id, old_id=merged.old.id, kept_id=merged.kept.id)
    return merged.merge, journal_ids


def _spending(session: Session, ledger_id: int, pair: tuple[UUID, UUID]) -> list[UUID]:
    """Return both memberships, and the cards with which either may spend."""
    held = [
        card.id
        for member_id in pair
        for card in cards.list_of(session, ledger_id=ledger_id, member_id=member_id)
        if card.state in USABLE
    ]
    return [*pair, *held]
