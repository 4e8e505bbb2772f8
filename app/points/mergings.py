"""Merging duplicate members: what the old membership holds moves to the kept one (L13).

One journal per unit and vintage. Grants, day totals and statements stay with the
old id, so both histories stay readable; whoever counts persons follows
`Member.merged_into_id`. The request and its second person are `people.merges`'.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.ledger import balances, posting
from app.ledger.accounts import AccountRef
from app.ledger.balances import Balance
from app.ledger.posting import JournalDraft, Line
from app.people.models import Merge
from app.points import carries, holders, pool
from app.points.carries import CarryKey
from app.points.errors import HoldsOpen
from app.points.stars import granting


def post(session: Session, *, ledger_id: int, merge: Merge, actor: Actor) -> list[UUID]:
    """Move every balance and carry of the old member to the kept one; return the journals.

    Called once the merge is approved; called again it changes nothing.

    Raises:
        HoldsOpen: Points of the old member are reserved still.
        LedgerReadOnly: The book is stopped.

    Rule: L13.
    """
    old_id, kept_id = merge.old_member_id, merge.kept_member_id
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=(old_id, kept_id), lock=True)
    kept_id = holder_of[kept_id]
    held = balances.of_owner(session, ledger_id=ledger_id, owner_id=old_id)
    if any(balance.held for balance in held):
        raise HoldsOpen
    drafts = _drafts(merge, kept_id, [balance for balance in held if balance.posted], actor)
    journal_ids = posting.post(session, ledger_id=ledger_id, drafts=drafts)
    _move_carries(session, ledger_id, old_id, kept_id)
    pool.move(session, ledger_id=ledger_id, old_id=old_id, kept_id=kept_id)
    granting.keep_most(session, ledger_id=ledger_id, old_id=old_id, kept_id=kept_id)
    return journal_ids


def _drafts(
    merge: Merge, kept_id: UUID, held: Sequence[Balance], actor: Actor
) -> list[JournalDraft]:
    drafts = []
    for balance in held:
        old = balance.ref
        kept = AccountRef(old.unit, old.kind, kept_id, old.vintage_on, old.stripe)
        # What is owed (待追回) is a balance below nought: the kept one owes it from now on.
        giver, taker = (old, kept) if balance.posted > 0 else (kept, old)
        line = Line(giver, taker, abs(balance.posted))
        drafts.append(
            JournalDraft(
                key=f"merge:{merge.id}:{old.kind}:{old.vintage_on.isoformat()}",
                kind="merge",
                lines=(line,),
                actor=actor,
                reason=merge.reason,
                source_id=merge.id,
            )
        )
    return drafts


def _move_carries(session: Session, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    moving = carries.read(session, ledger_id=ledger_id, holder_ids=[old_id])
    changes = {key: -quantity for key, quantity in moving.items() if quantity}
    for key, quantity in moving.items():
        if quantity:
            changes[CarryKey(kept_id, key.indicator_code, key.rate_version)] = quantity
    carries.change(session, ledger_id=ledger_id, changes=changes)
