"""Applications (积分申报): a member says what was done, another person looks at it (D30, P7).

Counted by the category's indicator: 小时, 次 or 件. What is reviewed is put up (公示) and
posted only afterwards: `application_notices`. Work on paid duty earns nothing (X1, O8, K2).
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.ids import new_id
from app.community import tree
from app.people import audit, inbox, members
from app.points import (
    application_checks,
    application_standing,
    case_numbers,
    rates,
    second_person,
    verdicts,
)
from app.points.application_checks import Asked
from app.points.case_numbers import Taking
from app.points.errors import ApplicationStateConflict
from app.points.models import Application, Decision, Rate

LEVEL = 2


def apply(session: Session, *, ledger_id: int, asked: Asked, actor: Actor) -> Application:
    """Enter an application; it waits for another person.

    Raises:
        ValidationFailed: Nothing said or counted, too much, too long ago, or in the future.
        NoRate: This category earns nothing on that day.
        DutyEarnsNothing: It was paid duty (X1, O8, K2).
        OverlapWithOtherActivity: The time is credited, or applied for, already (A3, C18).
        CaseNumberNeeded: A 件 is one case with its number (A10).
        EvidenceNeeded: The indicator asks for a number (P7); a photo is asked for at the review.
        CaseAlreadyCounted: The case was counted, or waits (A10).
        NotFound: The member, the place or the category does not exist.
        MemberNotActive: The membership is not active.
    """
    application_checks.require_sense(asked)
    rate = application_checks.rate_of(session, ledger_id, asked)
    application_checks.require_off_duty(session, ledger_id, asked)
    member = members.get(session, ledger_id=ledger_id, member_id=asked.member_id)
    members.require_active(member)
    tree.get(session, asked.node_id)
    application_checks.require_free_time(session, ledger_id, asked)
    made = _row(ledger_id, asked, actor)
    if asked.case_no is not None:
        _take_case(session, made, rate, actor)
    session.add(made)
    session.flush()
    _audit(session, made, actor, "application_made")
    return made


def review(
    session: Session,
    *,
    ledger_id: int,
    application_id: UUID,
    verdict: str,
    reason: str | None,
    is_on_duty: bool = False,
    actor: Actor,
) -> Application:
    """Approve or refuse an application; approved, it waits for its public notice (D30).

    Args:
        verdict: `approved` or `refused`, the latter with a reason.
        is_on_duty: It was paid duty: kept on record, and worth nothing.

    Raises:
        NotFound: There is no such application.
        ValidationFailed: No verdict, or no reason to refuse.
        ApplicationStateConflict: It was reviewed before; fact `state`.
        SecondPersonRequired: One's own, one's household's, or made by oneself (D23, A6).
        PermissionDenied: Its indicator names another role to approve (P7).
        EvidenceNeeded: Its indicator asks for a photo, and there is none (P7).
    """
    verdicts.require(verdict, reason)
    found = lock(session, ledger_id=ledger_id, application_id=application_id)
    if found.state != "waiting":
        raise ApplicationStateConflict(state=found.state)
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers=[found.applied_by_id],
        member_ids=[found.member_id],
    )
    application_checks.require_named_role(session, found, actor)
    if verdict == "approved":
        application_checks.require_photo(session, found)
    found.state = "reviewed" if verdict == "approved" else "refused"
    found.is_on_duty = is_on_duty
    found.points_shown = _points_shown(session, found) if verdict == "approved" else None
    found.reviewed_by_id, found.reviewed_at = actor.person_id, clock.now()
    found.reason = (reason or "").strip() or None
    session.add(_decision(found, verdict))
    session.flush()
    tell(session, ledger_id=ledger_id, found=[found])
    _audit(session, found, actor, f"application_{verdict}")
    return found


def withdraw(
    session: Session, *, ledger_id: int, application_id: UUID, actor: Actor
) -> Application:
    """Take one's application back, as long as it is not put up.

    Raises:
        NotFound: There is no such application, or it is another's.
        ApplicationStateConflict: It is put up or decided; fact `state`.
    """
    found = lock(session, ledger_id=ledger_id, application_id=application_id)
    whose = members.get(session, ledger_id=ledger_id, member_id=found.member_id)
    if not (actor.is_involved(whose.person_id) or actor.is_involved(found.applied_by_id)):
        raise NotFound("no such application of yours")
    if found.state not in ("waiting", "reviewed"):
        raise ApplicationStateConflict(state=found.state)
    found.state = "withdrawn"
    session.flush()
    _audit(session, found, actor, "application_withdrawn")
    return found


def get(session: Session, *, ledger_id: int, application_id: UUID) -> Application:
    """Return an application of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Application, (ledger_id, application_id))
    if found is None:
        raise NotFound("no such application")
    return found


def lock(session: Session, *, ledger_id: int, application_id: UUID) -> Application:
    """Return an application and hold it still.

    Raises:
        NotFound: There is none.
    """
    query = sa.select(Application).where(
        Application.ledger_id == ledger_id, Application.id == application_id
    )
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such application")
    return found


def text_of(found: Application) -> str:
    """Return what the applicant wrote: for themselves and for who decides."""
    return crypto.unseal(found.text_sealed, found.id)


def tell(session: Session, *, ledger_id: int, found: Sequence[Application]) -> None:
    """Tell each member where their application stands now."""
    standings = application_standing.of(session, ledger_id=ledger_id, found=found)
    notes = [
        inbox.Note(
            each.member_id,
            "application_decided",
            {
                "state": standings[each.id].state,
                "served_on": each.served_on.isoformat(),
                "points": standings[each.id].points,
                "reason": standings[each.id].reason or "",
            },
            natural_key=f"application:{each.id}:{standings[each.id].state}",
        )
        for each in found
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _points_shown(session: Session, found: Application) -> int:
    given = application_standing.points_of(session, ledger_id=found.ledger_id, found=[found])
    return given[found.id]


def _row(ledger_id: int, asked: Asked, actor: Actor) -> Application:
    application_id = new_id()
    return Application(
        ledger_id=ledger_id,
        id=application_id,
        member_id=asked.member_id,
        node_id=asked.node_id,
        category_code=asked.category_code,
        minutes=asked.minutes,
        quantity=asked.quantity,
        served_on=asked.served_on,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        text_sealed=crypto.seal(asked.text.strip(), application_id),
        case_no=case_numbers.tidy(asked.case_no) if asked.case_no is not None else None,
        is_on_duty=False,
        state="waiting",
        applied_by_id=actor.person_id,
        applied_at=clock.now(),
    )


def _take_case(session: Session, made: Application, rate: Rate, actor: Actor) -> None:
    counted = made.minutes or made.quantity
    taking = Taking(
        case_no=made.case_no or "",
        source_kind="application",
        source_id=made.id,
        node_id=made.node_id,
        category_code=made.category_code,
        served_on=made.served_on,
        points=rates.earn(rate, carry=0, quantity=counted).points,
        rate=rate,
    )
    case_numbers.take(session, ledger_id=made.ledger_id, taking=taking, actor=actor)


def _decision(found: Application, verdict: str) -> Decision:
    return Decision(
        ledger_id=found.ledger_id,
        subject_id=found.id,
        level=LEVEL,
        subject_kind="application",
        verdict=verdict,
        decided_by_id=found.reviewed_by_id,
        decided_at=found.reviewed_at,
        reason=found.reason,
    )


def _audit(session: Session, found: Application, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="application",
        subject_id=found.id,
        state=found.state,
    )
