"""Where an application stands: its own steps, and after its notice what became of its grant.

The notice over, the grant is the truth: it may wait for one more person (a time credited
meanwhile, a long day), be refused, or be taken back (D17, D30, A3). Nothing is said twice in
the database, so nothing can disagree.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.points import grants, programmes, rates
from app.points.approvals import WAITING
from app.points.models import Application, Decision, Grant

STANDINGS = (
    *("waiting", "reviewed", "noticed", "held", "posted", "refused", "reversed", "withdrawn"),
)
_OF_GRANT = {**dict.fromkeys(WAITING, "held"), "refused": "refused", "reversed": "reversed"}


class Standing(NamedTuple):
    """Where it stands, the points that it gives or gave, and why it was refused."""

    state: str
    points: int
    reason: str | None


def of(session: Session, *, ledger_id: int, found: Sequence[Application]) -> dict[UUID, Standing]:
    """Return where each of these applications stands, in two statements."""
    ids = {each.grant_id for each in found if each.grant_id is not None}
    made = grants.get_many(session, ledger_id=ledger_id, grant_ids=ids) if ids else {}
    refused = [each.id for each in made.values() if each.state == "refused"]
    reasons = _reasons(session, ledger_id, refused) if refused else {}
    standings = {}
    for each in found:
        grant = made.get(each.grant_id) if each.grant_id is not None else None
        standings[each.id] = _standing(each, grant, reasons)
    return standings


def is_at(states: Collection[str]) -> sa.ColumnElement[bool]:
    """Say in SQL that an application stands at one of these; needs its grant joined, outer."""
    standing: sa.ColumnElement[str] = sa.case(
        *((Grant.state == state, standing) for state, standing in _OF_GRANT.items()),
        else_=Application.state,
    )
    return standing.in_(states)


def points_of(session: Session, *, ledger_id: int, found: Sequence[Application]) -> dict[UUID, int]:
    """Return what its rate gives each of these: 0 on paid duty, or where no rate is in force."""
    if not found:
        return {}
    programme = programmes.of_ledger(session, ledger_id)
    codes = {each.category_code for each in found}
    named = programmes.categories(session, programme, codes)
    card = rates.card(session, programme.id)
    given = {}
    for each in found:
        code = named[each.category_code].indicator_code
        rate = card.find_on(code, each.served_on) if code and not each.is_on_duty else None
        counted = each.minutes or each.quantity
        given[each.id] = rates.earn(rate, carry=0, quantity=counted).points if rate else 0
    return given


def _standing(found: Application, grant: Grant | None, reasons: dict[UUID, str | None]) -> Standing:
    if grant is None:
        return Standing(found.state, found.points_shown or 0, found.reason)
    state = _OF_GRANT.get(grant.state, found.state)
    points = grant.points if state == "posted" else found.points_shown or 0
    return Standing(state, points, reasons.get(grant.id, found.reason))


def _reasons(
    session: Session, ledger_id: int, grant_ids: Collection[UUID]
) -> dict[UUID, str | None]:
    query = sa.select(Decision.subject_id, Decision.reason).where(
        Decision.ledger_id == ledger_id,
        Decision.subject_id.in_(grant_ids),
        Decision.subject_kind == "grant",
        Decision.verdict == "refused",
    )
    return {row.subject_id: row.reason for row in session.execute(query)}
