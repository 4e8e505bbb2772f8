"""A member's statement (存折) as a file's content: each movement with the balance it left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.ledger.statements import Statement, StatementLine, statement
from app.people import members
from app.people.models import Member
from app.reports.file_contents import Content
from app.reports.sheets import Cell

KIND = "statement"
HEADINGS = ("发生时间", "入账时间", "种类", "事由", "变动", "余额")
UNIT_WORDS = {"points": "积分", "minutes": "时长（分钟）"}
KIND_WORDS = {
    "grant": "服务入账",
    "opening": "期初转入",
    "grant_reversal": "冲正",
    "deduction": "扣分",
    "deduction_reversal": "扣分退回",
    "donation": "捐给公共池",
    "donation_back": "收回捐出的",
    "hardship_help": "公共池帮扶",
    "home_passing": "一户留下的积分",
    "gift": "亲属赠予",
    "exchange_escrow": "求助时托管",
    "exchange_release": "邻里互助",
    "exchange_refund": "托管退回",
    "redemption": "兑换",
    "cancel": "撤单退回",
    "refund": "退货退回",
    "voucher": "换券",
    "voucher_back": "退券",
    "expiry": "到期",
    "merge": "合并",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Which statement: of a member and a unit, over Shanghai days, both included; None is open."""

    ledger_id: int
    member_id: UUID
    unit: str
    begins_on: date | None = None
    ends_on: date | None = None

    def asked(self) -> dict[str, Any]:
        """The span as plain values, from which `span_of` makes it again."""
        return {
            "member_id": str(self.member_id),
            "unit": self.unit,
            "begins_on": self.begins_on.isoformat() if self.begins_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }


def span_of(ledger_id: int, asked: dict[str, Any]) -> Span:
    """Return the span that `Span.asked` wrote down."""
    begins_on, ends_on = asked["begins_on"], asked["ends_on"]
    return Span(
        ledger_id=ledger_id,
        member_id=UUID(asked["member_id"]),
        unit=asked["unit"],
        begins_on=date.fromisoformat(begins_on) if begins_on else None,
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
    )


def read(session: Session, span: Span, *, until_at: datetime | None = None) -> Statement:
    """Return the statement of a span, as it was at an instant: what is posted later is left out."""
    ends = [clock.local_instant(span.ends_on + timedelta(days=1))] if span.ends_on else []
    ends += [until_at] if until_at else []
    return statement(
        session,
        ledger_id=span.ledger_id,
        owner_id=span.member_id,
        unit=span.unit,
        begins_at=clock.local_instant(span.begins_on) if span.begins_on else None,
        ends_at=min(ends, default=None),
    )


def content(session: Session, span: Span) -> Content:
    """Prepare a member's statement: the full name is printed, the masked one is kept.

    Raises:
        NotFound: No such member.
    """
    member = members.get(session, ledger_id=span.ledger_id, member_id=span.member_id)
    found = read(session, span)
    return Content(
        kind=KIND,
        title="存折",
        node_id=member.node_id,
        words=words(member, span),
        asked=span.asked(),
        headings=HEADINGS,
        lines=_lines(found.lines),
        row_count=len(found.lines),
        said=said(found),
        facts={
            "姓名": members.full_name(member),
            "志愿者编号": member.volunteer_no,
            "期初": str(found.opening),
            "期末": str(found.closing),
        },
    )


def words(member: Member, span: Span) -> dict[str, str]:
    """A span in words for whoever holds the code: the member is masked."""
    return {
        "志愿者": member.name_masked,
        "单位": UNIT_WORDS[span.unit],
        "起": span.begins_on.isoformat() if span.begins_on else "最早",
        "止": span.ends_on.isoformat() if span.ends_on else "打印时",
    }


def said(found: Statement) -> dict[str, Any]:
    """What a statement says on the whole."""
    return {"opening": found.opening, "closing": found.closing, "lines": len(found.lines)}


def _lines(lines: tuple[StatementLine, ...]) -> Iterator[list[Cell]]:
    for line in lines:
        yield [
            _local(line.occurred_at),
            _local(line.posted_at),
            KIND_WORDS.get(line.kind, line.kind),
            line.reason,
            line.delta,
            line.balance,
        ]


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
