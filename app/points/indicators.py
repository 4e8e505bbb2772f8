"""Indicators (积分指标) and categories (活动类型) of a programme: what is counted, and how.

A deed has a category, the category counts towards an indicator, and the
indicator is measured in minutes, 次 (times) or 件 (pieces) (C3, P7).
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.people import audit
from app.points import catalogue
from app.points.models import Category, Indicator, Programme, Rate
from app.points.models_rule import APPROVER_ROLES, EVIDENCES

MEASURES = ("minutes", "times", "pieces")


def indicator(session: Session, programme: Programme, code: str) -> Indicator:
    """Return an indicator of the programme.

    Raises:
        NotFound: The programme has none of this code.
    """
    found = session.get(Indicator, (programme.id, code))
    if found is None:
        raise NotFound("no such indicator", indicator_code=code)
    return found


def list_indicators(session: Session, programme: Programme) -> list[Indicator]:
    """List the indicators of the programme by code (P7)."""
    query = sa.select(Indicator).where(Indicator.programme_id == programme.id)
    return list(session.scalars(query.order_by(Indicator.code)))


def add_indicator(
    session: Session,
    *,
    programme: Programme,
    code: str,
    name: str,
    measure: str,
    approver_role: str | None = None,
    actor: Actor,
) -> Indicator:
    """Add something else that is counted: by `minutes`, `times` (次) or `pieces` (件) (P7).

    Raises:
        ValidationFailed: The measure is unknown, or the code taken.
    """
    added = Indicator(code=code, name=name, measure=measure, approver_role=approver_role)
    return _add(session, programme, added, actor)


def add_minus_indicator(
    session: Session, *, programme: Programme, code: str, name: str, measure: str, actor: Actor
) -> Indicator:
    """Add something that takes points away, by `deductions` alone: no deed counts to it (P7).

    Raises:
        ValidationFailed: The measure is unknown, or the code taken.
    """
    added = Indicator(code=code, name=name, measure=measure, direction="minus")
    return _add(session, programme, added, actor)


def _add(session: Session, programme: Programme, added: Indicator, actor: Actor) -> Indicator:
    _require_measure(added.measure)
    if session.get(Indicator, (programme.id, added.code)) is not None:
        raise ValidationFailed("this code is taken", field="code")
    added.programme_id = programme.id
    session.add(added)
    session.flush()
    facts = {"code": added.code, "measure": added.measure, "direction": added.direction}
    audit_rule(session, programme, actor, "indicator_added", **facts)
    return added


def measure_by(
    session: Session, *, programme: Programme, indicator_code: str, measure: str, actor: Actor
) -> Indicator:
    """Say how an indicator is counted, before it has its first rate (P7).

    Raises:
        ValidationFailed: The measure is unknown, or a rate counts by the old one.
    """
    _require_measure(measure)
    changed = indicator(session, programme, indicator_code)
    rated = sa.select(Rate.version).where(
        Rate.programme_id == programme.id, Rate.indicator_code == indicator_code
    )
    if session.scalar(rated.limit(1)) is not None:
        raise ValidationFailed("this indicator has rates already", field="measure")
    changed.measure = measure
    session.flush()
    audit_rule(
        session, programme, actor, "indicator_measured", code=indicator_code, measure=measure
    )
    return changed


def demand(
    session: Session,
    *,
    programme: Programme,
    indicator_code: str,
    approver_role: str | None,
    evidence: str,
    actor: Actor,
) -> Indicator:
    """Say who approves what counts towards an indicator, and which evidence it needs (P7).

    Holds for what is entered or decided from now on; what was posted stays.

    Args:
        approver_role: `staff` or `second_approver`, or None: whoever else may decide.
        evidence: `none`, `photo` or `case_number`. A 件 needs its case number besides.

    Raises:
        NotFound: The programme has no such indicator.
        ValidationFailed: The role or the evidence is unknown, or the indicator takes away.
    """
    _require_demands(approver_role, evidence)
    changed = indicator(session, programme, indicator_code)
    _require_plus(changed)
    changed.approver_role, changed.evidence = approver_role, evidence
    session.flush()
    facts = {"code": indicator_code, "approver_role": approver_role, "evidence": evidence}
    audit_rule(session, programme, actor, "indicator_demands_set", **facts)
    return changed


def category(session: Session, programme: Programme, code: str) -> Category:
    """Return a category of the programme.

    Raises:
        NotFound: The programme has none of this code.
    """
    return categories(session, programme, [code])[code]


def categories(
    session: Session, programme: Programme, codes: Collection[str]
) -> dict[str, Category]:
    """Return several categories of the programme by code, in one statement.

    Raises:
        NotFound: One of them does not exist; fact `category_code`.
    """
    query = sa.select(Category).where(
        Category.programme_id == programme.id, Category.code.in_(codes)
    )
    found = {each.code: each for each in session.scalars(query)}
    for code in codes:
        if code not in found:
            raise NotFound("no such category", category_code=code)
    return found


def list_categories(session: Session, programme: Programme) -> list[Category]:
    """List the categories of the programme by name."""
    query = sa.select(Category).where(Category.programme_id == programme.id)
    return list(session.scalars(query.order_by(Category.name, Category.code)))


def add_category(
    session: Session,
    *,
    programme: Programme,
    code: str,
    name: str,
    indicator_code: str | None,
    earns_hours: bool = True,
    actor: Actor,
) -> Category:
    """Add a category that counts towards an indicator, or towards none (C3).

    Raises:
        NotFound: The programme has no such indicator.
        ValidationFailed: The code is taken, or the indicator takes points away.
    """
    if indicator_code is not None:
        _require_plus(indicator(session, programme, indicator_code))
    if session.get(Category, (programme.id, code)) is not None:
        raise ValidationFailed("this code is taken", field="code")
    added = Category(
        programme_id=programme.id,
        code=code,
        name=name,
        indicator_code=indicator_code,
        earns_hours=earns_hours,
    )
    session.add(added)
    session.flush()
    audit_rule(session, programme, actor, "category_added", code=code)
    return added


def fill(session: Session, programme: Programme) -> None:
    """Give a new programme the default indicators and categories (P7)."""
    indicators = [
        {"programme_id": programme.id, "code": code, "name": name, "measure": "minutes"}
        for code, name in catalogue.INDICATORS
    ]
    session.execute(sa.insert(Indicator), indicators)
    lines = [{"programme_id": programme.id, **line._asdict()} for line in catalogue.CATEGORIES]
    session.execute(sa.insert(Category), lines)


def _require_measure(measure: str) -> None:
    if measure not in MEASURES:
        raise ValidationFailed("counted by minutes, times or pieces", field="measure")


def _require_demands(approver_role: str | None, evidence: str) -> None:
    if approver_role is not None and approver_role not in APPROVER_ROLES:
        raise ValidationFailed("staff or second approver", field="approver_role")
    if evidence not in EVIDENCES:
        raise ValidationFailed("none, a photo or a case number", field="evidence")


def _require_plus(counted: Indicator) -> None:
    if counted.direction != "plus":
        raise ValidationFailed("this indicator takes points away", field="indicator_code")


def audit_rule(
    session: Session, programme: Programme, actor: Actor, action: str, **facts: Any
) -> None:
    """Write a change of the programme's rules into the audit."""
    audit.write(
        session,
        ledger_id=programme.ledger_id,
        actor=actor,
        action=action,
        subject_kind="programme",
        **facts,
    )
