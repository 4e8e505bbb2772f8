"""What an empty household passes on: its lots with their last days, in one journal (D29).

What of them was a gift stays one: `gift_marks` (D32).
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import ValidationFailed
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.posting import JournalDraft, Line
from app.people import inbox
from app.points import empty_homes, gift_marks, holders, wallets
from app.points.models import HomePassing, HomePassingMark
from app.points.pool import POOL
from app.points.purses import Purse, of_owners, receivable_ref

KIND = "home_passing"


def post(session: Session, found: HomePassing, actor: Actor) -> None:
    """Settle what the household owes, then pass the rest on, each lot with its last day.

    Raises:
        ValidationFailed: No points are left.
        LedgerReadOnly: The book is stopped.
    """
    owners = {found.household_id: "household"}
    held = of_owners(session, ledger_id=found.ledger_id, kinds=owners, lock=True)
    lines, marks = _lines(session, found, held[found.household_id])
    if not lines:
        raise ValidationFailed("no points are left", field="household_id")
    found.points = sum(line.amount for line in lines)
    draft = JournalDraft(
        key=f"passing:{found.id}",
        kind=KIND,
        lines=tuple(lines),
        actor=actor,
        reason=found.reason,
        source_id=found.id,
    )
    found.journal_id = posting.post_one(session, ledger_id=found.ledger_id, draft=draft)
    found.state = "posted"
    session.add_all(marks)
    session.flush()
    if found.to_member_id is not None:
        facts = {"points": found.points - found.settled_points, "reason": found.reason}
        note = inbox.Note(
            found.to_member_id, "home_passed", facts, natural_key=f"passed:{found.id}"
        )
        inbox.tell(session, ledger_id=found.ledger_id, notes=[note])


def _lines(
    session: Session, found: HomePassing, home: Purse
) -> tuple[list[Line], list[HomePassingMark]]:
    """Choose what goes where, and which of it was a gift: that is the last a lot holds (D32)."""
    getter = _getter(session, found)
    gifted = gift_marks.received(session, ledger_id=found.ledger_id, owner_ids=[found.household_id])
    lines: list[Line] = []
    marks: list[HomePassingMark] = []
    for vintage, points in home.live_lots(clock.today()):
        source = home.ref(vintage)
        settled = min(points, home.receivable_points - found.settled_points)
        if settled:
            lines.append(Line(source, receivable_ref(home.holder_id), settled))
            found.settled_points += settled
        rest = points - settled
        gift = min(rest, gifted.get((found.household_id, vintage), 0))
        moved = _moved(getter, rest, vintage, source) if rest else []
        lines += moved
        if gift:
            marks.append(_mark(found, getter, vintage, gift, moved))
    return lines, marks


def _moved(getter: Purse | None, points: int, vintage: date, source: AccountRef) -> list[Line]:
    if getter is None:
        return [Line(source, POOL, points)]
    return getter.earn(points, vintage, source=source)


def _mark(
    found: HomePassing, getter: Purse | None, vintage: date, gift: int, moved: list[Line]
) -> HomePassingMark:
    came = sum(line.amount for line in moved if line.credit.kind != "receivable")
    return HomePassingMark(
        ledger_id=found.ledger_id,
        passing_id=found.id,
        vintage_on=vintage,
        household_id=found.household_id,
        to_owner_id=(getter.home_id or getter.holder_id) if getter else None,
        points=gift,
        kept_points=min(gift, came) if getter else 0,
    )


def _getter(session: Session, found: HomePassing) -> Purse | None:
    """Lock the purse that gets it; None: the pool."""
    if found.to_member_id is None:
        return None
    ids = [found.to_member_id]
    kept = holders.of(session, ledger_id=found.ledger_id, member_ids=ids, lock=True)
    return wallets.earning_purse(session, ledger_id=found.ledger_id, holder_id=kept[ids[0]])


def post_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Give to the pool what nobody came forward for; return how many households.

    A household that somebody has moved into again keeps its points: the passing is withdrawn.

    Raises:
        LedgerReadOnly: The book is stopped.
    """
    query = (
        sa.select(HomePassing)
        .where(
            HomePassing.ledger_id == ledger_id,
            HomePassing.state == "due",
            HomePassing.closes_on < today,
        )
        .order_by(HomePassing.id)
        .with_for_update(key_share=True)
    )
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    for each in found:
        is_empty = empty_homes.is_empty(
            session, ledger_id=ledger_id, household_id=each.household_id
        )
        if not is_empty or not _has_points(session, each):
            each.state = "withdrawn"
            session.flush()
        else:
            post(session, each, SYSTEM)
    return len(found)


def _has_points(session: Session, found: HomePassing) -> bool:
    kinds = {found.household_id: "household"}
    held = of_owners(session, ledger_id=found.ledger_id, kinds=kinds)[found.household_id]
    return bool(held.live_lots(clock.today()))
