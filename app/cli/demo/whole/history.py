"""A book's history: moments in the order of their instants, lived through once.

A moment knows its name and the instant at which it posts, so no account ever sees an
earlier instant after a later one. A few moments are one transaction; what an interrupted
load has lived already is found in the book and left out.
"""

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading, unit_of_work
from app.cli.demo.world import Moment, withdraw_proofs
from app.community import tree
from app.community.models import Node

AT_ONCE = 8
"""Moments a transaction: fewer waits for the disk, and little to live again after a kill."""


def live_through(
    ledger_id: int,
    moments: Iterable[Moment],
    *,
    lived: Callable[[Session], set[str]],
) -> Iterator[int]:
    """Live through what the book does not have yet, in order; yield how many at a time."""
    with reading() as session:
        known = lived(session)
    ordered = sorted(moments, key=lambda one: (one.at, one.name))
    rest = [one for one in ordered if one.name not in known]
    if len(rest) < len(ordered):
        yield len(ordered) - len(rest)
    for start in range(0, len(rest), AT_ONCE):
        some = rest[start : start + AT_ONCE]
        unit_of_work(lambda session, some=some: _live(session, ledger_id, some))  # type: ignore[misc]
        yield len(some)


def _live(session: Session, ledger_id: int, moments: Iterable[Moment]) -> None:
    withdraw_proofs(session, ledger_id)
    kept = _places(session, ledger_id)
    for one in moments:
        with clock.held_at(one.at):
            one.live(session)
        session.flush()
    del kept
    session.expunge_all()


def _places(session: Session, ledger_id: int) -> list[Node]:
    """Read the book's places once for all moments: whoever asks for one finds it here.

    A book's number is that of the place it hangs on.
    """
    top = tree.get(session, ledger_id)
    below = session.scalars(sa.select(Node).where(tree.within(Node.path, top)))
    return [*tree.ancestors(session, top), *below]
