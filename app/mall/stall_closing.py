"""Stalls that were left open when their day was over: closed by the clock (M4).

Their tills are closed with what they sold, the goods go back to the shelf by the book, and
whoever opened the stall is told that nobody counted.
"""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.mall import shelf, shops, stall_shelf, stalls, tills
from app.mall.models import Stall
from app.mall.stock import Counted
from app.people import inbox, members

AT_ONCE = 100
UNCOUNTED = "夜里自动收摊，没有人点数，按账收回"


def close_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Close the stalls whose day is over; return how many. Called again until it is 0."""
    query = sa.select(Stall.id).where(
        Stall.ledger_id == ledger_id, Stall.state == "open", Stall.held_on < today
    )
    due = list(session.scalars(query.order_by(Stall.id).limit(AT_ONCE)))
    for stall_id in due:
        held = stall_shelf.hold(session, ledger_id=ledger_id, stall_id=stall_id)
        if held is None or held.state != "open":
            continue
        tills.close_left_open(session, ledger_id=ledger_id, stall_id=stall_id)
        _tell(session, close_uncounted(session, ledger_id=ledger_id, stall_id=stall_id))
    return len(due)


def close_uncounted(session: Session, *, ledger_id: int, stall_id: UUID) -> Stall:
    """Bring everything back by the book, because nobody counted in time (M4).

    Each kind of goods gets a line of its shelf that says so; `difference_count` stays None,
    so that the shop knows to count its shelf.

    Raises:
        NotFound: No such stall.
        StallOver: It was closed before.
    """
    stall = stalls.open_one(session, ledger_id, stall_id)
    brought = stalls.goods_of(session, ledger_id=ledger_id, stall_id=stall_id)
    counts = {one.goods_id: one.left_count for one in brought}
    shelf.seen(session, ledger_id=ledger_id, goods_ids=counts, for_update=True)
    lines = [
        Counted(one.goods_id, one.number, one.name, one.left_count, one.left_count)
        for one in brought
    ]
    stalls.bring_back(session, stall, lines, dict.fromkeys(counts, UNCOUNTED), SYSTEM)
    stalls.seal(session, stall, None, SYSTEM)
    return stalls.get(session, ledger_id=ledger_id, stall_id=stall_id)


def _tell(session: Session, closed: Stall) -> None:
    """Tell whoever opened it, if they are a member of the book."""
    opener = members.find_id(session, ledger_id=closed.ledger_id, person_id=closed.opened_by_id)
    if opener is None:
        return
    shop = shops.get(session, ledger_id=closed.ledger_id, shop_id=closed.shop_id)
    facts = {"place": closed.place, "shop": shop.name}
    note = inbox.Note(opener, "stall_closed", facts)
    inbox.tell(session, ledger_id=closed.ledger_id, notes=[note])
