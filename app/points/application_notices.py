"""Applications on notice (公示): put up, objected to line by line, then posted by the clock (D30).

A job posts what nobody objected to once the last working day is over. An objection stops
its own line only (`notice_objections`): open, the line waits; upheld, it is refused.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.points import applications, grants, notice_objections, programmes
from app.points.deeds import Deed
from app.points.errors import ApplicationStateConflict
from app.points.models import Application, Indicator, NoticeLine

CLEARED_LEVEL = 2
"""Another person has reviewed it, and everybody could object."""
LINE = NoticeLine.application_id


def put_up(
    session: Session, *, ledger_id: int, notice_id: UUID, application_ids: Collection[UUID]
) -> None:
    """Bind reviewed applications to the notice that shows them, each to one notice.

    Raises:
        ApplicationStateConflict: One of them is at another step meanwhile.
    """
    statement = (
        sa.update(Application)
        .where(
            Application.ledger_id == ledger_id,
            Application.id.in_(application_ids),
            Application.state == "reviewed",
        )
        .values(state="noticed", notice_id=notice_id)
        .returning(Application.id)
    )
    moved = session.scalars(statement).all()
    if len(moved) < len(application_ids):
        raise ApplicationStateConflict(state="noticed")


def take_down(session: Session, *, ledger_id: int, notice_id: UUID) -> None:
    """Let the applications of a notice that was taken down wait for another one."""
    session.execute(
        sa.update(Application)
        .where(
            Application.ledger_id == ledger_id,
            Application.notice_id == notice_id,
            Application.state == "noticed",
        )
        .values(state="reviewed", notice_id=None)
    )


def post_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Post what was put up and is over, line by line; return how many lines were settled.

    Called again it settles nothing twice: the grant's source is the application. What a
    person must look at once more waits as any grant does: `application_standing`.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: D30, L2.
    """
    found: list[Application] = notice_objections.due(
        session,
        ledger_id=ledger_id,
        subject=Application,
        line=LINE,
        ordered_by=Application.served_on,
        today=today,
    )
    verdicts = notice_objections.verdicts(
        session, ledger_id=ledger_id, line=LINE, subject_ids=[each.id for each in found]
    )
    stopped = [each for each in found if "upheld" in verdicts.get(each.id, ())]
    clear = [each for each in found if not verdicts.get(each.id)]
    for each in stopped:
        each.state, each.reason = "refused", notice_objections.UPHELD
    deeds = _deeds(session, ledger_id, clear)
    made = grants.grant(
        session, ledger_id=ledger_id, deeds=deeds, actor=SYSTEM, cleared_level=CLEARED_LEVEL
    )
    for each, grant in zip(clear, made, strict=True):
        each.state, each.grant_id = "posted", grant.id
    session.flush()
    applications.tell(session, ledger_id=ledger_id, found=[*stopped, *clear])
    return len(stopped) + len(clear)


def _deeds(session: Session, ledger_id: int, found: Sequence[Application]) -> list[Deed]:
    programme = programmes.of_ledger(session, ledger_id)
    measures: dict[str, Indicator] = {
        each.code: each for each in programmes.list_indicators(session, programme)
    }
    codes = {each.category_code for each in found}
    named = programmes.categories(session, programme, codes)
    return [
        _deed(each, measures[named[each.category_code].indicator_code or ""].measure)
        for each in found
    ]


def _deed(found: Application, measure: str) -> Deed:
    """What is posted: nothing of paid duty; hours only where the indicator counts time."""
    minutes = 0 if found.is_on_duty or measure != "minutes" else found.minutes
    quantity = 0 if found.is_on_duty else found.quantity
    return Deed(
        member_id=found.member_id,
        source_kind="application",
        source_id=found.id,
        provenance="credited" if minutes else grants.NO_HOURS,
        minutes=minutes,
        quantity=quantity,
        category_code=found.category_code,
        served_on=found.served_on,
        node_id=found.node_id,
        starts_at=None if found.is_on_duty else found.starts_at,
        ends_at=None if found.is_on_duty else found.ends_at,
        evidence=f"案号 {found.case_no}" if found.case_no else None,
    )
