"""Vintages: on which day the points that are earned today expire (D28).

The vintage is the last day on which the points are valid, in Shanghai.
"""

from calendar import monthrange
from datetime import date

from app.base.db import NEVER

ROLLING_YEARS = 3


def vintage_on(expiry_policy: str, today: date) -> date:
    """Return the last valid day of points earned today.

    `rolling_36_months` ends with the month, so a holder has 37 lots at most.
    """
    if expiry_policy == "calendar_year":
        return date(today.year, 12, 31)
    if expiry_policy == "rolling_36_months":
        year = today.year + ROLLING_YEARS
        return date(year, today.month, monthrange(year, today.month)[1])
    return NEVER
