"""Falling: hours that are taken back take the stars that rested on them, at once (P10, D41)."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.people import inbox
from app.points import programmes
from app.points.models import Grant, Star, StarFall
from app.points.stars import counting, tables


def fall_if_below(session: Session, *, grant: Grant, holder_id: UUID) -> StarFall | None:
    """Take a member's stars that the hours left do not reach, by the table they were granted by.

    Called by the reversal, after the day totals lost their part.
    """
    ledger_id = grant.ledger_id
    star = session.get(Star, (ledger_id, holder_id), with_for_update=True)
    if star is None or not star.stars or not grant.minutes:
        return None
    programme = programmes.of_ledger(session, ledger_id)
    table = tables.version(session, programme.id, star.steps_version)
    minutes = counting.minutes_of(
        session, ledger_id=ledger_id, member_ids=[holder_id], table=table
    ).get(holder_id, 0)
    reached = table.stars_of(minutes)
    if reached >= star.stars:
        return None
    fall = StarFall(
        ledger_id=ledger_id,
        id=new_id(),
        member_id=holder_id,
        from_stars=star.stars,
        to_stars=reached,
        minutes_counted=minutes,
        grant_id=grant.id,
        fell_at=clock.now(),
    )
    star.stars, star.changed_at = reached, fall.fell_at
    session.add(fall)
    session.flush()
    facts = {"from_stars": fall.from_stars, "stars": reached}
    note = inbox.Note(holder_id, "star_fallen", facts, natural_key=f"star_fallen:{fall.id}")
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    return fall
