"""The counted lines of a public report, kept for a moment: many read what changes slowly.

Only sums are kept, by book, place and day; what others stated and the sentences are read
anew each time. The desk counts anew always.
"""

from collections import OrderedDict
from datetime import date
from threading import Lock
from time import monotonic

from flask import current_app
from sqlalchemy.orm import Session

from app.reports.place_reports import Readings, Scope

PLACES_MAX = 200
Key = tuple[int, int, date]


class Kept:
    """The values of the reports that were read last, each for so many seconds."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: OrderedDict[Key, tuple[float, dict[str, int]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, seconds: int) -> dict[str, int] | None:
        """Return values that are not older than so many seconds."""
        with self._lock:
            at, values = self._found.get(key, (0.0, None))
        return values if values is not None and monotonic() - at < seconds else None

    def put(self, key: Key, values: dict[str, int]) -> None:
        """Keep values; the oldest go when there are too many."""
        with self._lock:
            self._found[key] = (monotonic(), values)
            self._found.move_to_end(key)
            while len(self._found) > PLACES_MAX:
                self._found.popitem(last=False)


def public_readings(session: Session, scope: Scope) -> Readings:
    """Return the readings of a public report, with values of the last moment if there are any."""
    kept: Kept = current_app.extensions.setdefault("place_values", Kept())
    key = (scope.ledger_id, scope.node.id, scope.as_of_on)
    values = kept.get(key, current_app.config["REPORT_SECONDS"])
    readings = Readings(session, scope, own=values)
    if values is None:
        kept.put(key, readings.own())
    return readings
