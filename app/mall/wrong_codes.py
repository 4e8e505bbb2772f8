"""Wrong codes tried at a shop: five within a minute, then it waits (D34)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import RateLimited
from app.risk import limits
from app.risk.limits import Counter

WRONG_MAX = 5
RULE = "mall.wrong_claims"


def require_left(session: Session, *, ledger_id: int, shop_id: UUID) -> None:
    """Refuse once five wrong codes were tried at a shop within a minute.

    Raises:
        RateLimited: They were.
    """
    tried = limits.used_of(session, ledger_id=ledger_id, counter=_counter(shop_id))
    if tried >= WRONG_MAX:
        raise RateLimited("too many wrong codes at this shop", retry_after_seconds=60)


def count(session: Session, *, ledger_id: int, shop_id: UUID) -> None:
    """Count a wrong code; an outer fact, so the door calls it after the refusal."""
    counter = _counter(shop_id)._asdict()
    limits.use(session, ledger_id=ledger_id, **counter, amount=1, maximum=None)


def _counter(shop_id: UUID) -> Counter:
    return Counter(shop_id, RULE, f"{clock.now():%Y-%m-%dT%H:%M}")
