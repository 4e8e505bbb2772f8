"""Who is paid on duty, where and when: what they do then is their work and earns nothing (O8, A5).

A paid duty is done in its place and everywhere else in the community of that place: the
full-time worker of one grid is at work in the next one too. In another community, and at
what a street or a city holds, they are a volunteer like anybody. A report (随手拍) is the
exception: whoever reports may choose the place, so a day with paid duty to report is paid.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import grids, tree
from app.people.models import Duty, DutyKind


@dataclass(frozen=True, slots=True)
class Stint:
    """Work of one member at one place on one Shanghai day."""

    member_id: UUID
    node_id: int
    on: date


def paid_among(session: Session, *, ledger_id: int, stints: Collection[Stint]) -> set[Stint]:
    """Return the stints that lie within a paid duty of their member; two or three statements."""
    paid = _paid_duties(session, ledger_id, {each.member_id for each in stints})
    if not paid:
        return set()
    nodes = tree.get_many(
        session, {each.node_id for each in stints} | {duty.node_id for duty in paid}
    )
    bounds = grids.neighbourhoods(session, [nodes[duty.node_id] for duty in paid])
    found = set()
    for stint in stints:
        for duty in paid:
            is_theirs = duty.member_id == stint.member_id and _covers(duty, stint.on)
            if is_theirs and tree.contains(bounds[duty.node_id], nodes[stint.node_id]):
                found.add(stint)
    return found


def is_paid_at(
    session: Session, *, ledger_id: int, member_id: UUID, node_id: int, on: date
) -> bool:
    """Whether what a member does at a place on a day is paid duty."""
    stint = Stint(member_id, node_id, on)
    return bool(paid_among(session, ledger_id=ledger_id, stints=[stint]))


def is_paid_to(session: Session, *, ledger_id: int, member_id: UUID, act: str, on: date) -> bool:
    """Whether a member is paid on a day to do this, wherever; `act` is one of `ACTS`."""
    paid = _paid_duties(session, ledger_id, {member_id})
    may = {each.code: each.acts for each in session.scalars(sa.select(DutyKind))}
    return any(_covers(duty, on) and act in may[duty.kind_code] for duty in paid)


def _paid_duties(session: Session, ledger_id: int, member_ids: set[UUID]) -> list[Duty]:
    query = sa.select(Duty).where(
        Duty.ledger_id == ledger_id, Duty.member_id.in_(member_ids), Duty.is_paid.is_(True)
    )
    return list(session.scalars(query))


def _covers(duty: Duty, on: date) -> bool:
    return duty.begun_on <= on and (duty.ended_on is None or on <= duty.ended_on)
