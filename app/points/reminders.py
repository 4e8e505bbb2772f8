"""What only the clock brought about is told by day: at night it waits for the morning."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.base import clock
from app.community import quiet, tree
from app.people import inbox
from app.points import programmes


def tell(session: Session, *, ledger_id: int, notes: Sequence[inbox.Note]) -> None:
    """Put reminders into inboxes, held until the quiet hours of the book's place are over."""
    if not notes:
        return
    node = tree.get(session, programmes.of_ledger(session, ledger_id).node_id)
    waking = quiet.next_waking(session, node=node, at=clock.now())
    inbox.tell(session, ledger_id=ledger_id, notes=notes, held_until=waking)
