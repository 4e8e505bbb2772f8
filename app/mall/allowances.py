"""Allowances: which limits a redemption uses up, and gives back when it is undone.

Pieces per member, goods and month (D35); points and redemptions per clerk and day
(D37); redemptions per member and day without a confirmation of their own (F17).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.community import settings
from app.mall.shelf import OnShelf
from app.people.errors import StepUpRequired
from app.risk import limits
from app.risk.errors import LimitExceeded
from app.risk.limits import Counter, Use

ITEM = "mall.item."
CLERK_POINTS = "mall.clerk_points"
CLERK_COUNT = "mall.clerk_count"
NO_PIN_COUNT = "mall.no_pin_count"
NAMES = (
    "mall.item_max_per_period",
    "mall.no_pin_max_points",
    "mall.no_pin_max_count_day",
    "mall.clerk_max_points_day",
    "mall.clerk_max_count_day",
)


@dataclass(frozen=True, slots=True)
class Deal:
    """What counts of a redemption: who, when, how many points, which pieces.

    Attributes:
        household_id: Whose pieces are counted, where the programme pools: all of the
            household's together (D29, D35); None: the member's own.
    """

    member_id: UUID
    clerk_person_id: UUID
    dealt_on: date
    total_points: int
    pieces: Mapping[UUID, int]
    is_confirmed: bool
    household_id: UUID | None = None


def maxima(session: Session, node_path: str) -> dict[str, Any]:
    """Read the limits that hold at the shop's place."""
    return settings.read_at(session, node_path, *NAMES)


def take(
    session: Session,
    *,
    ledger_id: int,
    deal: Deal,
    goods: Mapping[UUID, OnShelf],
    maxima: Mapping[str, Any],
) -> None:
    """Use up every limit that the redemption touches, or none, in one statement.

    The member's own counter is written even when it does not count, so that two
    tills that serve one member take turns before either looks at the wallet.

    Raises:
        LimitExceeded: A limit of goods or clerk is reached; fact `goods` names which.
        StepUpRequired: Over `mall.no_pin_max_points`, or too many redemptions today,
            without PIN, phone or second staff.
    """
    for refusal in _too_large(deal, maxima):
        raise refusal
    try:
        limits.use_many(session, ledger_id=ledger_id, uses=_uses(deal, goods, maxima))
    except LimitExceeded as refused:
        raise _in_words(refused, goods) from refused


def would_refuse(
    session: Session,
    *,
    ledger_id: int,
    deal: Deal,
    goods: Mapping[UUID, OnShelf],
    maxima: Mapping[str, Any],
) -> list[DomainError]:
    """List the limits that the redemption would pass, writing nothing."""
    uses = _uses(deal, goods, maxima)
    used = limits.used_many(session, ledger_id=ledger_id, counters=[use.counter for use in uses])
    said: list[DomainError] = _too_large(deal, maxima)
    for use in uses:
        if use.maximum is not None and used[use.counter] + use.amount > use.maximum:
            refused = LimitExceeded(
                rule_code=use.rule_code, used=used[use.counter], maximum=use.maximum
            )
            said.append(_in_words(refused, goods))
    return said


def give_back(session: Session, *, ledger_id: int, deal: Deal) -> None:
    """Give back what an undone redemption had used, in the periods of its own day."""
    uses = [use for use in _uses(deal, {}, {}) if use.amount]
    limits.give_back_many(session, ledger_id=ledger_id, uses=uses)


def item_counter(owner_id: UUID, goods_id: UUID, on: date) -> Counter:
    """Name the counter of a member's or household's pieces of a kind of goods in a month (D35)."""
    return Counter(owner_id, f"{ITEM}{goods_id.hex}", limits.monthly(on))


def _uses(deal: Deal, goods: Mapping[UUID, OnShelf], maxima: Mapping[str, Any]) -> list[Use]:
    """The uses of a redemption; without `goods` and `maxima` they have no maximum."""
    per_item = maxima.get("mall.item_max_per_period")
    own = {one.id: one.person_period_max for one in goods.values()}
    uses = [
        Use(
            *item_counter(deal.household_id or deal.member_id, goods_id, deal.dealt_on),
            count,
            own.get(goods_id) or per_item,
        )
        for goods_id, count in deal.pieces.items()
    ]
    day, clerk = limits.daily(deal.dealt_on), deal.clerk_person_id
    points_max, count_max = (maxima.get(name) for name in NAMES[3:])
    no_pin_max = None if deal.is_confirmed else maxima.get("mall.no_pin_max_count_day")
    unconfirmed = 0 if deal.is_confirmed else 1
    return [
        *uses,
        Use(clerk, CLERK_POINTS, day, deal.total_points, points_max),
        Use(clerk, CLERK_COUNT, day, 1, count_max),
        Use(deal.member_id, NO_PIN_COUNT, day, unconfirmed, no_pin_max),
    ]


def _too_large(deal: Deal, maxima: Mapping[str, Any]) -> list[DomainError]:
    """A total over the small amount that the member has not confirmed."""
    small = maxima["mall.no_pin_max_points"]
    if deal.is_confirmed or deal.total_points <= small:
        return []
    facts = {"maximum": small, "total_points": deal.total_points}
    return [StepUpRequired("over the small amount", **facts)]


def _in_words(refused: LimitExceeded, goods: Mapping[UUID, OnShelf]) -> DomainError:
    """Say the refusal of a counter in the words of the mall."""
    code = refused.facts["rule_code"]
    facts = {"used": refused.facts["used"], "maximum": refused.facts["maximum"]}
    if code == NO_PIN_COUNT:
        return StepUpRequired("too many today without a PIN", **facts)
    if not code.startswith(ITEM):
        return LimitExceeded(rule_code=code, **facts)
    one = goods[UUID(code.removeprefix(ITEM))]
    named = [{"goods_id": str(one.id), "number": one.number, "name": one.name}]
    return LimitExceeded(rule_code=NAMES[0], goods=named, **facts)
