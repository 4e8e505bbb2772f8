"""How statements and explanations read: as JSON, and as a sheet without names."""

import io
from datetime import timedelta
from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.errors import NotFound
from app.ledger import books
from app.ledger.statements import StatementLine, statement
from app.people.models import Member
from app.reports import explanations, sheets
from app.web.downloads import attached
from app.web.schemas.reports import ExplanationOut, StatementOut
from app.web.translate import _, _l

HEADINGS = (
    _l("发生时间"),
    _l("入账时间"),
    _l("种类"),
    _l("事由"),
    _l("变动"),
    _l("余额"),
)
UNIT_NAMES = {"points": _l("积分"), "minutes": _l("分钟")}


def shown(session: Session, member: Member, asked: dict[str, Any]) -> dict[str, Any]:
    """Show a member's statement of a unit over some Shanghai days."""
    _require_kept(session, member.ledger_id, asked["unit"])
    begins_on, ends_on = asked["begins_on"], asked["ends_on"]
    found = statement(
        session,
        ledger_id=member.ledger_id,
        owner_id=member.id,
        unit=asked["unit"],
        begins_at=clock.local_instant(begins_on) if begins_on else None,
        ends_at=clock.local_instant(ends_on + timedelta(days=1)) if ends_on else None,
    )
    values: dict[str, Any] = StatementOut().dump(
        {
            "unit": asked["unit"],
            "volunteer_no": member.volunteer_no,
            "opening": found.opening,
            "lines": [_line(line) for line in found.lines],
            "closing": found.closing,
            "held": found.held,
            "holds": found.holds,
        }
    )
    return values


def answer(values: dict[str, Any], form: str) -> Response:
    """Answer a statement as JSON or as a CSV sheet, every cell harmless."""
    if form == "json":
        return jsonify(values)
    unit = UNIT_NAMES[values["unit"]]
    rows = [
        (
            line["occurred_at"],
            line["posted_at"],
            line["kind"],
            line["reason"],
            line["delta"],
            line["balance"],
        )
        for line in values["lines"]
    ]
    facts = [
        (_("志愿者编号"), values["volunteer_no"]),
        (_("单位"), str(unit)),
        (_("期初"), str(values["opening"])),
        (_("期末"), str(values["closing"])),
    ]
    file = io.BytesIO()
    sheets.write_csv(sheets.Sheet(_("存折"), facts, tuple(map(str, HEADINGS)), rows), file)
    return attached(file.getvalue(), "statement", "csv")


def explained(session: Session, member: Member, unit: str) -> dict[str, Any]:
    """Show why a member's balance of a unit is what it is."""
    _require_kept(session, member.ledger_id, unit)
    found = explanations.explain(
        session, ledger_id=member.ledger_id, member_id=member.id, unit=unit
    )
    values: dict[str, Any] = ExplanationOut().dump(
        {
            "unit": unit,
            "volunteer_no": member.volunteer_no,
            "lines": [
                {
                    "kind": each.line.kind,
                    "delta": each.line.delta,
                    "balance": each.line.balance,
                    "posted_at": each.line.posted_at,
                    "source": each.source,
                }
                for each in found.lines
            ],
            "total": found.total,
            "balance": found.balance,
            "is_proven": found.is_proven,
        }
    )
    return values


def _require_kept(session: Session, ledger_id: int, unit: str) -> None:
    if unit == "points" and not books.get(session, ledger_id).has_points:
        raise NotFound("this book keeps hours only")


def _line(line: StatementLine) -> dict[str, Any]:
    vintage_on = line.ref.vintage_on
    return {
        "journal_id": line.journal_id,
        "kind": line.kind,
        "reason": line.reason,
        "source_id": line.source_id,
        "occurred_at": line.occurred_at,
        "posted_at": line.posted_at,
        "account": line.ref.kind,
        "expires_on": None if vintage_on == NEVER else vintage_on,
        "delta": line.delta,
        "balance": line.balance,
    }
