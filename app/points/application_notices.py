"""Applications on notice (公示): put up, objected to line by line, then posted by the clock (D30).

A job posts what nobody objected to once the last working day is over. An objection stops
its own line only: open, the line waits; upheld, the application is refused. Whoever answers
is neither the applicant nor their household nor who reviewed it.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM, Actor
from app.people.models import Objection
from app.points import applications, grants, programmes, second_person
from app.points.deeds import Deed
from app.points.errors import ApplicationStateConflict
from app.points.models import Application, Indicator, Notice, NoticeLine

CLEARED_LEVEL = 2
"""Another person has reviewed it, and everybody could object."""
BATCH_SIZE = 200
UPHELD = "公示期间的异议成立"


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


def about(session: Session, *, ledger_id: int, subject_id: UUID) -> Application | None:
    """Return the application that a notice's line shows, if it shows one."""
    query = (
        sa.select(Application)
        .join(
            NoticeLine,
            sa.and_(
                NoticeLine.ledger_id == Application.ledger_id,
                NoticeLine.application_id == Application.id,
            ),
        )
        .where(
            Application.ledger_id == ledger_id,
            NoticeLine.ledger_id == ledger_id,
            NoticeLine.id == subject_id,
        )
    )
    return session.scalar(query)


def require_free_decider(
    session: Session, *, ledger_id: int, subject_id: UUID, actor: Actor
) -> None:
    """Refuse who reviewed or made the application, or whom it would serve, as the decider.

    Raises:
        SecondPersonRequired: Another person must answer the objection (D30, A6).
    """
    found = about(session, ledger_id=ledger_id, subject_id=subject_id)
    if found is None:
        return
    makers = {found.applied_by_id, *([found.reviewed_by_id] if found.reviewed_by_id else [])}
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=makers,
        member_ids=[found.member_id],
    )


def post_due(session: Session, *, ledger_id: int, today: date) -> int:
    """Post what was put up and is over, line by line; return how many lines were settled.

    Called again it settles nothing twice: the grant's source is the application.

    Raises:
        LedgerReadOnly: The book is stopped.

    Rule: D30, L2.
    """
    found = _due(session, ledger_id, today)
    verdicts = _verdicts(session, ledger_id, [each.id for each in found])
    stopped = [each for each in found if "upheld" in verdicts.get(each.id, ())]
    clear = [each for each in found if not verdicts.get(each.id)]
    for each in stopped:
        each.state, each.reason = "refused", UPHELD
    deeds = _deeds(session, ledger_id, clear)
    made = grants.grant(
        session, ledger_id=ledger_id, deeds=deeds, actor=SYSTEM, cleared_level=CLEARED_LEVEL
    )
    for each, grant in zip(clear, made, strict=True):
        each.state, each.grant_id = "posted", grant.id
    session.flush()
    for each in (*stopped, *clear):
        applications.tell(session, each)
    return len(stopped) + len(clear)


def _due(session: Session, ledger_id: int, today: date) -> list[Application]:
    query = (
        sa.select(Application)
        .join(
            Notice,
            sa.and_(Notice.ledger_id == Application.ledger_id, Notice.id == Application.notice_id),
        )
        .where(
            Application.ledger_id == ledger_id,
            Notice.ledger_id == ledger_id,
            Application.state == "noticed",
            Notice.withdrawn_at.is_(None),
            Notice.closes_on < today,
            ~_is_waited_for(ledger_id),
        )
        .order_by(Application.served_on, Application.id)
        .limit(BATCH_SIZE)
        .with_for_update(key_share=True, of=Application)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _objections(ledger_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Objections to a line, each with the application that the line shows."""
    return (
        sa.select(NoticeLine.application_id, Objection.state)
        .select_from(NoticeLine)
        .join(
            Objection,
            sa.and_(
                Objection.ledger_id == NoticeLine.ledger_id,
                Objection.subject_id == NoticeLine.id,
            ),
        )
        .where(
            NoticeLine.ledger_id == ledger_id,
            Objection.ledger_id == ledger_id,
            Objection.subject_kind == "notice",
        )
    )


def _is_waited_for(ledger_id: int) -> sa.ColumnElement[bool]:
    """Somebody's objection to this application's line has no answer yet."""
    return (
        _objections(ledger_id)
        .where(NoticeLine.application_id == Application.id, Objection.state == "open")
        .correlate(Application)
        .exists()
    )


def _verdicts(
    session: Session, ledger_id: int, application_ids: Sequence[UUID]
) -> dict[UUID, set[str]]:
    """Return what of each application's objections stops it: what is open or upheld."""
    query = _objections(ledger_id).where(
        NoticeLine.application_id.in_(application_ids), Objection.state.in_(("open", "upheld"))
    )
    found: dict[UUID, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.application_id, set()).add(row.state)
    return found


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
