"""Purses: whole points by vintage (the day on which they expire), and what is 待追回.

A member has a purse of their own; a household that pools has one for all of its members,
which each of them may spend (D29). What a member earns goes to one of the two, as the
programme says; what is taken is taken from both, first-expiring first (D28, E9).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.db import NEVER, apart
from app.ledger.accounts import AccountRef
from app.ledger.errors import InsufficientPoints
from app.ledger.models import Account
from app.ledger.posting import Line
from app.people import homes
from app.people.models import HouseholdMember, Member

POINTS_ISSUANCE = AccountRef("points", "issuance")
POT_KINDS = ("wallet", "household")
"""Accounts that hold points to be spent: a member's own, and a household's."""


@dataclass(slots=True)
class Purse:
    """One owner's points as they stand in this transaction; taking and adding change it.

    Attributes:
        holder_id: The member, or the household.
        lots: Points by vintage, without what is reserved.
        receivable_points: What is owed (待追回), 0 or more.
        kind: `wallet` of a member or `household`.
        shared: The household's purse, from which a member may spend as well.
        is_pooled: Whether what the member earns goes to the household (D29).
    """

    holder_id: UUID
    lots: dict[date, int] = field(default_factory=dict)
    receivable_points: int = 0
    kind: str = "wallet"
    shared: "Purse | None" = None
    is_pooled: bool = False

    @property
    def pots(self) -> "tuple[Purse, ...]":
        """The purses that pay, the household's first."""
        return (self.shared, self) if self.shared else (self,)

    @property
    def home_id(self) -> UUID | None:
        """The household that gets what the member earns, if there is one."""
        return self.shared.holder_id if self.is_pooled and self.shared else None

    def live_lots(self, today: date) -> list[tuple[date, int]]:
        """Return the lots that have not expired, first-expiring first, own and shared."""
        live: dict[date, int] = {}
        for pot in self.pots:
            for vintage, points in pot.lots.items():
                if points > 0 and vintage >= today:
                    live[vintage] = live.get(vintage, 0) + points
        return sorted(live.items())

    def spendable_points(self, today: date) -> int:
        """Return what may be spent: nothing that is owed."""
        live = sum(points for _, points in self.live_lots(today))
        return max(0, live - sum(pot.receivable_points for pot in self.pots))

    def spend(self, points: int, *, to: AccountRef, today: date) -> list[Line]:
        """Take points, first-expiring first (D28, E9); of one day the household's first.

        Raises:
            InsufficientPoints: Fact `short_points`.
        """
        short = points - self.spendable_points(today)
        if short > 0:
            raise InsufficientPoints(short_points=short)
        lines: list[Line] = []
        for vintage, held in self.live_lots(today):
            part = min(points, held)
            points -= part
            for pot in self.pots:
                share = min(part, max(0, pot.lots.get(vintage, 0)))
                lines += pot._take(share, [vintage], to)
                part -= share
        assert points == 0, "the lots hold less than was to be taken"
        return lines

    def earn(self, points: int, vintage_on: date, *, source: AccountRef) -> list[Line]:
        """Add points: what is 待追回 is recovered first (D31, E11)."""
        if self.is_pooled and self.shared:
            return self.shared.earn(points, vintage_on, source=source)
        recovered = min(points, self.receivable_points)
        self.receivable_points -= recovered
        self.lots[vintage_on] = self.lots.get(vintage_on, 0) + points - recovered
        lines = [Line(source, receivable_ref(self.holder_id), recovered)] if recovered else []
        if points > recovered:
            lines.append(Line(source, self.ref(vintage_on), points - recovered))
        return lines

    def claw_back(self, points: int, vintage_on: date, *, to: AccountRef) -> list[Line]:
        """Take points back: the grant's vintage, then first-expiring others, then 待追回 (L10)."""
        others = sorted(vintage for vintage in self.lots if vintage != vintage_on)
        left = min(points, sum(max(0, lot) for lot in self.lots.values()))
        lines = self._take(left, [vintage_on, *others], to)
        if points > left:
            self.receivable_points += points - left
            lines.append(Line(receivable_ref(self.holder_id), to, points - left))
        return lines

    def ref(self, vintage_on: date) -> AccountRef:
        """Name the account of the points that expire on a day."""
        return AccountRef("points", self.kind, self.holder_id, vintage_on)

    def _take(self, points: int, vintages: list[date], to: AccountRef) -> list[Line]:
        lines = []
        for vintage in vintages:
            part = min(points, max(0, self.lots.get(vintage, 0)))
            if part:
                self.lots[vintage] -= part
                points -= part
                lines.append(Line(self.ref(vintage), to, part))
        assert points == 0, "the lots hold less than was to be taken"
        return lines


def wallet_ref(member_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    """Name a member's wallet of the points that expire on a day."""
    return AccountRef("points", "wallet", member_id, vintage_on)


def household_ref(household_id: UUID, vintage_on: date = NEVER) -> AccountRef:
    """Name a household's account of the points that expire on a day (D29)."""
    return AccountRef("points", "household", household_id, vintage_on)


def receivable_ref(owner_id: UUID) -> AccountRef:
    """Name what a member or a household owes (待追回): clawed back and not recovered yet."""
    return AccountRef("points", "receivable", owner_id)


_accounts: Any = Account.__table__
_members: Any = Member.__table__
_stays: Any = HouseholdMember.__table__
_owners: sa.BindParameter[Any] = sa.bindparam("owners", expanding=True)
_own = sa.select(_members.c.id).where(
    _members.c.ledger_id == sa.bindparam("book"), _members.c.id.in_(_owners)
)
_shared = sa.select(_stays.c.household_id).where(
    _stays.c.ledger_id == sa.bindparam("book"),
    _stays.c.member_id.in_(_owners),
    _stays.c.left_on.is_(None),
)


def _purse_query(owners: Any) -> Any:
    return (
        sa.select(
            _accounts.c.owner_id,
            _accounts.c.kind,
            _accounts.c.vintage_on,
            (_accounts.c.credits_posted - _accounts.c.debits_posted).label("posted"),
            _accounts.c.debits_pending.label("held"),
        )
        .where(
            _accounts.c.ledger_id == sa.bindparam("book"),
            _accounts.c.owner_id.in_(owners),
            _accounts.c.unit == "points",
            _accounts.c.kind.in_((*POT_KINDS, "receivable")),
        )
        .order_by(apart(_accounts.c.id))
    )


_QUERIES = {
    (is_with_home, lock): query.with_for_update(key_share=True, of=_accounts) if lock else query
    for is_with_home, query in (
        (True, _purse_query(_own.union_all(_shared))),
        (False, _purse_query(_owners)),
    )
    for lock in (True, False)
}
"""With the purses of the holders' households, or of just these owners; locking or not."""


def of_members(
    session: Session, *, ledger_id: int, holder_ids: Collection[UUID], lock: bool = False
) -> dict[UUID, Purse]:
    """Read the purses of holders, each with its household's; one statement, two for many."""
    own = {holder_id: Purse(holder_id) for holder_id in holder_ids}
    rows = _read(session, ledger_id, own, is_with_home=True, lock=lock)
    home_ids = {row.owner_id for row in rows} - own.keys()
    if not home_ids:
        _fill(own, rows)
        return own
    shared = {home_id: Purse(home_id, kind="household") for home_id in home_ids}
    _fill({**own, **shared}, rows)
    home_of = (
        homes.homes_of(session, ledger_id=ledger_id, member_ids=own)
        if len(own) > 1
        else dict.fromkeys(own, next(iter(home_ids)))
    )
    for holder_id, home_id in home_of.items():
        own[holder_id].shared = shared.get(home_id)
    return own


def of_owners(
    session: Session, *, ledger_id: int, kinds: Mapping[UUID, str], lock: bool = False
) -> dict[UUID, Purse]:
    """Read the purses of just these owners: the kind says `wallet` or `household`."""
    found = {owner_id: Purse(owner_id, kind=kind) for owner_id, kind in kinds.items()}
    _fill(found, _read(session, ledger_id, found, is_with_home=False, lock=lock))
    return found


def _read(
    session: Session,
    ledger_id: int,
    owner_ids: Collection[UUID],
    *,
    is_with_home: bool,
    lock: bool,
) -> list[Any]:
    named = {"book": ledger_id, "owners": list(owner_ids)}
    return list(session.execute(_QUERIES[is_with_home, lock], named))


def _fill(found: Mapping[UUID, Purse], rows: Collection[Any]) -> None:
    for row in rows:
        purse = found[row.owner_id]
        if row.kind == "receivable":
            purse.receivable_points = -row.posted
        else:
            purse.lots[row.vintage_on] = row.posted - row.held
