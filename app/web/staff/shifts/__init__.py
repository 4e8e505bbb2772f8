"""Desk pages of shifts: series of activities, venues with their use, rosters, agreements."""

from app.web.staff.shifts import series

PAGES = (series,)
