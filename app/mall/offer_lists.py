"""A merchant's monthly list of uses, from xlsx or CSV or at once: each use once (M1).

The same list sent again changes nothing: the k-th use of an offer by a member on a day is
one row, whoever wrote it first. Statements grow with the pieces of the list, not its rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.csv_rows import BadRow, Row, Rows
from app.base.errors import ValidationFailed
from app.base.sheet_rows import PROBLEM, PROBLEM_LABEL, open_sheet
from app.base.upserts import insert_or_ignore
from app.mall import merchants, offers
from app.mall.errors import ShopClosed
from app.mall.models import Merchant, Offer, OfferUse
from app.people import audit, groups
from app.people.models import Member
from app.risk import limits

REQUIRED = ("offer_number", "volunteer_no", "used_on")
OPTIONAL = ("times", PROBLEM)
LABELS = {
    "优惠编号": "offer_number",
    "志愿者编号": "volunteer_no",
    "日期": "used_on",
    "次数": "times",
    PROBLEM_LABEL: PROBLEM,
}
ROWS_MAX = 20_000
TIMES_MAX = 99
PIECE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a merchant's list: an offer, a member, a day, how often; `line_no` in a file."""

    offer_number: str
    volunteer_no: str
    used_on: date
    times: int = 1
    line_no: int = 0


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a list brought: uses that are new or known already, and lines left out, with why."""

    new: int
    unchanged: int
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines of a list are judged by."""

    offers: Mapping[str, Offer]
    members: Mapping[str, Member]
    groups: Mapping[UUID, frozenset[str]]
    agreed_until_on: date


def open_list(file: BinaryIO) -> Rows:
    """Open a merchant's list and check its header.

    Raises:
        CsvUnreadable: The file as a whole cannot be read.
    """
    return open_sheet(file, required=REQUIRED, optional=OPTIONAL, labels=LABELS)


def read(rows: Rows) -> tuple[list[Listed], list[BadRow]]:
    """Read the lines of a list, each by itself.

    Raises:
        ValidationFailed: More than 20,000 rows.
    """
    found: list[Listed] = []
    bad: list[BadRow] = []
    for count, row in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise ValidationFailed(f"more than {ROWS_MAX} rows", field="file")
        line = _line(row)
        (found if isinstance(line, Listed) else bad).append(line)  # type: ignore[arg-type]
    return found, bad


def take_in(
    session: Session, *, ledger_id: int, merchant_id: UUID, lines: Sequence[Listed], actor: Actor
) -> TakenIn:
    """Take in a merchant's list of uses; lines that may not stand are left out and named.

    Raises:
        NotFound: No such merchant.
        ShopClosed: The merchant is not listed (M3).
    """
    merchant = merchants.get(session, ledger_id=ledger_id, merchant_id=merchant_id)
    if merchant.state != "listed":
        raise ShopClosed(merchant_state=merchant.state)
    known = _known(session, merchant, lines)
    stored = _stored(session, ledger_id, [one.id for one in known.offers.values()])
    bad: list[BadRow] = []
    fresh, unchanged = _sort(lines, known, stored, bad)
    made = _insert(session, ledger_id, fresh, actor)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="offer_list_taken_in",
        subject_kind="merchant",
        subject_id=merchant_id,
        new_count=made,
        bad_count=len(bad),
    )
    return TakenIn(made, unchanged, tuple(bad))


Key = tuple[UUID, UUID, date, int]


def _sort(
    lines: Sequence[Listed], known: _Known, stored: set[Key], bad: list[BadRow]
) -> tuple[list[Key], int]:
    """Part the uses into new ones and known ones; what may not stand goes to `bad`."""
    months = Counter((key[0], key[1], limits.monthly(key[2])) for key in stored)
    ordinals: Counter[tuple[UUID, UUID, date]] = Counter()
    fresh: list[Key] = []
    unchanged = 0
    for line in lines:
        offer, member = known.offers.get(line.offer_number), known.members.get(line.volunteer_no)
        reason = _why_not(line, offer, member, known)
        if reason or offer is None or member is None:
            bad.append(_bad(line, *(reason or ("unknown_offer", "offer_number"))))
            continue
        day = (offer.id, member.id, line.used_on)
        keys = [(*day, ordinals[day] + at) for at in range(1, line.times + 1)]
        new = [key for key in keys if key not in stored]
        month = (offer.id, member.id, limits.monthly(line.used_on))
        if months[month] + len(new) > offer.person_period_max:
            bad.append(_bad(line, "over_limit", "times"))
            continue
        ordinals[day] += line.times
        months[month] += len(new)
        fresh += new
        unchanged += len(keys) - len(new)
    return fresh, unchanged


def _why_not(
    line: Listed, offer: Offer | None, member: Member | None, known: _Known
) -> tuple[str, str] | None:
    """Return why a line may not stand, and the column to blame."""
    if offer is None:
        return "unknown_offer", "offer_number"
    if offer.goods_id is not None:
        return "needs_points", "offer_number"
    if member is None or member.state != "active":
        return "unknown_member", "volunteer_no"
    last_on = min(offer.until_on or line.used_on, known.agreed_until_on, clock.today())
    if not offer.from_on <= line.used_on <= last_on:
        return "wrong_day", "used_on"
    if offer.audience is not None and offer.audience not in known.groups[member.id]:
        return "not_in_group", "volunteer_no"
    return None


def _known(session: Session, merchant: Merchant, lines: Sequence[Listed]) -> _Known:
    ledger_id = merchant.ledger_id
    found = offers.list_of_merchant(session, ledger_id=ledger_id, merchant_id=merchant.id)
    for offer in sorted(found, key=lambda one: one.id):
        offers.hold(session, ledger_id=ledger_id, offer_id=offer.id)
    numbers = sorted({line.volunteer_no for line in lines})
    people: dict[str, Member] = {}
    belongs: dict[UUID, frozenset[str]] = {}
    for begin in range(0, len(numbers), PIECE):
        query = sa.select(Member).where(
            Member.ledger_id == ledger_id, Member.volunteer_no.in_(numbers[begin : begin + PIECE])
        )
        piece = {one.volunteer_no: one for one in session.scalars(query)}
        people |= piece
        ids = [one.id for one in piece.values()]
        belongs |= groups.of_many(session, ledger_id=ledger_id, member_ids=ids)
    last_on = merchant.agreed_until_on or date.max
    return _Known({one.number: one for one in found}, people, belongs, last_on)


def _stored(session: Session, ledger_id: int, offer_ids: Sequence[UUID]) -> set[Key]:
    query = sa.select(
        OfferUse.offer_id, OfferUse.member_id, OfferUse.used_on, OfferUse.ordinal
    ).where(OfferUse.ledger_id == ledger_id, OfferUse.offer_id.in_(offer_ids))
    return {(row[0], row[1], row[2], row[3]) for row in session.execute(query)}


def _insert(session: Session, ledger_id: int, keys: Sequence[Key], actor: Actor) -> int:
    shared: dict[str, Any] = {
        "ledger_id": ledger_id,
        "door": "list",
        "recorded_by_id": actor.person_id,
        "recorded_at": clock.now(),
    }
    rows = [
        {
            **shared,
            "offer_id": offer_id,
            "member_id": member_id,
            "used_on": day,
            "ordinal": ordinal,
            "period": limits.monthly(day),
        }
        for offer_id, member_id, day, ordinal in keys
    ]
    if rows:
        session.execute(insert_or_ignore(session, OfferUse), rows)
    return len(rows)


def _line(row: Row) -> Listed | BadRow:
    """Read a row by itself."""
    if row.problem is not None:
        return BadRow(row.line_no, row.reason, row.problem)
    values = row.values
    try:
        used_on = date.fromisoformat(values["used_on"].replace("/", "-"))
    except ValueError:
        return BadRow(row.line_no, "bad_day", "bad_day: used_on", "used_on")
    times = values.get("times") or "1"
    if not (times.isascii() and times.isdigit() and 1 <= int(times) <= TIMES_MAX):
        return BadRow(row.line_no, "bad_count", "bad_count: times", "times")
    number, whose = values["offer_number"].strip(), values["volunteer_no"].strip()
    return Listed(number, whose, used_on, int(times), row.line_no)


def _bad(line: Listed, reason: str, name: str) -> BadRow:
    return BadRow(line.line_no, reason, f"{reason}: {name}", name)
