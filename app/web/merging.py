"""One act in four rooms: an old membership ends, and all it holds goes on under the kept (L13)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.people import merges
from app.people.models import Merge
from app.points import mergings
from app.service_orders import merged_traces


def approve(
    session: Session, *, ledger_id: int, merge_id: UUID, actor: Actor
) -> tuple[Merge, list[UUID]]:
    """Approve a merge and move what the old membership holds; return it and the journals.

    The door asked whether both are in its place, and free (`risk.freezes`).

    Raises:
        NotFound, SecondPersonRequired, AlreadyDecided, MemberNotActive: As `merges.approve`.
        HoldsOpen, LedgerReadOnly: As `mergings.post`.
    """
    merged = merges.approve(session, ledger_id=ledger_id, merge_id=merge_id, actor=actor)
    journal_ids = mergings.post(session, ledger_id=ledger_id, merge=merged.merge, actor=actor)
    merged_traces.move(session, ledger_id=ledger_id, old_id=merged.old.id, kept_id=merged.kept.id)
    return merged.merge, journal_ids
