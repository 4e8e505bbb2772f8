"""Where the person may serve, and which till is theirs: asked anew for every page."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, PermissionDenied
from app.ledger import books
from app.ledger.models import Book
from app.mall import clerks, shops, stalls, tills
from app.mall.errors import TillClosed
from app.mall.models import Shop, Stall, Till
from app.people import members
from app.people.models import Member
from app.web.session import person


@dataclass(frozen=True, slots=True)
class Place:
    """A shop where the person serves today, and their open till in it."""

    book: Book
    shop: Shop
    till: Till | None
    stalls: list[Stall]

    @property
    def stall(self) -> Stall | None:
        """The stall at which the open till stands."""
        at = self.till.stall_id if self.till else None
        return next((one for one in self.stalls if one.id == at), None)

    @property
    def is_of_today(self) -> bool:
        """Whether the till was opened today; one of yesterday is to be closed first."""
        return self.till is None or clock.local_date(self.till.opened_at) == clock.today()


@dataclass(frozen=True, slots=True)
class Bench:
    """The person's own till, with all that its pages show."""

    book: Book
    shop: Shop
    till: Till
    stall: Stall | None
    clerk: Member | None

    @property
    def ledger_id(self) -> int:
        """The book's number."""
        return self.book.id

    def address(self, endpoint: str, **values: Any) -> str:
        """Return the address of one of this till's pages."""
        return url_for(endpoint, book=self.book.code, till_id=self.till.id, **values)


def places_of(session: Session) -> list[Place]:
    """List where the person serves today, in every book they are a member of."""
    found = []
    for home in members.list_homes(session, person_id=person().person_id):
        ledger_id = home.ledger_id
        for shop_id in clerks.shops_of(session, ledger_id=ledger_id, person_id=person().person_id):
            till = tills.find_open(
                session, ledger_id=ledger_id, shop_id=shop_id, person_id=person().person_id
            )
            shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
            standing = stalls.list_of_shop(
                session, ledger_id=ledger_id, shop_id=shop_id, open_only=True
            )
            found.append(Place(books.get(session, ledger_id), shop, till, standing))
    return found


def bench(session: Session, code: str, till_id: UUID) -> Bench:
    """Return the person's own till, open or closed.

    Raises:
        NotFound: It is not theirs.
    """
    book = books.by_code(session, code)
    till = tills.get(session, ledger_id=book.id, till_id=till_id)
    if till.opened_by_id != person().person_id:
        raise NotFound("no such till of yours")
    return Bench(
        book,
        shops.get(session, ledger_id=book.id, shop_id=till.shop_id),
        till,
        stalls.get(session, ledger_id=book.id, stall_id=till.stall_id) if till.stall_id else None,
        members.find_of_person(session, ledger_id=book.id, person_id=person().person_id),
    )


def open_till(session: Session, mine: Bench) -> Till:
    """Return the person's own till, to do something on it.

    Raises:
        TillClosed: It was closed.
        PermissionDenied: They serve there no more.
    """
    named: dict[str, Any] = {"ledger_id": mine.ledger_id}
    till = tills.get(session, **named, till_id=mine.till.id)
    if till.closed_at is not None:
        raise TillClosed
    if not clerks.serves(session, **named, shop_id=till.shop_id, person_id=person().person_id):
        raise PermissionDenied("no clerk of this shop today")
    return till
