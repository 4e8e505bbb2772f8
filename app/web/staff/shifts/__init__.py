"""Desk pages of shifts: series of activities, venues with their use, rosters, agreements."""

from app.web.staff.shifts import agreements, rosters, series, venues

PAGES = (agreements, rosters, series, venues)
