"""What a sighting earns: an indicator by the piece, with the most points a day (T26, P7)."""

from datetime import date

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound
from app.points import programmes, rates
from app.points.models import Programme, Rate
from app.points.rates import Terms
from app.service_orders.sightings import CATEGORY

NAME = "随手拍"


def put(
    session: Session,
    *,
    programme: Programme,
    points: int,
    most_a_day: int,
    valid_from_on: date,
    actor: Actor,
) -> Rate:
    """Say how many points an accepted report makes, and how many reports a day earn.

    Raises:
        ValidationFailed, RateConflict: As `rates.add_version`.
    """
    try:
        programmes.indicator(session, programme, CATEGORY)
    except NotFound:
        programmes.add_indicator(
            session, programme=programme, code=CATEGORY, name=NAME, measure="times", actor=actor
        )
        programmes.add_category(
            session,
            programme=programme,
            code=CATEGORY,
            name=NAME,
            indicator_code=CATEGORY,
            actor=actor,
        )
    terms = Terms(
        points=points,
        per_quantity=1,
        remainder="dropped",
        cap_points_day=points * most_a_day,
    )
    return rates.add_version(
        session,
        programme=programme,
        indicator_code=CATEGORY,
        terms=terms,
        valid_from_on=valid_from_on,
        actor=actor,
    )
