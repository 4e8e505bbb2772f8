"""Long work beside the requests: one thread a process writes the files that were ordered.

Nothing is lost with the thread: the order is a row with a lease. Whoever looks at the
order later starts it again (`revive`), and so does `flask jobs run`.
"""

import queue
import threading
from uuid import UUID

from flask import Flask, current_app

from app.base.transactions import reading_long, unit_of_work
from app.reports import export_jobs, export_runs
from app.reports.models import ExportJob

Order = tuple[Flask, int, UUID]
_orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
_starting = threading.Lock()
_writers: list[threading.Thread] = []


def start(job: ExportJob) -> None:
    """Have an ordered file written soon; call it after the order was committed.

    In tests it is written at once, in this request.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.testing:
        write(app, job.ledger_id, job.id)
        return
    with _starting:
        if not any(each.is_alive() for each in _writers):
            _writers[:] = [threading.Thread(target=_work, name="exports", daemon=True)]
            _writers[0].start()
    _orders.put((app, job.ledger_id, job.id))


def revive(job: ExportJob) -> None:
    """Have a file written whose writer is gone, or who was never there."""
    if export_jobs.is_idle(job):
        start(job)


def write(app: Flask, ledger_id: int, job_id: UUID) -> bool:
    """Write one ordered file now; an error is logged and leaves it for the next try."""
    try:
        return export_runs.run(_SESSIONS, ledger_id=ledger_id, job_id=job_id)
    except Exception:
        app.logger.exception("export %s of book %s failed", job_id, ledger_id)
        return False


def _work() -> None:
    while True:
        app, ledger_id, job_id = _orders.get()
        with app.app_context():
            write(app, ledger_id, job_id)


_SESSIONS = export_runs.Sessions(unit=unit_of_work, reading=reading_long)
