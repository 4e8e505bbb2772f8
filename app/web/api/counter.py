"""Who may do what at a shop: its clerks, staff of its place, and members who come to look.

A clerk sees only their own shop. To whoever has no business with a shop, it is not
there (404), or nothing of the kind is theirs to do (403).
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base.errors import NotFound, PermissionDenied
from app.community import tree
from app.community.models import Node
from app.mall import clerks, shops, stalls, tills
from app.mall.errors import TillClosed
from app.mall.models import Shop, Stall, Till
from app.people import members
from app.points import programmes
from app.web.api import standing
from app.web.session import person, subject_id


def is_clerk(session: Session, ledger_id: int, shop_id: UUID) -> bool:
    """Whether the person serves at the shop today."""
    return clerks.serves(
        session, ledger_id=ledger_id, shop_id=shop_id, person_id=person().person_id
    )


def is_member(session: Session, ledger_id: int, member_id: UUID | None = None) -> bool:
    """Whether the request is about an active member of the book, or about just this one."""
    found = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id())
    if found is None or found.state != "active":
        return False
    return member_id in (None, found.id)


def shop_of_staff(
    session: Session, ledger_id: int, shop_id: UUID, names: tuple[str, ...] = standing.WORKERS
) -> Shop:
    """Return a shop of a place in the person's charge.

    Raises:
        PermissionDenied: They hold none of the roles.
        NotFound: No such shop in their scope.
    """
    standing.require_holder(session, names)
    shop = shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    standing.node_at(session, shop.node_id, names)
    return shop


def shop_of_workers(
    session: Session, ledger_id: int, shop_id: UUID, names: tuple[str, ...] = standing.WORKERS
) -> Shop:
    """Return a shop to its clerks and its staff; raises as `shop_of_staff`."""
    if is_clerk(session, ledger_id, shop_id):
        return shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    return shop_of_staff(session, ledger_id, shop_id, names)


def shop_of_visitors(session: Session, ledger_id: int, shop_id: UUID) -> Shop:
    """Return a shop to any member of the book, its clerks and staff; raises as `shop_of_staff`."""
    if is_member(session, ledger_id):
        return shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    return shop_of_workers(session, ledger_id, shop_id, standing.READERS)


def place_of_visitors(session: Session, ledger_id: int, code: str | None) -> Node:
    """Return the place whose shops are listed: for members any, for staff one in their charge.

    Raises:
        PermissionDenied, NotFound: As `standing.place`.
    """
    if not is_member(session, ledger_id):
        return standing.place(session, code, standing.READERS)
    if code is not None:
        return tree.by_code(session, code)
    programme = programmes.of_ledger(session, ledger_id)
    return tree.get(session, programme.node_id)


def own_till(session: Session, ledger_id: int, till_id: UUID) -> Till:
    """Return the person's own open till: nothing is read or sold at another's.

    Raises:
        NotFound: It is not theirs.
        TillClosed: It was closed.
        PermissionDenied: They serve there no more.
    """
    till = tills.get(session, ledger_id=ledger_id, till_id=till_id)
    if till.opened_by_id != person().person_id:
        raise NotFound("no such till of yours")
    if till.closed_at is not None:
        raise TillClosed
    if not is_clerk(session, ledger_id, till.shop_id):
        raise PermissionDenied("no clerk of this shop today")
    return till


def till_of_workers(
    session: Session, ledger_id: int, till_id: UUID, names: tuple[str, ...] = standing.WORKERS
) -> Till:
    """Return a till to the clerks of its shop and its staff; raises as `shop_of_staff`."""
    mine = clerks.shops_of(session, ledger_id=ledger_id, person_id=person().person_id)
    if not mine:
        standing.require_holder(session, names)
    till = tills.get(session, ledger_id=ledger_id, till_id=till_id)
    shop_of_workers(session, ledger_id, till.shop_id, names)
    return till


def stall_of_workers(
    session: Session, ledger_id: int, stall_id: UUID, names: tuple[str, ...] = standing.WORKERS
) -> Stall:
    """Return a stall to the clerks of its shop and its staff; raises as `shop_of_staff`."""
    mine = clerks.shops_of(session, ledger_id=ledger_id, person_id=person().person_id)
    if not mine:
        standing.require_holder(session, names)
    stall = stalls.get(session, ledger_id=ledger_id, stall_id=stall_id)
    shop_of_workers(session, ledger_id, stall.shop_id, names)
    return stall
