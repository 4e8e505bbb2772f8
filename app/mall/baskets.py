"""A basket: what a clerk rings up for a member. Prices are never in it; the shelf has them."""

from dataclasses import dataclass, field
from uuid import UUID

from app.base.errors import ValidationFailed
from app.base.ids import new_id

QUANTITY_MAX = 99
KINDS_MAX = 50
PRESENTED = ("code", "card")
CONFIRMED_BY = ("none", "pin", "phone", "second_staff")


@dataclass(frozen=True, slots=True)
class Item:
    """So many pieces of one kind of goods; the same goods twice are added up."""

    goods_id: UUID
    quantity_count: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What is to be redeemed, on which till and for whom.

    The door has used up the member's one-time code, or read their card, before.

    Attributes:
        presented: `code` or `card`: how the member was known.
        card_id: The card, if one was read; it must not be frozen either.
        confirmed_by: How the member agreed beyond showing code or card: `none`,
            `pin`, `phone` (on their own) or `second_staff` (paper case, D37).
        presentation_id: The showing of code or card, if it was one of its own before
            this; it pays for one basket only (D34).
    """

    till_id: UUID
    member_id: UUID
    items: tuple[Item, ...]
    presented: str = "code"
    card_id: UUID | None = None
    confirmed_by: str = "none"
    presentation_id: UUID = field(default_factory=new_id)

    @property
    def is_confirmed(self) -> bool:
        """Whether the member agreed beyond showing code or card."""
        return self.confirmed_by != "none"

    def wanted(self) -> dict[UUID, int]:
        """Return pieces by goods, added up, in the order of the first mention.

        Raises:
            ValidationFailed: Nothing in it, too many kinds, or pieces outside 1–99.
        """
        if self.presented not in PRESENTED or self.confirmed_by not in CONFIRMED_BY:
            raise ValidationFailed("unknown way of showing or confirming")
        if (self.card_id is None) == (self.presented == "card"):
            raise ValidationFailed("a card is named exactly when one was read", field="card_id")
        pieces: dict[UUID, int] = {}
        for item in self.items:
            if type(item.quantity_count) is not int or item.quantity_count < 1:
                raise ValidationFailed("1 to 99 pieces", field="quantity_count")
            pieces[item.goods_id] = pieces.get(item.goods_id, 0) + item.quantity_count
        if not 1 <= len(pieces) <= KINDS_MAX or max(pieces.values()) > QUANTITY_MAX:
            raise ValidationFailed(
                f"1 to {KINDS_MAX} kinds of goods, 1 to {QUANTITY_MAX} pieces of each",
                field="items",
            )
        return pieces
