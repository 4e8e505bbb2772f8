"""Phone pages of shifts: patrols, visits to homes, logs, venues, and the leader's checkpoints."""

from app.web.h5.shifts import checkpoints, logs, patrol, series, venues, visiting

PAGES = (patrol, visiting, logs, checkpoints, series, venues)
