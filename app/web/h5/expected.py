"""What a stay will bring once it is confirmed: a forecast by today's rate, never a promise."""

from sqlalchemy.orm import Session

from app.activities.models import Activity
from app.base import clock
from app.points import carries, programmes, rates
from app.points.carries import CarryKey
from app.points.errors import NoRate
from app.web.h5.own import Own


def points(session: Session, me: Own, activity: Activity, minutes: int) -> int | None:
    """Return the points that so many minutes will make; None where nothing can be said."""
    if not me.has_points or not minutes:
        return None
    programme = programmes.of_ledger(session, me.ledger_id)
    category = programmes.category(session, programme, activity.category_code)
    if category.indicator_code is None or not category.earns_hours:
        return None
    try:
        rate = rates.on(session, programme.id, category.indicator_code, clock.today())
    except NoRate:
        return None
    indicator = programmes.indicator(session, programme, category.indicator_code)
    if indicator.measure != "minutes":
        return None
    kept = carries.read(session, ledger_id=me.ledger_id, holder_ids=[me.member.id])
    key = CarryKey(me.member.id, category.indicator_code, rate.version)
    return rates.earn(
        rate, carry=kept.get(key, 0), quantity=minutes, points_left=rate.cap_points_day
    ).points
