"""Whose accounts a deed of a member goes to: their own, or those of the membership kept (L13).

After a merge the old membership's grants stay with its id and stay readable; what
they earn or lose from then on belongs to the membership that was kept.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.people.models import Member

MERGES_IN_A_ROW_MAX = 16


def of(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID], lock: bool = False
) -> dict[UUID, UUID]:
    """Return the member who holds the accounts of each member; one statement unless merged.

    Whoever writes grants locks: a member's sums, carry and presence then stand
    still until the transaction ends. The lock lets rows that only refer to the
    member pass.

    Raises:
        NotFound: One of them is no member of this book.
    """
    merged = _merged_into(session, ledger_id, set(member_ids), lock)
    for _ in range(MERGES_IN_A_ROW_MAX):
        onward = {kept for kept in merged.values() if kept is not None and kept not in merged}
        if not onward:
            break
        merged |= _merged_into(session, ledger_id, onward, lock)
    return {member_id: _last(merged, member_id) for member_id in member_ids}


def _merged_into(
    session: Session, ledger_id: int, member_ids: set[UUID], lock: bool
) -> dict[UUID, UUID | None]:
    query = (
        sa.select(Member.id, Member.merged_into_id)
        .where(Member.ledger_id == ledger_id, Member.id.in_(member_ids))
        .order_by(Member.id)
    )
    if lock:
        query = query.with_for_update(key_share=True)
    found = {row.id: row.merged_into_id for row in session.execute(query)}
    if len(found) < len(member_ids):
        raise NotFound("no such member in this book")
    return found


def _last(merged: dict[UUID, UUID | None], member_id: UUID) -> UUID:
    kept = merged[member_id]
    while kept is not None:
        member_id, kept = kept, merged[kept]
    return member_id
