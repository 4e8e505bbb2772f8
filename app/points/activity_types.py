"""Activity types (活动类型) of a programme: renamed, retired, offered; completed by the catalogue.

A code never changes, so that what was done under a type keeps it; its name is today's.
A retired type is offered no more and is read still (C3).
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.base.upserts import insert_or_ignore
from app.points import catalogue, indicators
from app.points.errors import CountedInCases
from app.points.models import Category, Indicator, Programme

NAME_MAX = 32


def list_offered(session: Session, programme: Programme) -> list[Category]:
    """List the types that may be planned with today, by name."""
    listed = indicators.list_categories(session, programme)
    return [each for each in listed if each.retired_on is None]


def require_offered(session: Session, programme: Programme, code: str) -> Category:
    """Return a type that may be planned with.

    Raises:
        NotFound: The programme has none of this code.
        ValidationFailed: It was retired.
    """
    found = indicators.category(session, programme, code)
    if found.retired_on is not None:
        raise ValidationFailed("this type is held no more", field="category_code", reason="retired")
    return found


def require_each_own(session: Session, programme: Programme, code: str) -> Category:
    """Return a type that may be planned with and that pays each volunteer for their own work.

    Raises:
        NotFound, ValidationFailed: As `require_offered`.
        CountedInCases: It counts in 件: one case, one payment, shared by its number.

    Rule: C33, K4, A10.
    """
    found = require_offered(session, programme, code)
    if found.indicator_code in _in_pieces(session, programme):
        raise CountedInCases(category_code=code)
    return found


def list_each_own(session: Session, programme: Programme) -> list[Category]:
    """List the types that orders and posts may count as, by name: none that counts in 件."""
    shared = _in_pieces(session, programme)
    return [each for each in list_offered(session, programme) if each.indicator_code not in shared]


def rename(
    session: Session, *, programme: Programme, code: str, name: str, actor: Actor
) -> Category:
    """Call a type by another name, everywhere and for what was done before as well.

    Raises:
        NotFound: The programme has none of this code.
        ValidationFailed: The name is empty, too long, or another type's.
    """
    changed = indicators.category(session, programme, code)
    named = name.strip()
    if not 1 <= len(named) <= NAME_MAX:
        raise ValidationFailed("a type has a name", field="name")
    same = sa.select(Category.code).where(
        Category.programme_id == programme.id, Category.name == named, Category.code != code
    )
    if session.scalar(same.limit(1)) is not None:
        raise ValidationFailed("another type has this name", field="name", reason="taken")
    before, changed.name = changed.name, named
    session.flush()
    facts = {"code": code, "name": named, "before": before}
    indicators.audit_rule(session, programme, actor, "category_renamed", **facts)
    return changed


def retire(session: Session, *, programme: Programme, code: str, actor: Actor) -> Category:
    """Offer a type no more from today on; what is planned with it goes on. Again: nothing.

    Raises:
        NotFound: The programme has none of this code.
    """
    changed = indicators.category(session, programme, code)
    if changed.retired_on is None:
        changed.retired_on = clock.today()
        session.flush()
        indicators.audit_rule(session, programme, actor, "category_retired", code=code)
    return changed


def restore(session: Session, *, programme: Programme, code: str, actor: Actor) -> Category:
    """Offer a retired type again. Again: nothing.

    Raises:
        NotFound: The programme has none of this code.
    """
    changed = indicators.category(session, programme, code)
    if changed.retired_on is not None:
        changed.retired_on = None
        session.flush()
        indicators.audit_rule(session, programme, actor, "category_restored", code=code)
    return changed


def complete(session: Session, *, programme: Programme, actor: Actor) -> list[str]:
    """Add what the catalogue has and the programme has not; return the codes, in its order.

    What the programme renamed, retired or counts otherwise stays as it is. A type whose
    indicator the programme has no plus of counts towards none.
    """
    _complete_indicators(session, programme)
    counted = {
        each.code
        for each in indicators.list_indicators(session, programme)
        if each.direction == "plus"
    }
    rows = [
        {
            "programme_id": programme.id,
            **line._asdict(),
            "indicator_code": line.indicator_code if line.indicator_code in counted else None,
        }
        for line in catalogue.CATEGORIES
    ]
    made = insert_or_ignore(session, Category).returning(Category.code)
    added = set(session.scalars(made, rows))
    codes = [line.code for line in catalogue.CATEGORIES if line.code in added]
    if codes:
        facts = {"codes": codes}
        indicators.audit_rule(session, programme, actor, "categories_completed", **facts)
    return codes


def _in_pieces(session: Session, programme: Programme) -> set[str]:
    listed = indicators.list_indicators(session, programme)
    return {each.code for each in listed if each.measure == "pieces"}


def _complete_indicators(session: Session, programme: Programme) -> None:
    rows = [
        {"programme_id": programme.id, "code": code, "name": name, "measure": "minutes"}
        for code, name in catalogue.INDICATORS
    ]
    session.execute(insert_or_ignore(session, Indicator).values(rows))
