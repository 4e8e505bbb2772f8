"""Why is this balance X? Each line of a member's statement, down to what it came from.

A grant is shown with the presence, the doors, the rate and the people behind it; a
redemption with its shop and goods; a reversal with what it took back. The lines
sum to the balance of the accounts, and the answer says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.ledger import balances
from app.ledger.statements import StatementLine, statement
from app.points.deductions import LEVEL
from app.points.models import Deduction, Grant
from app.reports.explanation_facts import Facts, gather
from app.service_orders.models import Exchange

Source = dict[str, Any]
"""Facts of one line as plain values; `kind` says which they are."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One movement and what it came from."""

    line: StatementLine
    source: Source


@dataclass(frozen=True, slots=True)
class Explanation:
    """All movements of a member in one unit; whole minutes or points.

    Attributes:
        total: What the lines sum to.
        balance: What the member's accounts say, which count for themselves.
    """

    lines: tuple[ExplainedLine, ...]
    total: int
    balance: int

    @property
    def is_proven(self) -> bool:
        """Whether the lines sum to the balance, and each has a source that was found."""
        is_whole = all(each.source["kind"] != "unknown" for each in self.lines)
        return self.total == self.balance and is_whole


def explain(session: Session, *, ledger_id: int, member_id: UUID, unit: str) -> Explanation:
    """Explain a member's balance of minutes or points; the statements are constant in number."""
    found = statement(session, ledger_id=ledger_id, owner_id=member_id, unit=unit)
    journal_ids = {line.journal_id for line in found.lines}
    facts = gather(session, ledger_id=ledger_id, journal_ids=journal_ids)
    held = balances.of_owner(session, ledger_id=ledger_id, owner_id=member_id)
    return Explanation(
        lines=tuple(ExplainedLine(line, _source(facts, line)) for line in found.lines),
        total=sum(line.delta for line in found.lines),
        balance=sum(each.posted for each in held if each.ref.unit == unit),
    )


def _source(facts: Facts, line: StatementLine) -> Source:
    journal = facts.journals[line.journal_id]
    if journal.undone_kind is not None:
        undone = _of_kind(facts, line, journal.undone_kind, journal.undone_source_id)
        return {"kind": "reversal", "reason": line.reason, "of": undone}
    return _of_kind(facts, line, journal.kind, journal.source_id)


def _of_kind(facts: Facts, line: StatementLine, kind: str, source_id: UUID) -> Source:
    if kind == "expiry":
        return {"kind": kind, "expired_on": line.ref.vintage_on.isoformat()}
    if kind == "merge":
        return {"kind": kind, "reason": line.reason}
    if source_id in facts.grants:
        return _of_grant(facts, facts.grants[source_id])
    if source_id in facts.sales:
        return _of_sale(facts, source_id)
    if source_id in facts.exchanges:
        return _of_exchange(facts.exchanges[source_id], kind)
    if source_id in facts.deductions:
        return _of_deduction(facts, facts.deductions[source_id])
    if source_id in facts.given:
        return {"kind": kind, "points": facts.given[source_id].points}
    return {"kind": "unknown", "journal_kind": kind}


def _of_deduction(facts: Facts, deduction: Deduction) -> Source:
    """Show what was taken away: by which indicator, why, and the two people."""
    decided = facts.decisions.get(deduction.id, [])
    return {
        "kind": "deduction",
        "indicator_code": deduction.indicator_code,
        "rate_version": deduction.rate_version,
        "quantity": deduction.quantity,
        "points": deduction.points,
        "happened_on": deduction.happened_on.isoformat(),
        "reason": deduction.reason,
        "made_by": facts.names.get(deduction.entered_by_id),
        "decided_by": [
            facts.names.get(each.decided_by_id) for each in decided if each.level == LEVEL
        ],
    }


def _of_grant(facts: Facts, grant: Grant) -> Source:
    source: Source = {
        "kind": "opening" if grant.source_kind == "opening" else "grant",
        "grant_id": str(grant.id),
        "source_kind": grant.source_kind,
        "provenance": grant.provenance,
        "minutes": grant.minutes,
        "points": grant.points,
        "served_on": grant.served_on.isoformat(),
        "made_by": facts.names.get(grant.made_by_id),
        "decided_by": _deciders(facts, grant),
    }
    if grant.source_kind == "opening":
        return {**source, "document_no": grant.reason}
    source |= {
        "category_code": grant.category_code,
        "reason": grant.reason,
        "evidence": grant.evidence,
        "rate": _rate(facts, grant),
    }
    if grant.source_kind == "attendance":
        source["attendance"] = _attendance(facts, grant)
    return source


def _deciders(facts: Facts, grant: Grant) -> Sequence[Source]:
    """Who decided on the grant, or on the paper that it came from."""
    listed = [
        *facts.decisions.get(grant.source_id, []),
        *facts.decisions.get(grant.id, []),
    ]
    return [
        {
            "name_masked": facts.names.get(each.decided_by_id),
            "level": each.level,
            "verdict": each.verdict,
            "decided_at": each.decided_at.isoformat(),
        }
        for each in listed
    ]


def _rate(facts: Facts, grant: Grant) -> Source | None:
    """Show the rate's version and the sum: (carry + quantity × points) ÷ per, and the rest."""
    if grant.rate_version is None or grant.programme_id is None or grant.indicator_code is None:
        return None
    rate = facts.rates[grant.programme_id, grant.indicator_code, grant.rate_version]
    before, quantity = grant.carry_before, grant.quantity
    sum_of = f"({before} + {quantity} × {rate.points}) ÷ {rate.per_quantity}"
    return {
        "indicator_code": rate.indicator_code,
        "version": rate.version,
        "valid_from_on": rate.valid_from_on.isoformat(),
        "points": rate.points,
        "per_quantity": rate.per_quantity,
        "carry_before": before,
        "quantity": quantity,
        "carry_after": grant.carry_after,
        "formula": f"{sum_of} = {grant.points} … {grant.carry_after}",
    }


def _attendance(facts: Facts, grant: Grant) -> Source | None:
    """Show the presence as it was when this grant was made: a later correction is another's."""
    if grant.source_id not in facts.stays:
        return None
    stay, slot, activity = facts.stays[grant.source_id]
    times = (stay.checked_in_at, stay.checked_out_at, stay.credited_minutes)
    later = facts.corrections.get((stay.id, grant.source_version + 1))
    if later is not None:
        times = (later.before_in_at, later.before_out_at, later.before_minutes)
    return {
        "attendance_id": str(stay.id),
        "version": grant.source_version,
        "number": activity.number,
        "title": activity.title,
        "starts_at": _iso(slot.starts_at),
        "ends_at": _iso(slot.ends_at),
        "checked_in_at": _iso(times[0]),
        "in_door": stay.in_door,
        "checked_out_at": _iso(times[1]),
        "out_door": stay.out_door,
        "credited_minutes": times[2],
        "confirmed_by": facts.names.get(stay.confirmed_by_id),
        "second_confirmed_by": facts.names.get(stay.second_confirmed_by_id),
    }


def _of_sale(facts: Facts, sale_id: UUID) -> Source:
    sale = facts.sales[sale_id]
    return {
        "kind": "redemption",
        "redemption_id": str(sale_id),
        "number": sale.number,
        "shop": sale.shop_name,
        "redeemed_at": _iso(sale.redeemed_at),
        "state": sale.state,
        "clerk": facts.names.get(sale.clerk_person_id),
        "lines": [
            {"goods": row.name, "count": row.quantity_count, "price_points": row.price_points}
            for row in facts.sale_lines.get(sale_id, [])
        ],
    }


def _of_exchange(exchange: Exchange, kind: str) -> Source:
    """Name the help, and what became of its points: held, given to the helper, or back."""
    return {
        "kind": "exchange",
        "exchange_id": str(exchange.id),
        "number": exchange.number,
        "title": exchange.title,
        "step": kind.removeprefix("exchange_"),
        "state": exchange.state,
        "confirmed_by": exchange.confirmed_by,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
