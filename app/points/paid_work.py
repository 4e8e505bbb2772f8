"""Paid work: a deed that was somebody's paid duty is kept, and is worth nothing (O8, A5).

Every door comes through here: an attendance, an order, a claim, and whatever follows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.people import duty_pay, inbox
from app.people.duty_pay import Stint
from app.points.deeds import Deed
from app.points.errors import DutyEarnsNothing
from app.points.models import Grant

Source = tuple[str, UUID, int]
NOT_WORK = ("opening", "exchange")
"""Sources that are no work of a duty: what stood on paper before, a neighbour's help."""


def set_apart(
    session: Session, *, ledger_id: int, deeds: Mapping[Source, Deed]
) -> tuple[dict[Source, Deed], set[Source]]:
    """Return the deeds, those of paid duty worth nothing, and which these are."""
    stints = {
        source: Stint(deed.member_id, deed.node_id, deed.served_on)
        for source, deed in deeds.items()
        if deed.source_kind not in NOT_WORK
    }
    found = duty_pay.paid_among(session, ledger_id=ledger_id, stints=set(stints.values()))
    paid = {source for source, stint in stints.items() if stint in found}
    paid |= {source for source, deed in deeds.items() if deed.is_paid_duty}
    worth = {
        source: replace(deed, provenance="none", quantity=0) if source in paid else deed
        for source, deed in deeds.items()
    }
    return worth, paid


def require_none(session: Session, *, ledger_id: int, stints: Sequence[Stint]) -> None:
    """Refuse to enter by hand what was somebody's paid duty (X1, O8, K2).

    Raises:
        DutyEarnsNothing: One of them was; fact `line` says which, from 1.
    """
    paid = duty_pay.paid_among(session, ledger_id=ledger_id, stints=set(stints))
    for line, stint in enumerate(stints, start=1):
        if stint in paid:
            raise DutyEarnsNothing(line=line)


def tell(
    session: Session, *, ledger_id: int, made: Sequence[Grant], paid: Collection[Source]
) -> None:
    """Tell everybody concerned why their work counts nothing."""
    notes = [
        inbox.Note(
            each.member_id,
            "on_duty",
            {"served_on": each.served_on.isoformat()},
            natural_key=f"on_duty:{each.id}",
        )
        for each in made
        if source_of(each) in paid
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def source_of(grant: Grant) -> Source:
    """Return what a grant was made of."""
    return (grant.source_kind, grant.source_id, grant.source_version)
