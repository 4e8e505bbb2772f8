"""Phone pages of shifts: patrols, visits to homes, logs, and the leader's checkpoints."""

from app.web.h5.shifts import checkpoints, logs, patrol, series, visiting

PAGES = (patrol, visiting, logs, checkpoints, series)
