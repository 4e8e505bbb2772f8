"""What an application must be before it is looked at: sound, rated, of a time not taken yet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import PermissionDenied, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.people import duty_pay, roles
from app.points import case_numbers, free_time, photos, programmes, rates
from app.points.errors import DutyEarnsNothing, EvidenceNeeded, NoRate
from app.points.models import Application, Indicator, Rate
from app.points.presences import Stay

DAYS_BACK_MAX = 92
"""A deed is applied for within a quarter."""
QUANTITY_MAX, MINUTES_MAX, TEXT_MAX = 20, 720, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a member applies for.

    Attributes:
        minutes: For an indicator that counts time; else 0.
        quantity: 次 or 件; else 0.
        text: What was done, for the reviewer; kept sealed.
        case_no: The case's number, where there is one: it counts once (A10).
        is_on_duty: It was the applicant's paid duty.
    """

    member_id: UUID
    node_id: int
    category_code: str
    minutes: int = 0
    quantity: int = 0
    served_on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    text: str
    case_no: str | None = None
    is_on_duty: bool = False


def require_sense(asked: Asked) -> None:
    """Refuse what says nothing, is too large, or is not of the last three months.

    Raises:
        ValidationFailed: Fact `field` says where.
    """
    oldest = clock.today() - timedelta(days=DAYS_BACK_MAX)
    if not 0 < len(asked.text.strip()) <= TEXT_MAX:
        raise ValidationFailed(f"1 to {TEXT_MAX} characters", field="text")
    if not oldest <= asked.served_on <= clock.today():
        raise ValidationFailed("a day of the last three months", field="served_on")
    if not 0 <= asked.minutes <= MINUTES_MAX:
        raise ValidationFailed("12 hours at most", field="minutes")
    if not 0 <= asked.quantity <= QUANTITY_MAX:
        raise ValidationFailed(f"{QUANTITY_MAX} at most", field="quantity")


def rate_of(session: Session, ledger_id: int, asked: Asked) -> Rate:
    """Return the rate that will count it, and refuse what it does not count.

    Raises:
        DutyEarnsNothing: The category is a paid post or the like (A5).
        CaseNumberNeeded: It is counted in 件, and is not one case with its number (A10).
        EvidenceNeeded: The indicator asks for a number, and there is none (P7).
        NoRate: It earns nothing on that day.
        ValidationFailed: It is counted by time and no hours, or no time of day, are said (A3),
            or the other way round.
    """
    programme = programmes.of_ledger(session, ledger_id)
    category = programmes.category(session, programme, asked.category_code)
    if not category.earns_hours:
        raise DutyEarnsNothing
    if category.indicator_code is None:
        raise NoRate(indicator_code="", on=asked.served_on.isoformat())
    indicator = programmes.indicator(session, programme, category.indicator_code)
    is_time = indicator.measure == "minutes"
    if not (asked.minutes if is_time else asked.quantity):
        field = "minutes" if is_time else "quantity"
        raise ValidationFailed("how long, or how often", field=field)
    if asked.quantity if is_time else asked.minutes:
        raise ValidationFailed("counted by time, or by number", field="quantity")
    free_time.require_span(
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        served_on=asked.served_on,
        minutes=asked.minutes,
    )
    case_numbers.require_one(
        measure=indicator.measure, quantity=asked.quantity, case_no=asked.case_no
    )
    if indicator.evidence == "case_number" and asked.case_no is None:
        raise EvidenceNeeded(evidence=indicator.evidence, field="case_no")
    return rates.on(session, programme.id, indicator.code, asked.served_on)


def require_off_duty(session: Session, ledger_id: int, asked: Asked) -> None:
    """Refuse what was the applicant's paid duty, said or known (X1, O8, K2).

    Raises:
        DutyEarnsNothing: It was.
    """
    if asked.is_on_duty or duty_pay.is_paid_at(
        session,
        ledger_id=ledger_id,
        member_id=asked.member_id,
        node_id=asked.node_id,
        on=asked.served_on,
    ):
        raise DutyEarnsNothing


def require_free_time(session: Session, ledger_id: int, asked: Asked) -> None:
    """Refuse a time that is taken: one time is credited once, whatever the door (A3, C18).

    Raises:
        OverlapWithOtherActivity: It is credited, or applied for, already.
    """
    if asked.starts_at is not None and asked.ends_at is not None:
        stay = Stay(asked.member_id, asked.starts_at, asked.ends_at, "application", new_id())
        free_time.require(session, ledger_id=ledger_id, stays=[stay])


def require_photo(session: Session, found: Application) -> None:
    """Refuse what has no photo where its indicator asks for one (P7).

    Raises:
        EvidenceNeeded: Fact `field`.
    """
    indicator = _indicator(session, found)
    if indicator is None or indicator.evidence != "photo":
        return
    kept = photos.list_of(
        session, ledger_id=found.ledger_id, kind="application", subject_ids=[found.id]
    )
    if not kept.get(found.id):
        raise EvidenceNeeded(evidence=indicator.evidence, field="photos")


def require_named_role(session: Session, found: Application, actor: Actor) -> None:
    """Refuse who has not the role that the indicator asks of its approver (P7).

    Raises:
        PermissionDenied: Fact `role_needed`.
    """
    indicator = _indicator(session, found)
    role = indicator.approver_role if indicator else None
    node = tree.get(session, found.node_id)
    if role and not roles.has(session, person_id=actor.person_id, roles=role, node=node):
        raise PermissionDenied(role_needed=role)


def _indicator(session: Session, found: Application) -> Indicator | None:
    programme = programmes.of_ledger(session, found.ledger_id)
    code = programmes.category(session, programme, found.category_code).indicator_code
    return programmes.indicator(session, programme, code) if code else None
