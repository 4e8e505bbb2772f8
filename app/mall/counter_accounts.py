"""Counter-accounts of a shop: what it took in, by the kind of what it gave (P8, M5).

Goods, services, offers and honours are never added into one number: each kind of
goods has an account of its own. What was redeemed before the kinds were parted stands
on the account of goods, and is taken back from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.ledger.accounts import SHOPS, AccountRef
from app.ledger.posting import Line
from app.mall.models_shelf import GOODS_KINDS

KINDS = dict(zip(GOODS_KINDS, SHOPS, strict=True))
"""The account of each kind of goods; `shop` is that of goods."""


def of(shop_id: UUID, goods_kind: str = "goods") -> AccountRef:
    """Return the account that takes in the points of one kind of goods at a shop (L3, L8)."""
    return AccountRef("points", KINDS[goods_kind], owner_id=shop_id)


def shared_out(lines: Sequence[Line], points_by_kind: Mapping[str, int]) -> tuple[Line, ...]:
    """Part lines that pay a shop among its accounts, lot by lot, kind by kind.

    The lines name the shop's account of goods; together they pay what the kinds cost.
    """
    due = {kind: points for kind, points in points_by_kind.items() if points}
    assert sum(due.values()) == sum(line.amount for line in lines), "paid is not what is due"
    kinds = sorted(due, key=GOODS_KINDS.index)
    shared: list[Line] = []
    for line in lines:
        left = line.amount
        while left:
            kind = kinds[0]
            part = min(left, due[kind])
            credit = replace(line.credit, kind=KINDS[kind])
            shared.append(replace(line, credit=credit, amount=part))
            left -= part
            due[kind] -= part
            if not due[kind]:
                kinds.pop(0)
    return tuple(shared)
