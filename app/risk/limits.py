"""Limits that block: a counter per subject, rule and period, raised only up to its maximum.

Each use is one conditional upsert, so parallel uses can never pass the maximum
together and nothing is summed first. A subject is a member, a shop, a person: any
id. `lock` holds counters still for work that decides by what is used already,
such as the day's tiers of D17.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.upserts import insert_in, insert_or_ignore
from app.risk.errors import LimitExceeded
from app.risk.models import Quota

_table: sa.Table = Quota.__table__  # type: ignore[assignment]
_key_columns = (_table.c.subject_id, _table.c.rule_code, _table.c.period)
_key = sa.tuple_(*_key_columns)

FEW_USES_MAX = 100
FOREVER = "all"
"""The period of a limit that never starts anew."""


class Counter(NamedTuple):
    """Names one counter in a book."""

    subject_id: UUID
    rule_code: str
    period: str


@dataclass(frozen=True, slots=True)
class Use:
    """A wish to use up `amount` of a limit. `maximum` None: count, never refuse.

    The unit is the rule's: points, minutes, pieces, times.
    """

    subject_id: UUID
    rule_code: str
    period: str
    amount: int
    maximum: int | None

    @property
    def counter(self) -> Counter:
        """The counter that this use raises."""
        return Counter(self.subject_id, self.rule_code, self.period)


def daily(day: date) -> str:
    """Name the period of one Shanghai day: 2026-03-02."""
    return day.isoformat()


def monthly(day: date) -> str:
    """Name the period of one month: 2026-03."""
    return day.isoformat()[:7]


def use(
    session: Session,
    *,
    ledger_id: int,
    subject_id: UUID,
    rule_code: str,
    period: str,
    amount: int,
    maximum: int | None,
) -> int:
    """Use up part of a limit in one statement; return how much is used now.

    Raises:
        LimitExceeded: It would pass the maximum (D17, D35, D37); facts `used`, `maximum`.
    """
    wish = Use(subject_id, rule_code, period, amount, maximum)
    return use_many(session, ledger_id=ledger_id, uses=[wish])[wish.counter]


def use_many(session: Session, *, ledger_id: int, uses: Sequence[Use]) -> dict[Counter, int]:
    """Use up many limits, all or none, in one statement; return what is used of each now.

    Uses of one counter are added up; the lowest of their maxima counts.

    Raises:
        LimitExceeded: One of them would pass its maximum. The caller's savepoint
            takes back the others.
    """
    wishes = _added_up(uses)
    if not wishes:
        return {}
    for wish in wishes:
        if wish.maximum is not None and wish.amount > wish.maximum:
            raise _exceeded(wish, used_of(session, ledger_id=ledger_id, counter=wish.counter))
    connection = session.connection()
    limited = tuple(wish.maximum is not None for wish in wishes)
    rows = connection.execute(
        _use_statement(connection.dialect.name, limited), _values(ledger_id, wishes)
    )
    raised = {Counter(*row[:3]): int(row.used) for row in rows}
    for wish in wishes:
        if wish.counter not in raised:
            raise _exceeded(wish, used_of(session, ledger_id=ledger_id, counter=wish.counter))
    return raised


def give_back(
    session: Session, *, ledger_id: int, subject_id: UUID, rule_code: str, period: str, amount: int
) -> None:
    """Give back part of what was used, in the period in which it was used (refund, reversal)."""
    wish = Use(subject_id, rule_code, period, amount, None)
    give_back_many(session, ledger_id=ledger_id, uses=[wish])


def give_back_many(session: Session, *, ledger_id: int, uses: Sequence[Use]) -> None:
    """Give back parts of many limits in one statement. Maxima do not matter here."""
    wishes = _added_up(uses)
    if not wishes:
        return
    amount = sa.case(*((_is(_table.c, wish.counter), wish.amount) for wish in wishes), else_=0)
    result = session.execute(
        sa.update(_table)
        .where(
            _table.c.ledger_id == ledger_id,
            _key.in_([wish.counter for wish in wishes]),
            _table.c.used >= amount,
        )
        .values(used=_table.c.used - amount)
        .returning(_table.c.period)
    )
    assert len(result.all()) == len(wishes), "more given back than was used"


def used(session: Session, *, ledger_id: int, subject_id: UUID, rule_code: str, period: str) -> int:
    """Return how much of a limit is used; 0 where nothing was."""
    counter = Counter(subject_id, rule_code, period)
    return used_of(session, ledger_id=ledger_id, counter=counter)


def used_of(session: Session, *, ledger_id: int, counter: Counter) -> int:
    """Return how much one counter stands at."""
    return used_many(session, ledger_id=ledger_id, counters=[counter])[counter]


def used_many(
    session: Session, *, ledger_id: int, counters: Iterable[Counter]
) -> dict[Counter, int]:
    """Return how much each counter stands at, in one statement."""
    wanted = sorted(set(counters))
    if not wanted:
        return {}
    found = session.execute(_select(ledger_id, wanted))
    return dict.fromkeys(wanted, 0) | {Counter(*row[:3]): int(row.used) for row in found}


def lock(session: Session, *, ledger_id: int, counters: Iterable[Counter]) -> dict[Counter, int]:
    """Hold counters until the transaction ends and return where they stand, in two statements.

    They are opened where missing and locked in one order, so two who need the same
    days take turns (rulings §5.1).
    """
    wanted = sorted(set(counters))
    if not wanted:
        return {}
    opening = [{"ledger_id": ledger_id, **counter._asdict(), "used": 0} for counter in wanted]
    session.execute(insert_or_ignore(session, _table), opening)
    found = session.execute(_select(ledger_id, wanted).with_for_update())
    return {Counter(*row[:3]): int(row.used) for row in found}


def _select(ledger_id: int, counters: Sequence[Counter]) -> sa.Select[Any]:
    return (
        sa.select(*_key_columns, _table.c.used)
        .where(_table.c.ledger_id == ledger_id, _key.in_(counters))
        .order_by(*_key_columns)
    )


def _is(columns: Any, counter: Counter) -> sa.ColumnElement[bool]:
    """Condition: a row, or the row that an upsert wants to insert, is this counter's."""
    return sa.and_(*(columns[name] == part for name, part in counter._asdict().items()))


def _added_up(uses: Sequence[Use]) -> list[Use]:
    """One use per counter, in the order in which everybody locks."""
    by_counter: dict[Counter, Use] = {}
    for wish in uses:
        assert wish.amount >= 0, "a limit is used or given back by a whole number, never less"
        earlier = by_counter.get(wish.counter)
        if earlier is not None:
            maxima = [each for each in (earlier.maximum, wish.maximum) if each is not None]
            amount, lowest = earlier.amount + wish.amount, min(maxima, default=None)
            by_counter[wish.counter] = Use(*wish.counter, amount, lowest)
        else:
            by_counter[wish.counter] = wish
    return [by_counter[counter] for counter in sorted(by_counter)]


@lru_cache(maxsize=64)
def _use_statement(dialect: str, limited: tuple[bool, ...]) -> Any:
    """Build the upsert of so many uses, of which some have a maximum.

    For few uses a SELECT of the values and not VALUES: SQLAlchemy compiles VALUES of many
    rows anew each time, and this stands on the hot path of the till. SQLite takes 500.
    """
    names = ("ledger_id", *Counter._fields, "used")
    rows = [{name: _value(name, place) for name in names} for place in range(len(limited))]
    insert = insert_in(dialect, _table)
    if len(rows) <= FEW_USES_MAX:
        insert = insert.from_select(names, sa.union_all(*(sa.select(*r.values()) for r in rows)))
    else:
        insert = insert.values(rows)
    after = _table.c.used + insert.excluded.used
    return insert.on_conflict_do_update(
        index_elements=[_table.c.ledger_id, *_key_columns],
        set_={"used": after},
        where=_within_maximum(after, insert.excluded, limited),
    ).returning(*_key_columns, _table.c.used)


def _within_maximum(
    after: sa.ColumnElement[int], excluded: Any, limited: tuple[bool, ...]
) -> sa.ColumnElement[bool] | None:
    """Condition of the update: the counter stays within the maximum of its own use."""
    allowed = [
        (
            sa.and_(*(excluded[name] == _value(name, place) for name in Counter._fields)),
            sa.bindparam(f"maximum_{place}", type_=_table.c.used.type),
        )
        for place, is_limited in enumerate(limited)
        if is_limited
    ]
    return after <= sa.case(*allowed, else_=after) if allowed else None


def _value(name: str, place: int) -> sa.BindParameter[Any]:
    return sa.bindparam(f"{name}_{place}", type_=_table.c[name].type)


def _values(ledger_id: int, wishes: Sequence[Use]) -> dict[str, Any]:
    """The values of `_use_statement`."""
    values: dict[str, Any] = {}
    for place, wish in enumerate(wishes):
        row = {"ledger_id": ledger_id, **wish.counter._asdict(), "used": wish.amount}
        values |= {f"{name}_{place}": value for name, value in row.items()}
        if wish.maximum is not None:
            values[f"maximum_{place}"] = wish.maximum
    return values


def _exceeded(wish: Use, used_before: int) -> LimitExceeded:
    return LimitExceeded(rule_code=wish.rule_code, used=used_before, maximum=wish.maximum)
