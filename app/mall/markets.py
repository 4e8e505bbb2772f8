"""Markets (近邻集市) at which shops have stalls: where, on which day, hosted by whom (M4)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import ValidationFailed
from app.community import tree
from app.points import programmes

PLACE_MAX = 64


@dataclass(frozen=True, slots=True)
class Market:
    """Where and when a stall stands.

    Attributes:
        place: In words: 老槐树下.
        node_id: The community that hosts it: its orders count there; the shop's if not told.
        activity_id: The market, an activity of this book; the door has looked.
    """

    place: str
    held_on: date
    node_id: int | None = None
    activity_id: UUID | None = None


def require_sound(session: Session, ledger_id: int, market: Market) -> None:
    """Refuse a market without a place, on a day that is over, or of people of another book.

    Raises:
        NotFound: No such host.
        ValidationFailed: One of these; fact `field`.
    """
    if not 0 < len(market.place.strip()) <= PLACE_MAX:
        raise ValidationFailed("where is the stall?", field="place")
    if market.held_on < clock.today():
        raise ValidationFailed("this day is over", field="held_on")
    if market.node_id is None:
        return
    programme = programmes.find_of_node(session, tree.get(session, market.node_id))
    if programme is None or programme.ledger_id != ledger_id:
        raise ValidationFailed("this place is not of this book", field="host")
