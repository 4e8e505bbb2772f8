"""Refused sales: the member hears that somebody showed their code or card and nothing moved.

An outer fact: the door calls `tell` in the outer transaction after the sale refused.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.mall.models import Shop, Till
from app.people import inbox


def tell(
    session: Session,
    *,
    ledger_id: int,
    till_id: UUID,
    member_id: UUID,
    presentation_id: UUID,
    refusal: DomainError,
) -> None:
    """Tell the member, once for each showing and cause, that a sale was refused (F17)."""
    shop_name = session.scalar(
        sa.select(Shop.name)
        .join(Till, sa.and_(Till.ledger_id == Shop.ledger_id, Till.shop_id == Shop.id))
        .where(Shop.ledger_id == ledger_id, Till.ledger_id == ledger_id, Till.id == till_id)
    )
    if shop_name is None:
        return
    note = inbox.Note(
        member_id,
        "redemption_refused",
        {"shop": shop_name, "outcome": refusal.code},
        natural_key=f"redemption_refused:{presentation_id}:{refusal.code}",
    )
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
