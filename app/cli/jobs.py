"""`flask jobs run`: what the clock does — close, lapse, expire, remind, prove.

Each job is idempotent and runs in a transaction of its own, so cron may call it as
often as it likes, and one job that fails does not hold up the others.
"""

import sys
from collections.abc import Callable
from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.activities import archiving, closing, responses
from app.base import clock, idempotency
from app.base.transactions import reading, reading_long, unit_of_work
from app.ledger import books, holds
from app.ledger.models import Book
from app.mall import reservations, stall_closing, voucher_returns
from app.people import codes
from app.points import (
    application_notices,
    book_overlaps,
    deduction_notices,
    expiry,
    home_passing_posting,
)
from app.points.stars import granting
from app.reports import export_jobs, export_leases, export_runs, proofs
from app.service_orders import (
    claim_deadlines,
    claims,
    crediting,
    exchanges,
    handling,
    wish_links,
)

group = AppGroup("jobs", help="The work of the clock.")
ANSWERS_KEPT = timedelta(days=30)
CODES_KEPT = timedelta(days=1)
LOOKED_BACK = timedelta(days=3)
Job = Callable[[Session, int], int]


def close_forgotten(session: Session, ledger_id: int) -> int:
    """Close presences whose check-out was forgotten (D16)."""
    return closing.autoclose(session, ledger_id=ledger_id, now=clock.now())


def close_unanswered(session: Session, ledger_id: int) -> int:
    """Close calls that no team answered in time (无人响应); their wishes are free again (C16)."""
    closed = responses.close_unanswered(session, ledger_id=ledger_id, now=clock.now())
    for activity_id in closed:
        wish_links.unlink(session, ledger_id=ledger_id, activity_id=activity_id)
    return len(closed)


def archive(session: Session, ledger_id: int) -> int:
    """Archive finished activities whose every grant is decided (归档)."""
    return archiving.archive_settled(session, ledger_id=ledger_id)


def lapse_holds(session: Session, ledger_id: int) -> int:
    """Give back what was held too long."""
    return holds.expire_due(session, ledger_id=ledger_id)


def lapse_exchanges(session: Session, ledger_id: int) -> int:
    """Give back the points of neighbours' requests that nobody confirmed in time (L7)."""
    return exchanges.lapse_due(session, ledger_id=ledger_id, now=clock.now())


def lapse_vouchers(session: Session, ledger_id: int) -> int:
    """Give back the points of vouchers that nobody used in time (D34)."""
    return voucher_returns.lapse_due(session, ledger_id=ledger_id, today=clock.today())


def lapse_reservations(session: Session, ledger_id: int) -> int:
    """Free goods and points that nobody collected in time (D34)."""
    return reservations.lapse_due(session, ledger_id=ledger_id, now=clock.now())


def close_stalls(session: Session, ledger_id: int) -> int:
    """Close the stalls that were left open when their day was over (M4)."""
    return stall_closing.close_due(session, ledger_id=ledger_id, today=clock.today())


def release_claims(session: Session, ledger_id: int) -> int:
    """Remind of claims that are due, and free the slots that nobody worked at in time (T3)."""
    claim_deadlines.remind(session, ledger_id=ledger_id, now=clock.now())
    return claims.release_due(session, ledger_id=ledger_id, now=clock.now())


def watch_orders(session: Session, ledger_id: int) -> int:
    """Put overdue orders on the 督办 list, and credit what nobody rated in time (T8)."""
    late = handling.escalate_overdue(session, ledger_id=ledger_id, now=clock.now())
    return late + crediting.credit_silent(session, ledger_id=ledger_id, now=clock.now())


def grant_stars(session: Session, ledger_id: int) -> int:
    """Grant the stars whose public notice is over (D41)."""
    return granting.grant_due(session, ledger_id=ledger_id)


def post_applications(session: Session, ledger_id: int) -> int:
    """Post what was applied for, and take what is deducted, once its notice is over (D30)."""
    today = clock.today()
    posted = application_notices.post_due(session, ledger_id=ledger_id, today=today)
    return posted + deduction_notices.post_due(session, ledger_id=ledger_id, today=today)


def pass_homes_on(session: Session, ledger_id: int) -> int:
    """Give an empty household's points to the pool, once the wait is over (D29)."""
    return home_passing_posting.post_due(session, ledger_id=ledger_id, today=clock.today())


def flag_overlaps(session: Session, ledger_id: int) -> int:
    """Flag times that were granted of late and spent in two books at once (C18, A3)."""
    return book_overlaps.flag(session, ledger_id=ledger_id, since_at=clock.now() - LOOKED_BACK)


def remind_of_expiry(session: Session, ledger_id: int) -> int:
    """Tell members 30 and 7 days before their points expire (D28)."""
    return expiry.remind(session, ledger_id=ledger_id, today=clock.today())


def expire_points(session: Session, ledger_id: int) -> int:
    """Expire points whose day has passed, by posting (D28, L15)."""
    return expiry.expire_due(session, ledger_id=ledger_id, today=clock.today())


def prune(session: Session, ledger_id: int) -> int:
    """Drop stored answers of 30 days and one-time codes of a day ago (§7 of the contract)."""
    codes.prune(session, ledger_id=ledger_id, before_at=clock.now() - CODES_KEPT)
    return idempotency.prune(session, ledger_id=ledger_id, before=clock.now() - ANSWERS_KEPT)


def forget_files(session: Session, ledger_id: int) -> int:
    """Forget exported files that were kept for three days."""
    return export_jobs.expire(session, ledger_id=ledger_id)


def prove(session: Session, ledger_id: int) -> int:
    """Prove the book; a broken one becomes read-only."""
    return sum(not check.is_ok for check in proofs.prove(session, ledger_id=ledger_id).checks)


JOBS: dict[str, Job] = {
    "auto-close": close_forgotten,
    "no-response": close_unanswered,
    "archive": archive,
    "holds": lapse_holds,
    "exchanges": lapse_exchanges,
    "vouchers": lapse_vouchers,
    "reservations": lapse_reservations,
    "stalls": close_stalls,
    "claims": release_claims,
    "orders": watch_orders,
    "stars": grant_stars,
    "applications": post_applications,
    "empty-homes": pass_homes_on,
    "overlaps": flag_overlaps,
    "reminders": remind_of_expiry,
    "expiry": expire_points,
    "prune": prune,
    "proof": prove,
    "files": forget_files,
}


def write_exports(ledger_id: int) -> int:
    """Write the files that were ordered and whose writer is gone."""
    with reading() as session:
        due = export_leases.list_due(session, ledger_id=ledger_id)
    sessions = export_runs.Sessions(unit=unit_of_work, reading=reading_long)
    return sum(export_runs.run(sessions, ledger_id=ledger_id, job_id=job_id) for job_id in due)


LONG_JOBS: dict[str, Callable[[int], int]] = {"exports": write_exports}
"""Jobs that take their transactions themselves."""

NAMES = (*JOBS, *LONG_JOBS)

BY_BATCHES = ("holds", "vouchers", "reservations", "stalls", "applications")
"""Jobs that do a part of what is due and are called again, each time in a transaction."""


@group.command("run")
@click.option("--only", type=click.Choice(NAMES), help="Only this job.")
def run(only: str | None) -> None:
    """Run every job over every book. Exit 1 when one failed or a proof is broken."""
    with reading() as session:
        chosen = [book for book in books.list_books(session) if book.id != 0]
    work = [(name, book) for book in chosen for name in ([only] if only else NAMES)]
    has_failed = False
    with click.progressbar(work, label="jobs", show_pos=True) as steps:
        lines = [_run_one(name, book) for name, book in steps]
    for line, is_ok in lines:
        click.echo(line)
        has_failed = has_failed or not is_ok
    sys.exit(1 if has_failed else 0)


def _run_one(name: str, book: Book) -> tuple[str, bool]:
    """Run one job over one book; a crash is told and does not stop the rest."""
    try:
        count = _work_off(name, book)
    except Exception as error:
        current_app.logger.exception("job %s of book %s failed", name, book.code)
        return f"{book.code:<16} {name:<12} FAILED: {type(error).__name__}", False
    return f"{book.code:<16} {name:<12} {count}", not (name == "proof" and count)


def _work_off(name: str, book: Book) -> int:
    """Run a job, and one that works by batches again until nothing is due."""
    if name in LONG_JOBS:
        return LONG_JOBS[name](book.id)
    job, total = JOBS[name], 0
    while True:
        count = unit_of_work(lambda session: job(session, book.id))
        total += count
        if not count or name not in BY_BATCHES:
            return total


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
